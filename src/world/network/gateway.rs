//! What leads out of a network: gateways that translate addresses, routes, and firewalls behind routes.

use super::address::{Bodies, Outgoing, Unseen, only};
use super::pool::Standing;
use super::reading::{inner, written};
use super::subnet::Subnet;
use super::{Network, egress::Members};
use crate::ir::{Node, Origin, Resolver, Resource, Target, Truth, Value, Why, same_in};
use crate::source::Span;
use crate::world::knowledge::is_certain;

/// The type of NAT gateways.
const NAT: &str = "Microsoft.Network/natGateways";
/// The type of route tables.
const TABLE: &str = "Microsoft.Network/routeTables";
/// The type of routes that are declared on their own.
const ROUTE: &str = "Microsoft.Network/routeTables/routes";
/// The type of firewalls.
const FIREWALL: &str = "Microsoft.Network/azureFirewalls";

/// What it takes to read a way out.
#[derive(Clone, Copy)]
pub(super) struct Reading<'r, 'a> {
    pub(super) network: &'r Network<'a>,
    pub(super) resolver: &'r Resolver<'a>,
    pub(super) body: Bodies<'r, 'a>,
}

/// To whom a subnet hands what is for the internet.
#[derive(Clone, Debug)]
pub(super) enum Hop {
    /// No route says otherwise: the way out of the subnet itself.
    Own,
    /// Something at this address.
    Appliance(Node, Span),
    /// Can't be told, or nobody.
    Unclear(Why, Span),
}

impl<'a> Reading<'_, 'a> {
    /// The NAT gateway of a subnet, when one is written.
    pub(super) fn nat_of(&self, subnet: &Subnet<'a>) -> Option<Node> {
        subnet.at(&["natGateway", "id"], self.resolver)
    }

    /// The addresses of a NAT gateway.
    pub(super) fn nat(&self, id: &Node) -> Members {
        let unseen = |why: Option<&Why>| {
            let why = why.cloned().unwrap_or(Why::External("a NAT gateway that is not in this tree".into()));
            Members { items: Vec::new(), open: Some((why, id.span)) }
        };
        let found = self.resolver.resource_of(&only(id.clone())).filter(|it| it.is_kind(NAT));
        let Some(gateway) = found else { return unseen(id.why()) };
        let body = (self.body)(gateway);
        let mut all = Members { items: Vec::new(), open: None };
        for list in ["publicIpAddresses", "publicIpPrefixes"] {
            self.addresses(written(self.resolver, &body, &["properties", list]), &mut all);
        }
        if all.items.is_empty() || gateway.origin == Origin::Existing || !is_certain(gateway) {
            let why = Why::External(gateway.address.to_string().into());
            all.open.get_or_insert((why, gateway.declared));
        }
        all
    }

    /// Adds the addresses in a list of `{ id: … }`.
    pub(super) fn addresses(&self, list: Option<Node>, all: &mut Members) {
        let Some(node) = list else { return };
        // What associates one address with a gateway writes it without a list.
        if let Some(id) = node.get("id") {
            return self.address(id, all);
        }
        let Some(list) = node.as_list() else {
            let why = node.why().cloned().unwrap_or(Why::UnsupportedSyntax("a list of addresses".into()));
            all.open.get_or_insert((why, node.span));
            return;
        };
        if let Some(why) = &list.open {
            all.open.get_or_insert((why.clone(), node.span));
        }
        for item in &list.items {
            let item = self.resolver.node(item);
            let id = item.get("id").cloned().unwrap_or_else(|| item.clone());
            self.address(&id, all);
        }
    }

    fn address(&self, id: &Node, all: &mut Members) {
        match Outgoing::of(id, self.resolver, self.body) {
            Ok(found) => all.items.extend(found),
            Err(unseen) => drop(all.open.get_or_insert(unseen)),
        }
    }

    /// To whom a subnet hands what is for the internet.
    pub(super) fn hop(&self, subnet: &Subnet<'a>) -> Hop {
        let Some(id) = subnet.at(&["routeTable", "id"], self.resolver) else {
            return match subnet.is_declared {
                true => Hop::Own,
                false => Hop::Unclear(Why::External("the routes of the subnet".into()), subnet.declared),
            };
        };
        let found = self.resolver.resource_of(&only(id.clone())).filter(|it| it.is_kind(TABLE));
        let Some(table) = found.filter(|it| it.origin != Origin::Existing) else {
            let why = id.why().cloned().unwrap_or(Why::External("a route table that is not in this tree".into()));
            return Hop::Unclear(why, id.span);
        };
        let routes = self.routes(table);
        let default = |route: &&Node| is_default(route, self.resolver) != Truth::No;
        let mut defaults = routes.items.iter().filter(default);
        match (defaults.next(), defaults.next(), routes.open) {
            (Some(only), None, None) => self.hop_of(only),
            (None, _, None) => Hop::Own,
            (_, _, Some((why, span))) => Hop::Unclear(why, span),
            (Some(one), ..) => Hop::Unclear(Why::UnsupportedSyntax("more than one route".into()), one.span),
        }
    }

    /// The `properties` of the routes of a table.
    fn routes(&self, table: &'a Resource) -> Found {
        let body = (self.body)(table);
        let mut found = Found { items: Vec::new(), open: None };
        if let Some(node) = written(self.resolver, &body, &["properties", "routes"]) {
            match node.as_list() {
                Some(list) => {
                    found.items.extend(list.items.iter().map(|item| properties(&self.resolver.node(item))));
                    found.open = list.open.clone().map(|why| (why, node.span));
                }
                None => found.open = Some((node.why().cloned().unwrap_or(Why::TemplateText), node.span)),
            }
        }
        for own in self.resolver.of_kind(ROUTE).iter().filter(|it| it.origin != Origin::Existing) {
            match self.is_in(own, table) {
                Truth::No => {}
                Truth::Yes if is_certain(own) => found.items.push(properties(&self.resolver.node(&(self.body)(own)))),
                _ => drop(found.open.get_or_insert((Why::External(own.address.to_string().into()), own.declared))),
            }
        }
        found
    }

    fn is_in(&self, route: &'a Resource, table: &'a Resource) -> Truth {
        let Some(mut id) = self.resolver.id_of(&route.id).filter(|id| id.names.len() == 2) else {
            return Truth::Unknown;
        };
        id.names.truncate(1);
        id.kind = TABLE.into();
        let own = Node::reference(table.address.clone(), &["id"], table.declared);
        same_in(self.resolver, crate::ir::Case::Ignored, &Node::id(id, route.declared), &own)
    }

    fn hop_of(&self, route: &Node) -> Hop {
        let at = |name: &str| written(self.resolver, route, &[name]);
        let kind = at("nextHopType").and_then(|kind| Some(kind.as_str()?.to_ascii_lowercase()));
        let unclear = |what: &str| Hop::Unclear(Why::UnsupportedSyntax(what.into()), route.span);
        match (kind.as_deref(), at("nextHopIpAddress"), is_default(route, self.resolver)) {
            (_, _, Truth::Unknown) => unclear("a route whose prefix is not known"),
            (Some("internet"), ..) => Hop::Own,
            (Some("virtualappliance"), Some(address), _) => Hop::Appliance(only(address), route.span),
            _ => unclear("a route to another gateway"),
        }
    }

    /// The addresses of the firewall with this address, as nodes of a network see it, and whether nothing else may translate
    /// them.
    pub(super) fn firewall(&self, hop: &Node, from: usize) -> Option<(&'a Resource, Members, bool)> {
        let firewall = self.firewall_at(hop, from)?;
        let body = (self.body)(firewall);
        let mut all = Members { items: Vec::new(), open: None };
        let list = written(self.resolver, &body, &["properties", "ipConfigurations"])?;
        let mut certain = is_certain(firewall) && firewall.origin != Origin::Existing;
        certain &= written(self.resolver, &body, &["properties", "managementIpConfiguration"]).is_none();
        for item in &list.as_list()?.items {
            let item = self.resolver.node(item);
            let id = |name: &str| inner(&item, name).and_then(|it| it.get("id")).filter(|id| !id.is_null());
            id("publicIPAddress").into_iter().for_each(|id| self.address(id, &mut all));
            // A NAT gateway on its subnet translates what it sends.
            certain &= id("subnet").is_none_or(|id| self.is_plain(id));
        }
        if let Some(why) = list.as_list()?.open.clone().or(all.items.is_empty().then_some(Why::KnownAfterApply)) {
            all.open.get_or_insert((why, list.span));
        }
        Some((firewall, all, certain))
    }

    /// Whether nothing of the tree leads out of a subnet in another way.
    fn is_plain(&self, subnet: &Node) -> bool {
        let subnet = match self.network.standing(subnet, self.resolver) {
            Standing::In(at) => self.network.subnets.get(at),
            _ => None,
        };
        subnet.is_some_and(|it| it.is_declared && self.nat_of(it).is_none())
    }

    /// A firewall by a reference to its private address, or by the address where both write it.
    fn firewall_at(&self, hop: &Node, from: usize) -> Option<&'a Resource> {
        let hop = only(self.resolver.node(hop));
        if let Value::Ref(reference) = &hop.value
            && let Target::Resource(address) = &reference.target
        {
            return self.resolver.at(address).filter(|it| it.is_kind(FIREWALL));
        }
        let wanted = hop.as_str()?;
        let holds = |firewall: &&&'a Resource| {
            let path = ["properties", "ipConfigurations"];
            let list = written(self.resolver, &(self.body)(firewall), &path);
            let items = list.as_ref().and_then(Node::as_list).map_or(&[][..], |list| &list.items);
            let address = |item: &Node| inner(item, "privateIPAddress").map(|it| self.resolver.node(it));
            items.iter().filter_map(address).any(|it| it.as_str() == Some(wanted)) && self.is_known(firewall, from)
        };
        let mut found = self.resolver.of_kind(FIREWALL).iter().filter(holds);
        // Two networks may number their addresses alike.
        found.next().filter(|_| found.next().is_none()).copied()
    }
}

impl<'a> Reading<'_, 'a> {
    /// Whether a firewall stands in this network, by its place, or in one that is peered with it.
    fn is_known(&self, firewall: &Resource, from: usize) -> bool {
        let network = self.network;
        let same = |one: usize, other: usize| network.is_same_vnet(one, other, self.resolver) == Truth::Yes;
        let found = network.firewalls.iter().find(|it| it.resource.address == firewall.address);
        found.and_then(|found| found.vnet(network, self.resolver)).is_some_and(|own| {
            let joins = |one: usize, other: usize| same(one, from) && same(other, own);
            let mut peered = network.peerings.iter().filter_map(|it| Some((it.from, it.to?, it.connected)));
            let up = |connected| connected == Some(Truth::Yes);
            same(from, own) || peered.any(|(one, other, it)| joins(one, other) || up(it) && joins(other, one))
        })
    }
}

/// Routes, and why there may be others.
struct Found {
    items: Vec<Node>,
    open: Option<Unseen>,
}

fn properties(item: &Node) -> Node {
    item.get("properties").cloned().unwrap_or_else(|| item.clone())
}

fn is_default(route: &Node, resolver: &Resolver<'_>) -> Truth {
    match written(resolver, route, &["addressPrefix"]) {
        Some(prefix) => prefix.as_str().map_or(Truth::Unknown, |text| Truth::of(text.trim() == "0.0.0.0/0")),
        None => Truth::Unknown,
    }
}
