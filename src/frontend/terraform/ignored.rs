//! Arguments that Terraform writes once and doesn't look after (`ignore_changes`): somebody else changes them.

use super::tables::attributes::{put, take};
use crate::ir::{Node, Why};
use crate::syntax::hcl::{Block, Expr, ExprKind, StepKind};

/// A cluster: only what is listed by name is looked after by others.
const CLUSTER: &str = "azurerm_kubernetes_cluster";

/// What others change without making a new one.
const SETTINGS: [(&str, &[&str]); 20] = [
    (
        "azurerm_container_registry",
        &[
            "admin_enabled",
            "anonymous_pull_enabled",
            "network_rule_set",
            "public_network_access_enabled",
            "role_assignment_mode",
            "sku",
        ],
    ),
    (
        "azurerm_firewall",
        &["dns_proxy_enabled", "dns_servers", "firewall_policy_id", "ip_configuration", "virtual_hub"],
    ),
    ("azurerm_firewall_application_rule_collection", &["action", "priority", "rule"]),
    ("azurerm_firewall_network_rule_collection", &["action", "priority", "rule"]),
    ("azurerm_firewall_policy", &["base_policy_id", "dns"]),
    (
        "azurerm_firewall_policy_rule_collection_group",
        &["application_rule_collection", "nat_rule_collection", "network_rule_collection", "priority"],
    ),
    ("azurerm_ip_group", &["cidrs"]),
    ("azurerm_nat_gateway", &["public_ip_address_ids", "public_ip_prefix_ids"]),
    ("azurerm_network_security_group", &["security_rule"]),
    (
        "azurerm_network_security_rule",
        &[
            "access",
            "destination_address_prefix",
            "destination_address_prefixes",
            "destination_application_security_group_ids",
            "destination_port_range",
            "destination_port_ranges",
            "direction",
            "priority",
            "protocol",
            "source_address_prefix",
            "source_address_prefixes",
            "source_application_security_group_ids",
            "source_port_range",
            "source_port_ranges",
        ],
    ),
    ("azurerm_private_dns_a_record", &["records"]),
    ("azurerm_private_dns_zone_virtual_network_link", &["resolution_policy"]),
    (
        "azurerm_private_endpoint",
        &["ip_configuration", "private_dns_zone_group", "private_service_connection", "subnet_id"],
    ),
    ("azurerm_route", &["address_prefix", "next_hop_in_ip_address", "next_hop_type"]),
    ("azurerm_route_table", &["bgp_route_propagation_enabled", "disable_bgp_route_propagation", "route"]),
    (
        "azurerm_subnet",
        &[
            "address_prefixes",
            "delegation",
            "private_endpoint_network_policies",
            "service_endpoint",
            "service_endpoint_policy_ids",
            "service_endpoints",
        ],
    ),
    ("azurerm_subnet_service_endpoint_storage_policy", &["definition"]),
    ("azurerm_virtual_network", &["address_space", "dns_servers", "subnet"]),
    ("azurerm_virtual_network_dns_servers", &["dns_servers"]),
    ("azurerm_virtual_network_peering", &["allow_virtual_network_access", "remote_virtual_network_id"]),
];
/// Blocks of which a part may be ignored, and all of which is unknown then.
const BLOCKS: [&str; 4] = ["identity", "kubelet_identity", "network_rule_set", "service_principal"];

/// The body with what is ignored unknown.
pub fn without_ignored(terraform: &str, block: &Block, mut body: Node) -> Node {
    let known = SETTINGS.iter().find(|(kind, _)| *kind == terraform).map(|(_, settings)| *settings);
    let Some(settings) = known.or((terraform == CLUSTER).then_some(&[][..])) else { return body };
    let network = terraform != CLUSTER && terraform != "azurerm_container_registry";
    let part = |name: &str| if network { settings.contains(&name) } else { BLOCKS.contains(&name) };
    let cycles = block.body.blocks.iter().filter(|inner| &*inner.kind == "lifecycle");
    for ignored in cycles.filter_map(|cycle| cycle.body.attribute("ignore_changes")) {
        let mut names = match &ignored.kind {
            ExprKind::List(items) => items.iter().filter_map(|item| first(item, &part)).collect(),
            ExprKind::Name(all) | ExprKind::Text(all) if &**all == "all" => settings.to_vec(),
            _ => Vec::new(),
        };
        names.retain(|name| !network || settings.contains(name));
        for name in names {
            let why = Why::Overridden("whoever changes what `ignore_changes` lists".into());
            take(&mut body, &[name]);
            put(&mut body, name, Node::unknown(why, ignored.span));
        }
    }
    body
}

/// The argument that is ignored: as a whole, or a part of a block that decides.
fn first<'e>(item: &'e Expr, is_block: &dyn Fn(&str) -> bool) -> Option<&'e str> {
    match &item.kind {
        ExprKind::Name(name) | ExprKind::Text(name) => Some(name),
        ExprKind::Traversal(base, steps) => match (&base.kind, steps.first().map(|step| &step.kind)) {
            (ExprKind::Name(name), Some(StepKind::Attribute(_) | StepKind::Index(_))) if is_block(name) => Some(name),
            _ => None,
        },
        _ => None,
    }
}
