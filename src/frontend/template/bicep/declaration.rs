//! Resources and modules.

use std::sync::Arc;

use super::expression::{Scope, call};
use super::{nested, unsupported};
use crate::frontend::template::arm_resource::split_providers;
use crate::frontend::template::template::{
    Declaration, Expr, ExprKind, ModuleTemplate, Property, Template, What, is_remote,
};
use crate::frontend::template::wording::wording;
use crate::source::Span;
use crate::syntax::bicep::ast::{self, Statement, StatementKind};

/// The resource that another one is nested in.
pub(super) struct Parent {
    expr: Expr,
    kind: Arc<str>,
    api_version: Option<Arc<str>>,
    condition: Option<Expr>,
}

/// Lowers a resource and, behind it, the resources nested in it.
pub(super) fn resource(
    resource: &ast::Resource,
    statement: &Statement,
    scope: &Scope,
    parent: Option<&Parent>,
    template: &mut Template,
) {
    let Some(written) = resource.kind.as_text() else {
        template.lost.push((unsupported("an interpolated resource type"), statement.span));
        return;
    };
    let (kind, api_version) = kind_and_version(written, parent);
    let own = own_expr(&resource.name, parent);
    let children = resource.body.children.iter().filter_map(child_name);
    let what = What::Resource { kind: kind.clone(), api_version: api_version.clone() };
    let mut declaration = declare(&resource.name, statement, what, &resource.body, &scope.with_nested(&own, children));
    declaration.existing = resource.existing;
    if kind.contains("/providers/") {
        let name = wording(&declaration.name);
        split_providers(&mut declaration, &kind, &name);
    }
    if !resource.existing && kind.eq_ignore_ascii_case("Microsoft.Resources/deployments") {
        nested::deployment(&mut declaration, template.source);
    }
    if let Some(parent) = parent {
        declaration.parent = Some(parent.expr.clone());
        declaration.condition = both(parent.condition.clone(), declaration.condition);
    }
    let children = scope.with_nested(&own, resource.body.children.iter().filter_map(child_name));
    let parent = Parent { expr: own, kind, api_version, condition: declaration.condition.clone() };
    template.resources.push(declaration);
    for child in &resource.body.children {
        if let StatementKind::Resource(inner) = &child.kind {
            self::resource(inner, child, &children, Some(&parent), template);
        }
    }
}

/// Lowers a module.
pub(super) fn module(module: &ast::Module, statement: &Statement, scope: &Scope, template: &mut Template) {
    let Some(path) = module.path.as_text() else {
        template.lost.push((unsupported("an interpolated module path"), statement.span));
        return;
    };
    let place = if is_remote(path) { ModuleTemplate::Remote } else { ModuleTemplate::File };
    let what = What::Module { template: place(path.clone(), module.path.span), parameters: None, outer: false };
    template.resources.push(declare(&module.name, statement, what, &module.body, scope));
}

fn child_name(child: &Statement) -> Option<Arc<str>> {
    match &child.kind {
        StatementKind::Resource(resource) => Some(resource.name.text.clone()),
        _ => None,
    }
}

/// How other expressions call a resource: names of nested ones are unique only together with their parent.
fn own_expr(name: &ast::Name, parent: Option<&Parent>) -> Expr {
    let kind = match parent {
        Some(parent) => ExprKind::Nested(Box::new(parent.expr.clone()), name.text.clone()),
        None => ExprKind::Name(name.text.clone()),
    };
    Expr { kind, span: name.span }
}

/// Splits `type@version`; a nested resource's type goes behind its parent's, whose version it takes over.
fn kind_and_version(written: &str, parent: Option<&Parent>) -> (Arc<str>, Option<Arc<str>>) {
    let written = written.strip_prefix("az:").unwrap_or(written);
    let (kind, version) = match written.split_once('@') {
        Some((kind, version)) => (kind, Some(Arc::from(version))),
        None => (written, None),
    };
    match parent {
        Some(parent) => (format!("{}/{kind}", parent.kind).into(), version.or_else(|| parent.api_version.clone())),
        None => (kind.into(), version),
    }
}

fn both(outer: Option<Expr>, inner: Option<Expr>) -> Option<Expr> {
    match (outer, inner) {
        (Some(outer), Some(inner)) => Some(Expr { span: inner.span, kind: call("and", vec![outer, inner]) }),
        (outer, inner) => outer.or(inner),
    }
}

fn declare(name: &ast::Name, statement: &Statement, what: What, body: &ast::Body, scope: &Scope) -> Declaration {
    let (repeat, scope) = match &body.repeat {
        Some(repeat) => {
            let (repeat, inside) = scope.repeat(repeat);
            (Some(repeat), inside)
        }
        None => (None, scope.clone()),
    };
    let mut rest = scope.properties(&body.properties);
    let mut declaration = Declaration {
        symbol: name.text.clone(),
        symbolic: true,
        span: name.span,
        extent: statement.span,
        existing: false,
        condition: body.condition.as_ref().map(|condition| scope.lower(condition)),
        repeat,
        parent: take(&mut rest, "parent"),
        scope: take(&mut rest, "scope"),
        subscription: None,
        group: None,
        name: Expr { kind: ExprKind::Null, span: name.span },
        body: Expr { kind: ExprKind::Null, span: body.span },
        depends_on: take(&mut rest, "dependsOn").map(depends_on).unwrap_or_default(),
        what,
    };
    declaration.name = take(&mut rest, "name").unwrap_or_else(|| name_of_unnamed(&declaration.what, name));
    if let What::Module { parameters, .. } = &mut declaration.what {
        *parameters = take(&mut rest, "params").or_else(|| spread_parameters(&rest));
    }
    declaration.body.kind = ExprKind::Object(rest);
    declaration
}

/// Takes a property out; the last one wins.
fn take(properties: &mut Vec<Property>, key: &str) -> Option<Expr> {
    let is_key = |property: &Property| matches!(&property.key.kind, ExprKind::Text(text) if &**text == key);
    let at = properties.iter().rposition(is_key)?;
    Some(properties.remove(at).value)
}

fn depends_on(value: Expr) -> Vec<Expr> {
    match value.kind {
        ExprKind::List(items) => items.into_iter().map(|item| item.value).collect(),
        _ => vec![value],
    }
}

/// A module may go without a name: the compiler makes one of its symbol and the name of the deployment.
fn name_of_unnamed(what: &What, name: &ast::Name) -> Expr {
    let at = |kind| Expr { kind, span: name.span };
    if matches!(what, What::Resource { .. }) {
        return at(ExprKind::Lost(unsupported("a resource without a name")));
    }
    let text = |text: &str| at(ExprKind::Text(text.into()));
    let base = Box::new(at(call("deployment", Vec::new())));
    let deployment = at(ExprKind::Property { base, key: Box::new(text("name")), safe: false, from_end: false });
    let unique = at(call("uniqueString", vec![text(&name.text), deployment]));
    at(ExprKind::Interpolation(vec![text(&format!("{}-", name.text)), unique]))
}

/// A spread may bring parameters along: then they are not known, rather than not there.
fn spread_parameters(rest: &[Property]) -> Option<Expr> {
    let spread: &Span = rest.iter().find(|property| property.spread).map(|property| &property.value.span)?;
    Some(Expr { kind: ExprKind::Lost(unsupported("a spread in a module")), span: *spread })
}
