//! Words, and what is variable in them.

use std::sync::Arc;

use super::super::{Assigned, Assignment, Dialect, Piece, Word};
use super::Reader;
use crate::source::Span;

impl Reader<'_> {
    /// One word; nothing at the end of a command.
    pub(super) fn word(&mut self) -> Option<Word> {
        let from = self.at;
        let (mut pieces, mut quoted) = (Vec::new(), false);
        let mut plain = String::new();
        let mut plain_from = from;
        macro_rules! settle {
            () => {
                if !plain.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut plain), self.passage.span(plain_from, self.at)));
                }
            };
        }
        while let Some(next) = self.peek() {
            if plain.is_empty() {
                plain_from = self.at;
            }
            match next {
                ' ' | '\t' | '\n' | '\r' | ';' | '&' | '|' | '(' | ')' | '<' | '>' => break,
                '\\' if self.starts("\\\n") || self.starts("\\\r\n") => break,
                '\\' => {
                    self.bump();
                    plain.extend(self.bump());
                }
                '\'' => {
                    self.bump();
                    quoted = true;
                    let end = self.rest().find('\'');
                    self.pay(end.unwrap_or(self.rest().len()));
                    let Some(end) = end else {
                        // A quote that nothing closes: the command is not known, the next line is read anew.
                        self.at += self.line().len();
                        pieces.push(Piece::Unknown(self.span(from)));
                        break;
                    };
                    plain.push_str(self.rest().get(..end).unwrap_or_default());
                    self.at += end + 1;
                }
                '"' => {
                    settle!();
                    self.bump();
                    quoted = true;
                    self.double_quoted(&mut pieces);
                }
                '$' | '`' => {
                    settle!();
                    self.dollar(&mut pieces);
                }
                '{' if self.dialect == Dialect::Braces && self.starts("{{") => {
                    settle!();
                    self.expression(2, &mut pieces);
                }
                '{' => match self.brace_list() {
                    Some(length) => {
                        settle!();
                        let start = self.at;
                        self.pay(length);
                        self.at += length;
                        pieces.push(Piece::Unknown(self.span(start)));
                    }
                    None => plain.extend(self.bump()),
                },
                _ => plain.extend(self.bump()),
            }
        }
        settle!();
        if self.at == from {
            return None;
        }
        Some(Word { pieces, span: self.span(from), quoted })
    }

    /// How long `{test,prod}` or `{1..3}` is, which a shell makes several words of: what stands for them is not known.
    fn brace_list(&self) -> Option<usize> {
        let (mut depth, mut listed) = (0_usize, false);
        let mut before = '{';
        // What somebody lists by hand is short; a line of braces alone must not be read again for each of them.
        for (at, next) in self.line().char_indices().take(256) {
            match next {
                ' ' | '\t' | '\r' | ';' | '&' | '|' | '(' | ')' | '<' | '>' | '\'' | '"' | '`' | ':' => return None,
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                ',' => listed = true,
                '.' if before == '.' => listed = true,
                _ => {}
            }
            if depth == 0 {
                return listed.then_some(at + 1);
            }
            before = next;
        }
        None
    }

    pub(super) fn double_quoted(&mut self, pieces: &mut Vec<Piece>) {
        let mut plain = String::new();
        let (start, line) = (self.at, self.at + self.line().len());
        let mut from = self.at;
        let settle = |plain: &mut String, pieces: &mut Vec<Piece>, span: Span| {
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(plain), span));
            }
        };
        while let Some(next) = self.peek() {
            if plain.is_empty() {
                from = self.at;
            }
            match next {
                '"' => break,
                '\\' => {
                    self.bump();
                    match self.bump() {
                        Some('\n') => {}
                        Some(c @ ('"' | '$' | '`' | '\\')) => plain.push(c),
                        Some(c) => plain.extend(['\\', c]),
                        None => {}
                    }
                }
                '$' | '`' => {
                    settle(&mut plain, pieces, self.span(from));
                    self.dollar(pieces);
                }
                '{' if self.dialect == Dialect::Braces && self.starts("{{") => {
                    settle(&mut plain, pieces, self.span(from));
                    self.expression(2, pieces);
                }
                _ => plain.extend(self.bump()),
            }
        }
        settle(&mut plain, pieces, self.span(from));
        if !self.eat("\"") {
            // Nothing closes it: the command is not known, the next line is read anew.
            self.at = line;
            pieces.push(Piece::Unknown(self.span(start)));
        }
    }

    /// `{{ … }}`, `open` bytes in front.
    pub(super) fn expression(&mut self, open: usize, pieces: &mut Vec<Piece>) {
        let from = self.at;
        let line = self.line();
        let end = line.find("}}").unwrap_or(line.len());
        let inner = line.get(open..end).unwrap_or_default().trim().to_owned();
        self.skip_to("}}");
        pieces.push(Piece::Variable(crate::frontend::script::hosts::variable_of(&inner), None, self.span(from)));
    }

    pub(super) fn dollar(&mut self, pieces: &mut Vec<Piece>) {
        let from = self.at;
        if self.eat("`") {
            return self.backticks(from, pieces);
        }
        let templated = matches!(self.dialect, Dialect::GitHub | Dialect::Azure);
        if templated && self.starts("${{") {
            return self.expression(3, pieces);
        }
        if self.dialect == Dialect::Make && self.starts("$$") {
            self.bump();
            // What is left is the shell's.
            let shell = std::mem::replace(&mut self.dialect, Dialect::Plain);
            self.dollar(pieces);
            self.dialect = shell;
            return;
        }
        let named = self.parenthesised_name().filter(|_| matches!(self.dialect, Dialect::Azure | Dialect::Make));
        self.bump();
        if let Some(name) = named {
            self.at += name.len() + 2;
            pieces.push(Piece::Variable(name, None, self.span(from)));
            return;
        }
        match self.peek() {
            Some('(') if self.starts("((") => {
                self.skip_to("))");
                pieces.push(Piece::Unknown(self.span(from)));
            }
            Some('(') if self.dialect == Dialect::Make => {
                let line = self.line();
                self.at += closing(line).unwrap_or(line.len());
                pieces.push(Piece::Unknown(self.span(from)));
            }
            Some('(') => {
                self.bump();
                let body = self.statements(&[")"]);
                self.eat(")");
                pieces.push(Piece::Output(Arc::new(body), self.span(from)));
            }
            Some('{') => self.braced(from, pieces),
            Some('\'') => {}
            Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                let rest = self.rest();
                let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
                let name = rest.get(..end).unwrap_or_default().to_owned();
                self.at += end;
                pieces.push(Piece::Variable(name, None, self.span(from)));
            }
            Some(c) if c.is_ascii_digit() || matches!(c, '@' | '*' | '#' | '?' | '!' | '$' | '-') => {
                self.bump();
                pieces.push(match c {
                    '@' | '*' => Piece::Members("@".to_owned(), self.span(from)),
                    c if c.is_ascii_digit() => Piece::Variable(c.to_string(), None, self.span(from)),
                    _ => Piece::Unknown(self.span(from)),
                });
            }
            _ => pieces.push(Piece::Text("$".to_owned(), self.span(from))),
        }
    }

    /// The name in `$(name)`.
    pub(super) fn parenthesised_name(&self) -> Option<String> {
        let inner = self.line().strip_prefix("$(")?;
        let name = inner.get(..inner.find(')')?)?;
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        (!name.is_empty() && name.chars().all(fits)).then(|| name.to_owned())
    }

    pub(super) fn backticks(&mut self, from: usize, pieces: &mut Vec<Piece>) {
        let inner = self.rest().find('`');
        self.pay(inner.unwrap_or(self.rest().len()));
        let end = self.at + inner.unwrap_or(self.line().len());
        let mut inside = Reader {
            passage: self.passage,
            text: self.text.get(..end).unwrap_or_default(),
            at: self.at,
            depth: self.depth,
            dialect: self.dialect,
            resume: None,
            fuel: self.fuel,
        };
        let body = inside.statements(&[]);
        self.at = end;
        self.eat("`");
        pieces.push(Piece::Output(Arc::new(body), self.span(from)));
    }

    /// `${NAME}`, `${NAME:-default}`, `${NAMES[@]}`; other forms change the value and are unknown.
    pub(super) fn braced(&mut self, from: usize, pieces: &mut Vec<Piece>) {
        self.bump();
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let name = rest.get(..end).unwrap_or_default().to_owned();
        self.at += end;
        if name.is_empty() {
            self.skip_brace();
            return pieces.push(Piece::Unknown(self.span(from)));
        }
        if self.eat("}") {
            return pieces.push(Piece::Variable(name, None, self.span(from)));
        }
        if self.eat("[@]}") || self.eat("[*]}") {
            return pieces.push(Piece::Members(name, self.span(from)));
        }
        if self.eat("[0]}") {
            return pieces.push(Piece::Variable(name, None, self.span(from)));
        }
        if self.eat(":-") || self.eat(":=") || self.eat("-") || self.eat("=") {
            let at = self.at;
            let mut inner = Vec::new();
            self.until_brace(&mut inner);
            let span = self.span(at);
            self.eat("}");
            let default = Word { pieces: inner, span, quoted: true };
            return pieces.push(Piece::Variable(name, Some(Box::new(default)), self.span(from)));
        }
        let checks = self.starts(":?") || self.starts("?");
        self.skip_brace();
        pieces.push(match checks {
            // It fails where there is no value.
            true => Piece::Variable(name, None, self.span(from)),
            false => Piece::Unknown(self.span(from)),
        });
    }

    pub(super) fn until_brace(&mut self, pieces: &mut Vec<Piece>) {
        let mut plain = String::new();
        let mut from = self.at;
        while let Some(next) = self.peek() {
            match next {
                '}' | '\n' => break,
                '$' | '`' => {
                    if !plain.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut plain), self.span(from)));
                    }
                    self.dollar(pieces);
                    from = self.at;
                }
                '"' | '\'' => drop(self.bump()),
                _ => plain.extend(self.bump()),
            }
        }
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain, self.span(from)));
        }
    }

    pub(super) fn skip_brace(&mut self) {
        let mut depth = 1;
        while let Some(next) = self.bump() {
            match next {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 || next == '\n' {
                return;
            }
        }
    }
}

/// Behind the bracket that closes the one at the beginning.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' if depth == 1 => return Some(at + 1),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// `export NAME=value` as an assignment.
pub(super) fn declared(word: &Word) -> Option<Assignment> {
    let (first, rest) = word.pieces.split_first()?;
    let Piece::Text(text, span) = first else { return None };
    let (name, value) = text.split_once('=')?;
    let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let mut pieces = Vec::new();
    if !value.is_empty() {
        pieces.push(Piece::Text(value.to_owned(), *span));
    }
    pieces.extend(rest.iter().cloned());
    let value = Assigned::Word(Word { pieces, span: word.span, quoted: true });
    plain.then(|| Assignment { name: name.to_owned(), value, more: false })
}
