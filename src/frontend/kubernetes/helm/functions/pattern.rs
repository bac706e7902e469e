//! Regular expressions.

use regex::{NoExpand, Regex};

use super::super::machine::Machine;
use super::super::value::Value;
use super::Answer;

/// No result is longer than this.
const LONGEST: usize = 4 << 20;

pub(super) fn pattern_function(machine: &mut Machine<'_>, name: &str, arguments: &[Value]) -> Answer {
    if !name.starts_with("regex") {
        return None;
    }
    let asked = |at: usize| machine.text_argument(arguments, at, name);
    let text = match asked(1) {
        Ok(text) => text,
        Err(_) if name == "regexQuoteMeta" => {
            return Some(asked(0).map(|text| Value::text(text.remade(regex::escape(&text.text)))));
        }
        Err(stop) => return Some(Err(stop)),
    };
    let pattern = match asked(0) {
        Ok(pattern) => pattern,
        Err(stop) => return Some(Err(stop)),
    };
    let Ok(pattern) = Regex::new(&pattern.text) else {
        return Some(machine.refuse_call(name, "a pattern that can't be read"));
    };
    let part = |found: regex::Match<'_>| Value::text(text.part(found.as_str()));
    let count = usize::try_from(arguments.get(2).map_or(-1, super::number::whole)).unwrap_or(usize::MAX);
    let value = match name {
        "regexMatch" => Value::bool(pattern.is_match(&text.text)),
        "regexFind" => pattern.find(&text.text).map_or_else(|| Value::str(""), part),
        "regexFindAll" => Value::list(pattern.find_iter(&text.text).take(count.min(10_000)).map(part).collect()),
        "regexSplit" => match count {
            usize::MAX => Value::list(pattern.split(&text.text).map(|it| Value::text(text.part(it))).collect()),
            count => Value::list(pattern.splitn(&text.text, count).map(|it| Value::text(text.part(it))).collect()),
        },
        "regexReplaceAll" | "regexReplaceAllLiteral" => {
            let to = match asked(2) {
                Ok(to) => to.text,
                Err(stop) => return Some(Err(stop)),
            };
            if (text.text.len() + 1).saturating_mul(to.len() + 1) > LONGEST * 4 {
                return Some(machine.refuse_call(name, "too long"));
            }
            let made = match name {
                "regexReplaceAll" => pattern.replace_all(&text.text, to.as_str()).into_owned(),
                _ => pattern.replace_all(&text.text, NoExpand(&to)).into_owned(),
            };
            Value::text(if made == text.text { text.clone() } else { text.remade(made) })
        }
        _ => return None,
    };
    Some(Ok(value))
}
