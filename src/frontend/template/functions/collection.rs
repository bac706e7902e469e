//! Lists and objects, perhaps with members that can't be seen.

use std::sync::Arc;

use super::super::canonical::canonical;
use super::super::evaluate::{opened, reason};
use super::super::fuel::NODES;
use super::{Outcome, int, known, logic, text, word};
use crate::ir::{Entry, List, Map, Node, Value};
use crate::source::Span;

pub(super) fn compute(name: &str, arguments: &[Node], span: Span) -> Outcome {
    let first = arguments.first();
    match name {
        "createarray" => Outcome::Known(Node::list(arguments.to_vec(), span)),
        "createobject" => create_object(arguments, span),
        "array" => array(first, span),
        "union" | "shallowmerge" => union(name, arguments, span),
        "intersection" => intersection(arguments, span),
        "range" => range(arguments, span),
        "empty" => answer(first.and_then(is_empty), span),
        "contains" => answer(first.zip(arguments.get(1)).and_then(|(whole, part)| contains(whole, part)), span),
        "length" => match first.map(|first| &first.value) {
            // `range` is as long as it is told to be.
            Some(Value::Call(name, arguments)) if &**name == "range" && arguments.len() == 2 => {
                arguments.get(1).cloned().map_or(Outcome::Open, Outcome::Known)
            }
            _ => first.and_then(length).map_or(Outcome::Open, |length| known(Value::Int(length), span)),
        },
        "first" | "last" => end(first, name == "first", span),
        "indexfromend" | "tryindexfromend" => from_end(first, int(arguments.get(1)), span),
        "take" | "skip" => cut(first, int(arguments.get(1)), name == "take", span),
        "items" => items(first, span),
        "objectkeys" => keys(first, span),
        "flatten" => flatten(first, span),
        "join" => join(first, word(arguments.get(1)), span),
        "indexof" | "lastindexof" => index_of(first, arguments.get(1), name == "indexof", span),
        _ => Outcome::NoSuch,
    }
}

fn answer(answer: Option<bool>, span: Span) -> Outcome {
    answer.map_or(Outcome::Open, |answer| known(Value::Bool(answer), span))
}

fn closed(node: Option<&Node>) -> Option<&[Node]> {
    node?.as_list().filter(|list| list.open.is_none()).map(|list| list.items.as_slice())
}

fn closed_map(node: &Node) -> Option<&Map> {
    node.as_map().filter(|map| map.open.is_none() && map.entries.iter().all(|entry| entry.key.as_str().is_some()))
}

fn listed(items: Vec<Node>, span: Span) -> Outcome {
    Outcome::Known(Node::list(items, span))
}

fn create_object(arguments: &[Node], span: Span) -> Outcome {
    let entries = arguments.chunks_exact(2).filter_map(|pair| match pair {
        [key, value] => Some(Entry { key: key.clone(), value: value.clone() }),
        _ => None,
    });
    Outcome::Known(Node::map(entries.collect(), span))
}

fn array(node: Option<&Node>, span: Span) -> Outcome {
    match node {
        Some(node) if node.as_list().is_some() => Outcome::Known(node.clone()),
        Some(Node { value: Value::Unknown { .. } | Value::Ref(_) | Value::Call(..) | Value::Choice(_), .. }) | None => {
            Outcome::Open
        }
        Some(node) => listed(vec![node.clone()], span),
    }
}

/// Lists one after the other; one that isn't known leaves the list open.
pub(super) fn appended(arguments: &[Node], span: Span) -> Outcome {
    let mut list = List::default();
    for argument in arguments {
        match &argument.value {
            Value::List(part) => {
                list.items.extend(part.items.iter().cloned());
                list.open = list.open.or_else(|| part.open.clone());
            }
            Value::Choice(_) => return Outcome::Open,
            _ => list.open = list.open.or_else(|| Some(reason(argument))),
        }
    }
    if list.items.len() > NODES { Outcome::Open } else { known(Value::List(Arc::new(list)), span) }
}

fn union(name: &str, arguments: &[Node], span: Span) -> Outcome {
    let arguments = match arguments {
        [Node { value: Value::List(list), .. }] if name == "shallowmerge" && list.open.is_none() => {
            list.items.as_slice()
        }
        _ => arguments,
    };
    if name == "shallowmerge" && arguments.len() > 1 {
        return Outcome::Known(merge(arguments, false, span));
    }
    if arguments.iter().any(|argument| matches!(argument.value, Value::Choice(_))) {
        return Outcome::Open;
    }
    if arguments.iter().any(|argument| argument.as_map().is_some()) {
        return Outcome::Known(merge(arguments, name == "union", span));
    }
    if !arguments.iter().any(|argument| argument.as_list().is_some()) {
        return Outcome::Open;
    }
    let Outcome::Known(Node { value: Value::List(all), .. }) = appended(arguments, span) else { return Outcome::Open };
    let mut seen = std::collections::BTreeSet::new();
    let items = all.items.iter().filter(|item| seen.insert(canonical(item))).cloned().collect();
    known(Value::List(Arc::new(List { items, open: all.open.clone() })), span)
}

/// Objects over each other, the last one wins; `deep` merges objects inside too. What an unknown one may override is
/// unknown.
pub fn merge(objects: &[Node], deep: bool, span: Span) -> Node {
    let mut result = Node::map(Vec::new(), span);
    for object in objects {
        result = over(&result, object, deep, span, 0);
    }
    result
}

fn over(under: &Node, above: &Node, deep: bool, span: Span, depth: usize) -> Node {
    let either = |on: &crate::ir::Choice| {
        let arm = |arm: &Node| over(under, arm, deep, span, depth + 1);
        Node::choice(on.on.clone(), arm(&on.yes), arm(&on.no), span)
    };
    match (&under.value, &above.value) {
        (Value::Map(a), Value::Map(b)) if depth < 32 => {
            let mut entries = if b.open.is_some() { Vec::new() } else { a.entries.clone() };
            for entry in &b.entries {
                let value = match entry.key.as_str().filter(|_| deep).and_then(|key| a.get(key)) {
                    Some(below) if below.as_map().is_some() && entry.value.as_map().is_some() => {
                        over(below, &entry.value, deep, span, depth + 1)
                    }
                    _ => entry.value.clone(),
                };
                let same = |own: &Entry| own.key.as_str().is_some() && own.key.as_str() == entry.key.as_str();
                entries.retain(|own| !same(own));
                entries.push(Entry { key: entry.key.clone(), value });
            }
            let open = b.open.clone().or_else(|| a.open.clone());
            Node::new(Value::Map(Arc::new(Map { entries, open })), span)
        }
        (_, Value::Null) => under.clone(),
        (Value::Choice(choice), _) if depth < 6 => {
            let arm = |arm: &Node| over(arm, above, deep, span, depth + 1);
            Node::choice(choice.on.clone(), arm(&choice.yes), arm(&choice.no), span)
        }
        (_, Value::Choice(choice)) if depth < 6 => either(choice),
        (Value::Map(a), Value::Map(b)) => {
            opened(&Node::map([a.entries.clone(), b.entries.clone()].concat(), span), reason(above))
        }
        _ => opened(&Node::map(Vec::new(), span), reason(above)),
    }
}

fn intersection(arguments: &[Node], span: Span) -> Outcome {
    let Some((first, rest)) = arguments.split_first() else { return Outcome::Open };
    let literal = arguments.iter().all(|argument| logic::is_literal(argument, 0));
    let (Some(items), true) = (closed(Some(first)), literal) else { return Outcome::Open };
    let inside = |item: &Node| rest.iter().all(|list| contains(list, item) == Some(true));
    listed(items.iter().filter(|item| inside(item)).cloned().collect(), span)
}

fn range(arguments: &[Node], span: Span) -> Outcome {
    match (int(arguments.first()), int(arguments.get(1))) {
        (Some(from), Some(count)) if (0..=10_000).contains(&count) => {
            listed((0..count).map(|at| Node::new(Value::Int(from.saturating_add(at)), span)).collect(), span)
        }
        _ => Outcome::Open,
    }
}

/// The member that is so far from the end, the last one being the first.
fn from_end(list: Option<&Node>, back: Option<i64>, span: Span) -> Outcome {
    let (Some(items), Some(back)) = (closed(list), back.and_then(|back| usize::try_from(back).ok())) else {
        return Outcome::Open;
    };
    let found = items.len().checked_sub(back).and_then(|at| items.get(at));
    Outcome::Known(found.cloned().unwrap_or_else(|| Node::null(span)))
}

fn is_empty(node: &Node) -> Option<bool> {
    match &node.value {
        Value::Null => Some(true),
        Value::Str(text) => Some(text.is_empty()),
        Value::List(list) if list.open.is_none() => Some(list.items.is_empty()),
        Value::Map(map) if !map.entries.is_empty() || map.open.is_none() => Some(map.entries.is_empty()),
        Value::Concat(pieces) if pieces.iter().any(|piece| piece.as_str().is_some()) => Some(false),
        Value::Id(_) => Some(false),
        Value::Ref(reference) if reference.is(&["id"]) => Some(false),
        Value::Call(name, _) if matches!(&**name, "uniquestring" | "guid") => Some(false),
        _ => None,
    }
}

fn length(node: &Node) -> Option<i64> {
    let length = match &node.value {
        Value::Str(text) => text.chars().count(),
        Value::List(list) if list.open.is_none() => list.items.len(),
        Value::Map(_) => closed_map(node)?.entries.len(),
        _ => return None,
    };
    i64::try_from(length).ok()
}

fn contains(whole: &Node, part: &Node) -> Option<bool> {
    match &whole.value {
        Value::Null => Some(false),
        Value::Str(text) => Some(text.to_lowercase().contains(&part.as_str()?.to_lowercase())),
        Value::Map(map) => match map.get(part.as_str()?) {
            Some(_) => Some(true),
            None => closed_map(whole).map(|_| false),
        },
        Value::List(list) => {
            let mut all_differ = list.open.is_none();
            for item in &list.items {
                match logic::equal(item, part) {
                    Some(true) if list.open.is_none() => return Some(true),
                    Some(false) => {}
                    _ => all_differ = false,
                }
            }
            all_differ.then_some(false)
        }
        // A piece that is known proves that it is there; nothing proves that it isn't.
        Value::Concat(pieces) => {
            let part = part.as_str()?.to_lowercase();
            pieces.iter().filter_map(Node::as_str).any(|text| text.to_lowercase().contains(&part)).then_some(true)
        }
        Value::Id(_) => contains(&Node::concat(super::super::scope::id_pieces(whole)?, whole.span), part),
        _ => None,
    }
}

fn end(node: Option<&Node>, from_start: bool, span: Span) -> Outcome {
    if let Some(whole) = word(node) {
        let letter = if from_start { whole.chars().next() } else { whole.chars().next_back() };
        return text(letter.map(String::from).unwrap_or_default(), span);
    }
    let Some(items) = closed(node) else { return Outcome::Open };
    let item = if from_start { items.first() } else { items.last() };
    Outcome::Known(item.cloned().unwrap_or_else(|| Node::null(span)))
}

fn cut(node: Option<&Node>, count: Option<i64>, take: bool, span: Span) -> Outcome {
    let Some(count) = count.map(|count| usize::try_from(count).unwrap_or(0)) else { return Outcome::Open };
    if let Some(whole) = word(node) {
        let letters = whole.chars();
        return text(if take { letters.take(count).collect::<String>() } else { letters.skip(count).collect() }, span);
    }
    let Some(items) = closed(node) else { return Outcome::Open };
    let kept =
        if take { items.iter().take(count).cloned().collect() } else { items.iter().skip(count).cloned().collect() };
    listed(kept, span)
}

fn items(node: Option<&Node>, span: Span) -> Outcome {
    let Some(map) = node.and_then(closed_map) else { return Outcome::Open };
    let mut entries: Vec<&Entry> = map.entries.iter().collect();
    entries.sort_by_key(|entry| entry.key.as_str().map(str::to_lowercase));
    let pair = |entry: &Entry| {
        Node::map(
            vec![
                Entry::new("key", entry.key.span, entry.key.clone()),
                Entry::new("value", entry.key.span, entry.value.clone()),
            ],
            span,
        )
    };
    listed(entries.into_iter().map(pair).collect(), span)
}

fn keys(node: Option<&Node>, span: Span) -> Outcome {
    let Some(map) = node.and_then(closed_map) else { return Outcome::Open };
    listed(map.entries.iter().map(|entry| entry.key.clone()).collect(), span)
}

fn flatten(node: Option<&Node>, span: Span) -> Outcome {
    let Some(lists) = closed(node) else { return Outcome::Open };
    match lists.iter().any(|list| matches!(list.value, Value::Choice(_))) {
        true => Outcome::Open,
        false => appended(lists, span),
    }
}

fn join(node: Option<&Node>, between: Option<&str>, span: Span) -> Outcome {
    let (Some(items), Some(between)) = (closed(node), between) else { return Outcome::Open };
    let mut pieces = Vec::new();
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            pieces.push(Node::text(between, span));
        }
        pieces.push(item.clone());
    }
    Outcome::Known(super::joined(pieces, span))
}

fn index_of(whole: Option<&Node>, part: Option<&Node>, forward: bool, span: Span) -> Outcome {
    if let (Some(items), Some(part)) = (closed(whole), part) {
        let fits: Option<Vec<bool>> = items.iter().map(|item| logic::equal(item, part)).collect();
        let Some(fits) = fits else { return Outcome::Open };
        let at = if forward { fits.iter().position(|&fit| fit) } else { fits.iter().rposition(|&fit| fit) };
        return known(Value::Int(at.map_or(-1, |at| at as i64)), span);
    }
    let (Some(whole), Some(part)) = (word(whole), word(part)) else { return Outcome::Open };
    let (lower, wanted) = (whole.to_lowercase(), part.to_lowercase());
    let at = if forward { lower.find(&wanted) } else { lower.rfind(&wanted) };
    let letters = at.map(|at| lower.get(..at).unwrap_or_default().chars().count() as i64);
    known(Value::Int(letters.unwrap_or(-1)), span)
}
