//! JSON, base64 and data URIs.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Outcome, text, word};
use crate::frontend::node_of;
use crate::ir::{Node, Value};
use crate::source::Span;
use crate::syntax::json;

pub(super) fn compute(name: &str, arguments: &[Node], span: Span) -> Outcome {
    let first = word(arguments.first());
    let made = match name {
        "base64" => first.map(|text| STANDARD.encode(text)),
        "base64tostring" => first.and_then(|text| String::from_utf8(STANDARD.decode(text).ok()?).ok()),
        "datauri" => first.map(|text| format!("data:text/plain;charset=utf8;base64,{}", STANDARD.encode(text))),
        "datauritostring" => first.and_then(from_data_uri),
        "base64tojson" => {
            let text = first.and_then(|text| String::from_utf8(STANDARD.decode(text).ok()?).ok());
            return text.and_then(|text| from_json(&text, span)).map_or(Outcome::Open, Outcome::Known);
        }
        "json" => return first.and_then(|text| from_json(text, span)).map_or(Outcome::Open, Outcome::Known),
        _ => return Outcome::NoSuch,
    };
    made.map_or(Outcome::Open, |made| text(made, span))
}

/// The text in a `data:` URI.
fn from_data_uri(uri: &str) -> Option<String> {
    let (about, content) = uri.strip_prefix("data:")?.split_once(',')?;
    match about.ends_with(";base64") {
        true => String::from_utf8(STANDARD.decode(content).ok()?).ok(),
        false => super::string::percent_decoded(content),
    }
}

/// The value that a JSON text stands for; all of it stands where the text does.
fn from_json(text: &str, span: Span) -> Option<Node> {
    let (tree, _, faults) = json::parse(span.source, text);
    let node = node_of(&tree.filter(|_| faults.is_empty())?);
    Some(placed(&node, span))
}

fn placed(node: &Node, span: Span) -> Node {
    use crate::ir::Entry;
    match &node.value {
        Value::List(list) => Node::list(list.items.iter().map(|item| placed(item, span)).collect(), span),
        Value::Map(map) => {
            let entry = |entry: &Entry| Entry { key: placed(&entry.key, span), value: placed(&entry.value, span) };
            Node::map(map.entries.iter().map(entry).collect(), span)
        }
        _ => Node { span, ..node.clone() },
    }
}

/// A known value as JSON.
pub(super) fn to_json(node: &Node) -> Option<String> {
    to_value(node, 0).map(|value| value.to_string())
}

fn to_value(node: &Node, depth: usize) -> Option<serde_json::Value> {
    if depth > 64 {
        return None;
    }
    Some(match &node.value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(value) => (*value).into(),
        Value::Int(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::Str(text) => (**text).into(),
        Value::List(list) if list.open.is_none() => {
            list.items.iter().map(|item| to_value(item, depth + 1)).collect::<Option<Vec<_>>>()?.into()
        }
        Value::Map(map) if map.open.is_none() => {
            let member =
                |entry: &crate::ir::Entry| Some((entry.key.as_str()?.to_owned(), to_value(&entry.value, depth + 1)?));
            serde_json::Value::Object(map.entries.iter().map(member).collect::<Option<_>>()?)
        }
        _ => return None,
    })
}
