//! From the grammar's types to ours.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use hcl_edit::Span as _;
use hcl_edit::expr::{self, Expression, ObjectKey, TraversalOperator};
use hcl_edit::structure;
use hcl_edit::template::{Directive, Element, Template};

use super::{Attribute, Block, Body, Expr, ExprKind, For, Piece, Step, StepKind};
use crate::source::{SourceId, Span};

/// Converts what was read from one piece of a file.
pub(super) struct Converter<'a> {
    pub(super) source: SourceId,
    /// Where the piece begins in the file.
    pub(super) offset: usize,
    /// Keys that stand under another name in the text that was read, by their place.
    pub(super) twins: &'a BTreeMap<usize, Arc<str>>,
}

impl Converter<'_> {
    pub(super) fn body(&self, body: &structure::Body) -> Body {
        Body {
            attributes: body.attributes().map(|attribute| self.attribute(attribute)).collect(),
            blocks: body.blocks().map(|block| self.block(block)).collect(),
        }
    }

    fn span(&self, range: Option<Range<usize>>) -> Span {
        let range = range.unwrap_or_default();
        Span::new(self.source, range.start + self.offset, range.end + self.offset)
    }

    fn attribute(&self, attribute: &structure::Attribute) -> Attribute {
        Attribute {
            name: attribute.key.as_str().into(),
            name_span: self.span(attribute.key.span()),
            value: self.expr(&attribute.value),
        }
    }

    fn block(&self, block: &structure::Block) -> Block {
        let start = self.span(block.ident.span());
        let head = block.labels.last().map_or(start, |label| start.to(self.span(label.span())));
        Block {
            kind: block.ident.as_str().into(),
            labels: block.labels.iter().map(|label| label.as_str().into()).collect(),
            head,
            extent: self.span(block.span()),
            body: self.body(&block.body),
        }
    }

    fn boxed(&self, expression: &Expression) -> Box<Expr> {
        Box::new(self.expr(expression))
    }

    fn expr(&self, expression: &Expression) -> Expr {
        let span = self.span(expression.span());
        let kind = match expression {
            Expression::Null(_) => ExprKind::Null,
            Expression::Bool(value) => ExprKind::Bool(*value.value()),
            Expression::Number(number) => match number.value().as_i64() {
                Some(whole) => ExprKind::Int(whole),
                None => ExprKind::Float(number.value().as_f64().unwrap_or(f64::NAN)),
            },
            Expression::String(text) => ExprKind::Text(text.as_str().into()),
            Expression::Array(array) => ExprKind::List(array.iter().map(|item| self.expr(item)).collect()),
            Expression::Object(object) => {
                ExprKind::Object(object.iter().map(|(key, value)| (self.key(key), self.expr(value.expr()))).collect())
            }
            Expression::StringTemplate(template) => ExprKind::Template(self.pieces(template.iter())),
            Expression::HeredocTemplate(heredoc) => return self.heredoc(&heredoc.template, span),
            Expression::Parenthesis(inner) => return Expr { span, ..self.expr(inner.inner()) },
            Expression::Variable(name) => ExprKind::Name(name.as_str().into()),
            Expression::Conditional(choice) => ExprKind::Conditional(Box::new((
                self.expr(&choice.cond_expr),
                self.expr(&choice.true_expr),
                self.expr(&choice.false_expr),
            ))),
            Expression::FuncCall(call) => self.call(call),
            Expression::Traversal(traversal) => self.traversal(traversal),
            Expression::UnaryOp(operation) => match *operation.operator.value() {
                expr::UnaryOperator::Not => ExprKind::Not(self.boxed(&operation.expr)),
                expr::UnaryOperator::Neg => ExprKind::Negate(self.boxed(&operation.expr)),
            },
            Expression::BinaryOp(operation) => {
                let sides = (self.expr(&operation.lhs_expr), self.expr(&operation.rhs_expr));
                ExprKind::Binary(operation.operator.value().as_str(), Box::new(sides))
            }
            Expression::ForExpr(each) => self.for_each(each),
        };
        Expr { kind, span }
    }

    /// A heredoc without interpolation is a text.
    fn heredoc(&self, template: &Template, span: Span) -> Expr {
        let pieces = self.pieces(template.iter());
        let kind = match pieces.as_slice() {
            [] => ExprKind::Text("".into()),
            [Piece::Text(text, _)] => ExprKind::Text(text.clone()),
            _ => ExprKind::Template(pieces),
        };
        Expr { kind, span }
    }

    fn key(&self, key: &ObjectKey) -> Expr {
        let range = key.span();
        let twin = range.as_ref().and_then(|range| self.twins.get(&range.start));
        let span = self.span(range);
        match (twin, key) {
            (Some(name), _) => Expr { kind: ExprKind::Text(name.clone()), span },
            (None, ObjectKey::Ident(name)) => Expr { kind: ExprKind::Text(name.as_str().into()), span },
            (None, ObjectKey::Expression(expression)) => self.expr(expression),
        }
    }

    fn call(&self, call: &expr::FuncCall) -> ExprKind {
        let mut name: String = call.name.namespace.iter().map(|part| format!("{}::", part.as_str())).collect();
        name.push_str(call.name.name.as_str());
        ExprKind::Call {
            name: name.into(),
            arguments: call.args.iter().map(|argument| self.expr(argument)).collect(),
            expand: call.args.expand_final(),
        }
    }

    fn traversal(&self, traversal: &expr::Traversal) -> ExprKind {
        let step = |operator: &hcl_edit::Decorated<TraversalOperator>| {
            let span = self.span(operator.span());
            let kind = match operator.value() {
                TraversalOperator::GetAttr(name) => StepKind::Attribute(name.as_str().into()),
                TraversalOperator::Index(index) => StepKind::Index(self.expr(index)),
                TraversalOperator::LegacyIndex(index) => {
                    let kind = ExprKind::Int(i64::try_from(*index.value()).unwrap_or(i64::MAX));
                    StepKind::Index(Expr { kind, span })
                }
                TraversalOperator::FullSplat(_) => StepKind::Splat,
                TraversalOperator::AttrSplat(_) => StepKind::AttributeSplat,
            };
            Step { kind, span }
        };
        ExprKind::Traversal(self.boxed(&traversal.expr), traversal.operators.iter().map(step).collect())
    }

    fn for_each(&self, each: &expr::ForExpr) -> ExprKind {
        ExprKind::For(Box::new(For {
            key: each.intro.key_var.as_ref().map(|name| name.as_str().into()),
            item: each.intro.value_var.as_str().into(),
            over: self.expr(&each.intro.collection_expr),
            result_key: each.key_expr.as_ref().map(|key| self.expr(key)),
            result: self.expr(&each.value_expr),
            group: each.grouping,
            condition: each.cond.as_ref().map(|condition| self.expr(&condition.expr)),
        }))
    }

    fn pieces<'e>(&self, elements: impl Iterator<Item = &'e Element>) -> Vec<Piece> {
        elements.map(|element| self.piece(element)).collect()
    }

    fn piece(&self, element: &Element) -> Piece {
        match element {
            Element::Literal(text) => Piece::Text(text.as_str().into(), self.span(text.span())),
            Element::Interpolation(inner) => Piece::Value(self.expr(&inner.expr)),
            Element::Directive(directive) => match &**directive {
                Directive::If(choice) => Piece::If(
                    self.boxed(&choice.if_expr.cond_expr),
                    self.pieces(choice.if_expr.template.iter()),
                    choice.else_expr.as_ref().map(|other| self.pieces(other.template.iter())).unwrap_or_default(),
                ),
                Directive::For(each) => Piece::For(self.span(each.span())),
            },
        }
    }
}
