//! Functions over texts and numbers, all of whose arguments are known.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::value::{LONGEST_TEXT, failed, known, number, of_number, text_of, whole};
use crate::ir::{Node, Value};
use crate::source::Span;

/// Nothing when the name is another's or an argument is not known.
pub(super) fn text_function(name: &str, values: &[Node], span: Span) -> Option<Node> {
    match name {
        "format" => return format_text(values, span),
        "join" => return join(values, span),
        "tostring" => {
            return values
                .first()
                .map(|value| text_of(value).map_or_else(|| value.clone(), |text| Node::text(text, span)));
        }
        "jsonencode" => return encoded(values.first()?, span),
        "tobool" | "tonumber" => return converted(name, values.first()?, span),
        _ => {}
    }
    if !values.iter().all(known) {
        return None;
    }
    let at = |at: usize| values.get(at).and_then(text_of);
    let text = |text: String| (text.len() <= LONGEST_TEXT).then(|| Node::text(text, span));
    let truth = |value: bool| Some(Node::new(Value::Bool(value), span));
    match name {
        "lower" => text(at(0)?.to_lowercase()),
        "upper" => text(at(0)?.to_uppercase()),
        "title" => text(title(&at(0)?)),
        "trimspace" => text(at(0)?.trim().to_owned()),
        "chomp" => text(at(0)?.trim_end_matches(['\n', '\r']).to_owned()),
        "trim" => text(at(0)?.trim_matches(|letter| at(1).is_some_and(|cut| cut.contains(letter))).to_owned()),
        "trimprefix" => text(at(0)?.strip_prefix(&*at(1)?).unwrap_or(&at(0)?).to_owned()),
        "trimsuffix" => text(at(0)?.strip_suffix(&*at(1)?).unwrap_or(&at(0)?).to_owned()),
        "startswith" => truth(at(0)?.starts_with(&*at(1)?)),
        "endswith" => truth(at(0)?.ends_with(&*at(1)?)),
        "strcontains" => truth(at(0)?.contains(&*at(1)?)),
        "replace" => replace(&at(0)?, &at(1)?, &at(2)?, span),
        "split" => {
            let parts = at(1)?;
            let separator = at(0)?;
            let parts: Vec<Node> = match separator.is_empty() {
                true => parts.chars().map(|letter| Node::text(letter.to_string(), span)).collect(),
                false => parts.split(&*separator).map(|part| Node::text(part, span)).collect(),
            };
            Some(Node::list(parts, span))
        }
        "substr" => substr(&at(0)?, whole(values.get(1)?)?, whole(values.get(2)?)?, span),
        "base64encode" => text(STANDARD.encode(at(0)?.as_bytes())),
        "base64decode" => text(String::from_utf8(STANDARD.decode(at(0)?.as_bytes()).ok()?).ok()?),
        "regex" => regex(&at(0)?, &at(1)?, span),
        "min" | "max" => {
            let numbers: Option<Vec<f64>> = values.iter().map(number).collect();
            let pick = if name == "min" { f64::min } else { f64::max };
            numbers?.into_iter().reduce(pick).map(|value| of_number(value, span))
        }
        "floor" | "ceil" | "abs" => {
            let value = number(values.first()?)?;
            Some(of_number(
                match name {
                    "floor" => value.floor(),
                    "ceil" => value.ceil(),
                    _ => value.abs(),
                },
                span,
            ))
        }
        _ => None,
    }
}

fn title(text: &str) -> String {
    let mut begins = true;
    let letter = |letter: char| {
        let upper = begins;
        begins = letter.is_whitespace();
        if upper { letter.to_uppercase().collect::<String>() } else { letter.to_string() }
    };
    text.chars().map(letter).collect()
}

/// `%s`, `%d`, `%v` with texts, perhaps of unknown pieces; other verbs only over known values without flags.
fn format_text(values: &[Node], span: Span) -> Option<Node> {
    let (pattern, mut arguments) = (values.first()?.as_str()?, values.iter().skip(1));
    let mut pieces = Vec::new();
    let mut parts = pattern.split('%');
    pieces.push(Node::text(parts.next()?, span));
    let mut escaped = false;
    for part in parts {
        if escaped {
            escaped = false;
            pieces.push(Node::text(part, span));
            continue;
        }
        let Some(verb) = part.chars().next() else {
            escaped = true;
            pieces.push(Node::text("%", span));
            continue;
        };
        if !"sdv".contains(verb) {
            return None;
        }
        let argument = arguments.next()?;
        if matches!(argument.value, Value::List(_) | Value::Map(_) | Value::Null) {
            return None;
        }
        pieces.push(argument.clone());
        pieces.push(Node::text(part.get(verb.len_utf8()..)?, span));
    }
    Some(Node::concat(pieces, span))
}

fn join(values: &[Node], span: Span) -> Option<Node> {
    let separator = text_of(values.first()?)?;
    let mut pieces: Vec<Node> = Vec::new();
    let lists = values.iter().skip(1).map(|value| value.as_list().filter(|list| list.open.is_none()));
    for item in lists.collect::<Option<Vec<_>>>()?.into_iter().flat_map(|list| &list.items) {
        if matches!(item.value, Value::List(_) | Value::Map(_) | Value::Null) {
            return None;
        }
        if !pieces.is_empty() {
            pieces.push(Node::text(separator.clone(), span));
        }
        pieces.push(item.clone());
    }
    Some(Node::concat(pieces, span))
}

fn replace(text: &str, from: &str, to: &str, span: Span) -> Option<Node> {
    let pattern = from.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')).filter(|_| from.len() > 1);
    let replaced = match pattern {
        Some(pattern) => regex::Regex::new(pattern).ok()?.replace_all(text, to).into_owned(),
        None if from.is_empty() => return None,
        None => text.replace(from, to),
    };
    (replaced.len() <= LONGEST_TEXT).then(|| Node::text(replaced, span))
}

fn substr(text: &str, offset: i64, length: i64, span: Span) -> Option<Node> {
    let letters: Vec<char> = text.chars().collect();
    let count = i64::try_from(letters.len()).ok()?;
    let start = if offset < 0 { (count + offset).max(0) } else { offset.min(count) };
    let end = if length < 0 { count } else { start.saturating_add(length).min(count) };
    let cut = letters.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)?;
    Some(Node::text(cut.iter().collect::<String>(), span))
}

/// The match, or its groups; a pattern with named groups is not evaluated.
fn regex(pattern: &str, text: &str, span: Span) -> Option<Node> {
    let pattern = regex::Regex::new(pattern).ok()?;
    if pattern.capture_names().flatten().next().is_some() {
        return None;
    }
    let Some(found) = pattern.captures(text) else { return Some(failed("a pattern that doesn't match", span)) };
    let group = |group: Option<regex::Match<'_>>| {
        group.map_or_else(|| Node::null(span), |group| Node::text(group.as_str(), span))
    };
    match found.len() {
        1 => Some(group(found.get(0))),
        _ => Some(Node::list(found.iter().skip(1).map(group).collect(), span)),
    }
}

fn converted(name: &str, value: &Node, span: Span) -> Option<Node> {
    match (name, &value.value) {
        (_, Value::Null) => Some(value.clone()),
        ("tobool", Value::Bool(_)) => Some(value.clone()),
        ("tobool", Value::Str(text)) => text.parse().ok().map(|value| Node::new(Value::Bool(value), span)),
        ("tonumber", _) => number(value).map(|value| of_number(value, span)),
        _ => None,
    }
}

/// Known values as a text; others keep their shape as a call, so that `jsondecode` and bodies can see inside.
fn encoded(value: &Node, span: Span) -> Option<Node> {
    known(value).then(|| plain(value)).flatten().map(|json| Node::text(json.to_string(), span))
}

fn plain(node: &Node) -> Option<serde_json::Value> {
    use serde_json::Value as Json;
    Some(match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Int(value) => Json::from(*value),
        Value::Float(value) => Json::from(*value),
        Value::Str(text) => Json::from(&**text),
        Value::List(list) => Json::Array(list.items.iter().map(plain).collect::<Option<_>>()?),
        Value::Map(map) => {
            // Terraform writes the keys of an object in order.
            let mut members: Vec<(String, Json)> = Vec::new();
            for entry in &map.entries {
                let key = entry.key.as_str()?.to_owned();
                members.retain(|(other, _)| *other != key);
                members.push((key, plain(&entry.value)?));
            }
            members.sort_by(|a, b| a.0.cmp(&b.0));
            Json::Object(members.into_iter().collect())
        }
        _ => return None,
    })
}
