//! Attributes of a resource as Terraform writes them: blocks are lists, paths have dots.

use std::sync::Arc;

use crate::ir::{Entry, List, Node, Value, Why};

/// Where a body keeps the names of the dynamic blocks that their conditions leave out: such a block is not forgotten.
pub const LEFT_OUT: &str = "dynamic";

/// The value at a dotted path; a block that may be there or not gives an unknown.
pub fn pick(written: &Node, path: &str) -> Option<Node> {
    let mut node = written.clone();
    for (at, step) in path.split('.').enumerate() {
        if at > 0 {
            node = match &node.value {
                Value::List(list) => match (list.items.as_slice(), &list.open) {
                    ([only], None) => only.clone(),
                    (_, Some(why)) => return Some(Node::unknown(why.clone(), node.span)),
                    ([], None) => return None,
                    // A block that may stand once and stands twice: which one counts is nobody's to say.
                    (_, None) => {
                        let why = Why::UnsupportedSyntax(format!("more than one `{path}`").into());
                        return Some(Node::unknown(why, node.span));
                    }
                },
                _ => node,
            };
        }
        node = match &node.value {
            Value::Map(map) => match (map.get_exact(step), &map.open) {
                (Some(value), _) => value.clone(),
                (None, Some(why)) if at > 0 => Node::unknown(why.clone(), node.span),
                _ => return None,
            },
            Value::Unknown { why, .. } => return Some(Node::unknown(why.clone(), node.span)),
            Value::Choice(_) | Value::Call(..) => {
                return Some(crate::frontend::terraform::value::call(
                    "tf:get",
                    vec![node.clone(), Node::text(step, node.span)],
                    node.span,
                ));
            }
            Value::Ref(_) | Value::Derived(_) | Value::Concat(_) | Value::Id(_) => {
                return Some(Node::unknown(Why::UnsupportedSyntax("a computed block".into()), node.span));
            }
            _ => return None,
        };
    }
    Some(node)
}

/// As [`put`]; a list that is there already gets further members, and the empty path means the object itself.
pub fn add(body: &mut Node, path: &str, value: Node) {
    if path.is_empty() {
        let entries = value.as_map().map(|map| map.entries.clone()).unwrap_or_default();
        for entry in entries {
            if let Some(key) = entry.key.as_str() {
                put(body, key, entry.value);
            }
        }
        return;
    }
    match (list_at(body, path), &value.value) {
        (Some(list), Value::List(more)) => {
            list.items.extend(more.items.iter().cloned());
            list.open = list.open.take().or_else(|| more.open.clone());
        }
        _ => put(body, path, value),
    }
}

fn list_at<'n>(body: &'n mut Node, path: &str) -> Option<&'n mut List> {
    let mut node = body;
    for step in path.split('.') {
        let Value::Map(map) = &mut node.value else { return None };
        let entries = &mut Arc::make_mut(map).entries;
        node = &mut entries.iter_mut().find(|entry| entry.key.as_str() == Some(step))?.value;
    }
    match &mut node.value {
        Value::List(list) => Some(Arc::make_mut(list)),
        _ => None,
    }
}

/// Writes a value at a dotted path of an object.
pub fn put(body: &mut Node, path: &str, value: Node) {
    let Value::Map(map) = &mut body.value else { return };
    let entries = &mut Arc::make_mut(map).entries;
    let (step, rest) = path.split_once('.').map_or((path, None), |(step, rest)| (step, Some(rest)));
    let found = entries.iter().position(|entry| entry.key.as_str() == Some(step));
    let Some(rest) = rest else {
        if found.is_none() {
            entries.push(Entry::new(step, value.span, value));
        }
        return;
    };
    let at = found.unwrap_or_else(|| {
        entries.push(Entry::new(step, value.span, Node::map(Vec::new(), value.span)));
        entries.len() - 1
    });
    if let Some(entry) = entries.get_mut(at) {
        put(&mut entry.value, rest, value);
    }
}

/// Takes the member at the end of a path out of an object.
pub fn take(body: &mut Node, path: &[&str]) {
    let (Value::Map(map), Some((step, rest))) = (&mut body.value, path.split_first()) else { return };
    let entries = &mut Arc::make_mut(map).entries;
    match rest {
        [] => entries.retain(|entry| entry.key.as_str() != Some(step)),
        rest => {
            let inner = entries.iter_mut().find(|entry| entry.key.as_str() == Some(step));
            inner.into_iter().for_each(|entry| take(&mut entry.value, rest));
        }
    }
}
