//! Expressions.

use super::{Parsed, Parser};
use crate::source::Span;
use crate::syntax::bicep::ast::{BinaryOperator, Expr, ExprKind, Item, Name, Property, Repeat, UnaryOperator};
use crate::syntax::bicep::lexer::{Mark, Piece, Token, TokenKind};
use crate::syntax::tree::FaultKind;

impl Parser<'_> {
    /// Any expression.
    pub(super) fn expression(&mut self) -> Parsed<Expr> {
        self.nested(|parser| {
            let condition = parser.binary(0)?;
            // A line may begin with the `?` or `:` of a ternary, and with no other operator.
            if parser.token(parser.behind_newlines()).kind != TokenKind::Mark(Mark::Question) {
                return Ok(condition);
            }
            parser.ternary(condition)
        })
    }

    fn ternary(&mut self, condition: Expr) -> Parsed<Expr> {
        self.skip_newlines();
        self.expect_mark(Mark::Question)?;
        self.skip_newlines_in_expression();
        let yes = self.expression()?;
        if self.token(self.behind_newlines()).kind == TokenKind::Mark(Mark::Colon) {
            self.skip_newlines();
        }
        self.expect_mark(Mark::Colon)?;
        self.skip_newlines_in_expression();
        let no = self.expression()?;
        let span = condition.span.to(no.span);
        self.expr_at(ExprKind::Ternary(Box::new([condition, yes, no])), self.up_to_here(span))
    }

    /// Operators that bind tighter than `floor`.
    fn binary(&mut self, floor: u8) -> Parsed<Expr> {
        let start = self.peek();
        let mut left = self.unary()?;
        while let Some((operator, strength)) = infix(self.peek()).filter(|&(_, strength)| strength > floor) {
            self.at += 1;
            self.skip_newlines_in_expression();
            let right = self.nested(|parser| parser.binary(strength))?;
            left = self.expr(ExprKind::Binary(operator, Box::new(left), Box::new(right)), start)?;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Parsed<Expr> {
        let start = self.peek();
        let operator = match start.kind {
            TokenKind::Mark(Mark::Bang) => UnaryOperator::Not,
            TokenKind::Mark(Mark::Minus) => UnaryOperator::Minus,
            TokenKind::Mark(Mark::Plus) => UnaryOperator::Plus,
            _ => return self.postfix(),
        };
        self.at += 1;
        let inner = self.nested(Self::unary)?;
        self.expr(ExprKind::Unary(operator, Box::new(inner)), start)
    }

    /// A primary expression and the accesses behind it.
    pub(super) fn postfix(&mut self) -> Parsed<Expr> {
        let start = self.peek();
        let mut base = self.primary()?;
        let mut safe = false;
        loop {
            let TokenKind::Mark(mark) = self.peek().kind else { return Ok(base) };
            base = match mark {
                Mark::LeftSquare => self.index(base, start, &mut safe)?,
                Mark::Dot => self.dot(base, start, &mut safe)?,
                Mark::DoubleColon => {
                    self.at += 1;
                    let name = self.name()?;
                    self.expr(ExprKind::Nested(Box::new(base), name), start)?
                }
                Mark::Bang => {
                    self.at += 1;
                    safe = false;
                    self.expr(ExprKind::NonNull(Box::new(base)), start)?
                }
                _ => return Ok(base),
            };
        }
    }

    fn index(&mut self, base: Expr, start: Token, safe: &mut bool) -> Parsed<Expr> {
        self.at += 1;
        *safe |= self.take_mark(Mark::Question);
        let from_end = self.take_mark(Mark::Hat);
        let key = Box::new(self.expression()?);
        self.expect_mark(Mark::RightSquare)?;
        self.expr(ExprKind::Access { base: Box::new(base), key, safe: *safe, from_end }, start)
    }

    fn dot(&mut self, base: Expr, start: Token, safe: &mut bool) -> Parsed<Expr> {
        self.at += 1;
        *safe |= self.take_mark(Mark::Question);
        let name = self.name()?;
        if self.take_mark(Mark::LeftParen) {
            let arguments = self.arguments(Mark::RightParen, Self::expression)?;
            return self.expr(ExprKind::Method(Box::new(base), name, arguments), start);
        }
        let key = Box::new(Expr::new(ExprKind::Text(name.text), name.span));
        self.expr(ExprKind::Access { base: Box::new(base), key, safe: *safe, from_end: false }, start)
    }

    fn primary(&mut self) -> Parsed<Expr> {
        let start = self.peek();
        match start.kind {
            TokenKind::Identifier => self.word(start),
            TokenKind::Integer => self.integer(start),
            TokenKind::Text(Piece::Whole | Piece::Left, _) => self.string(),
            TokenKind::Mark(Mark::LeftBrace) => self.object(),
            TokenKind::Mark(Mark::LeftSquare) => self.list_or_loop(start),
            TokenKind::Mark(Mark::LeftParen) => self.parenthesis_or_lambda(start),
            _ => self.expected("an expression"),
        }
    }

    /// A literal word, a call, a lambda with one parameter or a bare name.
    fn word(&mut self, start: Token) -> Parsed<Expr> {
        let literal = match self.text_of(start) {
            "null" => Some(ExprKind::Null),
            "true" => Some(ExprKind::Bool(true)),
            "false" => Some(ExprKind::Bool(false)),
            _ => None,
        };
        let name = self.name()?;
        if let Some(literal) = literal {
            return self.expr(literal, start);
        }
        if self.take_mark(Mark::LeftParen) {
            let arguments = self.arguments(Mark::RightParen, Self::expression)?;
            return self.expr(ExprKind::Call(name, arguments), start);
        }
        if self.is_mark(Mark::Arrow) {
            return self.lambda(vec![name], start);
        }
        self.expr(ExprKind::Name(name.text), start)
    }

    pub(super) fn integer(&mut self, start: Token) -> Parsed<Expr> {
        let Ok(value) = self.text_of(start).parse() else {
            let message = "a number of more than 64 bits".to_owned();
            return self.broken(FaultKind::Syntax, message, self.span_of(start));
        };
        self.at += 1;
        self.expr(ExprKind::Int(value), start)
    }

    fn lambda(&mut self, parameters: Vec<Name>, start: Token) -> Parsed<Expr> {
        let body = self.lambda_body()?;
        self.expr(ExprKind::Lambda(parameters, Box::new(body)), start)
    }

    /// `=> body`.
    pub(super) fn lambda_body(&mut self) -> Parsed<Expr> {
        self.expect_mark(Mark::Arrow)?;
        self.skip_newlines_in_expression();
        self.expression()
    }

    /// What the parentheses hold tells apart the two only when `=>` follows, so it is read as expressions first.
    fn parenthesis_or_lambda(&mut self, start: Token) -> Parsed<Expr> {
        self.at += 1;
        let mut inner = self.arguments(Mark::RightParen, Self::expression)?;
        if self.is_mark(Mark::Arrow) {
            let name = |expr: Expr| match expr.kind {
                ExprKind::Name(text) => Some(Name { text, span: expr.span }),
                _ => None,
            };
            return match inner.into_iter().map(name).collect() {
                Some(parameters) => self.lambda(parameters, start),
                None => self.expected("names only before `=>`"),
            };
        }
        match (inner.pop(), inner.is_empty()) {
            (Some(inner), true) => Ok(inner),
            _ => self.broken(FaultKind::Syntax, "expected one expression in `(…)`".to_owned(), self.span_from(start)),
        }
    }

    /// An expression in parentheses, as a condition has it.
    pub(super) fn parenthesized(&mut self) -> Parsed<Expr> {
        self.expect_mark(Mark::LeftParen)?;
        self.skip_newlines();
        let inner = self.expression()?;
        self.skip_newlines();
        self.expect_mark(Mark::RightParen)?;
        Ok(inner)
    }

    fn list_or_loop(&mut self, start: Token) -> Parsed<Expr> {
        self.at += 1;
        let inner = self.behind_newlines();
        if self.is_word_at(inner, "for") && !self.ends_member(inner + 1) {
            return self.loop_expression(start);
        }
        let items = self.members(Mark::RightSquare, Self::item)?;
        self.expr(ExprKind::List(items), start)
    }

    /// Whether a member of a list ends here, so that a `for` before it is a mere name.
    fn ends_member(&self, at: usize) -> bool {
        let kind = self.token(at).kind;
        matches!(kind, TokenKind::NewLine | TokenKind::Mark(Mark::Comma | Mark::RightSquare | Mark::Dot))
    }

    fn item(&mut self) -> Parsed<Item> {
        let spread = self.take_mark(Mark::Ellipsis);
        Ok(Item { value: self.expression()?, spread })
    }

    fn loop_expression(&mut self, start: Token) -> Parsed<Expr> {
        let repeat = Box::new(self.loop_head()?);
        let conditional = self.is_word("if") && self.token(self.at + 1).kind == TokenKind::Mark(Mark::LeftParen);
        let condition = if conditional { Some(Box::new(self.condition()?)) } else { None };
        let body = Box::new(self.expression()?);
        self.skip_newlines();
        self.expect_mark(Mark::RightSquare)?;
        self.expr(ExprKind::For(repeat, condition, body), start)
    }

    /// `if (…)`.
    pub(super) fn condition(&mut self) -> Parsed<Expr> {
        self.expect_word("if")?;
        self.parenthesized()
    }

    /// `for item in over:` or `for (item, index) in over:`.
    pub(super) fn loop_head(&mut self) -> Parsed<Repeat> {
        self.skip_newlines();
        self.expect_word("for")?;
        let (item, index) = if self.take_mark(Mark::LeftParen) {
            let item = self.name()?;
            self.expect_mark(Mark::Comma)?;
            let index = self.name()?;
            self.expect_mark(Mark::RightParen)?;
            (item, Some(index))
        } else {
            (self.name()?, None)
        };
        self.expect_word("in")?;
        let over = self.expression()?;
        self.expect_mark(Mark::Colon)?;
        self.skip_newlines_in_expression();
        Ok(Repeat { item, index, over })
    }

    /// `{…}`.
    pub(super) fn object(&mut self) -> Parsed<Expr> {
        let start = self.peek();
        self.expect_mark(Mark::LeftBrace)?;
        let properties = self.members(Mark::RightBrace, Self::property)?;
        self.expr(ExprKind::Object(properties), start)
    }

    pub(super) fn property(&mut self) -> Parsed<Property> {
        if self.take_mark(Mark::Ellipsis) {
            return Ok(Property { key: None, value: self.expression()? });
        }
        let key = match self.peek().kind {
            TokenKind::Identifier => {
                let name = self.name()?;
                Expr::new(ExprKind::Text(name.text), name.span)
            }
            TokenKind::Text(Piece::Whole | Piece::Left, _) => self.string()?,
            _ => return self.expected("a property name"),
        };
        self.expect_mark(Mark::Colon)?;
        self.skip_newlines_in_expression();
        Ok(Property { key: Some(key), value: self.expression()? })
    }

    /// Stretches a span to the last token read, which may be a parenthesis that the expressions don't count.
    fn up_to_here(&self, span: Span) -> Span {
        let last = self.at.checked_sub(1).map_or(span.end, |last| self.token(last).end);
        Span { end: span.end.max(last), ..span }
    }
}

/// The infix operator that a token is, and how strongly it binds.
fn infix(token: Token) -> Option<(BinaryOperator, u8)> {
    let TokenKind::Mark(mark) = token.kind else { return None };
    Some(match mark {
        Mark::DoubleQuestion => (BinaryOperator::Coalesce, 1),
        Mark::Or => (BinaryOperator::Or, 2),
        Mark::And => (BinaryOperator::And, 3),
        Mark::Equals => (BinaryOperator::Equals, 4),
        Mark::NotEquals => (BinaryOperator::NotEquals, 4),
        Mark::Alike => (BinaryOperator::Alike, 4),
        Mark::NotAlike => (BinaryOperator::NotAlike, 4),
        Mark::Less => (BinaryOperator::Less, 5),
        Mark::LessOrEqual => (BinaryOperator::LessOrEquals, 5),
        Mark::Greater => (BinaryOperator::Greater, 5),
        Mark::GreaterOrEqual => (BinaryOperator::GreaterOrEquals, 5),
        Mark::Plus => (BinaryOperator::Add, 6),
        Mark::Minus => (BinaryOperator::Subtract, 6),
        Mark::Star => (BinaryOperator::Multiply, 7),
        Mark::Slash => (BinaryOperator::Divide, 7),
        Mark::Percent => (BinaryOperator::Modulo, 7),
        _ => return None,
    })
}
