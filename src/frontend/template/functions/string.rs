//! Strings: what is known of them survives.

use super::super::fuel::BYTES;
use super::{Outcome, int, known, text, word};
use crate::ir::{Node, Value};
use crate::source::Span;

pub(super) fn compute(name: &str, arguments: &[Node], span: Span) -> Outcome {
    match name {
        "concat" => concat(arguments, span),
        "format" => format(arguments, span),
        "string" => string(arguments.first(), span),
        "tolower" => in_pieces(arguments.first(), name, span, str::to_lowercase),
        "toupper" => in_pieces(arguments.first(), name, span, str::to_uppercase),
        _ => of_words(name, arguments, span),
    }
}

fn of_words(name: &str, arguments: &[Node], span: Span) -> Outcome {
    let (first, second) = (word(arguments.first()), word(arguments.get(1)));
    let pair = first.zip(second);
    let flag = |answer: Option<bool>| answer.map_or(Outcome::Open, |answer| known(Value::Bool(answer), span));
    let made = match name {
        "trim" => first.map(|text| text.trim().to_owned()),
        "replace" => {
            first.zip(second.zip(word(arguments.get(2)))).and_then(|(text, (old, new))| replaced(text, old, new))
        }
        "substring" => return substring(arguments, span),
        "padleft" => return pad_left(arguments, span),
        "startswith" => return flag(starts(arguments)),
        "endswith" => return flag(ends(arguments)),
        "split" => return split(arguments, span),
        "uri" => pair.map(|(base, relative)| joined_uri(base, relative)),
        "uricomponent" => first.map(percent_encoded),
        "uricomponenttostring" => first.and_then(percent_decoded),
        _ => return Outcome::NoSuch,
    };
    made.map_or(Outcome::Open, |made| text(made, span))
}

/// Pieces of an interpolation; booleans are written as the deployment language writes them.
pub fn joined(pieces: Vec<Node>, span: Span) -> Node {
    let written = |piece: Node| match piece.value {
        Value::Bool(value) => Node { value: Value::Str(if value { "True" } else { "False" }.into()), ..piece },
        Value::Null => Node { value: Value::Str("".into()), ..piece },
        _ => piece,
    };
    as_id(Node::concat(pieces.into_iter().map(written).collect(), span))
}

/// A text that begins with an id is one when the rest reads like one: `'${registry.id}/replications/x'`.
fn as_id(node: Node) -> Node {
    let Value::Concat(pieces) = &node.value else { return node };
    let Some((first, rest)) = pieces.split_first() else { return node };
    let (Value::Id(_), true) =
        (&first.value, rest.first().is_some_and(|next| next.as_str().is_some_and(|text| text.starts_with('/'))))
    else {
        return node;
    };
    let Some(mut flat) = super::super::scope::id_pieces(first) else { return node };
    flat.extend(rest.iter().cloned());
    match crate::ir::ResourceId::parse(&Node::concat(flat, node.span)) {
        Some(id) => Node { secret: node.secret, ..Node::id(id, node.span) },
        None => node,
    }
}

/// Strings or lists.
fn concat(arguments: &[Node], span: Span) -> Outcome {
    if arguments.iter().any(|argument| argument.as_list().is_some()) {
        return super::collection::appended(arguments, span);
    }
    match arguments.iter().any(|argument| matches!(argument.value, Value::Choice(_))) {
        // A choice of lists is told apart from a choice of texts by computing both arms.
        true if arguments.iter().any(chooses_list) => Outcome::Open,
        _ => Outcome::Known(joined(arguments.to_vec(), span)),
    }
}

fn chooses_list(node: &Node) -> bool {
    match &node.value {
        Value::Choice(choice) => chooses_list(&choice.yes) || chooses_list(&choice.no),
        Value::List(_) => true,
        _ => false,
    }
}

/// `format('{0}-{1}', a, b)`. A form other than `{n}` is left alone.
fn format(arguments: &[Node], span: Span) -> Outcome {
    let Some((first, values)) = arguments.split_first() else { return Outcome::Open };
    let Some(pattern) = first.as_str() else { return Outcome::Open };
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = pattern;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        if let Some(after) = from.strip_prefix("{{").or_else(|| from.strip_prefix("}}")) {
            plain.extend(from.chars().next());
            rest = after;
            continue;
        }
        let hole = from.strip_prefix('{').and_then(|inner| inner.split_once('}'));
        let Some((number, after)) = hole else { return Outcome::Open };
        let Some(value) = number.trim().parse::<usize>().ok().and_then(|number| values.get(number)) else {
            return Outcome::Open;
        };
        pieces.push(Node::text(std::mem::take(&mut plain), first.span));
        pieces.push(value.clone());
        rest = after;
    }
    plain.push_str(rest);
    pieces.push(Node::text(plain, first.span));
    Outcome::Known(joined(pieces, span))
}

fn string(node: Option<&Node>, span: Span) -> Outcome {
    let Some(node) = node else { return Outcome::Open };
    match &node.value {
        Value::Str(_) | Value::Concat(_) | Value::Id(_) => Outcome::Known(node.clone()),
        Value::Bool(_) | Value::Int(_) | Value::Float(_) => Outcome::Known(joined(vec![node.clone()], span)),
        Value::List(_) | Value::Map(_) => super::data::to_json(node).map_or(Outcome::Open, |json| text(json, span)),
        _ => Outcome::Open,
    }
}

/// A function that works letter by letter works on each piece.
fn in_pieces(node: Option<&Node>, name: &str, span: Span, change: fn(&str) -> String) -> Outcome {
    let Some(node) = node else { return Outcome::Open };
    let one = |piece: &Node| match piece.as_str() {
        Some(known) => Node { value: Value::Str(change(known).into()), ..piece.clone() },
        None => super::call(name, vec![piece.clone()], piece.span),
    };
    match &node.value {
        Value::Str(known) => text(change(known), span),
        Value::Concat(pieces) => Outcome::Known(Node::concat(pieces.iter().map(one).collect(), span)),
        Value::Call(own, _) if &**own == name => Outcome::Known(node.clone()),
        _ => Outcome::Open,
    }
}

fn replaced(text: &str, old: &str, new: &str) -> Option<String> {
    if old.is_empty() {
        return None;
    }
    let grown = text.len().saturating_add(text.matches(old).count().saturating_mul(new.len()));
    (grown <= BYTES).then(|| text.replace(old, new))
}

fn substring(arguments: &[Node], span: Span) -> Outcome {
    let (Some(whole), Some(start)) = (word(arguments.first()), int(arguments.get(1))) else { return Outcome::Open };
    let count = whole.chars().count();
    let Ok(start) = usize::try_from(start) else { return Outcome::Open };
    let length = match arguments.get(2) {
        None => Some(count.saturating_sub(start)),
        length => int(length).and_then(|length| usize::try_from(length).ok()),
    };
    match length {
        Some(length) if start.saturating_add(length) <= count => {
            text(whole.chars().skip(start).take(length).collect::<String>(), span)
        }
        _ => Outcome::Open,
    }
}

fn pad_left(arguments: &[Node], span: Span) -> Outcome {
    let Some(first) = arguments.first() else { return Outcome::Open };
    let own = match &first.value {
        Value::Str(text) => text.to_string(),
        Value::Int(number) => number.to_string(),
        _ => return Outcome::Open,
    };
    let fill = word(arguments.get(2)).unwrap_or(" ");
    match int(arguments.get(1)).and_then(|width| usize::try_from(width).ok()) {
        Some(width) if width <= 1_000 => {
            let missing = width.saturating_sub(own.chars().count());
            text(format!("{}{own}", fill.repeat(missing)), span)
        }
        _ => Outcome::Open,
    }
}

fn ends(arguments: &[Node]) -> Option<bool> {
    let end = word(arguments.get(1))?.to_lowercase();
    match &arguments.first()?.value {
        Value::Str(text) => Some(text.to_lowercase().ends_with(&end)),
        Value::Concat(pieces) => {
            let known = pieces.last()?.as_str()?.to_lowercase();
            if known.ends_with(&end) {
                return Some(true);
            }
            (!end.ends_with(&known)).then_some(false)
        }
        _ => None,
    }
}

fn starts(arguments: &[Node]) -> Option<bool> {
    let start = word(arguments.get(1))?.to_lowercase();
    match &arguments.first()?.value {
        Value::Str(text) => Some(text.to_lowercase().starts_with(&start)),
        Value::Concat(pieces) => {
            let known = pieces.first()?.as_str()?.to_lowercase();
            if known.starts_with(&start) {
                return Some(true);
            }
            (!start.starts_with(&known)).then_some(false)
        }
        _ => None,
    }
}

fn split(arguments: &[Node], span: Span) -> Outcome {
    if let Some(first @ Node { value: Value::List(_), .. }) = arguments.first() {
        return Outcome::Known(first.clone());
    }
    let Some(whole) = word(arguments.first()) else {
        return arguments.first().and_then(|first| names_apart(first, arguments.get(1))).unwrap_or(Outcome::Open);
    };
    let delimiters: Option<Vec<&str>> = match arguments.get(1).map(|node| &node.value) {
        Some(Value::Str(text)) => Some(vec![text]),
        Some(Value::List(list)) => list.items.iter().map(Node::as_str).collect(),
        _ => None,
    };
    let Some(delimiters) = delimiters.filter(|all| all.iter().all(|text| !text.is_empty())) else {
        return Outcome::Open;
    };
    let mut parts = vec![whole];
    for delimiter in delimiters {
        parts = parts.into_iter().flat_map(|part| part.split(delimiter)).collect();
    }
    Outcome::Known(Node::list(parts.into_iter().map(|part| Node::text(part, span)).collect(), span))
}

/// Names that were joined with slashes, as the Bicep compiler joins those of parents and children, are taken apart again.
/// What looks like an address may hold slashes in its unknown pieces.
fn names_apart(joined: &Node, delimiter: Option<&Node>) -> Option<Outcome> {
    let Value::Concat(pieces) = &joined.value else { return None };
    let texts = || pieces.iter().filter_map(Node::as_str);
    let joins = texts().any(|text| text.contains('/')) && !texts().any(|text| text.contains([':', '.', '@']));
    let starts = pieces.first().and_then(Node::as_str).is_some_and(|text| text.starts_with('/'));
    (delimiter.and_then(Node::as_str) == Some("/") && joins && !starts)
        .then(|| Outcome::Known(Node::list(super::super::resources::split_name(joined, 1), joined.span)))
}

fn joined_uri(base: &str, relative: &str) -> String {
    let folder = base.rfind('/').and_then(|at| base.get(..=at)).unwrap_or(base);
    format!("{folder}{}", relative.trim_start_matches('/'))
}

fn percent_encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// `%20` and the like as letters; nothing when they make no text.
pub(super) fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let digits = (first == b'%').then(|| after.split_at_checked(2)).flatten();
        let decoded = digits
            .and_then(|(digits, after)| Some((u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?, after)));
        let (byte, after) = decoded.unwrap_or((first, after));
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}
