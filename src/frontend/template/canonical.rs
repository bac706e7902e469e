//! A text for a value: equal values have equal texts, wherever they were written. It names unknown collections, derives
//! symbols of members of unknowns, and finds out whether two expressions are the same.

use std::fmt::Write;

use crate::ir::{Cond, Node, ResourceId, Target, Value};

/// Longer texts are cut and told apart by a hash.
const LONGEST: usize = 2_000;
/// Deeper values are written as their place.
const DEEPEST: usize = 64;

/// The text of a value.
pub fn canonical(node: &Node) -> String {
    let mut text = String::new();
    write_node(&mut text, node, 0);
    if text.len() <= LONGEST {
        return text;
    }
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let end = (0..=64).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    format!("{}…{hash:016x}", text.get(..end).unwrap_or_default())
}

/// Whether a value is the same each time it is evaluated: it holds nothing that is not even equal to itself.
pub fn is_stable(node: &Node) -> bool {
    !canonical(node).contains("?@")
}

fn write_node(text: &mut String, node: &Node, depth: usize) {
    if depth > DEEPEST || text.len() > LONGEST * 8 {
        return place(text, node);
    }
    match &node.value {
        Value::Null => text.push_str("null"),
        Value::Bool(value) => put(text, format_args!("{value}")),
        Value::Int(value) => put(text, format_args!("{value}")),
        Value::Float(value) => put(text, format_args!("{value:?}")),
        Value::Str(value) => put(text, format_args!("{value:?}")),
        Value::List(list) => {
            all(text, "[", &list.items, depth);
            text.push_str(if list.open.is_some() { "…]" } else { "]" });
        }
        Value::Map(map) => {
            text.push('{');
            for entry in &map.entries {
                write_node(text, &entry.key, depth + 1);
                text.push(':');
                write_node(text, &entry.value, depth + 1);
                text.push(',');
            }
            text.push_str(if map.open.is_some() { "…}" } else { "}" });
        }
        Value::Concat(pieces) => {
            all(text, "concat(", pieces, depth);
            text.push(')');
        }
        Value::Call(name, arguments) => {
            all(text, &format!("{name}("), arguments, depth);
            text.push(')');
        }
        Value::Id(id) => write_id(text, id, depth),
        Value::Ref(reference) => {
            match &reference.target {
                Target::Resource(address) => put(text, format_args!("{}#{address}{}", address.root, keys(address))),
                Target::Id(id) => write_node(text, id, depth + 1),
            }
            reference.path.iter().for_each(|step| put(text, format_args!(".{step}")));
        }
        Value::Choice(choice) => {
            text.push_str("if(");
            write_cond(text, &choice.on, depth + 1);
            text.push(',');
            write_node(text, &choice.yes, depth + 1);
            text.push(',');
            write_node(text, &choice.no, depth + 1);
            text.push(')');
        }
        Value::Unknown { sym: Some(sym), .. } => text.push_str(&sym.0),
        Value::Unknown { sym: None, .. } | Value::Derived(_) => place(text, node),
    }
}

/// The keys of an address, which its display abridges.
fn keys(address: &crate::ir::Address) -> String {
    address.path.iter().filter_map(|step| step.key.as_ref()).map(|key| format!("{key:?}")).collect()
}

fn all(text: &mut String, before: &str, nodes: &[Node], depth: usize) {
    text.push_str(before);
    for node in nodes {
        write_node(text, node, depth + 1);
        text.push(',');
    }
}

fn write_id(text: &mut String, id: &ResourceId, depth: usize) {
    put(text, format_args!("id({},", id.kind.to_ascii_lowercase()));
    for part in [&id.subscription, &id.group, &id.extends.as_deref().cloned()].into_iter().flatten() {
        write_node(text, part, depth + 1);
        text.push(',');
    }
    all(text, "", &id.names, depth);
    text.push(')');
}

fn write_cond(text: &mut String, cond: &Cond, depth: usize) {
    if depth > DEEPEST {
        return text.push_str("?@deep");
    }
    match cond {
        Cond::Always => text.push_str("true"),
        Cond::Never => text.push_str("false"),
        Cond::When(node) => write_node(text, node, depth + 1),
        Cond::Not(inner) => {
            text.push('!');
            write_cond(text, inner, depth + 1);
        }
        Cond::All(parts) | Cond::Any(parts) => {
            text.push_str(if matches!(cond, Cond::All(_)) { "and(" } else { "or(" });
            for part in parts {
                write_cond(text, part, depth + 1);
                text.push(',');
            }
            text.push(')');
        }
    }
}

fn place(text: &mut String, node: &Node) {
    put(text, format_args!("?@{}:{}", node.span.source.0, node.span.start));
}

/// Writing to a string can't fail.
fn put(text: &mut String, what: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(what);
}
