//! Route tables: to whom the traffic of a subnet is handed.

use std::collections::BTreeMap;

use super::parent::{self, Whole};
use super::peers::Peers;
use super::security_group::within_shallow;
use crate::ir::{Address, Node, Origin, Resolver, Resource, Truth, Why};
use crate::source::Span;
use crate::world::knowledge::is_certain;
use crate::world::registry::within;

/// The type of route tables.
const TABLE: &str = "Microsoft.Network/routeTables";
/// The type of routes that are declared on their own.
const ROUTE: &str = "Microsoft.Network/routeTables/routes";

/// A route table.
#[derive(Clone, Debug)]
pub struct RouteTable<'a> {
    /// The declaration.
    pub resource: &'a Resource,
    /// Its name, references followed.
    pub name: Node,
    /// Its routes.
    pub routes: Vec<Route>,
    /// Why there may be others, and the place that says so.
    pub open: Option<(Why, Span)>,
    /// Whether routes that gateways learn are added.
    pub learns: Truth,
}

/// To whom traffic is handed.
#[derive(Clone, Debug, PartialEq)]
pub enum Hop {
    /// Straight to the internet.
    Internet,
    /// Nobody: it is dropped.
    Dropped,
    /// Within the virtual network.
    Local,
    /// A gateway to other networks.
    Gateway,
    /// Something at this address.
    Appliance(Node),
    /// Can't be told.
    Unknown,
}

/// A route.
#[derive(Clone, Debug)]
pub struct Route {
    /// Its name.
    pub name: Node,
    /// Where it is written.
    pub span: Span,
    /// To whom.
    pub hop: Hop,
    /// For all addresses.
    pub is_default: Truth,
    /// For which.
    pub to: Peers,
    /// It is there whatever the parameters are.
    pub certain: bool,
}

/// All route tables, with their places by address.
pub(super) fn tables<'a>(
    resolver: &Resolver<'a>,
    body: &dyn Fn(&'a Resource) -> Node,
) -> (Vec<RouteTable<'a>>, BTreeMap<&'a Address, usize>) {
    let mut tables: Vec<RouteTable<'a>> = Vec::new();
    let mut places: BTreeMap<&'a Address, usize> = BTreeMap::new();
    for resource in resolver.of_kind(TABLE) {
        if std::ptr::eq(resolver.canonical(resource), *resource) {
            places.insert(&resource.address, tables.len());
            tables.push(table(resource, &body(resource), resolver));
        }
    }
    for (resource, whole) in parent::parts(ROUTE, TABLE, &places, resolver) {
        let at = match whole {
            Whole::At(at) => at,
            Whole::OneOf(others) => {
                for at in others {
                    if let Some(table) = tables.get_mut(at) {
                        table.open.get_or_insert(parent::may_belong(resource));
                    }
                }
                continue;
            }
        };
        let Some(table) = tables.get_mut(at) else { continue };
        let read = body(resource);
        let properties = read.get("properties").cloned().unwrap_or_else(|| Node::null(resource.declared));
        let found = route(&resource.name, &properties, resource.declared, is_certain(resource), resolver);
        table.routes.push(found);
    }
    (tables, places)
}

fn table<'a>(resource: &'a Resource, body: &Node, resolver: &Resolver<'a>) -> RouteTable<'a> {
    let open = (resource.origin == Origin::Existing)
        .then(|| (Why::External(resource.address.to_string().into()), resource.declared));
    let learns = match within(resolver, body.clone(), &["properties", "disableBgpRoutePropagation"]) {
        None => Truth::Yes,
        Some(flag) => flag.as_bool().map_or(Truth::Unknown, |flag| Truth::of(!flag)),
    };
    let mut table = RouteTable { resource, name: resolver.node(&resource.name), routes: Vec::new(), open, learns };
    let Some(list) = within_shallow(resolver, body, &["properties", "routes"]) else { return table };
    match list.as_list() {
        Some(members) => {
            table.routes.extend(members.items.iter().map(|item| inline(item, resolver)));
            table.open = table.open.or(members.open.clone().map(|why| (why, list.span)));
        }
        None => table.open = table.open.or(Some((list.why().cloned().unwrap_or(Why::TemplateText), list.span))),
    }
    table
}

fn inline(item: &Node, resolver: &Resolver<'_>) -> Route {
    let item = resolver.node(item);
    let absent = || Node::unknown(Why::UnresolvedName("route".into()), item.span);
    let name = item.get("name").cloned().unwrap_or_else(absent);
    let properties = item.get("properties").cloned().unwrap_or_else(absent);
    route(&name, &properties, item.span, true, resolver)
}

fn route(name: &Node, properties: &Node, span: Span, certain: bool, resolver: &Resolver<'_>) -> Route {
    let at = |name: &str| within(resolver, properties.clone(), &[name]);
    let prefix = at("addressPrefix");
    let hop = at("nextHopType").and_then(|node| Some(node.as_str()?.to_ascii_lowercase()));
    let hop = match hop.as_deref() {
        Some("internet") => Hop::Internet,
        Some("none") => Hop::Dropped,
        Some("vnetlocal") => Hop::Local,
        Some("virtualnetworkgateway") => Hop::Gateway,
        Some("virtualappliance") => at("nextHopIpAddress").map_or(Hop::Unknown, Hop::Appliance),
        _ => Hop::Unknown,
    };
    let is_default = match prefix.as_ref().map(|node| node.as_str()) {
        Some(Some(text)) => Truth::of(text.trim() == "0.0.0.0/0"),
        _ => Truth::Unknown,
    };
    let to = prefix.map_or_else(Peers::unknown, |prefix| Peers::read([&prefix], resolver));
    Route { name: resolver.node(name), span, hop, is_default, to, certain }
}
