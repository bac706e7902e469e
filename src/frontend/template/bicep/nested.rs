//! Nested deployments that Bicep files declare as resources of their own, with an ARM template in an object.

use std::sync::Arc;

use super::unsupported;
use crate::frontend::template::arm;
use crate::frontend::template::arm_resource::linked;
use crate::frontend::template::arm_value::Reading;
use crate::frontend::template::template::{Declaration, Expr, ExprKind, ModuleTemplate, Property, What};
use crate::source::SourceId;
use crate::syntax::tree::{Member, Tree, TreeKind};

/// Turns a resource of type `Microsoft.Resources/deployments` into the module that it is.
pub(super) fn deployment(declaration: &mut Declaration, source: SourceId) {
    let property = |key: &str| member(&declaration.body, "properties").and_then(|properties| member(properties, key));
    let scope = property("expressionEvaluationOptions").and_then(|options| member(options, "scope"));
    let inner = matches!(scope.map(|it| &it.kind), Some(ExprKind::Text(text)) if text.eq_ignore_ascii_case("inner"));
    let (inline, link) = (property("template"), property("templateLink"));
    let template = match inline.map(tree) {
        Some(Some(tree)) => {
            let mut reading = Reading { source, text: "", faults: Vec::new() };
            ModuleTemplate::Inline(Arc::new(arm::lower(&tree, &mut reading)))
        }
        Some(None) => ModuleTemplate::Computed(unsupported("a template that is put together"), declaration.span),
        None => linked(link.and_then(tree).as_ref(), declaration.span),
    };
    let parameters = property("parameters").map(passed);
    let place = |key: &str| member(&declaration.body, key).cloned();
    (declaration.subscription, declaration.group) = (place("subscriptionId"), place("resourceGroup"));
    declaration.what = What::Module { template, parameters, outer: inline.is_some() && !inner };
}

fn member<'e>(object: &'e Expr, key: &str) -> Option<&'e Expr> {
    let ExprKind::Object(properties) = &object.kind else { return None };
    let is_it =
        |property: &&Property| matches!(&property.key.kind, ExprKind::Text(text) if text.eq_ignore_ascii_case(key));
    properties.iter().rev().find(is_it).map(|property| &property.value)
}

/// `{ p: { value: … } }` as `{ p: … }`.
fn passed(parameters: &Expr) -> Expr {
    let ExprKind::Object(properties) = &parameters.kind else { return parameters.clone() };
    let value = |property: &Property| Property {
        value: member(&property.value, "value").unwrap_or(&property.value).clone(),
        ..property.clone()
    };
    Expr { kind: ExprKind::Object(properties.iter().map(value).collect()), span: parameters.span }
}

/// A literal as the JSON that the compiler makes of it; nothing when a part of it is computed.
fn tree(expr: &Expr) -> Option<Tree> {
    let kind = match &expr.kind {
        ExprKind::Null => TreeKind::Null,
        ExprKind::Bool(value) => TreeKind::Bool(*value),
        ExprKind::Int(value) => TreeKind::Int(*value),
        ExprKind::Text(text) => TreeKind::Str(text.clone()),
        ExprKind::List(items) if items.iter().all(|item| !item.spread) => {
            TreeKind::List(items.iter().map(|item| tree(&item.value)).collect::<Option<_>>()?)
        }
        ExprKind::Object(properties) => TreeKind::Map(properties.iter().map(member_tree).collect::<Option<_>>()?),
        _ => return None,
    };
    Some(Tree { kind, span: expr.span, via: Vec::new() })
}

fn member_tree(property: &Property) -> Option<Member> {
    let ExprKind::Text(key) = &property.key.kind else { return None };
    Some(Member { key: key.clone(), key_span: property.key.span, value: tree(&property.value)? })
}
