//! What a cluster has beyond single values: user-assigned identities, node pools, add-ons.

use super::super::attributes::{pick, put, take};
use super::super::blocks::{COMPUTED, LEFT_OUT};
use super::renamed;
use super::table::each_block;
use crate::ir::{Entry, Map, Node, Value, Why};

const POOL: [(&str, &str); 9] = [
    ("name", "name"),
    ("vm_size", "vmSize"),
    ("node_count", "count"),
    ("vnet_subnet_id", "vnetSubnetID"),
    ("os_sku", "osSKU"),
    ("type", "type"),
    ("node_labels", "nodeLabels"),
    ("only_critical_addons_enabled", "onlyCriticalAddons"),
    ("pod_subnet_id", "podSubnetID"),
];

/// Adds lists to a cluster's body.
pub(super) fn complete(body: &mut Node, written: &Node) {
    identities(body, written);
    let computed = written.get(COMPUTED).and_then(Node::as_list).map_or(&[][..], |list| &list.items);
    if computed.iter().any(|name| name.as_str() == Some("kubelet_identity")) {
        // The identity that AKS made: its object id is known, and nobody supplied it.
        take(body, &["properties", "identityProfile", "kubeletidentity", "resourceId"]);
    }
    let left_out = written.get(LEFT_OUT).and_then(Node::as_list).map_or(&[][..], |list| &list.items);
    let states = |name: &Node| matches!(name.as_str(), Some("identity" | "service_principal"));
    if let Some(name) = left_out.iter().find(|name| states(name)) {
        let why = Why::UnsupportedSyntax("a block that a condition leaves out".into());
        put(body, "identity", Node::unknown(why, name.span));
    }
    let pool = |block: &Node| {
        let mut pool = renamed(block, &POOL);
        put(&mut pool, "mode", Node::text("System", block.span));
        pool
    };
    // A data source lists all pools under another name.
    let pools = each_block(written, "default_node_pool", pool)
        .or_else(|| each_block(written, "agent_pool_profile", |block| renamed(block, &POOL)));
    if let Some(pools) = pools {
        put(body, "properties.agentPoolProfiles", pools);
    }
    let gateways = pick(written, "network_profile.nat_gateway_profile")
        .filter(|profile| profile.as_list().is_some_and(|list| !list.items.is_empty()));
    if let Some(profile) = gateways {
        put(body, "properties.networkProfile.natGatewayProfile", profile);
    }
    if let Some(balancer) = pick(written, "network_profile.load_balancer_profile.outbound_ip_address_ids") {
        put(body, "properties.networkProfile.loadBalancerProfile.outboundIPAddressIds", balancer);
    }
    if written.get("aci_connector_linux").and_then(Node::as_list).is_some_and(|list| !list.items.is_empty()) {
        put(body, "properties.addonProfiles.aciConnectorLinux.enabled", Node::new(Value::Bool(true), written.span));
    }
}

/// `identity_ids` as the map that Resource Manager writes: keys are ids, values are empty objects.
pub(super) fn identities(body: &mut Node, written: &Node) {
    let Some(ids) = pick(written, "identity.identity_ids").filter(|ids| !ids.is_null()) else { return };
    let map = match &ids.value {
        Value::List(list) if list.items.is_empty() && list.open.is_none() => return,
        Value::List(list) => {
            let entry = |id: &Node| Entry { key: id.clone(), value: Node::map(Vec::new(), id.span) };
            let map = Map { entries: list.items.iter().map(entry).collect(), open: list.open.clone() };
            Node { value: Value::Map(map.into()), ..ids.clone() }
        }
        _ => ids,
    };
    put(body, "identity.userAssignedIdentities", map);
}
