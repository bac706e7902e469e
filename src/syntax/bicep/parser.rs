//! Recursive descent over the tokens; operators by precedence. A declaration that can't be read is given up as a whole
//! and reading goes on at the next one in column 0.

mod declarations;
mod expressions;
mod strings;
mod types;

use std::sync::Arc;

use super::ast::{Expr, ExprKind, File, Name, Statement, StatementKind};
use super::lexer::{Mark, Piece, Token, TokenKind, lex};
use crate::source::{SourceId, Span};
use crate::syntax::tree::{Comment, Fault, FaultKind};

/// How deep expressions, types and nested resources go. Real files stay far below; a small stack holds twice that.
const DEPTH_LIMIT: u32 = 128;

/// How tall an expression gets by chains that the parser reads in a loop: `a.b.c.d`, `a + b + c + d`.
const HEIGHT_LIMIT: u32 = 256;

/// The words that begin a declaration.
const KEYWORDS: [&str; 18] = [
    "targetScope",
    "metadata",
    "param",
    "var",
    "type",
    "func",
    "resource",
    "module",
    "output",
    "import",
    "extension",
    "provider",
    "extensionConfig",
    "assert",
    "test",
    "using",
    "extends",
    "export",
];

/// Reads a `.bicep` or `.bicepparam` file.
///
/// Every declaration is in the file, those that could not be read as [`StatementKind::Lost`] with a fault each. The
/// comments include directives for the compiler, whose text begins with `#`.
pub fn parse(source: SourceId, text: &str) -> (File, Vec<Comment>, Vec<Fault>) {
    let lexed = lex(source, text);
    let end = lexed.tokens.last().copied().unwrap_or(Token { kind: TokenKind::End, start: 0, end: 0 });
    let (tokens, faults) = (lexed.tokens, lexed.faults);
    let mut parser = Parser { source, text, tokens, end, at: 0, depth: 0, keyword: None, faults };
    let statements = parser.statements();
    let mut faults = parser.faults;
    faults.sort_by_key(|fault| fault.span);
    (File { source, statements }, lexed.comments, faults)
}

/// Why a declaration is given up.
#[derive(Debug)]
struct Broken(Box<Fault>);

type Parsed<T> = Result<T, Broken>;

struct Parser<'t> {
    source: SourceId,
    text: &'t str,
    tokens: Vec<Token>,
    /// The last token, given again and again behind the end.
    end: Token,
    /// The next token.
    at: usize,
    depth: u32,
    /// The keyword of the declaration that is being read, once its decorators are behind.
    keyword: Option<usize>,
    faults: Vec<Fault>,
}

impl<'t> Parser<'t> {
    fn statements(&mut self) -> Vec<Statement> {
        let mut statements = Vec::new();
        loop {
            self.skip_newlines();
            if self.peek().kind == TokenKind::End {
                return statements;
            }
            let start = self.at;
            (self.depth, self.keyword) = (0, None);
            let statement = self.statement().and_then(|statement| self.line_must_end().map(|()| statement));
            statements.push(statement.unwrap_or_else(|Broken(fault)| self.give_up(start, *fault)));
        }
    }

    fn line_must_end(&self) -> Parsed<()> {
        match self.peek().kind {
            TokenKind::NewLine | TokenKind::End => Ok(()),
            _ => self.expected("a new line"),
        }
    }

    /// Records the fault and goes on at the next declaration in column 0 behind the keyword of the broken one: what
    /// the broken one has swallowed after that was not its own.
    fn give_up(&mut self, start: usize, fault: Fault) -> Statement {
        let kind = StatementKind::Lost(fault.kind);
        self.faults.push(fault);
        let first = self.token(start).start;
        self.at = self.behind_keyword(start);
        while self.peek().kind != TokenKind::End && !self.is_declaration(self.at) {
            self.at += 1;
        }
        let last = self.tokens.get(start..self.at).unwrap_or_default();
        let last = last.iter().rev().find(|token| token.kind != TokenKind::NewLine);
        let span = Span { source: self.source, start: first, end: last.map_or(first, |token| token.end) };
        Statement { decorators: Vec::new(), kind, span }
    }

    /// The token behind the keyword of the statement at `start`. When one of its decorators is broken, the keyword is
    /// looked for: a decorator that can't be read takes its declaration with it, for it might have said `@secure()`.
    fn behind_keyword(&self, start: usize) -> usize {
        let mut at = self.keyword.unwrap_or(start);
        while self.token(at).kind == TokenKind::Mark(Mark::At) {
            at += 1;
            while !self.is_declaration(at) && self.token(at).kind != TokenKind::End {
                at += 1;
            }
        }
        if self.token(at).kind == TokenKind::End { at } else { at + 1 }
    }

    /// Whether a declaration seems to begin at a token: a decorator or a keyword with a name or string behind it, in
    /// column 0.
    fn is_declaration(&self, at: usize) -> bool {
        let token = self.token(at);
        let before = (token.start as usize).checked_sub(1).and_then(|before| self.text.as_bytes().get(before));
        if !before.is_none_or(|&byte| byte == b'\n' || byte == b'\r') {
            return false;
        }
        match token.kind {
            TokenKind::Mark(Mark::At) => true,
            TokenKind::Identifier => KEYWORDS.contains(&self.text_of(token)) && self.opens_declaration(at + 1),
            _ => false,
        }
    }

    fn opens_declaration(&self, at: usize) -> bool {
        match self.token(at).kind {
            TokenKind::Identifier | TokenKind::Text(Piece::Whole | Piece::Left, _) => true,
            TokenKind::Mark(mark) => matches!(mark, Mark::LeftBrace | Mark::Star | Mark::Assign),
            _ => false,
        }
    }

    fn token(&self, at: usize) -> Token {
        self.tokens.get(at).copied().unwrap_or(self.end)
    }

    fn peek(&self) -> Token {
        self.token(self.at)
    }

    fn text_of(&self, token: Token) -> &'t str {
        self.text.get(token.start as usize..token.end as usize).unwrap_or_default()
    }

    fn span_of(&self, token: Token) -> Span {
        Span { source: self.source, start: token.start, end: token.end }
    }

    /// From the start of a token to the end of the last one that was read.
    fn span_from(&self, start: Token) -> Span {
        let last = self.at.checked_sub(1).map_or(start, |last| self.token(last));
        Span { source: self.source, start: start.start, end: last.end.max(start.start) }
    }

    fn is_mark(&self, mark: Mark) -> bool {
        self.peek().kind == TokenKind::Mark(mark)
    }

    fn take_mark(&mut self, mark: Mark) -> bool {
        let found = self.is_mark(mark);
        if found {
            self.at += 1;
        }
        found
    }

    fn expect_mark(&mut self, mark: Mark) -> Parsed<()> {
        if self.take_mark(mark) { Ok(()) } else { self.expected(&format!("`{}`", mark.text())) }
    }

    fn is_word(&self, word: &str) -> bool {
        self.is_word_at(self.at, word)
    }

    fn is_word_at(&self, at: usize, word: &str) -> bool {
        let token = self.token(at);
        token.kind == TokenKind::Identifier && self.text_of(token) == word
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        if found {
            self.at += 1;
        }
        found
    }

    fn expect_word(&mut self, word: &str) -> Parsed<()> {
        if self.take_word(word) { Ok(()) } else { self.expected(&format!("`{word}`")) }
    }

    fn name(&mut self) -> Parsed<Name> {
        let token = self.peek();
        if token.kind != TokenKind::Identifier {
            return self.expected("a name");
        }
        self.at += 1;
        Ok(Name { text: Arc::from(self.text_of(token)), span: self.span_of(token) })
    }

    fn skip_newlines(&mut self) {
        while self.peek().kind == TokenKind::NewLine {
            self.at += 1;
        }
    }

    /// Skips line ends behind an operator that wants more, unless the next line begins a declaration: then the
    /// expression was broken off.
    fn skip_newlines_in_expression(&mut self) {
        if !self.is_declaration(self.behind_newlines()) {
            self.skip_newlines();
        }
    }

    /// The index of the next token that is no line end.
    fn behind_newlines(&self) -> usize {
        let mut at = self.at;
        while self.token(at).kind == TokenKind::NewLine {
            at += 1;
        }
        at
    }

    /// Builds an expression from `start` to the last token read.
    fn expr(&self, kind: ExprKind, start: Token) -> Parsed<Expr> {
        self.expr_at(kind, self.span_from(start))
    }

    fn expr_at(&self, kind: ExprKind, span: Span) -> Parsed<Expr> {
        let expr = Expr::new(kind, span);
        if expr.height > HEIGHT_LIMIT { self.too_deep() } else { Ok(expr) }
    }

    /// Runs `read` one level deeper.
    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= DEPTH_LIMIT {
            return self.too_deep();
        }
        self.depth += 1;
        let outcome = read(self);
        self.depth -= 1;
        outcome
    }

    fn too_deep<T>(&self) -> Parsed<T> {
        self.broken(FaultKind::Limit, "nested too deeply".to_owned(), self.span_of(self.peek()))
    }

    fn expected<T>(&self, what: &str) -> Parsed<T> {
        let token = self.peek();
        let message = match token.kind {
            TokenKind::Bad(bad) => bad.message().to_owned(),
            TokenKind::NewLine => format!("expected {what}, found the end of the line"),
            TokenKind::End => format!("expected {what}, found the end of the file"),
            _ => format!("expected {what}"),
        };
        self.broken(FaultKind::Syntax, message, self.span_of(token))
    }

    fn broken<T>(&self, kind: FaultKind, message: String, span: Span) -> Parsed<T> {
        Err(Broken(Box::new(Fault { kind, message, span })))
    }

    /// Reads members up to `close`, which is read too. Line ends and commas part them.
    fn members<T>(&mut self, close: Mark, mut member: impl FnMut(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        let mut members = Vec::new();
        loop {
            self.skip_newlines();
            if self.take_mark(close) {
                return Ok(members);
            }
            members.push(member(self)?);
            let parted = self.peek().kind == TokenKind::NewLine || self.take_mark(Mark::Comma);
            if !parted && !self.is_mark(close) {
                return self.expected(&format!("`,`, a new line or `{}`", close.text()));
            }
        }
    }

    /// Reads arguments up to `close`, which is read too. Commas part them, and line ends may stand around each.
    fn arguments<T>(&mut self, close: Mark, mut argument: impl FnMut(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        let mut arguments = Vec::new();
        loop {
            self.skip_newlines();
            if self.take_mark(close) {
                return Ok(arguments);
            }
            arguments.push(argument(self)?);
            self.skip_newlines();
            if !self.take_mark(Mark::Comma) && !self.is_mark(close) {
                return self.expected(&format!("`,` or `{}`", close.text()));
            }
        }
    }
}

#[cfg(test)]
mod tests;
