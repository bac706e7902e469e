//! Bodies as readers want them: one object, conditions at its members.

use std::sync::Arc;

use crate::ir::{Choice, Cond, Entry, Map, Node, Value};
use crate::source::Span;

/// A choice between two objects becomes an object of choices; a member that one of them lacks is `null` there, which
/// Resource Manager reads like an absent one.
pub fn lifted(node: &Node) -> Node {
    let value = match &node.value {
        Value::Map(map) => {
            let entries = map.entries.iter().map(|entry| Entry { key: entry.key.clone(), value: lifted(&entry.value) });
            Value::Map(Arc::new(Map { entries: entries.collect(), open: map.open.clone() }))
        }
        Value::Choice(choice) => {
            let (yes, no) = (lifted(&choice.yes), lifted(&choice.no));
            match (&yes.value, &no.value) {
                (Value::Map(a), Value::Map(b)) if is_plain(a) && is_plain(b) => {
                    Value::Map(Arc::new(either(&choice.on, a, b, node.span)))
                }
                _ => Value::Choice(Arc::new(Choice { on: choice.on.clone(), yes, no })),
            }
        }
        _ => return node.clone(),
    };
    Node { value, ..node.clone() }
}

fn is_plain(map: &Map) -> bool {
    map.entries.iter().all(|entry| entry.key.as_str().is_some()) && map.open.is_none()
}

fn either(on: &Cond, yes: &Map, no: &Map, span: Span) -> Map {
    let mut entries = Vec::new();
    let further = no.entries.iter().filter(|entry| entry.key.as_str().is_some_and(|key| yes.get(key).is_none()));
    for entry in yes.entries.iter().chain(further) {
        let member =
            |map: &Map| entry.key.as_str().and_then(|key| map.get(key)).cloned().unwrap_or_else(|| Node::null(span));
        let value = lifted(&Node::choice(on.clone(), member(yes), member(no), entry.value.span));
        entries.push(Entry { key: entry.key.clone(), value });
    }
    Map { entries, open: yes.open.clone().or_else(|| no.open.clone()) }
}
