//! ACR303 `private-zone-not-linked`.

use super::blocked::blocked;
use super::{Key, Reporter, Rule};
use crate::finding::Severity;
use crate::pull::reach::PrivateFault as Fault;
use crate::pull::{Case, Obstacle};
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR303",
    name: "private-zone-not-linked",
    summary: "The network of the nodes has no link to the private DNS zone that names the registry's private endpoint",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR303.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for blocked in blocked(case) {
        let Obstacle::Private(fault) = blocked.obstacle else { continue };
        let (registry, network) = (shown(&blocked.registry.name), &case.world.network);
        let zone_of = |at: &usize| network.zones.get(*at);
        let nodes = |vnet: &Option<usize>| match vnet.and_then(|at| network.vnets.get(at)) {
            Some(vnet) => format!("network `{}`", shown(&vnet.name)),
            None => "the network that AKS makes for the nodes".to_owned(),
        };
        let (zone, texts, endpoint) = match fault {
            Fault::Unlinked { zone, vnet, endpoint } => {
                let Some(zone) = zone_of(zone) else { continue };
                let (name, nodes) = (shown(&zone.name), nodes(vnet));
                let message = format!("zone `{name}` is not linked to {nodes}");
                (Some(zone), [message, format!("not linked to {nodes}"), link_it(&name, &nodes)], endpoint)
            }
            Fault::OtherZone { linked, written, endpoint } => {
                let (Some(linked), Some(zone)) = (zone_of(linked), zone_of(written)) else { continue };
                let name = shown(&linked.name);
                let message = format!("`{registry}` is registered in one zone `{name}`, and nodes ask another");
                let help = format!("link this zone `{name}` to the network of the nodes in place of the other one");
                (
                    Some(zone),
                    [message, "has the records, and is not linked to the nodes' network".to_owned(), help],
                    endpoint,
                )
            }
            Fault::Misnamed { zone, wanted, endpoint } => {
                let Some(zone) = zone_of(zone) else { continue };
                let name = shown(&zone.name);
                let message = format!("zone `{name}` names no registry: `{wanted}` does");
                let help = format!("name the zone `{wanted}`");
                (Some(zone), [message, "the endpoint is never looked up here".to_owned(), help], endpoint)
            }
            Fault::NoZone { wanted, vnet, endpoint } => {
                let nodes = nodes(vnet);
                let message = format!("no zone `{wanted}` is linked to {nodes}");
                (None, [message, "nodes don't find this endpoint".to_owned(), link_it(wanted, &nodes)], endpoint)
            }
            _ => continue,
        };
        let Some(endpoint) = case.world.endpoints.get(*endpoint).map(|it| it.resource) else { continue };
        let changed = zone.and_then(|zone| zone.resource).unwrap_or(endpoint);
        let place = zone.map_or(endpoint.declared, |zone| zone.declared);
        let key = Key::of(&[&changed.address, &blocked.cluster.resource.address, &blocked.registry.resource.address]);
        let [message, at, help] = &texts;
        blocked.report(case, reporter, place, [message, at, help], key);
    }
}

fn link_it(zone: &str, nodes: &str) -> String {
    match nodes.starts_with("network") {
        true => format!("link the zone `{zone}` to {nodes} (`virtualNetworkLinks` of the zone)"),
        false => format!(
            "give the node pools a subnet of your own (`vnetSubnetID`), and link the zone `{zone}` to its network: the \
             network that AKS makes is there only once the cluster is"
        ),
    }
}
