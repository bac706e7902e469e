//! PowerShell, as far as it calls commands: variables in lower case, since it reads them so, splatted tables, blocks.

mod words;

use std::cell::Cell;
use std::sync::Arc;

use super::{Assignment, Command, Dialect, Statement, Word};
use crate::frontend::script::passage::Passage;
use crate::source::Span;

/// Nesting of blocks and commands.
const DEEPEST: u32 = 40;

/// How often each byte is looked at, at most, on average.
const EFFORT: usize = 24;

/// Reads a script.
pub(in crate::frontend::script) fn parse(passage: &Passage, dialect: Dialect) -> Vec<Statement> {
    let fuel = Cell::new(passage.text.len().saturating_mul(EFFORT).saturating_add(1_000));
    let mut reader = Reader { passage, text: &passage.text, at: 0, depth: DEEPEST, dialect, fuel: &fuel };
    let mut found = Vec::new();
    while reader.at < reader.text.len() {
        let before = reader.at;
        found.extend(reader.statements());
        // A bracket that nothing opened.
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
    fuel: &'p Cell<usize>,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.fuel.set(self.fuel.get().saturating_sub(1));
        if self.fuel.get() == 0 { None } else { self.rest().chars().next() }
    }

    fn bump(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn eat(&mut self, what: &str) -> bool {
        let there = self.rest().starts_with(what);
        if there {
            self.at += what.len();
        }
        there
    }

    fn line(&self) -> &str {
        self.rest().split('\n').next().unwrap_or_default()
    }

    fn span(&self, from: usize) -> Span {
        self.passage.span(from, self.at)
    }

    /// Over blanks, comments inside of a line, and continued lines.
    fn blanks(&mut self) {
        loop {
            let rest = self.rest();
            match self.peek() {
                Some(' ' | '\t' | '\r') => drop(self.bump()),
                Some('`') if rest.starts_with("`\n") => self.at += 2,
                Some('`') if rest.starts_with("`\r\n") => self.at += 3,
                Some('#') => self.at += self.line().len(),
                Some('<') if rest.starts_with("<#") => {
                    let end = rest.find("#>").map_or(rest.len(), |end| end + 2);
                    self.fuel.set(self.fuel.get().saturating_sub(end));
                    self.at += end;
                }
                _ => return,
            }
        }
    }

    fn gap(&mut self) {
        loop {
            self.blanks();
            match self.peek() {
                Some('\n' | ';') => drop(self.bump()),
                _ => return,
            }
        }
    }

    fn keyword(&self) -> String {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let word = rest.get(..end).unwrap_or_default();
        let more = rest.get(end..).is_some_and(|rest| rest.starts_with(['-', '=', '.', '_', ':', '/', '\\']));
        if more { String::new() } else { word.to_ascii_lowercase() }
    }

    /// Statements up to a closing bracket.
    fn statements(&mut self) -> Vec<Statement> {
        let mut found = Vec::new();
        if self.depth == 0 {
            self.at = self.text.len();
            return found;
        }
        self.depth -= 1;
        loop {
            self.gap();
            if self.fuel.get() == 0 {
                self.at = self.text.len();
            }
            if self.at >= self.text.len() || self.rest().starts_with(['}', ')']) {
                break;
            }
            let before = self.at;
            found.extend(self.statement());
            if self.at == before {
                self.bump();
            }
        }
        self.depth += 1;
        found
    }

    fn statement(&mut self) -> Option<Statement> {
        let from = self.at;
        match self.keyword().as_str() {
            "if" => Some(self.conditional()),
            "switch" => Some(self.switch()),
            word @ ("foreach" | "for" | "while") => {
                self.at += word.len();
                let name = self.condition();
                let items = name.as_deref().and_then(items_of);
                let body = self.block();
                let (name, items) = match (word, name, items) {
                    ("foreach", Some(_), Some((name, items))) => (Some(name), items.map(|all| self.words(&all, from))),
                    _ => (None, None),
                };
                Some(Statement::Loop { name, items, body, span: self.span(from) })
            }
            "do" => {
                self.at += 2;
                let body = self.block();
                Some(Statement::Loop { name: None, items: None, body, span: self.span(from) })
            }
            "function" | "filter" => {
                self.at += self.keyword().len();
                self.blanks();
                let rest = self.rest();
                let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':')));
                let name = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default().to_ascii_lowercase();
                self.at += name.len();
                self.condition();
                Some(Statement::Function { name, body: Arc::new(self.block()) })
            }
            "try" => {
                self.at += 3;
                Some(Statement::Group { body: self.block(), own_shell: false })
            }
            "catch" => {
                self.at += 5;
                self.at += self.line().find('{').unwrap_or(0);
                let bodies = vec![self.block()];
                Some(Statement::Choice { tests: Vec::new(), bodies, whole: false, span: self.span(from) })
            }
            "finally" | "begin" | "process" | "end" => {
                self.at += self.keyword().len();
                Some(Statement::Group { body: self.block(), own_shell: false })
            }
            "param" => {
                self.at += 5;
                self.condition();
                None
            }
            "return" => {
                self.at += 6;
                self.pipeline()
            }
            _ if self.rest().starts_with('{') => Some(Statement::Group { body: self.block(), own_shell: false }),
            _ if self.rest().starts_with(['$', '[']) && self.assigns() => self.assignment(),
            _ => self.pipeline(),
        }
    }

    /// The words of a list that was written in place.
    fn words(&self, items: &[String], from: usize) -> Vec<Word> {
        let span = self.passage.span(from, from);
        items.iter().map(|item| Word::of(item.clone(), span)).collect()
    }

    /// What stands in the next pair of round brackets.
    fn condition(&mut self) -> Option<String> {
        self.blanks();
        if !self.rest().starts_with('(') {
            return None;
        }
        let from = self.at + 1;
        let mut depth = 0_u32;
        let mut quote = None;
        while let Some(next) = self.bump() {
            match (quote, next) {
                (None, '(') => depth += 1,
                (None, ')') => depth -= 1,
                (None, '"' | '\'') => quote = Some(next),
                (Some(mark), next) if mark == next => quote = None,
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        self.text.get(from..self.at.saturating_sub(1)).map(str::to_owned)
    }

    fn block(&mut self) -> Vec<Statement> {
        self.gap();
        if !self.eat("{") {
            return Vec::new();
        }
        let body = self.statements();
        self.eat("}");
        body
    }

    fn conditional(&mut self) -> Statement {
        let from = self.at;
        self.at += 2;
        self.condition();
        let (mut bodies, mut whole) = (vec![self.block()], false);
        loop {
            let before = self.at;
            self.gap();
            match self.keyword().as_str() {
                "elseif" => {
                    self.at += 6;
                    self.condition();
                    bodies.push(self.block());
                }
                "else" => {
                    self.at += 4;
                    bodies.push(self.block());
                    whole = true;
                }
                _ => {
                    self.at = before;
                    break;
                }
            }
        }
        Statement::Choice { tests: Vec::new(), bodies, whole, span: self.span(from) }
    }

    fn switch(&mut self) -> Statement {
        let from = self.at;
        self.at += 6;
        self.condition();
        self.gap();
        let mut bodies = Vec::new();
        if self.eat("{") {
            loop {
                self.gap();
                if self.at >= self.text.len() || self.rest().starts_with('}') || self.fuel.get() == 0 {
                    break;
                }
                let Some(open) = self.line().find('{') else { break };
                self.at += open;
                bodies.push(self.block());
            }
            self.eat("}");
        }
        Statement::Choice { tests: Vec::new(), bodies, whole: false, span: self.span(from) }
    }

    /// Whether the statement sets a variable.
    fn assigns(&self) -> bool {
        let line = self.line().trim_start_matches(|c| c != '$');
        let name = line.get(1..).unwrap_or_default();
        let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | ':'))).unwrap_or(name.len());
        let after = name.get(end..).unwrap_or_default().trim_start();
        end > 0 && (after.starts_with('=') && !after.starts_with("==") || after.starts_with("+="))
    }

    fn assignment(&mut self) -> Option<Statement> {
        let from = self.at;
        self.at += self.line().find('$')? + 1;
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | ':'))).unwrap_or(rest.len());
        let name = variable(rest.get(..end)?);
        self.at += end;
        self.blanks();
        let more = self.eat("+=");
        if !more {
            self.eat("=");
        }
        self.gap();
        let value = self.value();
        let sets = vec![Assignment { name, value, more }];
        Some(Statement::Command(Command {
            sets,
            words: Vec::new(),
            input: None,
            output: None,
            appends: false,
            span: self.span(from),
        }))
    }

    fn pipeline(&mut self) -> Option<Statement> {
        let mut parts: Vec<Statement> = self.command().into_iter().collect();
        loop {
            self.blanks();
            if self.rest().starts_with("||") || self.rest().starts_with("&&") {
                self.at += 2;
                self.gap();
                parts.extend(self.command());
                continue;
            }
            if !self.eat("|") {
                break;
            }
            self.gap();
            parts.extend(self.command());
        }
        match parts.len() {
            0 | 1 => parts.pop(),
            _ => Some(Statement::Pipeline(parts)),
        }
    }

    fn command(&mut self) -> Option<Statement> {
        self.blanks();
        let from = self.at;
        if self.eat("&") || self.rest().starts_with(". ") {
            self.blanks();
        }
        let (mut words, mut output, mut appends) = (Vec::new(), None, false);
        if self.rest().starts_with('(') {
            words.extend(self.bracketed());
        }
        loop {
            self.blanks();
            if self.rest().starts_with("&&") || self.rest().starts_with("||") {
                break;
            }
            // `2>&1`, `> file`.
            let digits = self.rest().chars().take_while(char::is_ascii_digit).count();
            if self.rest().get(digits..).is_some_and(|rest| rest.starts_with('>')) {
                self.at += digits;
                let plain = digits == 0;
                appends = self.rest().starts_with(">>");
                while self.eat(">") || self.eat("&") {}
                self.blanks();
                output = self.word(&[]).filter(|_| plain).or(output);
                continue;
            }
            match self.word(&[]) {
                Some(word) => words.push(word),
                None if self.rest().starts_with('{') => drop(self.block()),
                None if self.rest().starts_with('(') => words.extend(self.bracketed()),
                None => break,
            }
        }
        if words.is_empty() {
            return None;
        }
        Some(Statement::Command(Command {
            sets: Vec::new(),
            words,
            input: None,
            output,
            appends,
            span: self.span(from),
        }))
    }
}

/// The name under which a variable is kept: those of the environment as they are.
fn variable(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    match lower.strip_prefix("env:") {
        Some(_) => name.get(4..).unwrap_or_default().to_owned(),
        None => format!("ps:{}", lower.trim_start_matches("script:").trim_start_matches("global:")),
    }
}

/// `$x in 'a', 'b'`: the variable and the items, when they are written in place.
fn items_of(condition: &str) -> Option<(String, Option<Vec<String>>)> {
    let (name, items) = condition.trim().split_once(" in ")?;
    let name = variable(name.trim().strip_prefix('$')?);
    let items = items.trim().trim_start_matches("@(").trim_end_matches(')');
    let plain = |item: &str| {
        let item = item.trim();
        let inner = item.strip_prefix(['"', '\''])?.strip_suffix(['"', '\''])?;
        (!inner.contains(['$', '"', '\''])).then(|| inner.to_owned())
    };
    Some((name, items.split(',').map(plain).collect()))
}
