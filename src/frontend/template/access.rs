//! Member access on values, known or not.

use std::sync::Arc;

use super::canonical::{canonical, is_stable};
use crate::ir::{Choice, Entry, Map, Node, Ref, Value, Why};
use crate::source::Span;

/// `base.key`, `base[key]`; `safe` gives `null` instead of an error.
pub fn member(base: &Node, key: &Node, safe: bool, span: Span) -> Node {
    let found = item_of_loop(base, key, span).unwrap_or_else(|| inside(base, key, safe, span));
    match base.secret && !found.secret {
        true => found.secret(),
        false => found,
    }
}

fn inside(base: &Node, key: &Node, safe: bool, span: Span) -> Node {
    if let Value::Choice(choice) = &base.value {
        return each_arm(choice, span, |arm| member(arm, key, safe, span));
    }
    if let Value::Choice(choice) = &key.value {
        return each_arm(choice, span, |arm| member(base, arm, safe, span));
    }
    match &base.value {
        Value::Map(map) => of_map(base, map, key, safe, span),
        Value::List(list) => match index(key) {
            Some(at) if list.open.is_none() => match list.items.get(at) {
                Some(item) => item.clone(),
                None => absent(key, safe, span),
            },
            _ => derived(base, key, span),
        },
        // A member of a range is as far from its beginning as the index says.
        Value::Call(name, arguments) if &**name == "range" => {
            match (arguments.first().map(|from| &from.value), &key.value) {
                (Some(Value::Int(0)), Value::Int(_) | Value::Unknown { .. }) => Node { span, ..key.clone() },
                _ => derived(base, key, span),
            }
        }
        Value::Call(name, arguments) if &**name == "items" => {
            arguments.first().and_then(|of| identity_at(of, key, span)).unwrap_or_else(|| derived(base, key, span))
        }
        Value::Ref(reference) => extended(reference, key, span).unwrap_or_else(|| derived(base, key, span)),
        Value::Unknown { .. } | Value::Call(..) | Value::Concat(_) | Value::Derived(_) => derived(base, key, span),
        Value::Null if safe => Node::null(span),
        _ => absent(key, safe, span),
    }
}

/// The same for both arms of a choice.
pub fn each_arm(choice: &Choice, span: Span, of: impl Fn(&Node) -> Node) -> Node {
    Node::choice(choice.on.clone(), of(&choice.yes), of(&choice.no), span)
}

fn of_map(base: &Node, map: &Map, key: &Node, safe: bool, span: Span) -> Node {
    let Some(name) = key_text(key) else { return derived(base, key, span) };
    if let Some(found) = map.get(&name) {
        let certain = map
            .entries
            .iter()
            .rev()
            .take_while(|entry| !same_key(&entry.key, &name))
            .all(|entry| entry.key.as_str().is_some());
        return if certain { found.clone() } else { derived(base, key, span) };
    }
    if map.open.is_some() || map.entries.iter().any(|entry| entry.key.as_str().is_none()) {
        return derived(base, key, span);
    }
    absent(key, safe, span)
}

fn same_key(key: &Node, name: &str) -> bool {
    key.as_str().is_some_and(|text| text.eq_ignore_ascii_case(name))
}

fn absent(key: &Node, safe: bool, span: Span) -> Node {
    if safe {
        return Node::null(span);
    }
    Node::unknown(Why::UnresolvedName(key_text(key).unwrap_or_else(|| "member".into())), span)
}

fn key_text(key: &Node) -> Option<Arc<str>> {
    match &key.value {
        Value::Str(text) => Some(text.clone()),
        Value::Int(number) => Some(number.to_string().into()),
        _ => None,
    }
}

fn index(key: &Node) -> Option<usize> {
    match key.value {
        Value::Int(number) => usize::try_from(number).ok(),
        _ => None,
    }
}

/// The identities of a resource, by their ids.
const IDENTITIES: &str = "userAssignedIdentities";

fn holds_identities(reference: &Ref) -> bool {
    reference.path.last().is_some_and(|step| step.eq_ignore_ascii_case(IDENTITIES))
}

/// A member of `items(cluster.identity.userAssignedIdentities)`: the id and what is said of the identity.
fn identity_at(of: &Node, index: &Node, span: Span) -> Option<Node> {
    let (Value::Ref(reference), Value::Int(at)) = (&of.value, &index.value) else { return None };
    let mut path = reference.path.clone();
    path.push(format!("#{at}").into());
    let value = Node::new(Value::Ref(Arc::new(Ref { target: reference.target.clone(), path })), span);
    let entries = vec![Entry::new("key", span, derived(of, index, span)), Entry::new("value", span, value)];
    holds_identities(reference).then(|| Node::map(entries, span))
}

fn extended(reference: &Ref, key: &Node, span: Span) -> Option<Node> {
    let mut path = reference.path.clone();
    // An id that is worked out is as good a key as one that is written.
    let computed = || (holds_identities(reference) && is_stable(key)).then(|| canonical(key).into());
    path.push(key_text(key).or_else(computed)?);
    Some(Node::new(Value::Ref(Arc::new(Ref { target: reference.target.clone(), path })), span))
}

/// A member of something unknown: itself unknown for the same reason, equal to itself when the base is.
pub fn derived(base: &Node, key: &Node, span: Span) -> Node {
    let why = why_of(base).or_else(|| why_of(key)).unwrap_or_else(|| Why::Element("…".into()));
    if !is_stable(base) || !is_stable(key) {
        return Node::unknown(why, span);
    }
    let (base, key) =
        (canonical(base), key_text(key).map_or_else(|| format!("[{}]", canonical(key)), |key| format!(".{key}")));
    Node::symbol(why, format!("{base}{key}"), span)
}

/// The member at the index of a loop over the same unknown collection is the loop's item.
pub fn item_of_loop(base: &Node, key: &Node, span: Span) -> Option<Node> {
    let Value::Unknown { sym: Some(sym), why } = &key.value else { return None };
    let over = sym.0.strip_prefix("each:")?.strip_suffix("#index")?;
    let is_range = matches!(&base.value, Value::Call(name, _) if &**name == "range");
    (!is_range && canonical(base) == over).then(|| Node::symbol(why.clone(), format!("each:{over}"), span))
}

/// The first reason in a value for not being known.
pub fn why_of(node: &Node) -> Option<Why> {
    match &node.value {
        Value::Unknown { why, .. } => Some(why.clone()),
        Value::Concat(nodes) | Value::Call(_, nodes) => nodes.iter().find_map(why_of),
        Value::List(list) => list.open.clone().or_else(|| list.items.iter().find_map(why_of)),
        Value::Map(map) => map.open.clone().or_else(|| map.entries.iter().find_map(|entry| why_of(&entry.value))),
        Value::Choice(choice) => why_of(&choice.yes).or_else(|| why_of(&choice.no)),
        Value::Ref(reference) => Some(Why::Runtime(reference.path.join(".").into())),
        Value::Id(id) => id.names.iter().chain(&id.subscription).chain(&id.group).find_map(why_of),
        _ => None,
    }
}
