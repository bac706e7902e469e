//! Values and words, and what is variable in them.

use std::sync::Arc;

use super::super::{Assigned, Command, Dialect, Piece, Statement, Word};
use super::{Reader, variable};
use crate::source::Span;

impl Reader<'_> {
    pub(super) fn value(&mut self) -> Assigned {
        let from = self.at;
        if self.eat("@{") || self.eat("[ordered]@{") {
            return Assigned::Table(self.table());
        }
        if self.eat("@(") {
            let mut items = Vec::new();
            loop {
                self.gap();
                self.eat(",");
                self.gap();
                match self.word(&[',']) {
                    Some(word) => items.push(word),
                    None => break,
                }
            }
            self.eat(")");
            return Assigned::List(items);
        }
        let first = self.peek();
        if matches!(first, Some('"' | '\'' | '$' | '@' | '0'..='9')) {
            let word = self.word(&[',']);
            self.blanks();
            let ends = self.peek().is_none_or(|c| matches!(c, '\n' | ';' | '}' | ')'));
            return match word.filter(|_| ends) {
                Some(word) => Assigned::Word(word),
                None => {
                    self.at += self.line().len();
                    Assigned::Word(self.unknown(from))
                }
            };
        }
        if let Some(word) = self.bracketed() {
            return Assigned::Word(word);
        }
        let body: Vec<Statement> = self.statement().into_iter().collect();
        let span = self.span(from);
        let pieces = vec![Piece::Output(Arc::new(body), span)];
        Assigned::Word(Word { pieces, span, quoted: true })
    }

    pub(super) fn unknown(&self, from: usize) -> Word {
        let span = self.span(from);
        Word { pieces: vec![Piece::Unknown(span)], span, quoted: true }
    }

    /// `(commands).Property`.
    pub(super) fn bracketed(&mut self) -> Option<Word> {
        let from = self.at;
        if !self.eat("(") {
            return None;
        }
        let body = self.statements();
        self.eat(")");
        let span = self.span(from);
        let mut piece = Piece::Output(Arc::new(body), span);
        if let Some(property) = self.property() {
            piece = Piece::Property(Box::new(piece), property, self.span(from));
        }
        Some(Word { pieces: vec![piece], span: self.span(from), quoted: true })
    }

    /// `.a.b`, `["a"].b`; a call makes something else of it.
    pub(super) fn property(&mut self) -> Option<String> {
        let mut path = Vec::new();
        loop {
            let rest = self.rest();
            if let Some(inner) = rest.strip_prefix('.') {
                let end = inner.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(inner.len());
                if end == 0 {
                    break;
                }
                path.push(inner.get(..end).unwrap_or_default().to_owned());
                self.at += end + 1;
            } else if rest.starts_with("['") || rest.starts_with("[\"") {
                let end = self.line().find(']').unwrap_or(0);
                path.push(rest.get(2..end.saturating_sub(1)).unwrap_or_default().to_owned());
                self.at += end + 1;
            } else {
                break;
            }
        }
        if self.rest().starts_with('(') && !path.is_empty() {
            self.condition();
            path.push("()".to_owned());
        }
        (!path.is_empty()).then(|| path.join("."))
    }

    pub(super) fn table(&mut self) -> Vec<(String, Span, Word)> {
        let mut found = Vec::new();
        loop {
            self.gap();
            let key = self.word(&['=', ' ']).and_then(|word| Some((word.text()?, word.span)));
            self.blanks();
            let Some((key, place)) = key.filter(|_| self.eat("=")) else { break };
            self.blanks();
            let from = self.at;
            match self.value() {
                Assigned::Word(word) => found.push((key, place, word)),
                _ => found.push((key, place, self.unknown(from))),
            }
        }
        self.eat("}");
        found
    }

    /// One word, up to a blank or one of these letters.
    pub(super) fn word(&mut self, stops: &[char]) -> Option<Word> {
        let from = self.at;
        if self.rest().starts_with("@'") || self.rest().starts_with("@\"") {
            return Some(self.here_string());
        }
        if self.eat("@") {
            let rest = self.rest();
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
            let name = variable(rest.get(..end).unwrap_or_default());
            self.at += end;
            let span = self.span(from);
            return Some(Word { pieces: vec![Piece::Members(name, span)], span, quoted: false });
        }
        let (mut pieces, mut quoted, mut plain) = (Vec::new(), false, String::new());
        let mut plain_from = from;
        while let Some(next) = self.peek() {
            if plain.is_empty() {
                plain_from = self.at;
            }
            let settle = |plain: &mut String, pieces: &mut Vec<Piece>, span: Span| {
                if !plain.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(plain), span));
                }
            };
            match next {
                ' ' | '\t' | '\n' | '\r' | ';' | '|' | '(' | ')' | '{' | '}' => break,
                next if stops.contains(&next) => break,
                '`' if self.rest().starts_with("`\n") || self.rest().starts_with("`\r\n") => break,
                '`' => {
                    self.bump();
                    plain.extend(self.bump());
                }
                '\'' => {
                    quoted = true;
                    self.bump();
                    self.single_quoted(&mut plain, &mut pieces);
                }
                '"' => {
                    quoted = true;
                    settle(&mut plain, &mut pieces, self.span(plain_from));
                    self.bump();
                    self.double_quoted(&mut pieces);
                }
                '$' => {
                    settle(&mut plain, &mut pieces, self.span(plain_from));
                    self.dollar(&mut pieces);
                }
                _ => plain.extend(self.bump()),
            }
        }
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain, self.span(plain_from)));
        }
        (self.at > from).then(|| Word { pieces, span: self.span(from), quoted })
    }

    pub(super) fn single_quoted(&mut self, plain: &mut String, pieces: &mut Vec<Piece>) {
        let from = self.at;
        let line = self.at + self.line().len();
        while let Some(next) = self.bump() {
            match next {
                '\'' if self.eat("'") => plain.push('\''),
                '\'' => return,
                next => plain.push(next),
            }
        }
        // Nothing closes it: the command is not known, the next line is read anew.
        self.at = line;
        plain.clear();
        pieces.push(Piece::Unknown(self.span(from)));
    }

    pub(super) fn double_quoted(&mut self, pieces: &mut Vec<Piece>) {
        let (start, line) = (self.at, self.at + self.line().len());
        let (mut plain, mut from) = (String::new(), self.at);
        while let Some(next) = self.peek() {
            if plain.is_empty() {
                from = self.at;
            }
            match next {
                '"' => {
                    self.bump();
                    if !self.eat("\"") {
                        if !plain.is_empty() {
                            pieces.push(Piece::Text(plain, self.span(from)));
                        }
                        return;
                    }
                    plain.push('"');
                }
                '`' => {
                    self.bump();
                    plain.extend(self.bump());
                }
                '$' => {
                    if !plain.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut plain), self.span(from)));
                    }
                    self.dollar(pieces);
                }
                _ => plain.extend(self.bump()),
            }
        }
        self.at = line;
        pieces.push(Piece::Unknown(self.span(start)));
    }

    /// `@' … '@` and `@" … "@`: the second one with what is variable in it.
    pub(super) fn here_string(&mut self) -> Word {
        let from = self.at;
        let close = if self.rest().starts_with("@'") { "\n'@" } else { "\n\"@" };
        let rest = self.rest();
        let end = rest.find(close);
        self.fuel.set(self.fuel.get().saturating_sub(end.unwrap_or(rest.len())));
        let first = self.line().len() + 1;
        let (start, stop) = (from + first, end.map(|end| from + end));
        self.at += end.map_or(self.line().len(), |end| end + close.len());
        let Some(stop) = stop else { return self.unknown(from) };
        let text = self.text.get(start..stop).unwrap_or_default();
        let span = self.passage.span(start, stop.max(start));
        if close == "\n'@" || !text.contains(['$', '`']) {
            return Word::of(text, span);
        }
        let mut inside = Reader {
            passage: self.passage,
            text: self.text.get(..stop).unwrap_or_default(),
            at: start,
            depth: self.depth,
            dialect: self.dialect,
            fuel: self.fuel,
        };
        Word { pieces: inside.here_pieces(), span, quoted: true }
    }

    /// What is variable in `@" … "@`, in which quotes are letters.
    fn here_pieces(&mut self) -> Vec<Piece> {
        let (mut pieces, mut plain, mut from) = (Vec::new(), String::new(), self.at);
        while self.at < self.text.len() {
            let Some(next) = self.peek() else {
                pieces.push(Piece::Unknown(self.span(from)));
                return pieces;
            };
            if plain.is_empty() {
                from = self.at;
            }
            match next {
                '$' => {
                    if !plain.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut plain), self.span(from)));
                    }
                    self.dollar(&mut pieces);
                }
                '`' => {
                    self.bump();
                    plain.extend(self.bump());
                }
                _ => plain.extend(self.bump()),
            }
        }
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain, self.span(from)));
        }
        pieces
    }

    pub(super) fn dollar(&mut self, pieces: &mut Vec<Piece>) {
        let from = self.at;
        let rest = self.rest();
        if matches!(self.dialect, Dialect::GitHub | Dialect::Azure) && rest.starts_with("${{") {
            let line = self.line();
            let end = line.find("}}").unwrap_or(line.len());
            let inner = line.get(3..end).unwrap_or_default().trim().to_owned();
            self.at += (end + 2).min(line.len());
            let name = crate::frontend::script::hosts::variable_of(&inner);
            return pieces.push(Piece::Variable(name, None, self.span(from)));
        }
        if self.dialect == Dialect::Azure
            && let Some(inner) = self.line().strip_prefix("$(")
            && let Some(name) = inner.find(')').and_then(|end| inner.get(..end))
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))
        {
            let name = name.to_owned();
            self.at += name.len() + 3;
            return pieces.push(Piece::Variable(name, None, self.span(from)));
        }
        self.bump();
        if self.eat("(") {
            let body = self.statements();
            self.eat(")");
            let span = self.span(from);
            // `$($x.y)` is as good as `$x.y`.
            return match body.as_slice() {
                [Statement::Command(Command { words, sets, .. })] if sets.is_empty() && words.len() == 1 => {
                    match words.first().map(|word| word.pieces.as_slice()) {
                        Some([only @ (Piece::Variable(..) | Piece::Property(..))]) => pieces.push(only.clone()),
                        _ => pieces.push(Piece::Output(Arc::new(body), span)),
                    }
                }
                _ => pieces.push(Piece::Output(Arc::new(body), span)),
            };
        }
        let braced = self.eat("{");
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | ':'))).unwrap_or(rest.len());
        let name = rest.get(..end).unwrap_or_default().trim_end_matches(':').to_owned();
        if name.is_empty() {
            return pieces.push(Piece::Text("$".to_owned(), self.span(from)));
        }
        self.at += name.len();
        if braced {
            self.eat("}");
        }
        let mut piece = Piece::Variable(variable(&name), None, self.span(from));
        let dotted = self.rest().starts_with('.') || self.rest().starts_with("['") || self.rest().starts_with("[\"");
        if dotted
            && !braced
            && let Some(property) = self.property()
        {
            piece = Piece::Property(Box::new(piece), property, self.span(from));
        }
        pieces.push(piece);
    }
}
