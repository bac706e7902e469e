//! Expressions: operators become the functions that the compiler makes of them.

use std::sync::Arc;

use crate::frontend::template::template::{Expr, ExprKind, Item, Property, Repeat};
use crate::ir::Why;
use crate::source::Span;
use crate::syntax::bicep::ast::{self, BinaryOperator, UnaryOperator};

/// The names that mean something else here than at the top of the file, the innermost last.
#[derive(Clone, Default)]
pub(super) struct Scope {
    names: Vec<(Arc<str>, Meaning)>,
}

#[derive(Clone)]
enum Meaning {
    /// A loop variable or lambda parameter.
    Local,
    /// A nested resource, which its siblings call by its bare name: the expression of its parent.
    Nested(Expr),
}

impl Scope {
    /// Inside of a loop or lambda.
    pub(super) fn with_locals<'a>(&self, locals: impl IntoIterator<Item = &'a ast::Name>) -> Scope {
        let mut scope = self.clone();
        scope.names.extend(locals.into_iter().map(|local| (local.text.clone(), Meaning::Local)));
        scope
    }

    /// Inside of the body of the resource `parent`, which nests `children`.
    pub(super) fn with_nested(&self, parent: &Expr, children: impl Iterator<Item = Arc<str>>) -> Scope {
        let mut scope = self.clone();
        scope.names.extend(children.map(|child| (child, Meaning::Nested(parent.clone()))));
        scope
    }

    /// A loop's head, and the scope of its body.
    pub(super) fn repeat(&self, repeat: &ast::Repeat) -> (Repeat, Scope) {
        let item = Some(repeat.item.text.clone());
        let index = repeat.index.as_ref().map(|index| index.text.clone());
        let inside = self.with_locals(std::iter::once(&repeat.item).chain(&repeat.index));
        (Repeat { over: self.lower(&repeat.over), item, index, label: None }, inside)
    }

    /// Lowers an expression. Its height is bounded by the parser, and so is this recursion.
    pub(super) fn lower(&self, expr: &ast::Expr) -> Expr {
        Expr { kind: self.kind(expr), span: expr.span }
    }

    fn boxed(&self, expr: &ast::Expr) -> Box<Expr> {
        Box::new(self.lower(expr))
    }

    fn all(&self, exprs: &[ast::Expr]) -> Vec<Expr> {
        exprs.iter().map(|expr| self.lower(expr)).collect()
    }

    fn kind(&self, expr: &ast::Expr) -> ExprKind {
        match &expr.kind {
            ast::ExprKind::Null => ExprKind::Null,
            ast::ExprKind::Bool(value) => ExprKind::Bool(*value),
            ast::ExprKind::Int(value) => integer(i128::from(*value)),
            ast::ExprKind::Text(text) => ExprKind::Text(text.clone()),
            ast::ExprKind::Interpolation(parts) => ExprKind::Interpolation(self.all(parts)),
            ast::ExprKind::List(items) => ExprKind::List(items.iter().map(|item| self.item(item)).collect()),
            ast::ExprKind::Object(properties) => ExprKind::Object(self.properties(properties)),
            ast::ExprKind::For(repeat, condition, body) => {
                let (repeat, inside) = self.repeat(repeat);
                let condition = condition.as_ref().map(|condition| inside.boxed(condition));
                ExprKind::For(Box::new(repeat), condition, inside.boxed(body))
            }
            ast::ExprKind::Name(name) => self.name(name, expr.span),
            ast::ExprKind::Access { base, key, safe, from_end } => {
                ExprKind::Property { base: self.boxed(base), key: self.boxed(key), safe: *safe, from_end: *from_end }
            }
            ast::ExprKind::Nested(base, name) => ExprKind::Nested(self.boxed(base), name.text.clone()),
            ast::ExprKind::Call(name, arguments) => ExprKind::Call(name.text.clone(), self.all(arguments)),
            ast::ExprKind::Method(base, name, arguments) => {
                ExprKind::Method(self.boxed(base), name.text.clone(), self.all(arguments))
            }
            ast::ExprKind::Lambda(parameters, body) => {
                let names = parameters.iter().map(|parameter| parameter.text.clone()).collect();
                ExprKind::Lambda(names, self.with_locals(parameters).boxed(body))
            }
            ast::ExprKind::Unary(operator, inner) => self.unary(*operator, inner),
            ast::ExprKind::Binary(operator, left, right) => self.binary(*operator, left, right, expr.span),
            ast::ExprKind::Ternary(parts) => call("if", self.all(&**parts)),
            ast::ExprKind::NonNull(inner) => self.kind(inner),
        }
    }

    fn name(&self, name: &Arc<str>, span: Span) -> ExprKind {
        let meaning = self.names.iter().rev().find(|(known, _)| known == name).map(|(_, meaning)| meaning);
        match meaning {
            Some(Meaning::Nested(parent)) => {
                let parent = Expr { span, ..parent.clone() };
                ExprKind::Nested(Box::new(parent), name.clone())
            }
            Some(Meaning::Local) | None => ExprKind::Name(name.clone()),
        }
    }

    fn unary(&self, operator: UnaryOperator, inner: &ast::Expr) -> ExprKind {
        match (operator, &inner.kind) {
            (UnaryOperator::Not, _) => call("not", vec![self.lower(inner)]),
            (UnaryOperator::Plus, _) => self.kind(inner),
            (UnaryOperator::Minus, ast::ExprKind::Int(value)) => integer(-i128::from(*value)),
            (UnaryOperator::Minus, _) => {
                call("sub", vec![Expr { kind: ExprKind::Int(0), span: inner.span }, self.lower(inner)])
            }
        }
    }

    fn binary(&self, operator: BinaryOperator, left: &ast::Expr, right: &ast::Expr, span: Span) -> ExprKind {
        let lowered = vec![self.lower(left), self.lower(right)];
        let not = |kind| call("not", vec![Expr { kind, span }]);
        let function = match operator {
            BinaryOperator::NotEquals => return not(call("equals", lowered)),
            BinaryOperator::Alike => return alike(lowered),
            BinaryOperator::NotAlike => return not(alike(lowered)),
            BinaryOperator::Coalesce => "coalesce",
            BinaryOperator::Or => "or",
            BinaryOperator::And => "and",
            BinaryOperator::Equals => "equals",
            BinaryOperator::Less => "less",
            BinaryOperator::LessOrEquals => "lessOrEquals",
            BinaryOperator::Greater => "greater",
            BinaryOperator::GreaterOrEquals => "greaterOrEquals",
            BinaryOperator::Add => "add",
            BinaryOperator::Subtract => "sub",
            BinaryOperator::Multiply => "mul",
            BinaryOperator::Divide => "div",
            BinaryOperator::Modulo => "mod",
        };
        call(function, lowered)
    }

    fn item(&self, item: &ast::Item) -> Item {
        Item { value: self.lower(&item.value), spread: item.spread }
    }

    /// The members of an object.
    pub(super) fn properties<'a>(&self, properties: impl IntoIterator<Item = &'a ast::Property>) -> Vec<Property> {
        let lower = |property: &'a ast::Property| {
            let value = self.lower(&property.value);
            match &property.key {
                Some(key) => Property { key: self.lower(key), value, spread: false },
                None => Property { key: Expr { kind: ExprKind::Null, span: value.span }, value, spread: true },
            }
        };
        properties.into_iter().map(lower).collect()
    }
}

/// Equal but for case: both sides in small letters.
fn alike(sides: Vec<Expr>) -> ExprKind {
    let small = |side: Expr| Expr { span: side.span, kind: call("toLower", vec![side]) };
    call("equals", sides.into_iter().map(small).collect())
}

/// A number, as far as the template language has it.
fn integer(value: i128) -> ExprKind {
    match i64::try_from(value) {
        Ok(value) => ExprKind::Int(value),
        Err(_) => ExprKind::Lost(Why::UnsupportedSyntax("a number of more than 63 bits".into())),
    }
}

pub(super) fn call(function: &str, arguments: Vec<Expr>) -> ExprKind {
    ExprKind::Call(function.into(), arguments)
}
