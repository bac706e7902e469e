//! Templates that the user can't edit are put where they are used: every place in them becomes the place of the call.

use std::sync::Arc;

use super::template::{
    Declaration, Definition, Expr, ExprKind, Function, Item, ModuleTemplate, Parameter, Property, Repeat, Template,
    What,
};
use crate::source::Span;

impl Template {
    /// This template with `at` for all its places, as if it were written there.
    pub fn placed(self, at: Span) -> Template {
        let definition = |it: Definition| Definition {
            span: at,
            value: it.value.placed(at),
            condition: it.condition.map(|condition| condition.placed(at)),
            ..it
        };
        let parameter = |it: Parameter| Parameter {
            span: at,
            allowed: it.allowed.map(|allowed| allowed.placed(at)),
            default: it.default.map(|default| default.placed(at)),
            ..it
        };
        Template {
            source: at.source,
            parameters: self.parameters.into_iter().map(parameter).collect(),
            variables: self.variables.into_iter().map(definition).collect(),
            functions: self.functions.into_iter().map(|it| Function { body: it.body.placed(at), ..it }).collect(),
            resources: self.resources.into_iter().map(|it| it.placed(at)).collect(),
            outputs: self.outputs.into_iter().map(definition).collect(),
            lost: self.lost.into_iter().map(|(why, _)| (why, at)).collect(),
            ..self
        }
    }
}

impl Declaration {
    fn placed(self, at: Span) -> Declaration {
        let expr = |expr: Option<Expr>| expr.map(|expr| expr.placed(at));
        let what = match self.what {
            What::Module { template: ModuleTemplate::Inline(inner), parameters, outer } => What::Module {
                template: ModuleTemplate::Inline(Arc::new((*inner).clone().placed(at))),
                parameters: expr(parameters),
                outer,
            },
            What::Module { template, parameters, outer } => {
                What::Module { template, parameters: expr(parameters), outer }
            }
            other => other,
        };
        Declaration {
            span: at,
            extent: at,
            what,
            condition: expr(self.condition),
            repeat: self.repeat.map(|repeat| repeat.placed(at)),
            parent: expr(self.parent),
            scope: expr(self.scope),
            subscription: expr(self.subscription),
            group: expr(self.group),
            name: self.name.placed(at),
            body: self.body.placed(at),
            depends_on: self.depends_on.into_iter().map(|it| it.placed(at)).collect(),
            ..self
        }
    }
}

impl Repeat {
    fn placed(self, at: Span) -> Repeat {
        Repeat { over: self.over.placed(at), ..self }
    }
}

impl Expr {
    fn placed(self, at: Span) -> Expr {
        let all = |list: Vec<Expr>| list.into_iter().map(|it| it.placed(at)).collect();
        let boxed = |expr: Box<Expr>| Box::new(expr.placed(at));
        let kind = match self.kind {
            ExprKind::Interpolation(pieces) => ExprKind::Interpolation(all(pieces)),
            ExprKind::List(items) => {
                ExprKind::List(items.into_iter().map(|it| Item { value: it.value.placed(at), ..it }).collect())
            }
            ExprKind::Object(properties) => {
                let property = |it: Property| Property { key: it.key.placed(at), value: it.value.placed(at), ..it };
                ExprKind::Object(properties.into_iter().map(property).collect())
            }
            ExprKind::For(repeat, condition, body) => {
                ExprKind::For(Box::new(repeat.placed(at)), condition.map(boxed), boxed(body))
            }
            ExprKind::Property { base, key, safe, from_end } => {
                ExprKind::Property { base: boxed(base), key: boxed(key), safe, from_end }
            }
            ExprKind::Nested(parent, name) => ExprKind::Nested(boxed(parent), name),
            ExprKind::Call(name, arguments) => ExprKind::Call(name, all(arguments)),
            ExprKind::Method(base, name, arguments) => ExprKind::Method(boxed(base), name, all(arguments)),
            ExprKind::Lambda(names, body) => ExprKind::Lambda(names, boxed(body)),
            plain => plain,
        };
        Expr { kind, span: at }
    }
}
