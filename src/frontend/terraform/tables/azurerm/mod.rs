//! The azurerm provider's resource types in Resource Manager's shape, from tables: one file for each family, all spellings
//! of the versions 2 to 5.

mod authorization;
mod cluster;
mod deployment;
mod dns;
mod firewall;
mod network;
mod registry;
pub mod table;
mod transit;
mod vault;

use std::sync::Arc;

pub use table::{Parent, Type};

use crate::ir::Node;

/// The tables, the provider azuread's among them.
const TABLES: [&[Type]; 10] = [
    registry::TYPES,
    cluster::TYPES,
    authorization::TYPES,
    network::TYPES,
    dns::TYPES,
    firewall::TYPES,
    transit::TYPES,
    deployment::TYPES,
    vault::TYPES,
    super::azuread::TYPES,
];

/// The table's entry for a Terraform type, of any provider.
pub fn find(kind: &str) -> Option<&'static Type> {
    TABLES.iter().copied().flatten().find(|entry| entry.terraform == kind)
}

/// All rows.
#[cfg(test)]
pub fn all() -> impl Iterator<Item = &'static Type> {
    TABLES.iter().copied().flatten()
}

/// A path of attributes in Resource Manager's vocabulary; as written for what the tables don't know.
pub fn path_of(kind: &str, path: &[Arc<str>]) -> Vec<Arc<str>> {
    find(kind).and_then(|entry| entry.place(path)).unwrap_or_else(|| path.to_vec())
}

/// The body in Resource Manager's shape. `written` is the body in Terraform's.
pub fn body(entry: &Type, written: &Node) -> Node {
    let mut body = entry.body(written);
    match entry.terraform {
        "azurerm_container_registry_token_password" => registry::passwords(&mut body, written),
        "azurerm_kubernetes_cluster" => cluster::complete(&mut body, written),
        "azurerm_private_endpoint" => network::connections(&mut body),
        _ => {}
    }
    body
}

/// The type in Resource Manager: mostly what the row says.
pub fn kind_of(entry: &Type, written: &Node) -> &'static str {
    if authorization::expires(entry, written) { authorization::SCHEDULE_REQUESTS } else { entry.kind }
}
