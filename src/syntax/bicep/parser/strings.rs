//! Strings: pieces, holes and escapes.

use std::sync::Arc;

use super::{Parsed, Parser};
use crate::source::Span;
use crate::syntax::bicep::ast::{Expr, ExprKind};
use crate::syntax::bicep::lexer::{Piece, Quote, Token, TokenKind};
use crate::syntax::tree::FaultKind;

impl Parser<'_> {
    /// A string, with or without interpolation.
    pub(super) fn string(&mut self) -> Parsed<Expr> {
        let start = self.peek();
        let TokenKind::Text(piece @ (Piece::Whole | Piece::Left), quote) = start.kind else {
            return self.expected("a string");
        };
        self.at += 1;
        let first = self.piece(start, piece, quote)?;
        if piece == Piece::Whole {
            return self.expr(first.kind, start);
        }
        let mut parts = vec![first];
        loop {
            parts.push(self.nested(Self::expression)?);
            let token = self.peek();
            let TokenKind::Text(piece @ (Piece::Middle | Piece::Right), _) = token.kind else {
                return self.expected("`}`");
            };
            self.at += 1;
            parts.push(self.piece(token, piece, quote)?);
            if piece == Piece::Right {
                break;
            }
        }
        parts.retain(|part| part.as_text().is_none_or(|text| !text.is_empty()));
        self.expr(ExprKind::Interpolation(parts), start)
    }

    /// The text of one piece, without its quotes and `${`.
    fn piece(&self, token: Token, piece: Piece, quote: Quote) -> Parsed<Expr> {
        let quotes = if quote.multiline { 3 } else { 1 };
        let dollars = quote.dollars as usize;
        let hole = if quote.multiline { dollars + 1 } else { 2 };
        let (before, after) = match piece {
            Piece::Whole => (dollars + quotes, quotes),
            Piece::Left => (dollars + quotes, hole),
            Piece::Middle => (1, hole),
            Piece::Right => (1, quotes),
        };
        let (start, end) = (token.start as usize + before, (token.end as usize).saturating_sub(after));
        let span = Span::new(self.source, start, end);
        let raw = self.text.get(start..end).unwrap_or_default();
        let text = match quote.multiline {
            true if matches!(piece, Piece::Whole | Piece::Left) => Arc::from(without_first_line_end(raw)),
            true => Arc::from(raw),
            false => self.unescaped(raw, start)?,
        };
        Ok(Expr::new(ExprKind::Text(text), span))
    }

    fn unescaped(&self, raw: &str, start: usize) -> Parsed<Arc<str>> {
        let Some((plain, _)) = raw.split_once('\\') else { return Ok(Arc::from(raw)) };
        let mut text = String::with_capacity(raw.len());
        text.push_str(plain);
        let mut at = plain.len();
        while let Some(rest) = raw.get(at..).filter(|rest| !rest.is_empty()) {
            let Some(escaped) = rest.strip_prefix('\\') else {
                let plain = rest.split('\\').next().unwrap_or_default();
                text.push_str(plain);
                at += plain.len();
                continue;
            };
            let Some((character, length)) = escape(escaped) else {
                let span = Span::new(self.source, start + at, start + at + 1);
                return self.broken(FaultKind::Syntax, "an escape that the language does not have".to_owned(), span);
            };
            text.push(character);
            at += 1 + length;
        }
        Ok(Arc::from(text))
    }
}

/// The character that an escape stands for and its length, both without the backslash.
fn escape(text: &str) -> Option<(char, usize)> {
    let character = match text.as_bytes().first()? {
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'\\' => '\\',
        b'\'' => '\'',
        b'$' => '$',
        b'u' => return unicode_escape(text),
        _ => return None,
    };
    Some((character, 1))
}

/// `u{…}`; a character beyond 16 bits may be written as the two halves of UTF-16.
fn unicode_escape(text: &str) -> Option<(char, usize)> {
    let (code, length) = code_point(text)?;
    if !(0xD800..0xDC00).contains(&code) {
        return Some((char::from_u32(code)?, length));
    }
    let (low, low_length) = code_point(text.get(length..)?.strip_prefix('\\')?)?;
    let low = low.checked_sub(0xDC00).filter(|low| *low < 0x400)?;
    let character = char::from_u32(0x1_0000 + ((code - 0xD800) << 10) + low)?;
    Some((character, length + 1 + low_length))
}

fn code_point(text: &str) -> Option<(u32, usize)> {
    let (digits, _) = text.strip_prefix("u{")?.split_once('}')?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let code = u32::from_str_radix(digits, 16).ok().filter(|_| plain)?;
    Some((code, digits.len() + 3))
}

/// The line end directly behind an opening `'''` does not count.
fn without_first_line_end(text: &str) -> &str {
    let text = text.strip_prefix('\r').unwrap_or(text);
    text.strip_prefix('\n').unwrap_or(text)
}
