//! Strings, heredocs and templates: literal text with `${…}` and `%{…}` in it.
//!
//! A `~` eats the white space of one literal before or after it, as the language has it; a literal of a heredoc ends with
//! its line.

use std::sync::Arc;

use super::cursor::{Cursor, Reading};
use super::{Expr, ExprKind, Piece, TemplateFor};
use crate::source::Span;

/// Where a template ends.
enum End<'m> {
    /// At a quote.
    Quote,
    /// At the line that holds this mark only.
    Line(&'m str),
    /// With the text.
    Text,
}

/// A part of a template in the order of writing.
enum Part {
    Literal(String, Span),
    Value(Expr),
    If(Expr),
    Else,
    EndIf,
    For(Option<Arc<str>>, Arc<str>, Expr),
    EndFor,
}

/// What a run of parts ended with.
#[derive(PartialEq)]
enum Close {
    End,
    Else,
    EndIf,
    EndFor,
}

impl Cursor<'_> {
    /// `"…"`.
    pub(super) fn quoted(&mut self) -> Reading<Expr> {
        let start = self.at;
        self.at += 1;
        let parts = self.deeper(|cursor| cursor.parts(&End::Quote))?;
        self.at += 1;
        self.assembled(parts, start)
    }

    /// A quoted label: a string without interpolation.
    pub(super) fn label(&mut self) -> Reading<Arc<str>> {
        let start = self.at;
        match self.quoted()?.kind {
            ExprKind::Text(text) => Ok(text),
            _ => self.broken_at(start, "a label can't have `${`"),
        }
    }

    /// `<<MARK` to the line that holds the mark.
    pub(super) fn heredoc(&mut self) -> Reading<Expr> {
        let start = self.at;
        self.at += 2;
        let flush = self.rest().starts_with('-');
        self.at += usize::from(flush);
        let Some(mark) = self.name_here() else { return self.expected("the mark of a heredoc") };
        self.at += mark.len();
        let line_end = self.rest().trim_start_matches([' ', '\t', '\r']);
        if !line_end.starts_with('\n') {
            return self.expected("the end of the line");
        }
        self.at = self.text.len() - line_end.len() + 1;
        let mut parts = self.deeper(|cursor| cursor.parts(&End::Line(mark)))?;
        if flush {
            dedent(&mut parts);
        }
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t']).len() + mark.len();
        self.assembled(parts, start)
    }

    /// The whole text as a template.
    pub(super) fn whole_template(&mut self) -> Reading<Expr> {
        let parts = self.parts(&End::Text)?;
        self.assembled(parts, 0)
    }

    fn assembled(&mut self, parts: Vec<Part>, start: usize) -> Reading<Expr> {
        let span = self.since(start);
        let mut parts = parts.into_iter();
        let (pieces, close) = self.run(&mut parts, 0)?;
        if close != Close::End {
            return self.broken_at(start, "a template directive without its beginning");
        }
        let text = |piece: &Piece| matches!(piece, Piece::Text(..));
        if !pieces.iter().all(text) {
            return Ok(Expr { kind: ExprKind::Template(pieces), span });
        }
        let texts = pieces.iter().map(|piece| if let Piece::Text(text, _) = piece { text } else { "" });
        Ok(Expr { kind: ExprKind::Text(texts.collect::<String>().into()), span })
    }

    /// Parts to the directive that ends them, nested ones put together.
    fn run(&mut self, parts: &mut std::vec::IntoIter<Part>, depth: u32) -> Reading<(Vec<Piece>, Close)> {
        if depth > 50 {
            return self.broken("template directives within too many others");
        }
        let mut pieces = Vec::new();
        while let Some(part) = parts.next() {
            pieces.push(match part {
                Part::Literal(text, _) if text.is_empty() => continue,
                Part::Literal(text, span) => Piece::Text(text.into(), span),
                Part::Value(value) => Piece::Value(value),
                Part::If(on) => {
                    let (yes, close) = self.run(parts, depth + 1)?;
                    let (no, close) = match close {
                        Close::Else => self.run(parts, depth + 1)?,
                        close => (Vec::new(), close),
                    };
                    if close != Close::EndIf {
                        return self.broken("a template `if` without `endif`");
                    }
                    Piece::If(Box::new(on), yes, no)
                }
                Part::For(key, item, over) => {
                    let (pieces, close) = self.run(parts, depth + 1)?;
                    if close != Close::EndFor {
                        return self.broken("a template `for` without `endfor`");
                    }
                    Piece::For(Box::new(TemplateFor { key, item, over, pieces }))
                }
                Part::Else => return Ok((pieces, Close::Else)),
                Part::EndIf => return Ok((pieces, Close::EndIf)),
                Part::EndFor => return Ok((pieces, Close::EndFor)),
            });
        }
        Ok((pieces, Close::End))
    }

    /// To the end of the template, which stays to be read.
    fn parts(&mut self, end: &End<'_>) -> Reading<Vec<Part>> {
        let open = self.at;
        let (mut parts, mut trim, mut fresh) = (Vec::new(), false, true);
        loop {
            if self.is_over(end, fresh, open)? {
                return Ok(parts);
            }
            let sequence = self.rest().starts_with("${") || self.rest().starts_with("%{");
            if sequence {
                let value = self.rest().starts_with('$');
                self.at += 2;
                if self.rest().starts_with('~') {
                    self.at += 1;
                    if let Some(Part::Literal(text, _)) = parts.last_mut() {
                        text.truncate(text.trim_end().len());
                    }
                }
                let part = self.with_lines(false, |cursor| if value { cursor.value() } else { cursor.directive() })?;
                parts.push(part);
                trim = self.take("~");
                if !self.rest().starts_with('}') {
                    return self.expected("`}`");
                }
                self.at += 1;
                fresh = false;
                continue;
            }
            let start = self.at;
            let mut text = self.literal(end)?;
            fresh = text.ends_with('\n');
            if std::mem::take(&mut trim) {
                text = text.trim_start().to_owned();
            }
            parts.push(Part::Literal(text, self.since(start)));
        }
    }

    /// Whether the template ends here. At the beginning of a line a heredoc looks for its mark.
    fn is_over(&self, end: &End<'_>, fresh: bool, open: usize) -> Reading<bool> {
        let rest = self.rest();
        match end {
            End::Text => Ok(rest.is_empty()),
            End::Quote if rest.starts_with('"') => Ok(true),
            End::Quote if rest.is_empty() || rest.starts_with('\n') || rest.starts_with("\r\n") => {
                self.broken_at(open.saturating_sub(1), "this string is never closed")
            }
            End::Quote => Ok(false),
            End::Line(_) if rest.is_empty() => self.broken_at(open.saturating_sub(1), "this heredoc is never closed"),
            End::Line(mark) => {
                let line = rest.split('\n').next().unwrap_or(rest);
                Ok(fresh && line.trim() == *mark)
            }
        }
    }

    /// Literal text to the next sequence or the end; of a heredoc to the end of the line.
    fn literal(&mut self, end: &End<'_>) -> Reading<String> {
        let mut text = String::new();
        while let Some(letter) = self.peek() {
            let rest = self.rest();
            if rest.starts_with("$${") || rest.starts_with("%%{") {
                text.push(letter);
                text.push('{');
                self.at += 3;
                continue;
            }
            if rest.starts_with("${") || rest.starts_with("%{") {
                break;
            }
            match (end, letter) {
                (End::Quote, '"' | '\n') => break,
                (End::Quote, '\\') => text.push(self.escape()?),
                (End::Line(_), '\n') => {
                    self.at += 1;
                    text.push('\n');
                    break;
                }
                _ => {
                    self.at += letter.len_utf8();
                    text.push(letter);
                }
            }
        }
        Ok(text)
    }

    fn escape(&mut self) -> Reading<char> {
        let start = self.at;
        self.at += 1;
        let letter = self.peek();
        self.at += letter.map_or(0, char::len_utf8);
        let length = match letter {
            Some('n') => return Ok('\n'),
            Some('r') => return Ok('\r'),
            Some('t') => return Ok('\t'),
            Some(letter @ ('"' | '\\')) => return Ok(letter),
            Some('u') => 4,
            Some('U') => 8,
            _ => return self.broken_at(start, "an escape that the language doesn't know"),
        };
        let digits = self.rest().get(..length).unwrap_or_default();
        let code = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
        self.at += digits.len();
        code.map_or_else(|| self.broken_at(start, "an escape that is no letter"), Ok)
    }

    fn value(&mut self) -> Reading<Part> {
        let value = self.expression()?;
        self.skip();
        Ok(Part::Value(value))
    }

    fn directive(&mut self) -> Reading<Part> {
        let word = self.need_name()?;
        let part = match word {
            "if" => Part::If(self.expression()?),
            "else" => Part::Else,
            "endif" => Part::EndIf,
            "for" => {
                let (key, item, over) = self.for_intro()?;
                Part::For(key, item, over)
            }
            "endfor" => Part::EndFor,
            _ => return self.broken("a template directive that the language doesn't know"),
        };
        self.skip();
        Ok(part)
    }
}

/// Takes away as many spaces from the beginning of each line as the one with the fewest has.
fn dedent(parts: &mut [Part]) {
    let mut least = usize::MAX;
    let mut fresh = true;
    let spaces = |text: &str| text.chars().take_while(|letter| matches!(letter, ' ' | '\t')).count();
    for part in parts.iter() {
        let Part::Literal(text, _) = part else {
            least = if fresh { 0 } else { least };
            fresh = false;
            continue;
        };
        if fresh && !is_blank(text) {
            least = least.min(spaces(text));
        }
        fresh = text.ends_with('\n');
    }
    let mut fresh = true;
    for part in parts {
        let Part::Literal(text, _) = part else {
            fresh = false;
            continue;
        };
        let next = text.ends_with('\n');
        if fresh && !is_blank(text) {
            *text = text.chars().skip(least.min(spaces(text))).collect();
        }
        fresh = next;
    }
}

/// A line with nothing on it says nothing about how far its block is indented.
fn is_blank(line: &str) -> bool {
    line.ends_with('\n') && line.trim().is_empty()
}
