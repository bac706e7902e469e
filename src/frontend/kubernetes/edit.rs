//! Changes inside the body of an object.

use std::sync::Arc;

use crate::ir::{Entry, List, Map, Node, Value};
use crate::source::Span;

/// Visits the members of an object, when it is one.
pub(super) fn members(node: &mut Node, visit: &mut dyn FnMut(&str, &mut Node)) {
    let Value::Map(map) = &mut node.value else { return };
    for entry in &mut Arc::make_mut(map).entries {
        let Some(key) = entry.key.as_str().map(Arc::<str>::from) else { continue };
        visit(&key, &mut entry.value);
    }
}

/// Visits the items of a list, when it is one.
pub(super) fn items(node: &mut Node, visit: &mut dyn FnMut(&mut Node)) {
    let Value::List(list) = &mut node.value else { return };
    Arc::make_mut(list).items.iter_mut().for_each(visit);
}

/// Visits every member at every depth, outer ones first. Bodies come from trees, whose depth is bounded.
pub(super) fn everywhere(node: &mut Node, visit: &mut dyn FnMut(&str, &mut Node)) {
    match node.value {
        Value::List(_) => items(node, &mut |item| everywhere(item, visit)),
        Value::Map(_) => members(node, &mut |key, value| {
            visit(key, value);
            everywhere(value, visit);
        }),
        _ => {}
    }
}

/// The value of the member, changed or added.
pub(super) fn set(node: &mut Node, key: &str, value: Node) {
    let Value::Map(map) = &mut node.value else { return };
    let entries = &mut Arc::make_mut(map).entries;
    match entries.iter_mut().rev().find(|entry| entry.key.as_str() == Some(key)) {
        Some(entry) => entry.value = value,
        None => entries.push(Entry::new(key, value.span, value)),
    }
}

/// Sets a member of `metadata`, which is added when it isn't there.
pub(super) fn set_metadata(body: &mut Node, key: &str, value: Node) {
    let metadata = body.as_map().and_then(|map| map.get_exact("metadata")).cloned();
    let mut metadata = metadata.unwrap_or_else(|| Node::map(Vec::new(), value.span));
    set(&mut metadata, key, value);
    set(body, "metadata", metadata);
}

/// An object of these members.
pub(super) fn object(members: Vec<(&str, Node)>, span: Span) -> Node {
    Node::map(members.into_iter().map(|(key, value)| Entry::new(key, span, value)).collect(), span)
}

/// Says that a list or an object may have members that can't be seen.
pub(super) fn leave_open(node: &mut Node, why: &crate::ir::Why) {
    match &mut node.value {
        Value::List(list) => *list = Arc::new(List { open: Some(why.clone()), ..List::clone(list) }),
        Value::Map(map) => *map = Arc::new(Map { open: Some(why.clone()), ..Map::clone(map) }),
        _ => {}
    }
}

/// The value of a member to change, compared to the letter; the last one wins.
pub(super) fn member_mut<'a>(node: &'a mut Node, key: &str) -> Option<&'a mut Node> {
    let Value::Map(map) = &mut node.value else { return None };
    let entries = &mut Arc::make_mut(map).entries;
    entries.iter_mut().rev().find(|entry| entry.key.as_str() == Some(key)).map(|entry| &mut entry.value)
}

/// The member, compared to the letter: Kubernetes knows no other spelling.
pub(super) fn member<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    node.as_map()?.get_exact(key)
}

/// The member at the end of a path of keys, compared to the letter.
pub(super) fn at<'a>(node: &'a Node, path: &[&str]) -> Option<&'a Node> {
    path.iter().try_fold(node, |node, key| member(node, key))
}

/// Takes a member away.
pub(super) fn remove(node: &mut Node, key: &str) -> bool {
    let Value::Map(map) = &mut node.value else { return false };
    if map.get_exact(key).is_none() {
        return false;
    }
    Arc::make_mut(map).entries.retain(|entry| entry.key.as_str() != Some(key));
    true
}

/// The members of a list to change, when it is one.
pub(super) fn list_mut(node: &mut Node) -> Option<&mut List> {
    match &mut node.value {
        Value::List(list) => Some(Arc::make_mut(list)),
        _ => None,
    }
}

/// The members of a list that are known to be there; none when it is no list.
pub(super) fn list_of(node: Option<&Node>) -> &[Node] {
    node.and_then(Node::as_list).map_or(&[], |list| &list.items)
}
