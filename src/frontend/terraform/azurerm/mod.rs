//! The azurerm provider's resource types in Resource Manager's shape, from one table.

mod cluster;
mod network;
mod registry;
mod table;

use std::sync::Arc;

pub(super) use table::{Parent, Type};

use super::attributes::{pick, put};

use crate::ir::{Entry, Node, Value};
use crate::source::Span;

/// The table's entry for a Terraform type, of any provider.
pub(super) fn find(kind: &str) -> Option<&'static Type> {
    table::TYPES.iter().find(|entry| entry.terraform == kind)
}

/// A path of attributes in Resource Manager's vocabulary; as written for what the table doesn't know.
pub(super) fn path_of(kind: &str, path: &[Arc<str>]) -> Vec<Arc<str>> {
    let split = |path: &str| path.split('.').map(Arc::from).collect::<Vec<Arc<str>>>();
    let Some(entry) = find(kind) else { return path.to_vec() };
    let steps: Vec<&str> = path.iter().map(|step| &**step).filter(|step| *step != "0").collect();
    let written = steps.join(".");
    if written == "id" && entry.computed.iter().all(|(name, _)| *name != "id") {
        return vec!["id".into()];
    }
    let computed = entry.computed.iter().find(|(name, _)| *name == written).map(|(_, path)| *path);
    let argument = || entry.fields.iter().find(|field| field.0 == written).map(|field| field.1);
    match computed.or_else(argument) {
        Some(found) => split(found),
        None => path.to_vec(),
    }
}

/// The body in Resource Manager's shape. `written` is the body in Terraform's.
pub(super) fn body(entry: &Type, written: &Node) -> Node {
    let span = written.span;
    let mut body = Node::map(Vec::new(), span);
    for (from, to, how) in entry.fields.iter().copied() {
        if let Some(value) = pick(written, from).filter(|value| !value.is_null()) {
            put(&mut body, to, how.convert(value));
        }
    }
    for (from, to) in entry.computed {
        // A plan over resources that exist knows computed attributes too.
        if let Some(value) = pick(written, from).filter(|value| !value.is_null()) {
            put(&mut body, to, value);
        }
    }
    match entry.terraform {
        "azurerm_container_registry" => registry::complete(&mut body, written),
        "azurerm_kubernetes_cluster" => cluster::complete(&mut body, written),
        "azurerm_private_endpoint" => network::endpoint(&mut body, written),
        "azurerm_subnet" => network::subnet(&mut body, written),
        "azurerm_role_definition" => permissions(&mut body, written),
        _ => {}
    }
    body
}

/// `permissions` blocks of a role definition.
fn permissions(body: &mut Node, written: &Node) {
    let Some(list) = written.get("permissions").and_then(Node::as_list) else { return };
    let names = [
        ("actions", "actions"),
        ("not_actions", "notActions"),
        ("data_actions", "dataActions"),
        ("not_data_actions", "notDataActions"),
    ];
    let items = list.items.iter().map(|block| renamed(block, &names)).collect();
    let value = Node::new(Value::List(Arc::new(crate::ir::List { items, open: list.open.clone() })), written.span);
    put(body, "properties.permissions", value);
}

/// Some members of an object under other names; what is `null` is left out.
fn renamed(block: &Node, names: &[(&str, &str)]) -> Node {
    let entry = |(from, to): &(&str, &str)| {
        let value = block.get(from).filter(|value| !value.is_null())?.clone();
        Some(Entry::new(to, value.span, value))
    };
    Node::map(names.iter().filter_map(entry).collect(), block.span)
}

/// An object with one member.
fn wrapped(key: &str, value: Node) -> Node {
    let span: Span = value.span;
    Node::map(vec![Entry::new(key, span, value)], span)
}
