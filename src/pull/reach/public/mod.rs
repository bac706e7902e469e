//! The public way: the registry's door, and the addresses with which nodes come to it.

use super::{Leg, Obstacle, Way, clause};
use crate::ir::Truth;
use crate::source::Span;
use crate::world::cluster::Cluster;
use crate::world::knowledge::Judgement;
use crate::world::registry::Registry;
use crate::world::{Completeness, World};

/// What is wrong on the public way.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// The registry admits nobody: what is written, and where.
    Shut(&'static str, Span),
}

/// Why nobody at all reaches the registry: its public door is shut, and no private endpoint leads to it.
pub(super) fn shut<'a>(world: &World<'a>, registry: &Registry<'a>, cluster: &Cluster<'a>) -> Option<Leg> {
    let proved = match world.outlook.completeness {
        Completeness::Repository => registry.is_declared() || registry.is_read_back(),
        Completeness::Open => false,
        Completeness::Closed => true,
    };
    let (what, span) = registry.is_shut().filter(|_| proved)?;
    let none = world.has_endpoint(cluster, registry) == Truth::No;
    let because = vec![clause(span, format!("{what}, and no private endpoint leads to it"))];
    none.then(|| Leg::fails(Obstacle::Public(Fault::Shut(what, span)), because))
}

/// Whether the registry's public door opens to the nodes.
pub(super) fn admitted(way: Way<'_, '_>) -> Leg {
    let judgement = from_anywhere(way.world, way.registry);
    Leg { judgement, obstacles: Vec::new() }
}

/// What can be said where the pools of the cluster are not known.
pub(super) fn without_pools<'a>(world: &World<'a>, registry: &Registry<'a>, cluster: &Cluster<'a>) -> Option<Leg> {
    let free = matches!(
        cluster.outbound.as_deref(),
        None | Some("loadbalancer" | "managednatgateway" | "userassignednatgateway")
    );
    let judgement = from_anywhere(world, registry);
    (free || judgement.truth != Truth::Yes).then(|| Leg { judgement, obstacles: Vec::new() })
}

/// Whether a registry lets in nodes of which nobody knows where they stand.
pub(super) fn from_anywhere(_: &World<'_>, registry: &Registry<'_>) -> Judgement {
    let at = registry.public.span();
    match registry.plainly_public() {
        true => Judgement::new(Truth::Yes, at, "public access is open to all networks"),
        // Something only names it.
        false if !registry.is_declared() && !registry.is_read_back() => {
            Judgement::new(Truth::Unknown, at, "whom the registry lets in is not in this tree")
        }
        false => Judgement::new(Truth::Unknown, at, "network not analysed yet"),
    }
}
