//! The shells of Unix. What can't be read (an open quote, a stray bracket) makes the rest of its command unknown; the next
//! line is read anew.

mod compound;
mod here;
mod words;

use std::cell::Cell;

use words::declared;

use super::{Assigned, Assignment, Command, Dialect, Input, Statement, Word};
use crate::frontend::script::passage::Passage;
use crate::source::Span;

/// Nesting of commands in commands.
const DEEPEST: u32 = 40;

/// How often each byte is looked at, at most, on average: what is not closed is read again.
const EFFORT: usize = 24;

/// Reads a script.
pub(in crate::frontend::script) fn parse(passage: &Passage, dialect: Dialect) -> Vec<Statement> {
    let fuel = Cell::new(passage.text.len().saturating_mul(EFFORT).saturating_add(1_000));
    let mut reader = Reader { passage, text: &passage.text, at: 0, depth: DEEPEST, dialect, resume: None, fuel: &fuel };
    let mut found = Vec::new();
    while reader.at < reader.text.len() {
        let before = reader.at;
        found.extend(reader.statements(&[]));
        // A bracket or keyword that nothing opened.
        if reader.at < reader.text.len() && reader.at == before && reader.bump().is_none() {
            break;
        }
    }
    found
}

struct Reader<'p> {
    passage: &'p Passage,
    text: &'p str,
    at: usize,
    depth: u32,
    dialect: Dialect,
    /// Behind the text that `<<` reads from the lines after this one.
    resume: Option<usize>,
    fuel: &'p Cell<usize>,
}

/// What stands behind `<` or `>`.
enum Redirection {
    From(Input),
    To(Word, bool),
}

const KEYWORDS: [&str; 8] = ["then", "else", "elif", "fi", "do", "done", "esac", "}"];

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The next character; nothing when the fuel is out.
    fn peek(&self) -> Option<char> {
        self.pay(1);
        if self.fuel.get() == 0 { None } else { self.rest().chars().next() }
    }

    fn pay(&self, cost: usize) {
        self.fuel.set(self.fuel.get().saturating_sub(cost));
    }

    /// The rest of the line.
    fn line(&self) -> &str {
        self.rest().split('\n').next().unwrap_or_default()
    }

    /// To behind a text, or to the end of the line.
    fn skip_to(&mut self, what: &str) {
        let line = self.line();
        self.at += line.find(what).map_or(line.len(), |at| at + what.len());
    }

    fn starts(&self, what: &str) -> bool {
        self.rest().starts_with(what)
    }

    fn bump(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn eat(&mut self, what: &str) -> bool {
        let there = self.starts(what);
        if there {
            self.at += what.len();
        }
        there
    }

    fn span(&self, from: usize) -> Span {
        self.passage.span(from, self.at)
    }

    /// Over blanks and continued lines.
    fn blanks(&mut self) {
        loop {
            match self.peek() {
                Some(' ' | '\t') => drop(self.bump()),
                Some('\\') if self.starts("\\\n") => self.at += 2,
                Some('\\') if self.starts("\\\r\n") => self.at += 3,
                Some('\r') => drop(self.bump()),
                Some('#') => self.comment(),
                _ => return,
            }
        }
    }

    fn comment(&mut self) {
        self.at += self.rest().find('\n').unwrap_or(self.rest().len());
    }

    fn newline(&mut self) {
        self.bump();
        if let Some(resume) = self.resume.take() {
            self.at = resume.max(self.at);
        }
    }

    /// Over everything between commands.
    fn gap(&mut self) {
        loop {
            self.blanks();
            match self.peek() {
                Some('\n') => self.newline(),
                Some(';') if !self.starts(";;") => drop(self.bump()),
                Some('&') if !self.starts("&&") => drop(self.bump()),
                _ => return,
            }
        }
    }

    /// The bare word that comes next, for keywords.
    fn keyword(&self) -> &str {
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '}' | '{' | '[' | '!')));
        rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
    }

    fn word_is(&self, word: &str) -> bool {
        self.keyword() == word
            && !self.rest().get(word.len()..).is_some_and(|rest| rest.starts_with(['=', '.', '-', '/', ':']))
    }

    /// Commands up to one of these keywords or a closing bracket.
    fn statements(&mut self, until: &[&str]) -> Vec<Statement> {
        let mut found = Vec::new();
        if self.depth == 0 {
            self.at = self.text.len();
            return found;
        }
        self.depth -= 1;
        loop {
            self.gap();
            let stop = until.iter().any(|word| match *word {
                ")" | ";;" | "`" => self.starts(word),
                word => self.word_is(word),
            });
            if self.fuel.get() == 0 {
                self.at = self.text.len();
                break;
            }
            if self.at >= self.text.len() || stop || self.starts(")") || self.starts(";;") {
                break;
            }
            if KEYWORDS.contains(&self.keyword()) && self.word_is(self.keyword()) {
                break;
            }
            let before = self.at;
            found.extend(self.chain());
            if self.at == before {
                self.bump();
            }
        }
        self.depth += 1;
        found
    }

    /// `a && b || c`.
    fn chain(&mut self) -> Option<Statement> {
        let from = self.at;
        let mut first = self.pipeline();
        loop {
            self.blanks();
            let on_failure = match () {
                () if self.eat("&&") => false,
                () if self.eat("||") => true,
                () => return first,
            };
            self.gap();
            let next = self.pipeline();
            let span = self.span(from);
            first = match (first, next) {
                (Some(first), Some(next)) => {
                    Some(Statement::Then { first: Box::new(first), next: Box::new(next), on_failure, span })
                }
                (one, other) => one.or(other),
            };
        }
    }

    fn pipeline(&mut self) -> Option<Statement> {
        let mut parts: Vec<Statement> = self.command().into_iter().collect();
        loop {
            self.blanks();
            if self.starts("||") || !self.eat("|") {
                break;
            }
            self.eat("&");
            self.blanks();
            while self.peek() == Some('\n') {
                self.newline();
                self.blanks();
            }
            let before = self.at;
            parts.extend(self.command());
            if self.at == before {
                break;
            }
        }
        match parts.len() {
            0 | 1 => parts.pop(),
            _ => Some(Statement::Pipeline(parts)),
        }
    }

    /// Over what a compound command reads and writes: the file that its text goes into.
    fn redirections(&mut self) -> Option<Word> {
        let mut output = None;
        loop {
            self.blanks();
            let digits = self.rest().chars().take_while(char::is_ascii_digit).count();
            if !self.rest().get(digits..).is_some_and(|rest| rest.starts_with(['<', '>'])) {
                return output;
            }
            let faults = self.rest().starts_with('2');
            self.at += digits;
            if let Some(Redirection::To(file, _)) = self.redirection()
                && !faults
                && !file.text().is_some_and(|name| ["1", "2", "/dev/null"].contains(&name.as_str()))
            {
                output = Some(file);
            }
        }
    }

    fn simple(&mut self, from: usize) -> Option<Statement> {
        let (mut sets, mut words, mut input, mut output, mut appends) = (Vec::new(), Vec::new(), None, None, false);
        loop {
            self.blanks();
            let digits = self.rest().chars().take_while(char::is_ascii_digit).count();
            if self.rest().get(digits..).is_some_and(|rest| rest.starts_with(['<', '>'])) || self.starts("&>") {
                let faults = self.rest().starts_with('2');
                self.at += digits;
                let start = self.at;
                match self.redirection() {
                    Some(Redirection::From(found)) => {
                        if matches!(found, Input::Output(_)) {
                            // The command is given a file in its place.
                            words.push(Word::of("-", self.span(start)));
                        }
                        input = Some(found);
                    }
                    Some(Redirection::To(file, more)) if !faults => (output, appends) = (Some(file), more),
                    _ => {}
                }
                continue;
            }
            if words.is_empty()
                && let Some(set) = self.assignment()
            {
                sets.push(set);
                continue;
            }
            match self.word() {
                Some(word) => words.push(word),
                None => break,
            }
        }
        let declares = ["export", "local", "readonly", "declare", "typeset"];
        if words.first().and_then(Word::text).is_some_and(|word| declares.contains(&word.as_str())) {
            sets.extend(words.iter().skip(1).filter_map(declared));
            // `export $(cat .env)` says by what is printed which variables it sets.
            let printed = |word: &Word| matches!(word.pieces.first(), Some(super::Piece::Output(..)));
            words.retain(printed);
            if !words.is_empty() {
                words.insert(0, Word::of("export", self.span(from)));
            }
        }
        if sets.is_empty() && words.is_empty() {
            return None;
        }
        Some(Statement::Command(Command { sets, words, input, output, appends, span: self.span(from) }))
    }

    /// `< file`, `<< END`, `> file`.
    fn redirection(&mut self) -> Option<Redirection> {
        self.eat("&");
        if self.eat("<<<") {
            self.blanks();
            return self.word().map(|word| Redirection::From(Input::Word(word)));
        }
        if self.eat("<<") {
            return self.here().map(Redirection::From);
        }
        let (reads, mut appends) = (self.eat("<"), false);
        if !reads {
            self.eat(">");
            appends = self.eat(">");
            self.eat("|");
        }
        if self.starts("(") {
            // `<(…)`: the output of commands as a file.
            self.bump();
            let body = self.statements(&[")"]);
            self.eat(")");
            return reads.then_some(Redirection::From(Input::Output(body)));
        }
        self.eat("&");
        self.blanks();
        let word = self.word()?;
        Some(if reads { Redirection::From(Input::File(word)) } else { Redirection::To(word, appends) })
    }

    /// `NAME=value`, `NAME+=value`, `NAME=(a b)`.
    fn assignment(&mut self) -> Option<Assignment> {
        let from = self.at;
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|end| *end > 0)?;
        let name = rest.get(..end).filter(|name| !name.starts_with(|c: char| c.is_ascii_digit()))?.to_owned();
        let after = rest.get(end..)?;
        let more = after.starts_with("+=");
        let length = if more { 2 } else { usize::from(after.starts_with('=')) };
        if length == 0 {
            return None;
        }
        self.at += end + length;
        if self.eat("(") {
            let mut items = Vec::new();
            loop {
                self.gap();
                match self.word() {
                    Some(word) => items.push(word),
                    None => break,
                }
            }
            self.eat(")");
            return Some(Assignment { name, value: Assigned::List(items), more });
        }
        let word = match self.peek() {
            Some(c) if !c.is_whitespace() && c != ';' && c != '&' => self.word(),
            _ => None,
        };
        let word = word.unwrap_or_else(|| Word::of("", self.span(from)));
        Some(Assignment { name, value: Assigned::Word(word), more })
    }
}
