//! Type constraints of variables, as far as they change values: `optional(type, default)` members of objects.

use super::evaluate::Session;
use super::scope::Scope;
use crate::ir::{Entry, Node, Value};
use crate::syntax::hcl::{Expr, ExprKind};

/// The value with the members that its type fills in.
pub(super) fn with_defaults(session: &Session<'_>, scope: Scope<'_>, kind: &Expr, value: Node) -> Node {
    let ExprKind::Call { name, arguments, .. } = &kind.kind else { return value };
    let Some(inner) = arguments.first() else { return value };
    let span = value.span;
    match (&**name, &value.value) {
        ("optional", _) => with_defaults(session, scope, inner, value),
        ("list" | "set", Value::List(list)) => {
            let mut list = (**list).clone();
            list.items = list.items.into_iter().map(|item| with_defaults(session, scope, inner, item)).collect();
            Node { value: Value::List(list.into()), ..value }
        }
        ("map", Value::Map(map)) => {
            let mut map = (**map).clone();
            for entry in &mut map.entries {
                entry.value = with_defaults(session, scope, inner, entry.value.clone());
            }
            Node { value: Value::Map(map.into()), ..value }
        }
        ("object", Value::Map(map)) => {
            let ExprKind::Object(members) = &inner.kind else { return value };
            let mut map = (**map).clone();
            for (key, kind) in members {
                let Some(key) = key.as_text() else { continue };
                let written = map.get_exact(key).cloned();
                let filled = match (written, default_of(kind)) {
                    (Some(written), Some(Some(default))) if written.is_null() => session.evaluate(scope, default),
                    (Some(written), _) => written,
                    (None, Some(Some(default))) => session.evaluate(scope, default),
                    (None, Some(None)) => Node::null(span),
                    (None, None) => continue,
                };
                let filled = with_defaults(session, scope, kind, filled);
                map.entries.retain(|entry| entry.key.as_str() != Some(key));
                map.entries.push(Entry::new(key, filled.span, filled));
            }
            Node { value: Value::Map(map.into()), ..value }
        }
        _ => value,
    }
}

/// Whether the member is optional, and its default.
fn default_of(kind: &Expr) -> Option<Option<&Expr>> {
    match &kind.kind {
        ExprKind::Call { name, arguments, .. } if &**name == "optional" => Some(arguments.get(1)),
        _ => None,
    }
}
