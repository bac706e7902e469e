//! To whom the routes of the nodes' subnet hand their traffic.

use super::security_group::endpoint_subnet;
use super::target::Target;
use super::{Fault, Halt, Stop, firewall, silent, suspect, unplaced};
use crate::azure::service_tags::Service;
use crate::ir::{Node, Truth};
use crate::pull::reach::{Leg, Obstacle, Way, clause};
use crate::world::network::firewall::{Firewall, Standing};
use crate::world::network::peers::Place;
use crate::world::network::route::{Hop, Route, RouteTable};
use crate::world::network::subnet::Subnet;
use crate::world::workload::shown;

/// Whether traffic to the public address of a host gets out of the network.
pub(super) fn leg(way: Way<'_, '_>, target: &Target) -> Leg {
    let leg = by_subnet(way, target);
    // A rule of the tree for the way out may be wrong in itself, wherever the way leads.
    match leg.truth() {
        Truth::Unknown => leg.and(suspect::leg(way, target)),
        _ => leg,
    }
}

fn by_subnet(way: Way<'_, '_>, target: &Target) -> Leg {
    let cluster = way.cluster;
    let outbound = cluster.outbound.as_deref();
    let by_azure = matches!(
        outbound,
        None | Some("loadbalancer" | "managednatgateway" | "managednatgatewayv2" | "userassignednatgateway")
    );
    let elsewhere = || match by_azure {
        true => silent(way),
        false => Leg::unknown(cluster.outbound_span, "where the way out of the cluster leads is not in this tree"),
    };
    if let Some(around) = way.world.around(way.pool, way.cluster) {
        let at_subnet = |subnet: &Subnet<'_>| from_subnet(way, subnet, target);
        let by_table = |table: &RouteTable<'_>| table_leg(way, table, target);
        let works = unplaced::each(&around, at_subnet, |_, tables| tables.iter().map(|it| by_table(it)).collect());
        let text = "by which route table the traffic of the nodes goes is not known";
        return if works { elsewhere() } else { Leg::unknown(way.pool.span, text) };
    }
    let leg = way.world.subnet_of(way.pool).and_then(|subnet| from_subnet(way, subnet, target));
    leg.unwrap_or_else(elsewhere)
}

/// What a subnet says of where its traffic goes; nothing where it leaves that to others.
fn from_subnet(way: Way<'_, '_>, subnet: &Subnet<'_>, target: &Target) -> Option<Leg> {
    if let Some(leg) = straight(way, subnet, target) {
        return Some(leg);
    }
    let id = subnet.at(&["routeTable", "id"], &way.world.resolver)?;
    let Some(table) = way.world.network.route_table(&id, &way.world.resolver) else {
        let text = format!("the route table of subnet `{}` is not in this tree", shown(&subnet.name));
        return Some(Leg::unknown(id.span, text));
    };
    table_leg(way, table, target)
}

fn table_leg(way: Way<'_, '_>, table: &RouteTable<'_>, target: &Target) -> Option<Leg> {
    if let Some((why, span)) = &table.open {
        let text = format!("route table `{}` may have further routes: {why}", shown(&table.name));
        return Some(Leg::unknown(*span, text));
    }
    by_routes(way, table, target).map(|leg| super::unless_hidden(way, leg, &[table.resource]))
}

/// A service endpoint of the subnet goes to its service whatever the routes say.
fn straight(way: Way<'_, '_>, subnet: &Subnet<'_>, target: &Target) -> Option<Leg> {
    let service = match target.service {
        Service::Registry | Service::DataEndpoint => "Microsoft.ContainerRegistry",
        Service::Storage => "Microsoft.Storage",
    };
    let told = format!("a service endpoint of subnet `{}` leads straight to {}", shown(&subnet.name), target.told());
    match subnet.has_endpoint_of(service, &way.world.resolver) {
        Truth::Yes => Some(Leg::works(subnet.declared, told)),
        Truth::No => None,
        Truth::Unknown if subnet.at(&["routeTable", "id"], &way.world.resolver).is_none() => None,
        Truth::Unknown => Some(Leg::unknown(subnet.declared, "the service endpoints of the node subnet are not known")),
    }
}

/// What the most specific of the routes says; nothing where none is for the host.
fn by_routes(way: Way<'_, '_>, table: &RouteTable<'_>, target: &Target) -> Option<Leg> {
    let fits = |route: &Route| match route.is_default {
        Truth::Yes => Truth::No,
        Truth::No => route.to.cover(&Place::Public, &|tag| target.tagged(tag)),
        Truth::Unknown => Truth::Unknown,
    };
    // Those for a service are more specific than the one for all addresses.
    let sure: Vec<&Route> = table.routes.iter().filter(|route| fits(route) == Truth::Yes && route.certain).collect();
    let doubtful: Vec<&Route> = table
        .routes
        .iter()
        .filter(|route| fits(route) == Truth::Unknown || (!route.certain && fits(route) != Truth::No))
        .collect();
    let all: Vec<&Route> = table.routes.iter().filter(|route| route.is_default == Truth::Yes).collect();
    let mut legs: Vec<Leg> = doubtful.iter().chain(&sure).map(|route| handed(way, table, route, target)).collect();
    if sure.is_empty() {
        match all.as_slice() {
            [route] if route.certain => legs.push(handed(way, table, route, target)),
            [] if legs.is_empty() => return None,
            _ => legs.push(Leg::unknown(table.resource.declared, "which route takes all addresses is not known")),
        }
    }
    legs.into_iter().reduce(Leg::agree)
}

fn handed(way: Way<'_, '_>, table: &RouteTable<'_>, route: &Route, target: &Target) -> Leg {
    let (name, told) = (shown(&route.name), target.told());
    match &route.hop {
        Hop::Internet => Leg::works(route.span, format!("route `{name}` leads straight to the internet")),
        Hop::Dropped => dropped(way, table, route, told),
        Hop::Appliance(address) => appliance(way, route, address, target),
        Hop::Gateway => Leg::unknown(route.span, format!("route `{name}` leads through a gateway to other networks")),
        Hop::Local | Hop::Unknown => Leg::unknown(route.span, format!("where route `{name}` leads is not known")),
    }
}

fn appliance(way: Way<'_, '_>, route: &Route, address: &Node, target: &Target) -> Leg {
    let (network, resolver, name) = (&way.world.network, &way.world.resolver, shown(&route.name));
    let absent = || Leg::unknown(route.span, format!("route `{name}` leads to an appliance that is not in this tree"));
    let passage = |found: &Firewall<'_>| match found.vnet(network, resolver) {
        Some(vnet) => crate::pull::reach::private::passage(way, vnet),
        None => [Truth::Unknown; 2],
    };
    let (found, passes) = match network.firewall_at(address, resolver) {
        Some(Standing::This(found)) => (found, passage(found)[1]),
        // Another network may have the same addresses: it has to be one that the nodes know.
        Some(Standing::OneOf(all)) => {
            let mut known = all.into_iter().map(|found| (found, passage(found))).filter(|(_, it)| it[0] == Truth::Yes);
            match (known.next(), known.next()) {
                (Some((found, [_, passes])), None) => (found, passes),
                _ => return absent(),
            }
        }
        None => return absent(),
    };
    let leg = firewall::leg(way, found, target, route);
    // What no rule lets pass ends there, or before.
    if passes == Truth::Yes || leg.truth() == Truth::No {
        return leg;
    }
    let text =
        format!("whether the nodes' network is peered with that of firewall `{}` is not known", shown(&found.name));
    leg.and(Leg::unknown(route.span, text))
}

fn dropped(way: Way<'_, '_>, table: &RouteTable<'_>, route: &Route, to: String) -> Leg {
    let name = shown(&route.name);
    let because = vec![clause(route.span, format!("route `{name}` of table `{}` drops it", shown(&table.name)))];
    let stop = Stop {
        host: way.host,
        to,
        halt: Halt::Route,
        at: table.resource.address.clone(),
        name,
        place: route.span,
        misspelt: None,
    };
    Leg::fails(Obstacle::Filter(Fault::Stopped(stop)), because)
}

/// Whether the routes of the nodes' subnet leave the way to a private endpoint alone. Its address has a route of its own,
/// which only one as specific takes the place of, or a wider one where the endpoint's subnet is told to follow routes.
pub(super) fn to_endpoint(way: Way<'_, '_>, endpoint: usize) -> Leg {
    let (world, resolver) = (way.world, &way.world.resolver);
    let Some(subnet) = world.subnet_of(way.pool) else { return silent(way) };
    let Some(id) = subnet.at(&["routeTable", "id"], resolver) else { return silent(way) };
    let Some(table) = world.network.route_table(&id, resolver) else { return silent(way) };
    let theirs = endpoint_subnet(way, endpoint);
    let to = theirs.map_or(Place::Unknown, |subnet| Place::of_subnet(subnet, resolver));
    let policies = theirs.and_then(|subnet| subnet.at(&["privateEndpointNetworkPolicies"], resolver));
    let follows = policies.is_some_and(|word| {
        word.as_str().is_none_or(|word| ["enabled", "routetableenabled"].contains(&&*word.to_ascii_lowercase()))
    });
    let may_take = |route: &&Route| {
        let specific = follows || route.to.may_be_single();
        let meets = specific && route.to.cover(&to, &|_| Truth::No) != Truth::No;
        meets && route.is_default != Truth::Yes && route.hop != Hop::Local
    };
    match table.routes.iter().find(may_take) {
        Some(route) => {
            let text = format!("route `{}` may take the way to the private endpoint", shown(&route.name));
            Leg::unknown(route.span, text)
        }
        None => silent(way),
    }
}
