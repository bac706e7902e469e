//! Texts that a command reads from the lines behind it: `<<END`.

use super::super::{Dialect, Input, Piece, Word};
use super::Reader;

impl Reader<'_> {
    /// What stands behind `<<`.
    pub(super) fn here(&mut self) -> Option<Input> {
        let indented = self.eat("-");
        self.blanks();
        let escaped = self.starts("\\");
        let mark = self.word()?;
        let (from, end) = self.skip_text(&mark.text().unwrap_or_default(), indented);
        let written = self.text.get(from..end).unwrap_or_default().into();
        Some(Input::Text(written, self.here_text(from, end, indented, escaped || mark.quoted)))
    }

    /// The place of the text up to a line `mark`; remembers where reading goes on after it.
    fn skip_text(&mut self, mark: &str, indented: bool) -> (usize, usize) {
        let from =
            self.resume.unwrap_or_else(|| self.at + self.rest().find('\n').map_or(self.rest().len(), |at| at + 1));
        let (mut at, mut end) = (from, from);
        for line in self.text.get(from..).unwrap_or_default().split_inclusive('\n') {
            at += line.len();
            self.pay(line.len());
            let line = line.trim_end_matches(['\n', '\r']);
            // A block of YAML takes its own indentation away from the script, not always from what stands in it.
            let line = if indented { line.trim_start_matches('\t') } else { line };
            if line.trim() == mark {
                self.resume = Some(at);
                return (from, end);
            }
            end = at;
        }
        self.resume = Some(from);
        (from, from)
    }

    /// The text with what is variable in it. A quoted mark keeps the shell out of it, not who fills in the script before.
    fn here_text(&self, from: usize, end: usize, indented: bool, literal: bool) -> Word {
        let mut inside = Reader {
            passage: self.passage,
            text: self.text.get(..end).unwrap_or_default(),
            at: from,
            depth: self.depth,
            dialect: self.dialect,
            resume: None,
            fuel: self.fuel,
        };
        let pieces = inside.here_pieces(indented, literal);
        Word { pieces, span: self.passage.span(from, end), quoted: true }
    }

    fn here_pieces(&mut self, indented: bool, literal: bool) -> Vec<Piece> {
        let (mut pieces, mut plain, mut from, mut fresh) = (Vec::new(), String::new(), self.at, true);
        while self.at < self.text.len() {
            while fresh && indented && self.eat("\t") {}
            fresh = false;
            let Some(next) = self.peek() else {
                pieces.push(Piece::Unknown(self.span(from)));
                return pieces;
            };
            if plain.is_empty() {
                from = self.at;
            }
            let variable = match next {
                '$' | '`' => !literal || self.is_filled_in_before(),
                '{' => self.dialect == Dialect::Braces && self.starts("{{"),
                _ => false,
            };
            match next {
                _ if variable => {
                    if !plain.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut plain), self.span(from)));
                    }
                    if next == '{' { self.expression(2, &mut pieces) } else { self.dollar(&mut pieces) }
                }
                '\\' if !literal => {
                    self.bump();
                    match self.bump() {
                        Some('\n') => {}
                        Some(c @ ('$' | '`' | '\\')) => plain.push(c),
                        other => plain.extend(std::iter::once('\\').chain(other)),
                    }
                }
                _ => {
                    plain.extend(self.bump());
                    fresh = next == '\n';
                }
            }
        }
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain, self.span(from)));
        }
        pieces
    }

    /// An expression of the pipeline that holds the script.
    fn is_filled_in_before(&self) -> bool {
        match self.dialect {
            Dialect::GitHub => self.starts("${{"),
            Dialect::Azure => self.starts("${{") || self.parenthesised_name().is_some(),
            Dialect::Make => self.starts("$(") || self.starts("${"),
            Dialect::Braces | Dialect::Plain => false,
        }
    }
}
