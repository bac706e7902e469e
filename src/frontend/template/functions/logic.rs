//! Comparison and logic over partly known values.

use std::cmp::Ordering;
use std::sync::Arc;

use super::super::access::each_arm;
use super::super::canonical::{canonical, is_stable};
use super::{Outcome, call, known};
use crate::ir::{Node, Value, Why};
use crate::source::Span;

pub(super) fn compute(name: &str, arguments: &[Node], span: Span) -> Outcome {
    let answer = match (name, arguments) {
        ("equals", [a, b]) => equal(a, b),
        ("equalsignorecase", [a, b]) => a.as_str().zip(b.as_str()).map(|(a, b)| a.to_lowercase() == b.to_lowercase()),
        ("not", [a]) => return negated(a, span),
        ("less", [a, b]) => order(a, b).map(Ordering::is_lt),
        ("lessorequals", [a, b]) => order(a, b).map(Ordering::is_le),
        ("greater", [a, b]) => order(a, b).map(Ordering::is_gt),
        ("greaterorequals", [a, b]) => order(a, b).map(Ordering::is_ge),
        ("bool", [a]) => a.as_bool().or_else(|| a.as_str().and_then(|text| text.to_ascii_lowercase().parse().ok())),
        ("true", []) => Some(true),
        ("false", []) => Some(false),
        _ => return Outcome::NoSuch,
    };
    answer.map_or(Outcome::Open, |answer| known(Value::Bool(answer), span))
}

fn negated(node: &Node, span: Span) -> Outcome {
    match &node.value {
        Value::Bool(value) => known(Value::Bool(!value), span),
        Value::Call(name, arguments) if &**name == "not" => match arguments.first() {
            Some(inner) => Outcome::Known(inner.clone()),
            None => Outcome::Open,
        },
        _ => Outcome::Open,
    }
}

/// `and`, `or` of values of which none decides.
pub(super) fn junction(name: &str, values: Vec<Node>, span: Span) -> Node {
    let mut open: Vec<Node> = values.into_iter().filter(|value| value.as_bool().is_none()).collect();
    match open.len() {
        0 => Node::new(Value::Bool(name == "and"), span),
        1 => open.swap_remove(0),
        _ => call(name, open, span),
    }
}

/// Whether two values are equal, when that can be told from the values alone. Texts compare to the letter.
pub(super) fn equal(a: &Node, b: &Node) -> Option<bool> {
    match (&a.value, &b.value) {
        (Value::Null, _) if is_never_null(b) => Some(false),
        (_, Value::Null) if is_never_null(a) => Some(false),
        _ if is_stable(a) && canonical(a) == canonical(b) => Some(true),
        // The members of objects may stand in any order: only a difference in plain values is one for sure.
        _ if is_literal(a, 0) && is_literal(b, 0) && a.as_map().or(b.as_map()).is_none() => Some(false),
        _ => None,
    }
}

/// Known to the last part.
pub(super) fn is_literal(node: &Node, depth: usize) -> bool {
    depth < 64
        && match &node.value {
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) => true,
            Value::List(list) => list.open.is_none() && list.items.iter().all(|item| is_literal(item, depth + 1)),
            Value::Map(map) => {
                map.open.is_none()
                    && map
                        .entries
                        .iter()
                        .all(|entry| is_literal(&entry.key, depth + 1) && is_literal(&entry.value, depth + 1))
            }
            _ => false,
        }
}

fn order(a: &Node, b: &Node) -> Option<Ordering> {
    match (&a.value, &b.value) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Str(a), Value::Str(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// Whether a value can't be `null`. A parameter without a value isn't: one that admits `null` would be it.
pub(super) fn is_never_null(node: &Node) -> bool {
    match &node.value {
        Value::Null | Value::Ref(_) | Value::Choice(_) | Value::Derived(_) => false,
        Value::Unknown { why: Why::Parameter(name), sym: Some(sym) } => {
            sym.0.strip_suffix(&**name).is_some_and(|rest| rest.ends_with("#param:"))
        }
        Value::Unknown { why: Why::DeploymentScope(_), .. } => true,
        Value::Unknown { .. } => false,
        Value::Call(name, _) => &**name != "coalesce",
        _ => true,
    }
}

/// `first ?? rest`.
pub(super) fn first_of(first: &Node, rest: &Node, span: Span) -> Node {
    match &first.value {
        Value::Null => rest.clone(),
        Value::Choice(choice) => each_arm(choice, span, |arm| first_of(arm, rest, span)),
        _ if is_never_null(first) => first.clone(),
        _ => Node::new(Value::Call("coalesce".into(), Arc::new(vec![first.clone(), rest.clone()])), span),
    }
}
