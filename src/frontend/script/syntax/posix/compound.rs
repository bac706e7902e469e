//! Commands made of commands: branches, loops, functions.

use std::sync::Arc;

use super::super::{Command, Statement, Word};
use super::Reader;

impl Reader<'_> {
    pub(super) fn command(&mut self) -> Option<Statement> {
        self.blanks();
        while self.word_is("!") {
            self.bump();
            self.blanks();
        }
        let from = self.at;
        let keyword = self.keyword().to_owned();
        let statement = match keyword.as_str() {
            "if" if self.word_is("if") => self.conditional(),
            "for" | "select" if self.word_is(&keyword) => self.each(),
            "while" | "until" if self.word_is(&keyword) => self.repeated(),
            "case" if self.word_is("case") => self.cases(),
            "function" if self.word_is("function") => self.function(),
            "{" => {
                self.bump();
                let body = self.statements(&["}"]);
                self.eat("}");
                Statement::Group { body, own_shell: false }
            }
            _ if self.starts("((") => {
                self.skip_to("))");
                return None;
            }
            _ if self.starts("(") => {
                self.bump();
                let body = self.statements(&[")"]);
                self.eat(")");
                Statement::Group { body, own_shell: true }
            }
            _ if self.is_function() => self.short_function(),
            _ => return self.simple(from),
        };
        // What a compound command writes goes into a file as what a simple one hands to `tee`.
        let at = self.at;
        let Some(file) = self.redirections() else { return Some(statement) };
        let span = self.span(at);
        let words = vec![Word::of("tee", span), file];
        let tee = Command { sets: Vec::new(), words, input: None, output: None, appends: false, span };
        Some(Statement::Pipeline(vec![statement, Statement::Command(tee)]))
    }

    pub(super) fn conditional(&mut self) -> Statement {
        let from = self.at;
        self.at += 2;
        let mut tests = self.statements(&["then"]);
        let (mut bodies, mut whole) = (Vec::new(), false);
        self.eat("then");
        loop {
            bodies.push(self.statements(&["elif", "else", "fi"]));
            if self.word_is("elif") {
                self.at += 4;
                tests.extend(self.statements(&["then"]));
                self.eat("then");
            } else if self.word_is("else") {
                self.at += 4;
                whole = true;
            } else {
                break;
            }
        }
        if self.word_is("fi") {
            self.at += 2;
        }
        Statement::Choice { tests, bodies, whole, span: self.span(from) }
    }

    pub(super) fn body(&mut self) -> Vec<Statement> {
        self.gap();
        let (open, close) = if self.starts("{") { ("{", "}") } else { ("do", "done") };
        if !self.word_is(open) {
            return Vec::new();
        }
        self.at += open.len();
        let body = self.statements(&[close]);
        if self.word_is(close) {
            self.at += close.len();
        }
        body
    }

    pub(super) fn each(&mut self) -> Statement {
        let from = self.at;
        self.at += self.keyword().len();
        self.blanks();
        if self.starts("((") {
            self.skip_to("))");
            let body = self.body();
            return Statement::Loop { name: None, items: None, body, span: self.span(from) };
        }
        let name = self.name();
        self.gap();
        let mut items = None;
        if self.word_is("in") {
            self.at += 2;
            let mut words = Vec::new();
            loop {
                self.blanks();
                match self.word() {
                    Some(word) => words.push(word),
                    None => break,
                }
            }
            items = Some(words);
        }
        let body = self.body();
        Statement::Loop { name: Some(name), items, body, span: self.span(from) }
    }

    pub(super) fn repeated(&mut self) -> Statement {
        let from = self.at;
        self.at += 5;
        let tests = self.statements(&["do"]);
        let mut body = self.body();
        body.splice(0..0, tests);
        Statement::Loop { name: None, items: None, body, span: self.span(from) }
    }

    pub(super) fn cases(&mut self) -> Statement {
        let from = self.at;
        self.at += 4;
        self.blanks();
        self.word();
        self.gap();
        if self.word_is("in") {
            self.at += 2;
        }
        let mut bodies = Vec::new();
        loop {
            self.gap();
            if self.at >= self.text.len() || self.word_is("esac") {
                break;
            }
            // The pattern, up to its bracket.
            let close = self.line().get(1..).and_then(|rest| rest.find(')')).map(|at| at + 1);
            let Some(close) = close else { break };
            self.at += close + 1;
            bodies.push(self.statements(&[";;", "esac"]));
            if !self.eat(";;") && !self.word_is("esac") {
                break;
            }
            self.eat("&");
        }
        if self.word_is("esac") {
            self.at += 4;
        }
        Statement::Choice { tests: Vec::new(), bodies, whole: false, span: self.span(from) }
    }

    pub(super) fn name(&mut self) -> String {
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ':' | '.')));
        let name = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default().to_owned();
        self.at += name.len();
        name
    }

    pub(super) fn function(&mut self) -> Statement {
        self.at += "function".len();
        self.blanks();
        self.short_function()
    }

    pub(super) fn is_function(&self) -> bool {
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ':' | '.')));
        let after = end.filter(|end| *end > 0).and_then(|end| rest.get(end..)).unwrap_or_default();
        let inside = after.trim_start_matches([' ', '\t']).strip_prefix('(');
        inside.is_some_and(|inside| inside.trim_start_matches([' ', '\t']).starts_with(')'))
    }

    pub(super) fn short_function(&mut self) -> Statement {
        let name = self.name();
        self.blanks();
        if self.eat("(") {
            self.blanks();
            self.eat(")");
        }
        self.gap();
        let body = match self.peek() {
            Some('{' | '(') => self.command().into_iter().collect(),
            _ => Vec::new(),
        };
        Statement::Function { name, body: Arc::new(body) }
    }
}
