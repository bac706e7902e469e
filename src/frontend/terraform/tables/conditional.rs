//! Blocks that hang on conditions: a dynamic block over `on ? [1] : []` is one list or another. A resource is shaped under
//! each condition, and what comes out is put together again.

use std::sync::Arc;

use super::attributes::LEFT_OUT;
use crate::frontend::terraform::value::over_choice;
use crate::ir::{Cond, Entry, List, Map, Node, Value, Why};
use crate::source::Span;

/// Conditions of blocks that are told apart in one resource.
const MOST_CONDITIONS: usize = 4;
/// Blocks within blocks that are looked at for conditions.
const DEEPEST_BLOCK: u32 = 6;
/// Objects within objects that are put together again.
const DEEPEST_BODY: u32 = 12;
/// Lists that the blocks of one kind may be.
const MOST_ARMS: usize = 8;

/// The body under each of the conditions that its blocks hang on, made by `make` and put together again.
pub fn under_conditions(body: &Node, make: &dyn Fn(&Node) -> Node) -> Node {
    fn go(body: &Node, make: &dyn Fn(&Node) -> Node, left: usize) -> Node {
        let Some(on) = condition_of_blocks(body, DEEPEST_BLOCK) else { return make(body) };
        if left == 0 {
            return make(&all_opened(body, DEEPEST_BLOCK));
        }
        let arm = |holds: bool| go(&assumed(body, &on, holds, true, DEEPEST_BLOCK), make, left - 1);
        either(&on, &arm(true), &arm(false), DEEPEST_BODY)
    }
    go(body, make, MOST_CONDITIONS)
}

/// Whether it is a choice between lists of blocks.
fn chooses_blocks(node: &Node) -> bool {
    match &node.value {
        Value::Choice(choice) => chooses_blocks(&choice.yes) && chooses_blocks(&choice.no),
        Value::List(list) => list.items.iter().all(|item| item.as_map().is_some()),
        _ => false,
    }
}

fn condition_of_blocks(node: &Node, depth: u32) -> Option<Cond> {
    let depth = depth.checked_sub(1)?;
    match &node.value {
        Value::Choice(choice) if chooses_blocks(node) => Some(choice.on.clone()),
        Value::Map(map) => map.entries.iter().find_map(|entry| condition_of_blocks(&entry.value, depth)),
        Value::List(list) => list.items.iter().find_map(|item| condition_of_blocks(item, depth)),
        _ => None,
    }
}

/// The body where the condition holds, or doesn't. Blocks that it leaves out are noted at the top.
fn assumed(node: &Node, on: &Cond, holds: bool, top: bool, depth: u32) -> Node {
    let Some(depth) = depth.checked_sub(1) else { return node.clone() };
    let value = match &node.value {
        Value::Choice(choice) if choice.on == *on => {
            return assumed(if holds { &choice.yes } else { &choice.no }, on, holds, false, depth);
        }
        Value::Choice(choice) if chooses_blocks(node) => {
            let arm = |arm: &Node| assumed(arm, on, holds, false, depth);
            return Node::choice(choice.on.clone(), arm(&choice.yes), arm(&choice.no), node.span);
        }
        Value::List(list) => {
            let items = list.items.iter().map(|item| assumed(item, on, holds, false, depth)).collect();
            Value::List(Arc::new(List { items, open: list.open.clone() }))
        }
        Value::Map(map) => {
            let mut without: Vec<Node> = Vec::new();
            let mut entries = Vec::new();
            for entry in &map.entries {
                let value = assumed(&entry.value, on, holds, false, depth);
                let empty = value.as_list().is_some_and(|list| list.items.is_empty() && list.open.is_none());
                if top && empty && chooses_blocks(&entry.value) && matches!(entry.value.value, Value::Choice(_)) {
                    without.push(entry.key.clone());
                }
                entries.push(Entry { key: entry.key.clone(), value });
            }
            let noted = map.get_exact(LEFT_OUT).and_then(Node::as_list).map_or(Vec::new(), |list| list.items.clone());
            if !without.is_empty() {
                without.extend(noted);
                entries.retain(|entry| entry.key.as_str() != Some(LEFT_OUT));
                entries.push(Entry::new(LEFT_OUT, node.span, Node::list(without, node.span)));
            }
            Value::Map(Arc::new(Map { entries, open: map.open.clone() }))
        }
        _ => return node.clone(),
    };
    Node { value, ..node.clone() }
}

/// Blocks whose conditions are too many, as lists that may be shorter.
fn all_opened(node: &Node, depth: u32) -> Node {
    let Some(depth) = depth.checked_sub(1) else { return node.clone() };
    let value = match &node.value {
        Value::Choice(_) if chooses_blocks(node) => return opened(node),
        Value::List(list) => {
            let items = list.items.iter().map(|item| all_opened(item, depth)).collect();
            Value::List(Arc::new(List { items, open: list.open.clone() }))
        }
        Value::Map(map) => {
            let entry = |entry: &Entry| Entry { key: entry.key.clone(), value: all_opened(&entry.value, depth) };
            Value::Map(Arc::new(Map { entries: map.entries.iter().map(entry).collect(), open: map.open.clone() }))
        }
        _ => return node.clone(),
    };
    Node { value, ..node.clone() }
}

/// Two bodies as one: what differs hangs on the condition, what one of them lacks is `null` there.
fn either(on: &Cond, yes: &Node, no: &Node, depth: u32) -> Node {
    if yes == no {
        return yes.clone();
    }
    let (Some(a), Some(b), Some(depth)) = (yes.as_map(), no.as_map(), depth.checked_sub(1)) else {
        return Node { trail: yes.trail.clone(), ..Node::choice(on.clone(), yes.clone(), no.clone(), yes.span) };
    };
    let mut entries: Vec<Entry> = Vec::new();
    for entry in &a.entries {
        let other = b.entries.iter().rev().find(|other| other.key.value == entry.key.value);
        let absent = lacking(&entry.value);
        let value = either(on, &entry.value, other.map_or(&absent, |other| &other.value), depth);
        entries.push(Entry { key: entry.key.clone(), value });
    }
    for entry in b.entries.iter().filter(|entry| !a.entries.iter().any(|own| own.key.value == entry.key.value)) {
        let value = either(on, &lacking(&entry.value), &entry.value, depth);
        entries.push(Entry { key: entry.key.clone(), value });
    }
    let open = a.open.clone().or_else(|| b.open.clone());
    Node { value: Value::Map(Arc::new(Map { entries, open })), ..yes.clone() }
}

/// What stands for something that isn't there: of an object one whose members aren't.
fn lacking(value: &Node) -> Node {
    match value.value {
        Value::Map(_) => Node::map(Vec::new(), value.span),
        _ => Node::null(value.span),
    }
}

/// One list after the other, under the conditions of both.
pub fn joined(before: &Node, after: &Node, span: Span) -> Node {
    over_choice(before, span, &mut |before| {
        over_choice(after, span, &mut |after| {
            let (Some(a), Some(b)) = (before.as_list(), after.as_list()) else { return after.clone() };
            let items = a.items.iter().chain(&b.items).cloned().collect();
            let open = a.open.clone().or_else(|| b.open.clone());
            Node::new(Value::List(Arc::new(List { items, open })), span)
        })
    })
}

/// The blocks of one kind; more lists than a few become one whose members may be absent.
pub fn bounded(blocks: Node) -> Node {
    if arms(&blocks) > MOST_ARMS { opened(&blocks) } else { blocks }
}

fn arms(node: &Node) -> usize {
    match &node.value {
        Value::Choice(choice) => arms(&choice.yes).saturating_add(arms(&choice.no)),
        _ => 1,
    }
}

/// A choice of lists as one list whose members may be absent.
fn opened(node: &Node) -> Node {
    fn gather(node: &Node, items: &mut Vec<Node>) {
        match &node.value {
            Value::Choice(choice) => {
                gather(&choice.yes, items);
                gather(&choice.no, items);
            }
            Value::List(list) => {
                let new: Vec<Node> = list.items.iter().filter(|item| !items.contains(item)).cloned().collect();
                items.extend(new);
            }
            _ => {}
        }
    }
    let mut items = Vec::new();
    gather(node, &mut items);
    let open = Some(Why::UnsupportedSyntax("a block that depends on a condition".into()));
    Node::new(Value::List(Arc::new(List { items, open })), node.span)
}
