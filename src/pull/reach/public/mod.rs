//! The public way: the registry's door, and the addresses with which nodes come to it.

mod door;
#[cfg(test)]
mod tests;

use super::{Leg, Obstacle, Way, clause};
use crate::ir::{Origin, Truth};
use crate::source::Span;
use crate::world::cluster::Cluster;
use crate::world::knowledge::{Fact, Judgement};
use crate::world::network::egress::{Egress, Exit};
use crate::world::network::pool::Pool;
use crate::world::registry::Registry;
use crate::world::{Completeness, World};

/// What is wrong on the public way.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// The registry admits nobody: what is written, and where.
    Shut(&'static str, Span),
    /// The registry admits other addresses than those with which the nodes come.
    Outside(Outside),
    /// Rules that admit nobody who could come: where, and why.
    Never(Vec<(Span, &'static str)>),
    /// The registry relies on subnets, and that of the nodes is not ready: where to change it, and what is wrong.
    Subnet(Span, &'static str),
    /// The nodes have no way out: the outbound type, and where it is written.
    NoWayOut(&'static str, Span),
}

/// Addresses that a registry does not admit.
#[derive(Clone, Debug, PartialEq)]
pub struct Outside {
    /// Where the rules are.
    pub place: Span,
    /// The addresses that are left out, by name and place.
    pub addresses: Vec<(String, Span)>,
    /// Others of the cluster are admitted.
    pub some: bool,
    /// What leads out, as a clause after "nodes leave".
    pub through: String,
}

/// Nodes of a cluster in front of the public door.
#[derive(Clone, Copy)]
struct Caller<'s, 'a> {
    world: &'s World<'a>,
    registry: &'s Registry<'a>,
    cluster: &'s Cluster<'a>,
    pool: Option<&'s Pool>,
    egress: &'s Egress,
}

/// Why nobody at all reaches the registry: its public door is shut, and no private endpoint leads to it.
pub(super) fn shut<'a>(world: &World<'a>, registry: &Registry<'a>, cluster: &Cluster<'a>) -> Option<Leg> {
    let (what, span) = registry.is_shut().filter(|_| absence_counts(world, registry))?;
    let none = world.has_endpoint(cluster, registry) == Truth::No;
    let because = vec![clause(span, format!("{what}, and no private endpoint leads to it"))];
    none.then(|| Leg::fails(Obstacle::Public(Fault::Shut(what, span)), because))
}

/// Whether it is proof that a registry has no other way in than what is seen.
fn absence_counts(world: &World<'_>, registry: &Registry<'_>) -> bool {
    match world.outlook.completeness {
        Completeness::Repository => registry.is_declared() || registry.is_read_back(),
        Completeness::Open => false,
        Completeness::Closed => true,
    }
}

/// Whether the registry's public door opens to the nodes, and they get there.
pub(super) fn admitted(way: Way<'_, '_>) -> Leg {
    arrives(way.world, way.registry, way.cluster, Some(way.pool))
}

/// What can be said where the pools of the cluster are not known.
pub(super) fn without_pools<'a>(world: &World<'a>, registry: &Registry<'a>, cluster: &Cluster<'a>) -> Option<Leg> {
    let leg = arrives(world, registry, cluster, None);
    let free = matches!(
        cluster.outbound.as_deref(),
        None | Some("loadbalancer" | "managednatgateway" | "managednatgatewayv2" | "userassignednatgateway")
    );
    // Their subnets may have a way of their own.
    let sure = leg.truth() != Truth::No || cluster.outbound.as_deref() == Some("block");
    match (free || leg.truth() != Truth::Yes, sure) {
        (false, _) => None,
        (true, true) => Some(leg),
        (true, false) => {
            Some(leg.doubt(cluster.resource.declared, "the node pools of the cluster are not in this tree"))
        }
    }
}

fn arrives<'a>(world: &World<'a>, registry: &Registry<'a>, cluster: &Cluster<'a>, pool: Option<&Pool>) -> Leg {
    let Some(egress) = world.egress(cluster, pool) else {
        return Leg::unknown(cluster.resource.declared, "the way out of the cluster is not known");
    };
    let caller = Caller { world, registry, cluster, pool, egress };
    let out = way_out(caller);
    // Who can't get out comes to no door.
    if out.truth() == Truth::No { out } else { door::opens(caller).and(out) }
}

/// Whether nodes get out at all. Where routes lead is asked of what filters.
fn way_out(caller: Caller<'_, '_>) -> Leg {
    let (world, cluster, egress) = (caller.world, caller.cluster, caller.egress);
    let proved = absence_counts(world, caller.registry) && !cluster.proxied;
    // A service endpoint leads to the registry without a way to the internet.
    let subnet = caller.pool.and_then(|pool| world.subnet_of(pool));
    let closed = subnet.is_none_or(|subnet| world.has_service_endpoint(subnet) == Truth::No);
    let no_way = |kind| Obstacle::Public(Fault::NoWayOut(kind, egress.span));
    let because = |text: &str| vec![clause(egress.span, text)];
    match egress.exit {
        Exit::Open => Leg::works(egress.span, ""),
        Exit::Blocked if proved && closed => {
            Leg::fails(no_way("block"), because("AKS lets nothing of the nodes out to the internet"))
        }
        Exit::Unmade if proved && closed && !world.may_have_egress(cluster) => {
            Leg::may_fail(no_way("none"), because("AKS makes no way out for the nodes"))
        }
        Exit::Unknown if cluster.outbound.as_deref() == Some("userdefinedrouting") => Leg::works(egress.span, ""),
        // Of a cluster that the tree only refers to nothing says that its nodes don't get out to what is open to all.
        Exit::Unknown if cluster.resource.origin == Origin::Existing && caller.registry.plainly_public() => {
            Leg::works(egress.span, "")
        }
        _ => Leg::unknown(egress.span, "whether the nodes get out is not known"),
    }
}

/// Whether a registry lets in nodes of which nobody knows where they stand.
pub(super) fn from_anywhere(_: &World<'_>, registry: &Registry<'_>) -> Judgement {
    let unknown = |span, text: String| Judgement::new(Truth::Unknown, span, text);
    let at = registry.public.span();
    match (&registry.public, &registry.admits_all) {
        _ if registry.plainly_public() => Judgement::new(Truth::Yes, at, "public access is open to all networks"),
        // Something only names it.
        _ if !registry.is_declared() && !registry.is_read_back() => {
            unknown(at, "whom the registry lets in is not in this tree".to_owned())
        }
        _ if registry.is_in_a_perimeter() => unknown(at, "a network security perimeter says who gets in".to_owned()),
        (Fact::Unknown(why, span), _) | (_, Fact::Unknown(why, span)) => {
            unknown(*span, format!("whom the registry lets in is not known: {why}"))
        }
        (public, _) if public.value() == Some(&false) => {
            unknown(at, "public access is disabled, and where the nodes stand is not known".to_owned())
        }
        (_, admits) => unknown(
            admits.span(),
            "the registry admits only some, and where the nodes come from is not known".to_owned(),
        ),
    }
}
