//! Type constraints of variables, as far as they change values: scalars become what the type says, sets lose repetitions,
//! objects get the members that `optional(type, default)` fills in and lose those that the type doesn't name.

use super::evaluate::Session;
use super::functions::{distinct, unified};
use super::scope::Scope;
use crate::frontend::terraform::value::{number, of_number, text_of};
use crate::ir::{Entry, Map, Node, Value};
use crate::syntax::hcl::{Expr, ExprKind};

/// The value as its type has it.
pub fn with_defaults(session: &Session<'_>, scope: Scope<'_>, kind: &Expr, value: Node) -> Node {
    if let Value::Choice(choice) = &value.value {
        let arm = |arm: &Node| with_defaults(session, scope, kind, arm.clone());
        let made = Node::choice(choice.on.clone(), arm(&choice.yes), arm(&choice.no), value.span);
        return Node { trail: value.trail.clone(), secret: value.secret, ..made };
    }
    match &kind.kind {
        ExprKind::Name(name) | ExprKind::Text(name) => scalar(name, value),
        ExprKind::Call { name, arguments, .. } => match arguments.first() {
            Some(inner) => within(session, scope, name, inner, value),
            None => value,
        },
        _ => value,
    }
}

fn scalar(kind: &str, value: Node) -> Node {
    let made = match (kind, &value.value) {
        ("string", Value::Int(_) | Value::Float(_) | Value::Bool(_)) => text_of(&value).map(Value::Str),
        ("number", Value::Str(_)) => number(&value).map(|number| of_number(number, value.span).value),
        ("bool", Value::Str(text)) => text.parse().ok().map(Value::Bool),
        _ => None,
    };
    match made {
        Some(made) => Node { value: made, ..value },
        None => value,
    }
}

fn within(session: &Session<'_>, scope: Scope<'_>, name: &str, inner: &Expr, value: Node) -> Node {
    let each = |item: Node| with_defaults(session, scope, inner, item);
    match (name, &value.value) {
        ("optional", _) => each(value),
        ("list" | "set", Value::List(list)) => {
            let mut list = (**list).clone();
            list.items = list.items.into_iter().map(each).collect();
            let any = matches!(&inner.kind, ExprKind::Name(name) if &**name == "any");
            let list = unified(&list).filter(|_| any).unwrap_or(list);
            let made = Node { value: Value::List(list.into()), ..value };
            match name {
                "set" => Node { trail: made.trail.clone(), secret: made.secret, ..as_set(made) },
                _ => made,
            }
        }
        ("map", Value::Map(map)) => {
            let mut map = (**map).clone();
            map.entries.iter_mut().for_each(|entry| entry.value = each(entry.value.clone()));
            Node { value: Value::Map(map.into()), ..value }
        }
        ("tuple", Value::List(list)) => {
            let ExprKind::List(kinds) = &inner.kind else { return value };
            let mut list = (**list).clone();
            for (item, kind) in list.items.iter_mut().zip(kinds) {
                *item = with_defaults(session, scope, kind, item.clone());
            }
            Node { value: Value::List(list.into()), ..value }
        }
        ("object", Value::Map(map)) => {
            let ExprKind::Object(members) = &inner.kind else { return value };
            let map = object(session, scope, members, map, &value);
            Node { value: Value::Map(map.into()), ..value }
        }
        _ => value,
    }
}

fn as_set(node: Node) -> Node {
    distinct(&node, node.span).unwrap_or(node)
}

fn object(session: &Session<'_>, scope: Scope<'_>, members: &[(Expr, Expr)], from: &Map, value: &Node) -> Map {
    let mut map = from.clone();
    for (key, kind) in members {
        let Some(key) = key.as_text() else { continue };
        let written = map.get_exact(key).cloned();
        let filled = match (written, default_of(kind)) {
            (Some(written), Some(Some(default))) if written.is_null() => session.evaluate(scope, default),
            (Some(written), _) => written,
            // A member that can't be seen may have been given.
            (None, _) if map.open.is_some() => continue,
            (None, Some(Some(default))) => session.evaluate(scope, default),
            (None, Some(None)) => Node::null(value.span),
            (None, None) => continue,
        };
        let filled = with_defaults(session, scope, kind, filled);
        map.entries.retain(|entry| entry.key.as_str() != Some(key));
        map.entries.push(Entry::new(key, filled.span, filled));
    }
    let named =
        |entry: &Entry| entry.key.as_str().is_none_or(|own| members.iter().any(|(key, _)| key.as_text() == Some(own)));
    map.entries.retain(named);
    map
}

/// Whether the member is optional, and its default.
fn default_of(kind: &Expr) -> Option<Option<&Expr>> {
    match &kind.kind {
        ExprKind::Call { name, arguments, .. } if &**name == "optional" => Some(arguments.get(1)),
        _ => None,
    }
}
