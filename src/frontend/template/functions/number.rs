//! Whole numbers.

use super::{Outcome, int, known};
use crate::ir::{Node, Value};
use crate::source::Span;

pub(super) fn compute(name: &str, arguments: &[Node], span: Span) -> Outcome {
    let (a, b) = (int(arguments.first()), int(arguments.get(1)));
    let pair = a.zip(b);
    let result = match (name, arguments.len()) {
        ("add", 2) => pair.and_then(|(a, b)| a.checked_add(b)),
        ("sub", 2) => pair.and_then(|(a, b)| a.checked_sub(b)),
        ("mul", 2) => pair.and_then(|(a, b)| a.checked_mul(b)),
        ("div", 2) => pair.and_then(|(a, b)| a.checked_div(b)),
        ("mod", 2) => pair.and_then(|(a, b)| a.checked_rem(b)),
        ("minus", 1) => a.and_then(i64::checked_neg),
        ("int", 1) => a.or_else(|| arguments.first().and_then(Node::as_str).and_then(|text| text.trim().parse().ok())),
        ("float", 1) => return float(arguments.first(), span),
        ("min", _) => all(arguments).and_then(|numbers| numbers.into_iter().min()),
        ("max", _) => all(arguments).and_then(|numbers| numbers.into_iter().max()),
        _ => return Outcome::NoSuch,
    };
    result.map_or(Outcome::Open, |number| known(Value::Int(number), span))
}

/// The numbers given one by one or as a list.
fn all(arguments: &[Node]) -> Option<Vec<i64>> {
    let numbers = match arguments {
        [Node { value: Value::List(list), .. }] if list.open.is_none() => list.items.as_slice(),
        _ => arguments,
    };
    numbers.iter().map(|node| int(Some(node))).collect()
}

fn float(node: Option<&Node>, span: Span) -> Outcome {
    let number = node.and_then(|node| match &node.value {
        Value::Float(number) => Some(*number),
        Value::Int(number) => Some(*number as f64),
        Value::Str(text) => text.parse().ok(),
        _ => None,
    });
    number.map_or(Outcome::Open, |number| known(Value::Float(number), span))
}
