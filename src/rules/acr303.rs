//! ACR303 `private-zone-not-linked`.

use super::blocked::{Blocked, blocked};
use super::{Key, Reporter, Rule};
use crate::edit::{self, Repair};
use crate::finding::{Fix, Severity};
use crate::pull::reach::PrivateFault as Fault;
use crate::pull::{Case, Obstacle};
use crate::source::Span;
use crate::world::network::zone::Zone;
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
        if let Fault::Foreign { at, zone, wanted, endpoint } = fault {
            foreign(case, &blocked, reporter, *at, [*zone, *endpoint], wanted);
            continue;
        }
        let Some(Said { zone, endpoint, message, at, help, fix }) = said(case, &blocked, fault) else { continue };
        let Some(endpoint) = case.world.endpoints.get(endpoint) else { continue };
        let changed = zone.and_then(|zone| zone.resource).unwrap_or(endpoint.resource);
        let place = zone.map_or(endpoint.resource.declared, |zone| zone.declared);
        let key = Key::of(&[&changed.address, &blocked.cluster.resource.address, &blocked.registry.resource.address]);
        let leads = format!("private endpoint `{}` leads to the registry", shown(&endpoint.name));
        let labels = vec![(endpoint.resource.declared, leads)];
        blocked.report(case, reporter, place, [&message, &at], key, labels).help(help).fix(fix);
    }
}

/// What is told of a fault.
struct Said<'w, 'a> {
    zone: Option<&'w Zone<'a>>,
    endpoint: usize,
    message: String,
    at: String,
    help: String,
    fix: Option<Fix>,
}

fn said<'w, 'a>(case: &Case<'w, 'a>, blocked: &Blocked<'_, 'a>, fault: &Fault) -> Option<Said<'w, 'a>> {
    let (registry, network) = (shown(&blocked.registry.name), &case.world.network);
    let zone_of = |at: &usize| network.zones.get(*at);
    let vnet_of = |vnet: &Option<usize>| vnet.and_then(|at| network.vnets.get(at));
    let nodes = |vnet: &Option<usize>| match vnet_of(vnet) {
        Some(vnet) => format!("network `{}`", shown(&vnet.name)),
        None => "the network that AKS makes for the nodes".to_owned(),
    };
    Some(match fault {
        Fault::Unlinked { zone, vnet, endpoint } => {
            let zone = zone_of(zone)?;
            let (name, nodes) = (shown(&zone.name), nodes(vnet));
            let message = format!("zone `{name}` is not linked to {nodes}");
            let help = match (zone.resource, vnet_of(vnet).and_then(|vnet| vnet.resource)) {
                (Some(zone), Some(vnet)) => edit::link_zone(zone, vnet),
                _ => link_it(&name, &nodes),
            };
            Said { zone: Some(zone), endpoint: *endpoint, message, at: "not linked to it".to_owned(), help, fix: None }
        }
        Fault::OtherZone { linked, written, endpoint } => {
            let (linked, zone) = (zone_of(linked)?, zone_of(written)?);
            let name = shown(&linked.name);
            let message = format!("`{registry}` is registered in one zone `{name}`, and nodes ask another");
            let help = format!(
                "link this zone `{name}` to the network of the nodes in place of the other one: a network takes one zone \
                 of a name"
            );
            let at = "has the records, and is not linked to the nodes' network".to_owned();
            Said { zone: Some(zone), endpoint: *endpoint, message, at, help, fix: None }
        }
        Fault::Misnamed { zone, wanted, endpoint } => {
            let zone = zone_of(zone)?;
            let name = shown(&zone.name);
            let message = format!("zone `{name}` names no registry: `{wanted}` does");
            let at = "the endpoint is never looked up here".to_owned();
            let (help, fix) = match of_another_service(&name) {
                Some(of) => (format!("that is the zone of {of}: make one that is named `{wanted}` beside it"), None),
                None => (format!("name the zone `{wanted}`"), rename(case, zone, &name, wanted)),
            };
            Said { zone: Some(zone), endpoint: *endpoint, message, at, help, fix }
        }
        Fault::NoZone { wanted, vnet, endpoint } => {
            let nodes = nodes(vnet);
            let message = format!("no zone `{wanted}` is linked to {nodes}");
            let own = case.world.endpoints.get(*endpoint)?.resource;
            let help = match vnet_of(vnet).and_then(|vnet| vnet.resource) {
                Some(vnet) => edit::make_zone(wanted, vnet, own),
                None => link_it(wanted, &nodes),
            };
            Said {
                zone: None,
                endpoint: *endpoint,
                message,
                at: "nodes don't find this endpoint".to_owned(),
                help,
                fix: None,
            }
        }
        _ => return None,
    })
}

/// The service whose endpoints look a zone of this name up: such a zone serves somebody else and keeps its name.
fn of_another_service(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    match () {
        () if name.ends_with(".azmk8s.io") => Some("the API servers of private clusters"),
        () if name.ends_with(".core.windows.net") => Some("storage accounts"),
        () if name.ends_with(".vaultcore.azure.net") => Some("key vaults"),
        () if name.starts_with("privatelink.") && name.ends_with(".net") => Some("another service"),
        () => None,
    }
}

fn rename(case: &Case<'_, '_>, zone: &Zone<'_>, from: &str, to: &str) -> Option<Fix> {
    Repair::Word { owner: zone.resource?, place: zone.name.span, from, to, safe: false }.fix(case.store)
}

/// The endpoint registers in the zone of another service: that zone is right, and what names it is wrong.
fn foreign<'a>(
    case: &Case<'_, 'a>,
    blocked: &Blocked<'_, 'a>,
    reporter: &mut Reporter,
    at: Span,
    [zone, endpoint]: [usize; 2],
    wanted: &str,
) {
    let ends = case.world.network.zones.get(zone).zip(case.world.endpoints.get(endpoint));
    let Some((zone, endpoint)) = ends else { return };
    let (name, own) = (shown(&zone.name), shown(&endpoint.name));
    let message = format!("endpoint `{own}` registers in zone `{name}`, which names no registry: `{wanted}` does");
    let register =
        format!("let the endpoint register in zone `{wanted}`, and link that zone to the network of the nodes");
    let help = match of_another_service(&name) {
        Some(of) => format!("that is the zone of {of}, which keeps it: {register}"),
        None => register,
    };
    let changed = [&endpoint.resource.address, &blocked.cluster.resource.address, &blocked.registry.resource.address];
    let key = Key::of(&changed.map(|end| &**end));
    blocked.report(case, reporter, at, [&message, "the zone of another service"], key, Vec::new()).help(help);
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
