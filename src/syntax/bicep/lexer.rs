//! Text to tokens. Interpolated strings come as pieces with the tokens of their holes between them, so the lexer keeps
//! a stack of open strings and of the braces inside their holes.

use std::sync::Arc;

use crate::source::{SourceId, Span};
use crate::syntax::tree::{Comment, Fault, FaultKind};

/// A token and its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A name or a keyword: which one, only its place tells.
    Identifier,
    Integer,
    Text(Piece, Quote),
    /// One or more line ends, whatever blank lines and comments lie between them.
    NewLine,
    /// Punctuation, by its own text.
    Mark(Mark),
    /// Nothing that the language has.
    Bad(Bad),
    End,
}

/// A piece of a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// `'…'`
    Whole,
    /// `'…${`
    Left,
    /// `}…${`
    Middle,
    /// `}…'`
    Right,
}

/// How a string is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quote {
    /// `'''` instead of `'`.
    pub(super) multiline: bool,
    /// The number of `$` before `'''`: as many open a hole.
    pub(super) dollars: u32,
}

/// Why a token is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bad {
    Character,
    Unterminated,
    LineEndInHole,
}

impl Bad {
    pub(super) fn message(self) -> &'static str {
        match self {
            Bad::Character => "a character that the language does not have",
            Bad::Unterminated => "a string without its end",
            Bad::LineEndInHole => "a line end inside of `${…}`",
        }
    }
}

macro_rules! marks {
    ($($name:ident $text:literal)*) => {
        /// Punctuation.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Mark { $($name,)* }

        impl Mark {
            /// As it is written.
            pub(super) fn text(self) -> &'static str {
                match self { $(Mark::$name => $text,)* }
            }

            /// Longer marks stand before their beginnings.
            const ALL: &[Mark] = &[$(Mark::$name,)*];
        }
    };
}

marks! {
    Ellipsis "..." DoubleQuestion "??" DoubleColon "::" NotEquals "!=" NotAlike "!~" LessOrEqual "<=" GreaterOrEqual ">="
    Equals "==" Alike "=~" Arrow "=>" And "&&" Or "||"
    LeftBrace "{" RightBrace "}" LeftParen "(" RightParen ")" LeftSquare "[" RightSquare "]"
    At "@" Comma "," Dot "." Question "?" Colon ":" Plus "+" Minus "-" Percent "%" Star "*" Slash "/" Hat "^" Bang "!"
    Less "<" Greater ">" Assign "=" Pipe "|"
}

/// Everything that the text holds.
pub(super) struct Lexed {
    /// The last one is [`TokenKind::End`].
    pub(super) tokens: Vec<Token>,
    pub(super) comments: Vec<Comment>,
    pub(super) faults: Vec<Fault>,
}

/// What is open around the current place.
#[derive(Clone, Copy)]
enum Open {
    /// A hole of a string.
    Hole(Quote),
    /// A brace inside of a hole.
    Brace,
}

struct Lexer<'t> {
    source: SourceId,
    text: &'t str,
    at: usize,
    open: Vec<Open>,
    /// No `*/` lies ahead: the text was searched to its end once and isn't again.
    no_comment_end: bool,
    lexed: Lexed,
}

/// Cuts `text` into tokens; takes time in proportion to its length.
pub(super) fn lex(source: SourceId, text: &str) -> Lexed {
    let tokens = Vec::with_capacity(text.len() / 6);
    let lexed = Lexed { tokens, comments: Vec::new(), faults: Vec::new() };
    let mut lexer = Lexer { source, text, at: 0, open: Vec::new(), no_comment_end: false, lexed };
    while lexer.at < text.len() {
        lexer.step();
    }
    lexer.push(TokenKind::End, text.len());
    lexer.lexed
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.at + ahead).copied().unwrap_or(0)
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn starts_with(&self, text: &str) -> bool {
        self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(text.as_bytes()))
    }

    fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) -> usize {
        let from = self.at;
        while self.at < self.text.len() && wanted(self.peek(0)) {
            self.at += 1;
        }
        self.at - from
    }

    fn push(&mut self, kind: TokenKind, start: usize) {
        let span = Span::new(self.source, start, self.at);
        self.lexed.tokens.push(Token { kind, start: span.start, end: span.end });
    }

    fn step(&mut self) {
        let start = self.at;
        match self.peek(0) {
            b' ' | b'\t' => self.at += 1,
            b'\n' | b'\r' => self.line_end(),
            b'/' if self.peek(1) == b'/' => self.line_comment(),
            b'/' if self.peek(1) == b'*' => self.block_comment(),
            b'#' if self.is_directive() => self.directive(),
            b'\'' if self.starts_with("'''") => self.string(3, Quote { multiline: true, dollars: 0 }),
            b'\'' => self.string(1, Quote { multiline: false, dollars: 0 }),
            b'$' => self.dollars(),
            b'{' => self.left_brace(),
            b'}' => self.right_brace(),
            b'0'..=b'9' => {
                self.skip_while(|byte| byte.is_ascii_digit());
                self.push(TokenKind::Integer, start);
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                self.skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
                self.push(TokenKind::Identifier, start);
            }
            _ => self.mark(),
        }
    }

    fn mark(&mut self) {
        let start = self.at;
        let first = self.peek(0);
        let fits = |mark: &&Mark| mark.text().as_bytes().first() == Some(&first) && self.starts_with(mark.text());
        if let Some(&mark) = Mark::ALL.iter().find(fits) {
            self.at += mark.text().len();
            return self.push(TokenKind::Mark(mark), start);
        }
        self.at += self.rest().chars().next().map_or(1, char::len_utf8);
        self.push(TokenKind::Bad(Bad::Character), start);
    }

    fn line_end(&mut self) {
        let start = self.at;
        if !self.open.is_empty() {
            // The compiler gives up the open strings here as well, else a missing brace would swallow the file.
            self.open.clear();
            self.push(TokenKind::Bad(Bad::LineEndInHole), start);
        }
        self.skip_while(|byte| byte == b'\n' || byte == b'\r');
        if self.lexed.tokens.last().is_none_or(|last| last.kind != TokenKind::NewLine) {
            self.push(TokenKind::NewLine, start);
        }
    }

    fn left_brace(&mut self) {
        let start = self.at;
        self.at += 1;
        if !self.open.is_empty() {
            self.open.push(Open::Brace);
        }
        self.push(TokenKind::Mark(Mark::LeftBrace), start);
    }

    fn right_brace(&mut self) {
        let start = self.at;
        self.at += 1;
        match self.open.pop() {
            Some(Open::Hole(quote)) => self.string_piece(start, quote, false),
            _ => self.push(TokenKind::Mark(Mark::RightBrace), start),
        }
    }

    fn string(&mut self, opening: usize, quote: Quote) {
        let start = self.at;
        self.at += opening;
        self.string_piece(start, quote, true);
    }

    /// `$'''`, with any number of `$`.
    fn dollars(&mut self) {
        let start = self.at;
        let dollars = self.skip_while(|byte| byte == b'$');
        if !self.starts_with("'''") {
            return self.push(TokenKind::Bad(Bad::Character), start);
        }
        self.at += 3;
        let quote = Quote { multiline: true, dollars: u32::try_from(dollars).unwrap_or(u32::MAX) };
        self.string_piece(start, quote, true);
    }

    /// Reads on from behind an opening quote or the brace that closes a hole.
    fn string_piece(&mut self, start: usize, quote: Quote, first: bool) {
        let stop = if quote.multiline { self.multiline_stop(quote) } else { self.line_stop() };
        let piece = match (stop, first) {
            (Stop::Quote, true) => Piece::Whole,
            (Stop::Quote, false) => Piece::Right,
            (Stop::Hole, true) => Piece::Left,
            (Stop::Hole, false) => Piece::Middle,
            (Stop::End, _) => return self.push(TokenKind::Bad(Bad::Unterminated), start),
        };
        if stop == Stop::Hole {
            self.open.push(Open::Hole(quote));
        }
        self.push(TokenKind::Text(piece, quote), start);
    }

    fn line_stop(&mut self) -> Stop {
        loop {
            self.skip_while(|byte| !matches!(byte, b'\'' | b'$' | b'\\' | b'\n' | b'\r'));
            match self.peek(0) {
                b'\'' => {
                    self.at += 1;
                    return Stop::Quote;
                }
                b'$' if self.peek(1) == b'{' => {
                    self.at += 2;
                    return Stop::Hole;
                }
                b'\\' => self.escape(),
                b'$' => self.at += 1,
                _ => return Stop::End,
            }
        }
    }

    /// Steps over an escape; whether it is one that exists, the parser finds out.
    fn escape(&mut self) {
        self.at += 1;
        if self.starts_with("${") {
            self.at += 2;
        } else if matches!(self.peek(0), b'\\' | b'\'' | b'$') {
            self.at += 1;
        }
    }

    fn multiline_stop(&mut self, quote: Quote) -> Stop {
        let from = self.at;
        loop {
            self.skip_while(|byte| byte != b'\'' && byte != b'$');
            if self.skip_while(|byte| byte == b'\'') >= 3 {
                return Stop::Quote;
            }
            let dollars = self.skip_while(|byte| byte == b'$');
            if quote.dollars > 0 && dollars >= quote.dollars as usize && self.peek(0) == b'{' {
                self.at += 1;
                return Stop::Hole;
            }
            if self.at >= self.text.len() {
                // The string is lost; what stands below its first line need not be.
                self.at = from;
                self.skip_while(|byte| byte != b'\n' && byte != b'\r');
                return Stop::End;
            }
        }
    }

    fn line_comment(&mut self) {
        let start = self.at;
        self.skip_while(|byte| byte != b'\n' && byte != b'\r');
        self.comment(start, start + 2, self.at);
    }

    fn block_comment(&mut self) {
        let start = self.at;
        let inner = start + 2;
        let tail = if self.no_comment_end { None } else { self.text.get(inner..) };
        if let Some(length) = tail.and_then(|tail| tail.find("*/")) {
            self.at = inner + length + 2;
            return self.comment(start, inner, inner + length);
        }
        self.skip_while(|byte| byte != b'\n' && byte != b'\r');
        if !self.no_comment_end {
            self.no_comment_end = true;
            let span = Span::new(self.source, start, self.at);
            let message = "a comment without its end".to_owned();
            self.lexed.faults.push(Fault { kind: FaultKind::Syntax, message, span });
        }
        self.push(TokenKind::Bad(Bad::Character), start);
    }

    fn comment(&mut self, start: usize, inner: usize, end: usize) {
        let text = self.text.get(inner..end).unwrap_or_default().trim();
        let span = Span::new(self.source, start, self.at);
        self.lexed.comments.push(Comment { span, text: Arc::from(text) });
    }

    fn is_directive(&self) -> bool {
        let known = ["#disable-next-line", "#disable-diagnostics", "#restore-diagnostics"];
        let line = self.text.as_bytes().get(..self.at).unwrap_or_default();
        let before = line.iter().rev().find(|&&byte| byte != b' ' && byte != b'\t');
        before.is_none_or(|&byte| byte == b'\n' || byte == b'\r') && known.iter().any(|name| self.starts_with(name))
    }

    /// A directive for the compiler is kept as a comment whose text begins with `#`.
    fn directive(&mut self) {
        let start = self.at;
        while self.at < self.text.len() && !matches!(self.peek(0), b'\n' | b'\r') && !self.starts_with("//") {
            self.at += 1;
        }
        self.comment(start, start, self.at);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stop {
    Quote,
    Hole,
    End,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<TokenKind> {
        lex(SourceId(0), text).tokens.iter().map(|token| token.kind).collect()
    }

    fn texts(text: &str) -> Vec<&str> {
        let lexed = lex(SourceId(0), text);
        lexed.tokens.iter().map(|token| text.get(token.start as usize..token.end as usize).unwrap()).collect()
    }

    #[test]
    fn holes_hold_braces_and_strings() {
        assert_eq!(
            texts("'a${b('${c}')}d${ {e: 1} }'"),
            ["'a${", "b", "(", "'${", "c", "}'", ")", "}d${", "{", "e", ":", "1", "}", "}'", ""]
        );
    }

    #[test]
    fn escapes_open_no_hole_and_close_no_string() {
        assert_eq!(texts(r"'\${a}\'\\' b"), [r"'\${a}\'\\'", "b", ""]);
        assert_eq!(texts(r"'\$${a}'"), [r"'\$${", "a", "}'", ""]);
    }

    #[test]
    fn multiline_strings_take_as_many_dollars_as_they_begin_with() {
        assert_eq!(texts("'''a ${b} ''''c"), ["'''a ${b} ''''", "c", ""]);
        assert_eq!(texts("$$'''a ${b} $$${c} '''"), ["$$'''a ${b} $$${", "c", "} '''", ""]);
    }

    #[test]
    fn what_is_open_at_the_end_of_a_line_is_given_up() {
        let bad = |kind: &TokenKind| matches!(kind, TokenKind::Bad(_));
        assert_eq!(kinds("'a\nb").iter().filter(|kind| bad(kind)).count(), 1);
        assert_eq!(kinds("'a${b\nc").iter().filter(|kind| bad(kind)).count(), 1);
        assert_eq!(texts("'''a\nb"), ["'''a", "\n", "b", ""]);
    }

    #[test]
    fn comments_and_directives_are_kept_apart_from_tokens() {
        let lexed = lex(SourceId(0), "// one\n#disable-next-line BCP037 // two\na /* three\n*/ b\n");
        let texts: Vec<&str> = lexed.comments.iter().map(|comment| &*comment.text).collect();
        assert_eq!(texts, ["one", "#disable-next-line BCP037", "two", "three"]);
        assert_eq!(lexed.tokens.len(), 5);
    }

    #[test]
    fn an_open_comment_costs_its_line_and_is_said_once() {
        let lexed = lex(SourceId(0), "/* a\n/* b\nc");
        assert_eq!(lexed.faults.len(), 1);
        assert!(lexed.tokens.iter().any(|token| token.kind == TokenKind::Identifier));
    }
}
