//! Functions over lists and objects, as far as they need not know every member.

use std::sync::Arc;

use crate::frontend::terraform::language::evaluate::{equals, junction};
use crate::frontend::terraform::language::keys::{members, shade, unseen_key, wider};
use crate::frontend::terraform::value::{
    MOST_MEMBERS, failed, is_never_empty, known, number, of_number, refused, text_of, whole,
};
use crate::ir::{Entry, List, Map, Node, Value, Why};
use crate::source::Span;

/// Nothing when the name is another's or an argument is not known enough.
pub(super) fn collection_function(name: &str, values: &[Node], span: Span) -> Option<Node> {
    let first = values.first();
    match name {
        "concat" => concat(values, span),
        "merge" => merge(values, span),
        "lookup" => lookup(values, span),
        "element" => element(values, span),
        "coalesce" => coalesce(values, span),
        "coalescelist" => coalesce_lists(values, span),
        "compact" => compact(first?, span),
        "flatten" => {
            let mut flat = List::default();
            flatten(first?, &mut flat)?;
            Some(list(flat, span))
        }
        "keys" | "values" => keys_or_values(first?, name == "keys", span),
        "length" => length(first?, span),
        "contains" => contains(values, span),
        "index" => index(values, span),
        "one" => one(first?, span),
        "zipmap" => zipmap(values, span),
        "range" => range(values, span),
        "reverse" => Some(Node::list(closed(first?)?.iter().rev().cloned().collect(), span)),
        "sort" => sort(first?, span),
        "slice" => slice(values, span),
        "chunklist" => chunks(values, span),
        "alltrue" | "anytrue" => all_or_any(name == "alltrue", first?, span),
        "matchkeys" => match_keys(values, span),
        "transpose" => transpose(first?, span),
        _ => None,
    }
}

pub(super) fn list(list: List, span: Span) -> Node {
    Node::new(Value::List(Arc::new(list)), span)
}

/// The members of a list that is known to be whole.
pub(super) fn closed(node: &Node) -> Option<&[Node]> {
    node.as_list().filter(|list| list.open.is_none()).map(|list| list.items.as_slice())
}

pub(super) fn concat(values: &[Node], span: Span) -> Option<Node> {
    if values.is_empty() {
        return Some(refused("concat of nothing", span));
    }
    let mut joined = List::default();
    for value in values {
        match (&value.value, value.as_list()) {
            (_, Some(part)) if joined.items.len() + part.items.len() <= MOST_MEMBERS => {
                // A part that may be longer moves what comes after it: members stay, places don't.
                joined.items.extend(part.items.iter().cloned());
                joined.open = joined.open.or_else(|| part.open.clone());
            }
            (_, Some(_)) => joined.open = Some(Why::LimitReached("list members".into())),
            (Value::Unknown { why, .. }, None) => joined.open = Some(why.clone()),
            (Value::Null, None) => return Some(refused("null in `concat`", span)),
            _ => joined.open = Some(Why::Element("concat".into())),
        }
    }
    Some(list(joined, span))
}

/// Later members win. One whose key is not known may hide any that came before; all of them are kept.
fn merge(values: &[Node], span: Span) -> Option<Node> {
    let mut merged = Map::default();
    for value in values {
        match &value.value {
            Value::Null => {}
            Value::Map(part) => {
                if part.open.is_some() && !part.is_whole() {
                    // Members that can't be seen may overwrite all that came before.
                    merged.entries.clear();
                }
                for entry in &part.entries {
                    merged.entries.retain(|other| other.key.value != entry.key.value);
                    merged.entries.push(entry.clone());
                }
                shade(&mut merged.entries);
                merged.open = wider(merged.open, part.open.clone());
            }
            Value::Unknown { why, .. } => {
                merged = Map { entries: Vec::new(), open: Some(why.clone()) };
            }
            Value::List(_) | Value::Str(_) | Value::Int(_) | Value::Float(_) | Value::Bool(_) => {
                return Some(refused("an argument of `merge`", span));
            }
            _ => merged = Map { entries: Vec::new(), open: Some(Why::Element("merge".into())) },
        }
    }
    Some(Node::new(Value::Map(Arc::new(merged)), span))
}

fn lookup(values: &[Node], span: Span) -> Option<Node> {
    let map = values.first()?.as_map()?;
    let key = text_of(values.get(1)?)?;
    let found = map.get_exact(&key).cloned();
    let fallback = || values.get(2).cloned().unwrap_or_else(|| failed(&key, span));
    found.or_else(|| map.open.is_none().then(fallback))
}

fn element(values: &[Node], span: Span) -> Option<Node> {
    let items = closed(values.first()?)?;
    let at = match whole(values.get(1)?) {
        Some(at) => at,
        None if items.len() == 1 => 0,
        None => return None,
    };
    let length = i64::try_from(items.len()).ok()?;
    if length == 0 {
        return Some(refused("element of an empty list", span));
    }
    // What a negative index means hangs on Terraform's version: the older ones refuse it.
    let at = usize::try_from(at).ok()?;
    items.get(at % items.len()).cloned()
}

fn coalesce(values: &[Node], span: Span) -> Option<Node> {
    for value in values {
        match &value.value {
            Value::Null => {}
            Value::Str(text) if text.is_empty() => {}
            _ if known(value) || matches!(value.value, Value::Id(_)) => return Some(like_others(value, values)),
            Value::Ref(reference) if is_never_empty(&reference.path) => return Some(value.clone()),
            Value::Concat(pieces) if pieces.iter().any(|piece| piece.as_str().is_some()) => return Some(value.clone()),
            _ => return None,
        }
    }
    Some(refused("coalesce of nothing", span))
}

/// All arguments have one type: beside a text a number becomes one.
fn like_others(value: &Node, values: &[Node]) -> Node {
    let text = values.iter().any(|other| other.as_str().is_some());
    match text_of(value).filter(|_| text) {
        Some(text) => Node { value: Value::Str(text), ..value.clone() },
        None => value.clone(),
    }
}

/// The first list that isn't empty.
fn coalesce_lists(values: &[Node], span: Span) -> Option<Node> {
    for value in values {
        match closed(value) {
            Some([]) => {}
            Some(_) => return Some(value.clone()),
            None => return None,
        }
    }
    Some(refused("coalescelist of nothing", span))
}

/// Without empty texts and `null`.
fn compact(node: &Node, span: Span) -> Option<Node> {
    let mut kept = Vec::new();
    for item in closed(node)? {
        match &item.value {
            Value::Null => {}
            Value::Str(text) if text.is_empty() => {}
            Value::Ref(reference) if !is_never_empty(&reference.path) => return None,
            Value::Str(_) | Value::Ref(_) | Value::Id(_) => kept.push(item.clone()),
            Value::Concat(pieces) if pieces.iter().any(|piece| piece.as_str().is_some()) => kept.push(item.clone()),
            _ => return None,
        }
    }
    Some(Node::list(kept, span))
}

fn flatten(node: &Node, flat: &mut List) -> Option<()> {
    let from = node.as_list()?;
    flat.open = flat.open.take().or_else(|| from.open.clone());
    for item in &from.items {
        match &item.value {
            Value::List(_) => flatten(item, flat)?,
            Value::Unknown { why, .. } => flat.open = Some(why.clone()),
            Value::Choice(_) | Value::Call(..) => return None,
            _ if flat.items.len() >= MOST_MEMBERS => return None,
            _ => flat.items.push(item.clone()),
        }
    }
    Some(())
}

fn keys_or_values(node: &Node, keys: bool, span: Span) -> Option<Node> {
    let (mut members, open) = members(node, span).filter(|_| node.as_list().is_none())?;
    // Terraform sorts maps by key.
    members.sort_by(|a, b| a.0.as_str().cmp(&b.0.as_str()));
    let items = members.into_iter().map(|(key, value)| if keys { key } else { value }).collect();
    Some(list(List { items, open }, span))
}

fn length(node: &Node, span: Span) -> Option<Node> {
    let count = match &node.value {
        Value::List(list) if list.open.is_none() => list.items.len(),
        Value::Map(map) if map.open.is_none() => members(node, span)?.0.len(),
        Value::Str(text) => super::text::letters(text)?.len(),
        Value::Null | Value::Int(_) | Value::Float(_) | Value::Bool(_) => return Some(refused("length", span)),
        _ => return None,
    };
    Some(Node::new(Value::Int(count as i64), span))
}

fn contains(values: &[Node], span: Span) -> Option<Node> {
    let (list, wanted) = (values.first()?.as_list()?, values.get(1)?);
    let answers: Vec<Node> = list.items.iter().map(|item| equals(item, wanted, span)).collect();
    let truth = |value: bool| Some(Node::new(Value::Bool(value), span));
    match () {
        () if answers.iter().any(|answer| answer.as_bool() == Some(true)) => truth(true),
        () if list.open.is_none() && answers.iter().all(|answer| answer.as_bool() == Some(false)) => truth(false),
        () => None,
    }
}

fn one(node: &Node, span: Span) -> Option<Node> {
    if node.is_null() {
        return Some(refused("null in `one`", span));
    }
    match closed(node)? {
        [] => Some(Node::null(span)),
        [only] => Some(only.clone()),
        _ => Some(refused("one of several", span)),
    }
}

fn range(values: &[Node], span: Span) -> Option<Node> {
    let numbers: Vec<f64> = values.iter().map(|value| number(value).filter(|_| known(value))).collect::<Option<_>>()?;
    let (from, to, step) = match numbers.as_slice() {
        [to] => (0.0, *to, if *to < 0.0 { -1.0 } else { 1.0 }),
        [from, to] => (*from, *to, if to < from { -1.0 } else { 1.0 }),
        [from, to, step] => (*from, *to, *step),
        _ => return Some(refused("range", span)),
    };
    if step == 0.0 || (to > from && step < 0.0) || (to < from && step > 0.0) {
        return Some(refused("a `range` that never ends", span));
    }
    let mut items = Vec::new();
    let at = |count: usize| from + step * count as f64;
    while if step > 0.0 { at(items.len()) < to } else { at(items.len()) > to } {
        if items.len() >= MOST_MEMBERS {
            return None;
        }
        items.push(of_number(at(items.len()), span));
    }
    Some(Node::list(items, span))
}

fn sort(node: &Node, span: Span) -> Option<Node> {
    let texts: Vec<Arc<str>> = closed(node)?.iter().map(text_of).collect::<Option<_>>()?;
    let mut items: Vec<Node> = closed(node)?.to_vec();
    for (item, text) in items.iter_mut().zip(texts) {
        item.value = Value::Str(text);
    }
    items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    Some(Node::list(items, span))
}

fn slice(values: &[Node], span: Span) -> Option<Node> {
    let [over, from, to] = values else { return Some(refused("slice", span)) };
    let items = closed(over)?;
    let (from, to) = (usize::try_from(whole(from)?).ok(), usize::try_from(whole(to)?).ok());
    let cut = from.zip(to).and_then(|(from, to)| items.get(from..to));
    Some(cut.map_or_else(|| refused("slice", span), |items| Node::list(items.to_vec(), span)))
}

fn chunks(values: &[Node], span: Span) -> Option<Node> {
    let [over, size] = values else { return Some(refused("chunklist", span)) };
    let (items, Ok(size)) = (closed(over)?, usize::try_from(whole(size)?)) else {
        return Some(refused("chunklist", span));
    };
    let size = if size == 0 { items.len().max(1) } else { size };
    Some(Node::list(items.chunks(size).map(|chunk| Node::list(chunk.to_vec(), span)).collect(), span))
}

/// The place of the first member that is equal.
fn index(values: &[Node], span: Span) -> Option<Node> {
    let [over, wanted] = values else { return Some(refused("index", span)) };
    for (at, item) in closed(over)?.iter().enumerate() {
        match equals(item, wanted, span).as_bool() {
            Some(true) => return Some(Node::new(Value::Int(at as i64), span)),
            Some(false) => {}
            None => return None,
        }
    }
    Some(refused("index", span))
}

/// "And" or "or" of all members; unknown ones stay flags.
fn all_or_any(all: bool, node: &Node, span: Span) -> Option<Node> {
    let over = node.as_list()?;
    let mut sum = Node::new(Value::Bool(all), span);
    for item in &over.items {
        let item = match &item.value {
            Value::Str(text) => match text.parse() {
                Ok(value) => Node::new(Value::Bool(value), span),
                Err(_) => return Some(refused("a flag that is none", span)),
            },
            Value::Null => Node::new(Value::Bool(false), span),
            _ => item.clone(),
        };
        sum = junction(all, sum, item, span);
    }
    let decided = sum.as_bool() == Some(!all);
    (over.open.is_none() || decided).then_some(sum)
}

fn zipmap(values: &[Node], span: Span) -> Option<Node> {
    let (keys, items) = (closed(values.first()?)?, closed(values.get(1)?)?);
    if keys.len() != items.len() {
        return Some(refused("lists of different lengths", span));
    }
    let entry = |(key, value): (&Node, &Node)| {
        let key = text_of(key).map_or_else(|| key.clone(), |text| Node { value: Value::Str(text), ..key.clone() });
        Entry { key, value: value.clone() }
    };
    let mut entries: Vec<Entry> = keys.iter().zip(items).map(entry).collect();
    shade(&mut entries);
    let open = unseen_key(&entries);
    Some(Node::new(Value::Map(Arc::new(Map { entries, open })), span))
}

/// The members of one list whose neighbours in the other are among some.
fn match_keys(values: &[Node], span: Span) -> Option<Node> {
    let [over, keys, wanted] = values else { return Some(refused("matchkeys", span)) };
    let (over, keys, wanted) = (closed(over)?, closed(keys)?, closed(wanted)?);
    if over.len() != keys.len() {
        return Some(refused("lists of different lengths", span));
    }
    if !keys.iter().chain(wanted).all(known) {
        return None;
    }
    let same = |a: &Node, b: &Node| text_of(a).is_some() && text_of(a) == text_of(b);
    let kept = over.iter().zip(keys).filter(|(_, key)| wanted.iter().any(|other| same(key, other)));
    Some(Node::list(kept.map(|(item, _)| item.clone()).collect(), span))
}

/// Lists under keys, turned around.
fn transpose(node: &Node, span: Span) -> Option<Node> {
    if !known(node) {
        return None;
    }
    node.as_map()?;
    let mut entries: Vec<(Arc<str>, Vec<Node>)> = Vec::new();
    for (key, items) in members(node, span)?.0 {
        for item in closed(&items)? {
            let text = text_of(item)?;
            match entries.iter_mut().find(|(other, _)| *other == text) {
                Some((_, keys)) => keys.push(key.clone()),
                None => entries.push((text, vec![key.clone()])),
            }
        }
    }
    let entry = |(key, keys): (Arc<str>, Vec<Node>)| Entry::new(&key, span, Node::list(keys, span));
    Some(Node::map(entries.into_iter().map(entry).collect(), span))
}
