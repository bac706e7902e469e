//! Peerings between virtual networks, and what else may lead from one to another.

use super::Network;
use super::reading::{inner, written};
use crate::ir::{Cond, Node, Origin, Resolver, Resource, Truth, Value};
use crate::source::Span;

/// The type of peerings.
const PEERING: &str = "Microsoft.Network/virtualNetworks/virtualNetworkPeerings";

/// What may carry traffic between networks that are not peered, or peers them without saying with which.
const TRANSIT: [&str; 12] = [
    "Microsoft.Network/virtualWans",
    "Microsoft.Network/virtualHubs",
    "Microsoft.Network/virtualHubs/hubVirtualNetworkConnections",
    "Microsoft.Network/virtualNetworkGateways",
    "Microsoft.Network/vpnGateways",
    "Microsoft.Network/expressRouteGateways",
    "Microsoft.Network/expressRouteCircuits",
    "Microsoft.Network/connections",
    "Microsoft.Network/azureFirewalls",
    "Microsoft.Network/networkVirtualAppliances",
    "Microsoft.Network/networkManagers",
    "Microsoft.Network/networkManagers/connectivityConfigurations",
];
const ROUTE_TABLE: &str = "Microsoft.Network/routeTables";
const ROUTE: &str = "Microsoft.Network/routeTables/routes";
const INTERFACE: &str = "Microsoft.Network/networkInterfaces";

/// One direction of a peering.
#[derive(Clone, Debug)]
pub struct Peering<'a> {
    /// What declares it: itself, or the network that lists it.
    pub resource: &'a Resource,
    /// Where.
    pub declared: Span,
    /// The network that it belongs to, by its place.
    pub from: usize,
    /// The network that it leads to; nothing when it can't be told.
    pub to: Option<usize>,
    /// Traffic between both is let through: `allowVirtualNetworkAccess`, and no list of single subnets.
    pub open: Truth,
    /// Whether both sides are there, where it was read back.
    pub connected: Option<Truth>,
}

impl<'a> Network<'a> {
    /// Reads peerings, declared on their own or listed in their networks, and what else leads from network to network.
    pub(super) fn read_peerings(&mut self, resolver: &Resolver<'a>, body: &dyn Fn(&'a Resource) -> Node) {
        for resource in resolver.of_kind(PEERING) {
            if std::ptr::eq(resolver.canonical(resource), *resource) {
                let from = self.vnet_above(resource, resolver);
                self.peer(resource, resource.declared, from, &body(resource), resolver);
            }
        }
        for at in 0..self.vnets.len() {
            let Some(resource) = self.vnets.get(at).and_then(|vnet| vnet.resource) else { continue };
            let list = written(resolver, &body(resource), &["properties", "virtualNetworkPeerings"]);
            let Some(list) = list else { continue };
            match list.as_list() {
                Some(found) => {
                    for item in &found.items {
                        let item = resolver.node(item);
                        self.peer(resource, item.span, at, &item, resolver);
                    }
                    if found.open.is_some() {
                        self.peer(resource, list.span, at, &Node::null(list.span), resolver);
                    }
                }
                None => self.peer(resource, list.span, at, &Node::null(list.span), resolver),
            }
        }
        self.transit = transit(resolver, body);
    }

    fn peer(&mut self, resource: &'a Resource, declared: Span, from: usize, body: &Node, resolver: &Resolver<'a>) {
        let body = resolver.node(body);
        let remote = inner(&body, "remoteVirtualNetwork").and_then(|remote| remote.get("id"));
        let to = remote.and_then(|id| self.known_vnet(id, resolver));
        let flag = |name: &str, usual: bool| match inner(&body, name) {
            None if resource.origin == Origin::Existing => Truth::Unknown,
            None => Truth::of(usual),
            Some(node) if node.is_null() => Truth::of(usual),
            Some(node) => node.as_bool().map_or(Truth::Unknown, Truth::of),
        };
        let open = flag("allowVirtualNetworkAccess", true).and(flag("peerCompleteVnets", true));
        let state = inner(&body, "peeringState").and_then(Node::as_str).filter(|_| resource.is_read_back());
        let connected = state.map(|state| Truth::of(state.eq_ignore_ascii_case("Connected")));
        self.peerings.push(Peering { resource, declared, from, to, open, connected });
    }
}

/// The first thing of the tree that may lead from one network to another without a peering between them.
fn transit<'a>(resolver: &Resolver<'a>, body: &dyn Fn(&'a Resource) -> Node) -> Option<Span> {
    let there = |resource: &&&'a Resource| resource.deployed != Cond::Never;
    let whole = TRANSIT.iter().find_map(|kind| resolver.of_kind(kind).iter().find(there));
    let hops = |properties: Option<&Node>| {
        let kind = properties.and_then(|route| inner(route, "nextHopType")).map(|hop| resolver.node(hop));
        // Anything but these three leads to something that passes traffic on.
        kind.is_some_and(|hop| {
            hop.as_str().is_none_or(|hop| !["internet", "none", "vnetlocal"].contains(&&*hop.to_ascii_lowercase()))
        })
    };
    let table = |resource: &&&'a Resource| {
        let routes = written(resolver, &body(resource), &["properties", "routes"]);
        routes.is_some_and(|routes| {
            routes.as_list().is_none_or(|list| list.open.is_some() || list.items.iter().any(|it| hops(Some(it))))
        })
    };
    let route = |resource: &&&'a Resource| hops(Some(&body(resource)));
    let forwards = |resource: &&&'a Resource| {
        let flag = written(resolver, &body(resource), &["properties", "enableIPForwarding"]);
        flag.is_some_and(|flag| !matches!(flag.value, Value::Bool(false)))
    };
    let found = whole
        .or_else(|| resolver.of_kind(ROUTE_TABLE).iter().filter(there).find(table))
        .or_else(|| resolver.of_kind(ROUTE).iter().filter(there).find(route))
        .or_else(|| resolver.of_kind(INTERFACE).iter().filter(there).find(forwards));
    found.map(|resource| resource.declared)
}
