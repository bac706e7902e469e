//! The members of collections and the keys of objects. A key that isn't known may be any: it hides what came before it.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::frontend::terraform::value::{each_of, set_of, text_of};
use crate::ir::{COMPUTED_KEY, Entry, Node, Value, Why};
use crate::source::Span;

/// Pairs of key and value, and why there may be more.
pub type Members = (Vec<(Node, Node)>, Option<Why>);

/// Members of a collection with their keys or indices, and whether there may be more.
pub fn members(over: &Node, span: Span) -> Option<Members> {
    if let Some(one) = each_of(over) {
        let set: Arc<str> = set_of(one).unwrap_or_else(|| "collection".into());
        let key = Node::unknown(Why::Element(set.clone()), span);
        return Some((vec![(key, one.clone())], Some(Why::Element(set))));
    }
    match &over.value {
        Value::List(list) => {
            let index = |at: usize| Node::new(Value::Int(at as i64), span);
            Some((
                list.items.iter().enumerate().map(|(at, item)| (index(at), item.clone())).collect(),
                list.open.clone(),
            ))
        }
        Value::Map(map) => {
            // The last one of a key counts, and Terraform goes through objects in the order of their keys.
            let mut seen = BTreeSet::new();
            let last = |entry: &&Entry| entry.key.as_str().is_none_or(|key| seen.insert(key.to_owned()));
            let kept = map.entries.iter().rev().filter(last);
            let mut pairs: Vec<(Node, Node)> = kept.map(|entry| (entry.key.clone(), entry.value.clone())).collect();
            pairs.reverse();
            if map.open.is_none() {
                pairs.sort_by(|a, b| a.0.as_str().cmp(&b.0.as_str()));
            }
            Some((pairs, map.open.clone()))
        }
        _ => None,
    }
}

/// Keys are texts, whatever scalar they are written as.
pub fn keyed(key: Node) -> Node {
    match text_of(&key) {
        Some(text) => Node { value: Value::Str(text), ..key },
        None => key,
    }
}

/// A key that is not known may be any key.
pub fn unseen_key(entries: &[Entry]) -> Option<Why> {
    let unseen = entries.iter().any(|entry| entry.key.as_str().is_none());
    unseen.then(|| Why::Element(COMPUTED_KEY.into()))
}

/// A member whose key is not known wins over one before it when it turns out to have the same key.
pub fn shade(entries: &mut [Entry]) {
    let unseen: Vec<(usize, Node)> = entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| entry.key.as_str().is_none())
        .map(|(at, entry)| (at, entry.key.clone()))
        .collect();
    for (at, entry) in entries.iter_mut().enumerate() {
        let Some(key) = entry.key.as_str() else { continue };
        if unseen.iter().any(|(other, pattern)| *other > at && may_be(pattern, key)) {
            entry.value = Node::unknown(Why::Element(COMPUTED_KEY.into()), entry.value.span);
        }
    }
}

/// Whether a key that is partly known may turn out to be this one.
fn may_be(pattern: &Node, key: &str) -> bool {
    let Value::Concat(pieces) = &pattern.value else { return true };
    let begins = pieces.first().and_then(Node::as_str).is_none_or(|start| key.starts_with(start));
    begins && pieces.last().and_then(Node::as_str).is_none_or(|end| key.ends_with(end))
}

/// The reason of two that leaves more open: a key that isn't known hides nothing but its name.
pub fn wider(a: Option<Why>, b: Option<Why>) -> Option<Why> {
    let only_key = |why: &Why| matches!(why, Why::Element(what) if &**what == COMPUTED_KEY);
    match (a, b) {
        (Some(a), Some(b)) if only_key(&a) => Some(b),
        (Some(a), _) => Some(a),
        (None, b) => b,
    }
}

/// Members that aren't seen, or whose keys aren't known, may belong to any group.
pub fn open_groups(entries: &mut [Entry], open: Option<&Why>) {
    let Some(why) = open.cloned().or_else(|| unseen_key(entries)) else { return };
    for entry in entries {
        if let Value::List(list) = &mut entry.value.value {
            Arc::make_mut(list).open = Some(why.clone());
        }
    }
}

pub fn gather(entries: &mut Vec<Entry>, key: Node, value: Node, group: bool) {
    if !group {
        return entries.push(Entry { key, value });
    }
    let known = key.as_str().map(str::to_owned);
    let found = entries.iter_mut().find(|entry| known.is_some() && entry.key.as_str() == known.as_deref());
    match found.map(|entry| &mut entry.value.value) {
        Some(Value::List(list)) => Arc::make_mut(list).items.push(value),
        _ => {
            let span = value.span;
            entries.push(Entry { key, value: Node::list(vec![value], span) });
        }
    }
}
