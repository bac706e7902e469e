//! Reading bodies that may be large: only what is asked for is followed.

use crate::ir::{Node, Resolver, Value, Why};

/// The value at a path of a body; nothing when nobody wrote it or it is `null`. Objects on the way are not followed as a
/// whole, and of a list the members are left as they are written.
pub(in crate::world) fn written(resolver: &Resolver<'_>, body: &Node, path: &[&str]) -> Option<Node> {
    let mut node = opened(resolver, body);
    for step in path {
        node = match &node.value {
            Value::Map(map) => match (map.get(step), &map.open) {
                (Some(value), _) => opened(resolver, value),
                (None, Some(why)) => return Some(Node::unknown(why.clone(), node.span)),
                (None, None) => return None,
            },
            Value::Null => return None,
            Value::Unknown { .. } => return Some(node),
            _ => return Some(Node::unknown(Why::UnresolvedName((*step).into()), node.span)),
        };
    }
    (!node.is_null()).then_some(node)
}

/// A container stays as it is written, anything else is followed.
fn opened(resolver: &Resolver<'_>, node: &Node) -> Node {
    match &node.value {
        Value::Map(_) | Value::List(_) => node.clone(),
        _ => resolver.node(node),
    }
}

/// A property of something nested: below `properties`, or beside the name, as the Azure CLI prints it.
pub(in crate::world) fn inner<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    node.at(&["properties", name]).or_else(|| node.get(name))
}
