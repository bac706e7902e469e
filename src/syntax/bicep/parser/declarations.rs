//! Declarations.

use super::{Parsed, Parser};
use crate::syntax::bicep::ast::{
    Body, Decorator, Expr, ExprKind, Extension, Function, Import, Imported, Module, Name, Output, Parameter, Property,
    Resource, Statement, StatementKind, TypeRef, Using,
};
use crate::syntax::bicep::lexer::{Mark, Piece, TokenKind};
use crate::syntax::tree::FaultKind;

/// A member of a resource's body.
enum Member {
    Property(Property),
    Child(Box<Statement>),
}

impl Parser<'_> {
    /// One declaration with its decorators.
    pub(super) fn statement(&mut self) -> Parsed<Statement> {
        let start = self.peek();
        let decorators = self.decorators()?;
        self.keyword = Some(self.at);
        let kind = self.declaration()?;
        Ok(Statement { decorators, kind, span: self.span_from(start) })
    }

    pub(super) fn decorators(&mut self) -> Parsed<Vec<Decorator>> {
        let mut decorators = Vec::new();
        loop {
            let start = self.peek();
            if !self.take_mark(Mark::At) {
                return Ok(decorators);
            }
            let expr = self.nested(Self::postfix)?;
            decorators.push(Decorator { expr, span: self.span_from(start) });
            self.skip_newlines();
        }
    }

    fn declaration(&mut self) -> Parsed<StatementKind> {
        let keyword = self.peek();
        if keyword.kind != TokenKind::Identifier {
            return self.expected("a declaration");
        }
        self.at += 1;
        match self.text_of(keyword) {
            "targetScope" => Ok(StatementKind::TargetScope(self.assigned()?)),
            "metadata" => Ok(StatementKind::Metadata(self.name()?, self.assigned()?)),
            "param" => self.parameter(),
            "var" => self.variable(),
            "type" => self.type_declaration(),
            "func" => self.function(),
            "resource" => self.resource(),
            "module" => self.module(),
            "output" => self.output(),
            "import" if !self.is_string() => self.import(),
            "import" | "extension" | "provider" => self.extension(),
            "extensionConfig" => Ok(StatementKind::ExtensionConfig(self.name()?, self.with()?)),
            "assert" => Ok(StatementKind::Assert(self.name()?, self.assigned()?)),
            "test" => Ok(StatementKind::Test(self.name()?, self.string()?, self.assigned_body(false)?)),
            "using" => self.using(),
            "extends" => Ok(StatementKind::Extends(self.string()?)),
            _ => {
                self.at -= 1;
                self.expected("a declaration")
            }
        }
    }

    fn is_string(&self) -> bool {
        matches!(self.peek().kind, TokenKind::Text(Piece::Whole | Piece::Left, _))
    }

    /// `= value`.
    fn assigned(&mut self) -> Parsed<Expr> {
        self.expect_mark(Mark::Assign)?;
        self.skip_newlines_in_expression();
        self.expression()
    }

    /// A parameter, or in a parameters file its value: there no type stands before the `=`.
    fn parameter(&mut self) -> Parsed<StatementKind> {
        let name = self.name()?;
        if self.is_mark(Mark::Assign) {
            return Ok(StatementKind::Assignment(name, self.assigned()?));
        }
        let of = self.declared_type()?;
        let default = if self.is_mark(Mark::Assign) { Some(self.assigned()?) } else { None };
        Ok(StatementKind::Parameter(Parameter { name, of, default }))
    }

    fn variable(&mut self) -> Parsed<StatementKind> {
        let name = self.name()?;
        let of = if self.is_mark(Mark::Assign) { None } else { Some(self.declared_type()?) };
        Ok(StatementKind::Variable(name, of, self.assigned()?))
    }

    fn type_declaration(&mut self) -> Parsed<StatementKind> {
        let name = self.name()?;
        self.expect_mark(Mark::Assign)?;
        Ok(StatementKind::Type(name, self.declared_type()?))
    }

    fn function(&mut self) -> Parsed<StatementKind> {
        let name = self.name()?;
        self.expect_mark(Mark::LeftParen)?;
        let parameters = self.arguments(Mark::RightParen, Self::typed_name)?;
        let returns = self.declared_type()?;
        let body = self.lambda_body()?;
        Ok(StatementKind::Function(Function { name, parameters, returns, body }))
    }

    fn typed_name(&mut self) -> Parsed<(Name, TypeRef)> {
        Ok((self.name()?, self.declared_type()?))
    }

    fn resource(&mut self) -> Parsed<StatementKind> {
        let name = self.name()?;
        let kind = self.string()?;
        let existing = self.take_word("existing");
        let body = self.assigned_body(true)?;
        Ok(StatementKind::Resource(Resource { name, kind, existing, body }))
    }

    fn module(&mut self) -> Parsed<StatementKind> {
        let name = self.name()?;
        let path = self.string()?;
        let body = self.assigned_body(false)?;
        Ok(StatementKind::Module(Module { name, path, body }))
    }

    fn output(&mut self) -> Parsed<StatementKind> {
        let name = self.name()?;
        let of = self.declared_type()?;
        Ok(StatementKind::Output(Output { name, of, value: self.assigned()? }))
    }

    /// `= {…}`, `= if (…) {…}`, `= [for …: {…}]` or `= [for …: if (…) {…}]`.
    fn assigned_body(&mut self, nesting: bool) -> Parsed<Body> {
        self.expect_mark(Mark::Assign)?;
        self.skip_newlines_in_expression();
        if !self.take_mark(Mark::LeftSquare) {
            return self.conditional_body(nesting);
        }
        let repeat = self.loop_head()?;
        let body = self.conditional_body(nesting)?;
        self.skip_newlines();
        self.expect_mark(Mark::RightSquare)?;
        Ok(Body { repeat: Some(repeat), ..body })
    }

    fn conditional_body(&mut self, nesting: bool) -> Parsed<Body> {
        let condition = if self.is_word("if") { Some(self.condition()?) } else { None };
        self.skip_newlines_in_expression();
        let start = self.peek();
        self.expect_mark(Mark::LeftBrace)?;
        let members = self.nested(|parser| parser.members(Mark::RightBrace, |parser| parser.body_member(nesting)))?;
        let span = self.span_from(start);
        let mut body = Body { repeat: None, condition, properties: Vec::new(), children: Vec::new(), span };
        for member in members {
            match member {
                Member::Property(property) => body.properties.push(property),
                Member::Child(child) => body.children.push(*child),
            }
        }
        Ok(body)
    }

    /// A property, or a nested resource where one may stand; a property may be called `resource` all the same.
    fn body_member(&mut self, nesting: bool) -> Parsed<Member> {
        let names_resource = self.is_word("resource") && self.token(self.at + 1).kind == TokenKind::Identifier;
        if !nesting || !(names_resource || self.is_mark(Mark::At)) {
            return Ok(Member::Property(self.property()?));
        }
        let start = self.peek();
        let decorators = self.decorators()?;
        self.expect_word("resource")?;
        let kind = self.nested(Self::resource)?;
        Ok(Member::Child(Box::new(Statement { decorators, kind, span: self.span_from(start) })))
    }

    fn import(&mut self) -> Parsed<StatementKind> {
        let what = if self.take_mark(Mark::Star) {
            self.expect_word("as")?;
            Imported::All(self.name()?)
        } else {
            self.expect_mark(Mark::LeftBrace)?;
            Imported::Names(self.members(Mark::RightBrace, Self::imported_name)?)
        };
        self.expect_word("from")?;
        Ok(StatementKind::Import(Import { what, path: self.string()? }))
    }

    /// `name`, `name as alias`, `'name' as alias`.
    fn imported_name(&mut self) -> Parsed<(Name, Name)> {
        if !self.is_string() {
            let name = self.name()?;
            let alias = if self.take_word("as") { self.name()? } else { name.clone() };
            return Ok((name, alias));
        }
        let start = self.peek();
        let Expr { kind: ExprKind::Text(text), span, .. } = self.string()? else {
            let message = "expected a string without `${…}`".to_owned();
            return self.broken(FaultKind::Syntax, message, self.span_of(start));
        };
        self.expect_word("as")?;
        Ok((Name { text, span }, self.name()?))
    }

    fn extension(&mut self) -> Parsed<StatementKind> {
        let specification = if self.is_string() {
            self.string()?
        } else {
            let start = self.peek();
            let name = self.name()?;
            self.expr(ExprKind::Name(name.text), start)?
        };
        let with = self.with()?;
        let alias = if self.take_word("as") { Some(self.name()?) } else { None };
        Ok(StatementKind::Extension(Extension { specification, with, alias }))
    }

    /// `with {…}`, if it is there.
    fn with(&mut self) -> Parsed<Option<Expr>> {
        if self.take_word("with") { Ok(Some(self.object()?)) } else { Ok(None) }
    }

    fn using(&mut self) -> Parsed<StatementKind> {
        let path = if self.take_word("none") { None } else { Some(self.string()?) };
        Ok(StatementKind::Using(Using { path, with: self.with()? }))
    }
}
