//! Whether traffic of the nodes comes to the network of an endpoint.

use super::super::{Leg, Obstacle, Way, clause, of_nodes};
use super::link::may_be_managed;
use super::{Apart, Fault, absence_counts, hidden, space};
use crate::ir::{Resource, Truth};
use crate::source::Span;
use crate::world::network::deployed::stands_with;
use crate::world::network::peering::Peering;
use crate::world::network::pool::Standing;
use crate::world::network::vnet::Vnet;
use crate::world::workload::shown;

/// Whether nodes reach the address of an endpoint, by its place in the world: it stands in their network, or in one that is
/// peered with it on both sides.
pub(super) fn connected(way: Way<'_, '_>, endpoint: usize) -> Leg {
    let network = &way.world.network;
    let at = way.world.endpoints.get(endpoint).map_or(way.pool.span, |it| it.resource.declared);
    let name = way.world.endpoints.get(endpoint).map(|it| shown(&it.name)).unwrap_or_default();
    let Some(other) = network.attached.get(endpoint).and_then(|attached| attached.vnet) else {
        return Leg::unknown(at, format!("the network of endpoint `{name}` can't be told"));
    };
    let nodes = match &way.pool.standing {
        Standing::Managed => return from_managed(way, endpoint, other),
        Standing::In(subnet) => network.subnets.get(*subnet).map(|subnet| subnet.vnet),
        Standing::Beyond(vnet, _) => Some(*vnet),
        Standing::Unknown(..) => None,
    };
    let Some(nodes) = nodes else {
        return Leg::unknown(way.pool.span, format!("the network of the {} can't be told", of_nodes(way.pool)));
    };
    match network.is_same_vnet(nodes, other, &way.world.resolver) {
        Truth::Yes => {
            Leg::works(at, format!("endpoint `{name}` leads to the registry and stands in the network of the nodes"))
        }
        Truth::Unknown => {
            Leg::unknown(at, format!("whether endpoint `{name}` stands in the network of the nodes can't be told"))
        }
        Truth::No => peered(way, endpoint, nodes, other),
    }
}

/// One direction of a peering, as far as it can be seen.
#[derive(Clone, Copy)]
struct Side<'w, 'a> {
    there: Truth,
    peering: Option<(usize, &'w Peering<'a>)>,
}

fn side<'w, 'a>(way: Way<'w, 'a>, from: usize, to: usize) -> Side<'w, 'a> {
    let network = &way.world.network;
    let mut best = Side { there: Truth::No, peering: None };
    for (at, peering) in network.peerings.iter().enumerate() {
        let same = |one: usize, other: usize| network.is_same_vnet(one, other, &way.world.resolver);
        let there = same(peering.from, from);
        let there =
            if there == Truth::No { there } else { there.and(peering.to.map_or(Truth::Unknown, |it| same(it, to))) };
        let there = if there == Truth::No {
            there
        } else {
            there.and(stands_with(peering.resource, way.cluster, way.registry))
        };
        match there {
            Truth::Yes => return Side { there, peering: Some((at, peering)) },
            Truth::Unknown => best = Side { there, peering: Some((at, peering)) },
            Truth::No => {}
        }
    }
    best
}

/// Whether another network, by its place, is that of the nodes or peered with it, as far as the tree declares: whether they
/// know its addresses as its own, and whether traffic passes. That it doesn't is never told.
pub(super) fn passage(way: Way<'_, '_>, other: usize) -> [Truth; 2] {
    let network = &way.world.network;
    let nodes = match &way.pool.standing {
        Standing::In(subnet) => network.subnets.get(*subnet).map(|subnet| subnet.vnet),
        Standing::Beyond(vnet, _) => Some(*vnet),
        Standing::Managed | Standing::Unknown(..) => None,
    };
    let Some(nodes) = nodes else { return [Truth::Unknown; 2] };
    match network.is_same_vnet(nodes, other, &way.world.resolver) {
        Truth::Yes => [Truth::Yes; 2],
        Truth::Unknown => [Truth::Unknown; 2],
        Truth::No => {
            let sides = [side(way, nodes, other), side(way, other, nodes)];
            let seen = || sides.iter().filter(|side| side.there == Truth::Yes).filter_map(|side| side.peering);
            let [there, back] = sides.map(|side| side.there == Truth::Yes);
            let up = seen().find_map(|(_, it)| it.connected);
            let open = seen().all(|(_, it)| it.open == Truth::Yes);
            let whole = up.map_or(there && back, |up| up == Truth::Yes);
            let told = |holds| if holds { Truth::Yes } else { Truth::Unknown };
            // What another network says of this one may be meant for its namesake.
            [told(there || up == Some(Truth::Yes)), told(whole && open)]
        }
    }
}

/// Whether the networks of nodes and endpoint are peered.
fn peered(way: Way<'_, '_>, endpoint: usize, nodes: usize, other: usize) -> Leg {
    let network = &way.world.network;
    let (there, back) = (side(way, nodes, other), side(way, other, nodes));
    let (Some(here), Some(far)) = (network.vnets.get(nodes), network.vnets.get(other)) else {
        return Leg::unknown(way.pool.span, "the network of the nodes can't be told");
    };
    let names = (shown(&here.name), shown(&far.name));
    let both = [there, back];
    let seen = both.iter().filter(|side| side.there == Truth::Yes).filter_map(|side| side.peering);
    let fault = |how: Apart| Obstacle::Private(Fault::Apart { endpoint, nodes: Some(nodes), other, how });
    let down = seen.clone().find(|(_, it)| it.connected == Some(Truth::No));
    let up = seen.clone().any(|(_, it)| it.connected == Some(Truth::Yes));
    let open = seen.clone().map(|(_, it)| it.open).fold(Truth::Yes, Truth::and);
    if let (true, Some((at, it))) = (open == Truth::No, seen.clone().find(|(_, it)| it.open == Truth::No)) {
        // Rules for single addresses may still let traffic through; that is not confirmed.
        let text = format!("the peering of `{}` and `{}` lets no traffic through", names.0, names.1);
        return Leg::may_fail(fault(Apart::Closed(at)), vec![clause(it.declared, text)]);
    }
    if let Some((at, it)) = down {
        let text = format!("the peering of `{}` and `{}` is not connected", names.0, names.1);
        // The side that the tree makes may be what connects it.
        return match seen.clone().any(|(_, it)| it.connected.is_none()) {
            true => Leg::unknown(it.declared, text),
            false => apart(way, [here, far], fault(Apart::Down(at)), it.declared, text),
        };
    }
    if (there.there.and(back.there) == Truth::Yes || up) && open == Truth::Yes {
        if let Some((span, text)) = space::overlap(here, far) {
            return Leg::unknown(span, text);
        }
        return joined(way, endpoint, &names, seen.map(|(_, it)| it.declared).next());
    }
    let how = match (there.there, back.there) {
        (Truth::No, Truth::No) => Apart::Nothing,
        (Truth::Yes, Truth::No) => there.peering.map_or(Apart::Nothing, |(at, _)| Apart::OneSide(at)),
        (Truth::No, Truth::Yes) => back.peering.map_or(Apart::Nothing, |(at, _)| Apart::OneSide(at)),
        _ => {
            return Leg::unknown(
                far.declared,
                format!("whether `{}` and `{}` are peered can't be told", names.0, names.1),
            );
        }
    };
    let text = match how {
        Apart::OneSide(_) => format!("`{}` and `{}` are peered on one side only", names.0, names.1),
        _ => format!("nothing connects `{}` with `{}`", names.0, names.1),
    };
    apart(way, [here, far], fault(how), far.declared, text)
}

/// The networks are peered.
fn joined(way: Way<'_, '_>, endpoint: usize, names: &(String, String), place: Option<Span>) -> Leg {
    let at = way.world.endpoints.get(endpoint).map(|it| (it.resource.declared, shown(&it.name)));
    let (at, name) = at.unwrap_or((way.pool.span, String::new()));
    let stands = Leg::works(at, format!("endpoint `{name}` leads to the registry and stands in network `{}`", names.1));
    stands.and(Leg::works(place.unwrap_or(at), format!("`{}` and `{}` are peered", names.0, names.1)))
}

/// The networks are not peered, as far as can be seen.
fn apart(way: Way<'_, '_>, ends: [&Vnet<'_>; 2], fault: Obstacle, span: Span, text: String) -> Leg {
    let world = way.world;
    // What was read back says of itself that it is not connected.
    let down = matches!(fault, Obstacle::Private(Fault::Apart { how: Apart::Down(_), .. }));
    if let Some(vnet) = ends.iter().find(|vnet| !down && !absence_counts(world, vnet.resource)) {
        let text = format!("network `{}` is kept elsewhere, and so may its peerings be", shown(&vnet.name));
        return Leg::unknown(vnet.declared, text);
    }
    if let Some(span) = world.network.transit {
        return Leg::unknown(span, "it may carry traffic from network to network");
    }
    let resources: Vec<Option<&Resource>> = ends.iter().map(|vnet| vnet.resource).collect();
    let all: Vec<Option<&Resource>> =
        resources.into_iter().chain([Some(way.cluster.resource), Some(way.registry.resource)]).collect();
    if let Some((why, span)) = hidden(way, &all) {
        return Leg::unknown(span, format!("there may be peerings that can't be seen: {why}"));
    }
    Leg::fails(fault, vec![clause(span, text)])
}

/// From a network that AKS makes nothing leads to an endpoint, unless somebody peers it once it is there.
fn from_managed(way: Way<'_, '_>, endpoint: usize, other: usize) -> Leg {
    let world = way.world;
    let network = &world.network;
    let Some(far) = network.vnets.get(other) else { return Leg::unknown(way.pool.span, "the network can't be told") };
    let managed = |peering: &&Peering<'_>| may_be_managed(way, peering.to) || may_be_managed(way, Some(peering.from));
    if may_be_managed(way, Some(other)) {
        return Leg::unknown(far.declared, "whether the endpoint stands in the network that AKS makes can't be told");
    }
    if !absence_counts(world, Some(way.cluster.resource)) {
        return Leg::unknown(way.pool.span, "the network that AKS made may be peered elsewhere");
    }
    if let Some(peering) = network.peerings.iter().find(managed) {
        return Leg::unknown(peering.declared, "it may be a peering with the network that AKS makes");
    }
    let fault = Obstacle::Private(Fault::Apart { endpoint, nodes: None, other, how: Apart::Nothing });
    let text = format!("nothing connects the network that AKS makes for the nodes with `{}`", shown(&far.name));
    apart(way, [far, far], fault, far.declared, text)
}
