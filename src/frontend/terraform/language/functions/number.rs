//! Functions over numbers.

use super::refuses_null;
use crate::frontend::terraform::value::{known, number, of_number, refused, text_of, whole};
use crate::ir::{Node, Value};
use crate::source::Span;

/// More digits than this are not read.
const MOST_DIGITS: usize = 18;

/// Nothing when the name is another's or an argument is not known.
pub(super) fn number_function(name: &str, values: &[Node], span: Span) -> Option<Node> {
    match name {
        "abs" | "ceil" | "floor" | "signum" | "log" | "pow" | "min" | "max" | "parseint" | "sum" => {}
        _ => return None,
    }
    if !values.iter().all(known) {
        return None;
    }
    if let Some(refused) = refuses_null(name, values, span) {
        return Some(refused);
    }
    if name == "parseint" {
        return parsed(&text_of(values.first()?)?, whole(values.get(1)?)?, span);
    }
    let values = match (name, values) {
        ("sum", [list]) => list.as_list()?.items.as_slice(),
        _ => values,
    };
    let Some(numbers) = values.iter().map(number).collect::<Option<Vec<f64>>>() else {
        return Some(refused("a number that is none", span));
    };
    let value = match (name, numbers.as_slice()) {
        ("min", _) => numbers.iter().copied().reduce(f64::min),
        ("max", _) => numbers.iter().copied().reduce(f64::max),
        ("sum", [first, rest @ ..]) => Some(rest.iter().fold(*first, |sum, value| sum + value)),
        ("abs", [value]) => Some(value.abs()),
        ("ceil", [value]) => Some(value.ceil()),
        ("floor", [value]) => Some(value.floor()),
        ("signum", [value]) if value.fract() != 0.0 => None,
        ("signum", [value]) if *value == 0.0 => Some(0.0),
        ("signum", [value]) => Some(value.signum()),
        ("log", [value, base]) => Some(value.ln() / base.ln()),
        ("pow", [value, power]) => Some(value.powf(*power)),
        _ => None,
    };
    let value = value.filter(|value| value.is_finite());
    Some(value.map_or_else(|| refused(name, span), |value| of_number(value, span)))
}

fn parsed(text: &str, base: i64, span: Span) -> Option<Node> {
    let base = u32::try_from(base).ok()?;
    if !(2..=62).contains(&base) {
        return Some(refused("a base that is none", span));
    }
    if base > 36 || text.len() > MOST_DIGITS {
        return None;
    }
    let value = i64::from_str_radix(text, base).ok().filter(|_| !text.starts_with('+'));
    Some(value.map_or_else(|| refused("a number that is none", span), |value| Node::new(Value::Int(value), span)))
}
