//! What a registry has beyond single values: network rules, georeplications, identities.

use super::super::attributes::{pick, put};
use super::table::each_block;
use super::{cluster, renamed, wrapped};
use crate::ir::{Node, Value};

/// Adds lists to a registry's body.
pub(super) fn complete(body: &mut Node, written: &Node) {
    let rules = written.get("network_rule_set").map(|rules| {
        match rules.as_list().map(|list| (list.items.as_slice(), &list.open)) {
            Some(([only], None)) => only.clone(),
            _ => rules.clone(),
        }
    });
    if let Some(rules) = rules.filter(|rules| rules.as_map().is_some()) {
        let names = [("action", "action"), ("ip_range", "value")];
        let addresses =
            each_block(&rules, "ip_rule", |rule| renamed(rule, &names)).or_else(|| unknown_list(&rules, "ip_rule"));
        if let Some(addresses) = addresses {
            put(body, "properties.networkRuleSet.ipRules", addresses);
        }
        let names = [("action", "action"), ("subnet_id", "id")];
        let networks = each_block(&rules, "virtual_network", |rule| renamed(rule, &names))
            .or_else(|| unknown_list(&rules, "virtual_network"));
        if let Some(networks) = networks {
            put(body, "properties.networkRuleSet.virtualNetworkRules", networks);
        }
    } else if let Some(rules) = written
        .get("network_rule_set")
        .filter(|rules| rules.as_list().is_none_or(|list| list.open.is_some()) && !rules.is_null())
    {
        let why = rules.as_list().and_then(|list| list.open.clone()).or_else(|| rules.why().cloned());
        let why = why.unwrap_or_else(|| crate::ir::Why::UnsupportedSyntax("a computed rule set".into()));
        put(body, "properties.networkRuleSet", Node::unknown(why, rules.span));
    }
    let names = [
        ("location", "location"),
        ("regional_endpoint_enabled", "regionEndpointEnabled"),
        ("zone_redundancy_enabled", "zoneRedundancy"),
    ];
    if let Some(replicas) = each_block(written, "georeplications", |block| renamed(block, &names)) {
        put(body, "properties.georeplications", replicas);
    }
    if let Some(locations) = written.get("georeplication_locations").and_then(Node::as_list) {
        let items = locations.items.iter().map(|location| wrapped("location", location.clone())).collect();
        let list = crate::ir::List { items, open: locations.open.clone() };
        put(body, "properties.georeplications", Node::new(Value::List(list.into()), written.span));
    }
    if let Some(kind) = pick(written, "identity.type") {
        put(body, "identity.type", kind);
    }
    cluster::identities(body, written);
}

fn unknown_list(rules: &Node, name: &str) -> Option<Node> {
    rules.get(name).filter(|list| list.as_list().is_none() && !list.is_null()).cloned()
}
