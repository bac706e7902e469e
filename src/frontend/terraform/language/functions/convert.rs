//! Conversions between types. Values carry no type here: a list may be a list, a tuple or a set.

use super::set::distinct;
use crate::frontend::terraform::value::{each_of, known, number, of_number, refused, text_of};
use crate::ir::{List, Map, Node, Value, Why};
use crate::source::Span;

/// Nothing when the name is another's or an argument is not known.
pub(super) fn conversion(name: &str, values: &[Node], span: Span) -> Option<Node> {
    let first = values.first()?;
    match name {
        "sensitive" | "nonsensitive" => Some(first.clone()),
        // What Azure or a provider marks is not seen in values that are not known.
        "issensitive" => (!first.secret && known(first)).then(|| Node::new(Value::Bool(false), span)),
        "tostring" | "tobool" | "tonumber" => scalar(name, first, span),
        "tolist" | "toset" | "tomap" if each_of(first).is_some() || first.is_null() => Some(first.clone()),
        "tolist" | "toset" => match &first.value {
            Value::List(list) => {
                let Some(list) = unified(list) else { return Some(refused("members of no common type", span)) };
                let made = Node { value: Value::List(list.into()), ..first.clone() };
                if name == "toset" { distinct(&made, span) } else { Some(made) }
            }
            Value::Map(_) | Value::Str(_) | Value::Int(_) | Value::Float(_) | Value::Bool(_) => {
                Some(refused(name, span))
            }
            _ => None,
        },
        "tomap" => match &first.value {
            Value::Map(map) => {
                let values = map.entries.iter().map(|entry| entry.value.clone()).collect();
                let unified = unified(&List { items: values, open: None })?;
                let mut map: Map = (**map).clone();
                for (entry, value) in map.entries.iter_mut().zip(unified.items) {
                    entry.value = value;
                }
                Some(Node { value: Value::Map(map.into()), ..first.clone() })
            }
            Value::List(_) | Value::Str(_) | Value::Int(_) | Value::Float(_) | Value::Bool(_) => {
                Some(refused(name, span))
            }
            _ => None,
        },
        _ => None,
    }
}

fn scalar(name: &str, value: &Node, span: Span) -> Option<Node> {
    let no = || Some(refused(name, span));
    match (name, &value.value) {
        (_, Value::Null) => Some(value.clone()),
        (_, Value::List(_) | Value::Map(_)) => no(),
        ("tostring", Value::Concat(_) | Value::Id(_)) => Some(value.clone()),
        // A reference to a text stays one; of a number it is the text that is written.
        ("tostring", Value::Ref(_)) => Some(value.clone()),
        ("tostring", _) => text_of(value).map(|text| Node::text(text, span)),
        ("tobool", Value::Bool(_)) => Some(value.clone()),
        ("tobool", Value::Str(text)) => match text.parse() {
            Ok(value) => Some(Node::new(Value::Bool(value), span)),
            Err(_) => no(),
        },
        ("tobool", Value::Int(_) | Value::Float(_)) => no(),
        ("tonumber", Value::Int(_) | Value::Float(_)) => Some(value.clone()),
        ("tonumber", Value::Str(_)) => number(value).map_or_else(no, |value| Some(of_number(value, span))),
        ("tonumber", Value::Bool(_)) => no(),
        _ => None,
    }
}

/// Members of one type: texts when one of them is a text. Nothing when there is none.
pub fn unified(list: &List) -> Option<List> {
    let is = |kind: fn(&Value) -> bool| list.items.iter().any(|item| kind(&item.value));
    let text = is(|value| matches!(value, Value::Str(_)));
    let flag = is(|value| matches!(value, Value::Bool(_)));
    let amount = is(|value| matches!(value, Value::Int(_) | Value::Float(_)));
    let nested = is(|value| matches!(value, Value::List(_) | Value::Map(_)));
    if !text && flag && amount || nested && (text || flag || amount) {
        return None;
    }
    let mut list = list.clone();
    if !text && (flag || amount) && !list.items.iter().all(|item| item.is_null() || known(item)) {
        // Beside a text that isn't known yet a number would become one.
        let vague = |item: &mut Node| *item = Node::unknown(Why::Element("a list of one type".into()), item.span);
        list.items.iter_mut().filter(|item| known(item) && !item.is_null()).for_each(vague);
    }
    if text && (flag || amount) {
        for item in &mut list.items {
            if let Some(text) = text_of(item) {
                item.value = Value::Str(text);
            }
        }
    }
    Some(list)
}
