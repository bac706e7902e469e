//! Arguments that Terraform writes once and doesn't look after (`ignore_changes`): somebody else changes them.

use super::tables::attributes::{put, take};
use crate::ir::{Node, Why};
use crate::syntax::hcl::{Block, Expr, ExprKind, StepKind};

/// What others change on a registry without making a new one.
const SETTINGS: [&str; 6] = [
    "admin_enabled",
    "anonymous_pull_enabled",
    "network_rule_set",
    "public_network_access_enabled",
    "role_assignment_mode",
    "sku",
];
/// Blocks of which a part may be ignored, and all of which is unknown then.
const BLOCKS: [&str; 4] = ["identity", "kubelet_identity", "network_rule_set", "service_principal"];

/// The body with what is ignored unknown.
pub fn without_ignored(terraform: &str, block: &Block, mut body: Node) -> Node {
    let registry = terraform == "azurerm_container_registry";
    if !registry && terraform != "azurerm_kubernetes_cluster" {
        return body;
    }
    let cycles = block.body.blocks.iter().filter(|inner| &*inner.kind == "lifecycle");
    for ignored in cycles.filter_map(|cycle| cycle.body.attribute("ignore_changes")) {
        let names = match &ignored.kind {
            ExprKind::List(items) => items.iter().filter_map(first).collect(),
            ExprKind::Name(all) | ExprKind::Text(all) if &**all == "all" && registry => SETTINGS.to_vec(),
            _ => Vec::new(),
        };
        for name in names {
            let why = Why::Overridden("whoever changes what `ignore_changes` lists".into());
            take(&mut body, &[name]);
            put(&mut body, name, Node::unknown(why, ignored.span));
        }
    }
    body
}

/// The argument that is ignored: as a whole, or a part of a block that decides.
fn first(item: &Expr) -> Option<&str> {
    match &item.kind {
        ExprKind::Name(name) | ExprKind::Text(name) => Some(name),
        ExprKind::Traversal(base, steps) => match (&base.kind, steps.first().map(|step| &step.kind)) {
            (ExprKind::Name(name), Some(StepKind::Attribute(_) | StepKind::Index(_))) if BLOCKS.contains(&&**name) => {
                Some(name)
            }
            _ => None,
        },
        _ => None,
    }
}
