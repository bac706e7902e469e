//! Numbers.

use super::super::machine::{Machine, Stop};
use super::super::value::{Kind, Value};
use super::Answer;

/// A value as a whole number, as Sprig casts it: what is no number is 0.
pub(super) fn whole(value: &Value) -> i64 {
    match &value.kind {
        Kind::Int(it) => *it,
        Kind::Float(it) => *it as i64,
        Kind::Bool(it) => i64::from(*it),
        Kind::Text(text) => whole_text(&text.text).unwrap_or(0),
        _ => 0,
    }
}

fn whole_text(text: &str) -> Option<i64> {
    let text = text.trim();
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let parsed = match digits.get(..2) {
        Some("0x" | "0X") => i64::from_str_radix(digits.get(2..)?, 16).ok(),
        _ if digits.len() > 1 && digits.starts_with('0') => i64::from_str_radix(digits, 8).ok(),
        _ => digits.parse::<i64>().ok(),
    };
    // `cast` takes the whole part of `1.0`.
    parsed.or_else(|| digits.strip_suffix(".0")?.parse().ok()).map(|it: i64| sign * it)
}

/// A value as any number.
pub(super) fn real(value: &Value) -> f64 {
    match &value.kind {
        Kind::Int(it) => *it as f64,
        Kind::Float(it) => *it,
        Kind::Bool(it) => f64::from(u8::from(*it)),
        Kind::Text(text) => text.text.trim().parse().unwrap_or(0.0),
        _ => 0.0,
    }
}

pub(super) fn number_function(machine: &mut Machine<'_>, name: &str, arguments: &[Value]) -> Answer {
    let wholes = || arguments.iter().map(whole);
    let reals = || arguments.iter().map(real);
    let origin = arguments.iter().find_map(Value::origin);
    let found = match name {
        "int" | "int64" | "atoi" | "toDecimal" => machine.int_argument(arguments, 0, name).map(Value::int),
        "float64" => machine.argument(arguments, 0, name).map(|value| Value::float(real(value))),
        "add" => Ok(Value::int(wholes().fold(0, i64::wrapping_add))),
        "add1" => Ok(Value::int(wholes().fold(1, i64::wrapping_add))),
        "sub" => reduced(machine, wholes(), name, |a, b| Some(a.wrapping_sub(b))),
        "mul" => Ok(Value::int(wholes().fold(1, i64::wrapping_mul))),
        "div" => reduced(machine, wholes(), name, i64::checked_div),
        "mod" => reduced(machine, wholes(), name, i64::checked_rem),
        "max" | "biggest" => reduced(machine, wholes(), name, |a, b| Some(a.max(b))),
        "min" => reduced(machine, wholes(), name, |a, b| Some(a.min(b))),
        "addf" => Ok(Value::float(reals().sum())),
        "add1f" => Ok(Value::float(reals().sum::<f64>() + 1.0)),
        "subf" => real_reduced(machine, reals(), name, |a, b| a - b),
        "mulf" => real_reduced(machine, reals(), name, |a, b| a * b),
        "divf" => real_reduced(machine, reals(), name, |a, b| a / b),
        "maxf" => real_reduced(machine, reals(), name, f64::max),
        "minf" => real_reduced(machine, reals(), name, f64::min),
        "ceil" => machine.argument(arguments, 0, name).map(|value| Value::float(real(value).ceil())),
        "floor" => machine.argument(arguments, 0, name).map(|value| Value::float(real(value).floor())),
        "round" => machine.argument(arguments, 0, name).map(|value| {
            let scale = 10f64.powi(arguments.get(1).map_or(0, whole).clamp(0, 15) as i32);
            Value::float((real(value) * scale).round() / scale)
        }),
        _ => return None,
    };
    Some(found.map(|value| value.at(origin)))
}

fn reduced(
    machine: &Machine<'_>,
    mut numbers: impl Iterator<Item = i64>,
    name: &str,
    step: impl Fn(i64, i64) -> Option<i64>,
) -> Result<Value, Stop> {
    let Some(first) = numbers.next() else { return machine.refuse_call(name, "too few arguments") };
    match numbers.try_fold(first, step) {
        Some(value) => Ok(Value::int(value)),
        None => machine.refuse_call(name, "division by zero"),
    }
}

fn real_reduced(
    machine: &Machine<'_>,
    numbers: impl Iterator<Item = f64>,
    name: &str,
    step: impl Fn(f64, f64) -> f64,
) -> Result<Value, Stop> {
    match numbers.reduce(step) {
        Some(value) => Ok(Value::float(value)),
        None => machine.refuse_call(name, "too few arguments"),
    }
}
