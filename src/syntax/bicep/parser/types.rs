//! Types: read exactly, kept only as far as a value depends on them.

use std::sync::Arc;

use super::{Parsed, Parser};
use crate::syntax::bicep::ast::{Expr, ExprKind, TypeRef, UnaryOperator};
use crate::syntax::bicep::lexer::{Mark, Piece, Token, TokenKind};

/// What is kept of a type while it is read.
#[derive(Default)]
struct Shape {
    name: Option<Arc<str>>,
    nullable: bool,
    /// A literal other than `null`.
    literals: Vec<Expr>,
    /// There is something in it that is no literal.
    open: bool,
}

impl Shape {
    fn open() -> Shape {
        Shape { open: true, ..Shape::default() }
    }

    fn or(mut self, other: Shape) -> Shape {
        self.literals.extend(other.literals);
        Shape {
            name: None,
            nullable: self.nullable || other.nullable,
            literals: self.literals,
            open: self.open || other.open,
        }
    }
}

impl Parser<'_> {
    /// The type of a declaration: a type expression, or `resource 'type@version'`, whose string an output may leave out.
    pub(super) fn declared_type(&mut self) -> Parsed<TypeRef> {
        let start = self.peek();
        let shape = if self.is_word("resource") && self.token(self.at + 1).kind != TokenKind::Mark(Mark::Less) {
            let name = self.name()?.text;
            if matches!(self.peek().kind, TokenKind::Text(..)) {
                self.string()?;
            }
            Shape { name: Some(name), ..Shape::open() }
        } else {
            self.type_expression()?
        };
        let literals = (!shape.open && !shape.literals.is_empty()).then_some(shape.literals);
        Ok(TypeRef { name: shape.name, nullable: shape.nullable, literals, span: self.span_from(start) })
    }

    /// A union, or a single type. A line may begin with `|`.
    fn type_expression(&mut self) -> Parsed<Shape> {
        self.take_pipe();
        let mut shape = self.nested(Self::suffixed_type)?;
        while self.take_pipe() {
            self.skip_newlines_in_expression();
            shape = shape.or(self.nested(Self::suffixed_type)?);
        }
        Ok(shape)
    }

    fn take_pipe(&mut self) -> bool {
        if self.token(self.behind_newlines()).kind != TokenKind::Mark(Mark::Pipe) {
            return false;
        }
        self.skip_newlines();
        self.take_mark(Mark::Pipe)
    }

    /// A type with `?` or `!` behind it.
    fn suffixed_type(&mut self) -> Parsed<Shape> {
        let mut shape = self.signed_type()?;
        loop {
            if self.take_mark(Mark::Question) {
                shape.nullable = true;
            } else if self.take_mark(Mark::Bang) {
                shape.nullable = false;
            } else {
                return Ok(shape);
            }
        }
    }

    fn signed_type(&mut self) -> Parsed<Shape> {
        let start = self.peek();
        let operator = match start.kind {
            TokenKind::Mark(Mark::Minus) => UnaryOperator::Minus,
            TokenKind::Mark(Mark::Plus) => UnaryOperator::Plus,
            TokenKind::Mark(Mark::Bang) => UnaryOperator::Not,
            _ => return self.member_type(),
        };
        self.at += 1;
        let mut shape = self.member_type()?;
        shape.name = None;
        let span = self.span_from(start);
        let sign = |literal| Expr::new(ExprKind::Unary(operator, Box::new(literal)), span);
        shape.literals = shape.literals.into_iter().map(sign).collect();
        Ok(shape)
    }

    /// A type and what is picked from it or made of it: `a.b`, `a.*`, `a[]`, `a[*]`, `a[0]`, `a.b<c>`.
    fn member_type(&mut self) -> Parsed<Shape> {
        let mut shape = self.primary_type()?;
        loop {
            if self.take_mark(Mark::Dot) {
                if !self.take_mark(Mark::Star) {
                    self.name()?;
                    self.type_arguments()?;
                }
            } else if self.take_mark(Mark::LeftSquare) {
                if !self.is_mark(Mark::RightSquare) && !self.take_mark(Mark::Star) {
                    self.expression()?;
                }
                self.expect_mark(Mark::RightSquare)?;
            } else {
                return Ok(shape);
            }
            shape = Shape::open();
        }
    }

    fn primary_type(&mut self) -> Parsed<Shape> {
        let start = self.peek();
        match start.kind {
            TokenKind::Identifier => self.named_type(start),
            TokenKind::Integer => Ok(literal(self.integer(start)?)),
            TokenKind::Text(Piece::Whole | Piece::Left, _) => Ok(literal(self.string()?)),
            TokenKind::Mark(Mark::LeftBrace) => self.object_type(),
            TokenKind::Mark(Mark::LeftSquare) => self.tuple_type(),
            TokenKind::Mark(Mark::LeftParen) => self.parenthesized_type(),
            _ => self.expected("a type"),
        }
    }

    fn named_type(&mut self, start: Token) -> Parsed<Shape> {
        let name = self.name()?;
        match &*name.text {
            "null" => return Ok(Shape { nullable: true, ..Shape::default() }),
            "true" => return Ok(literal(self.expr(ExprKind::Bool(true), start)?)),
            "false" => return Ok(literal(self.expr(ExprKind::Bool(false), start)?)),
            _ => {}
        }
        let plain = !self.type_arguments()?;
        Ok(Shape { name: plain.then_some(name.text), ..Shape::open() })
    }

    /// `<a, b>`, if it is there.
    fn type_arguments(&mut self) -> Parsed<bool> {
        if !self.take_mark(Mark::Less) {
            return Ok(false);
        }
        self.arguments(Mark::Greater, |parser| parser.type_expression().map(drop))?;
        Ok(true)
    }

    fn parenthesized_type(&mut self) -> Parsed<Shape> {
        self.at += 1;
        self.skip_newlines();
        let shape = self.type_expression()?;
        self.skip_newlines();
        self.expect_mark(Mark::RightParen)?;
        Ok(shape)
    }

    fn object_type(&mut self) -> Parsed<Shape> {
        self.at += 1;
        self.members(Mark::RightBrace, |parser| {
            parser.decorators()?;
            match parser.peek().kind {
                TokenKind::Identifier | TokenKind::Mark(Mark::Star) => parser.at += 1,
                _ => drop(parser.string()?),
            }
            parser.expect_mark(Mark::Colon)?;
            parser.type_expression().map(drop)
        })?;
        Ok(Shape::open())
    }

    fn tuple_type(&mut self) -> Parsed<Shape> {
        self.at += 1;
        self.members(Mark::RightSquare, |parser| {
            // Between a decorator and its type a comma may stand in for the end of the line.
            if !parser.decorators()?.is_empty() {
                parser.take_mark(Mark::Comma);
            }
            parser.type_expression().map(drop)
        })?;
        Ok(Shape::open())
    }
}

fn literal(value: Expr) -> Shape {
    Shape { literals: vec![value], ..Shape::default() }
}
