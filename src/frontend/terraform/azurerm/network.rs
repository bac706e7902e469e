//! Private endpoints and subnets.

use super::super::attributes::{pick, put};
use super::table::each_block;
use super::{renamed, wrapped};
use crate::ir::{Entry, List, Node, Value};

/// Connections and DNS zone group of a private endpoint. Terraform writes the zone group inside of the endpoint; so does
/// this body, as `properties.privateDnsZoneGroups`, each with `privateDnsZoneConfigs[].properties.privateDnsZoneId`.
pub(super) fn endpoint(body: &mut Node, written: &Node) {
    let names = [("private_connection_resource_id", "privateLinkServiceId"), ("subresource_names", "groupIds")];
    let connection = |block: &Node| {
        let mut connection = wrapped("properties", renamed(block, &names));
        if let Some(name) = block.get("name") {
            put(&mut connection, "name", name.clone());
        }
        connection
    };
    if let Some(connections) = each_block(written, "private_service_connection", connection) {
        put(body, "properties.privateLinkServiceConnections", connections);
    }
    let group = |block: &Node| {
        let zones = block.get("private_dns_zone_ids").cloned().unwrap_or_else(|| Node::list(Vec::new(), block.span));
        let configs = match &zones.value {
            Value::List(list) => {
                let config = |id: &Node| wrapped("properties", wrapped("privateDnsZoneId", id.clone()));
                let list = List { items: list.items.iter().map(config).collect(), open: list.open.clone() };
                Node { value: Value::List(list.into()), ..zones.clone() }
            }
            _ => zones,
        };
        let mut group = wrapped("properties", wrapped("privateDnsZoneConfigs", configs));
        if let Some(name) = block.get("name") {
            put(&mut group, "name", name.clone());
        }
        group
    };
    if let Some(groups) = each_block(written, "private_dns_zone_group", group) {
        put(body, "properties.privateDnsZoneGroups", groups);
    }
}

/// Service endpoints of a subnet, and the single prefix of old versions.
pub(super) fn subnet(body: &mut Node, written: &Node) {
    if let Some(prefix) = pick(written, "address_prefix").filter(|prefix| !prefix.is_null()) {
        put(body, "properties.addressPrefix", prefix);
    }
    let Some(endpoints) = written.get("service_endpoints").filter(|endpoints| !endpoints.is_null()) else { return };
    let services = match &endpoints.value {
        Value::List(list) => {
            let service = |name: &Node| Node::map(vec![Entry::new("service", name.span, name.clone())], name.span);
            let list = List { items: list.items.iter().map(service).collect(), open: list.open.clone() };
            Node { value: Value::List(list.into()), ..endpoints.clone() }
        }
        _ => endpoints.clone(),
    };
    put(body, "properties.serviceEndpoints", services);
}
