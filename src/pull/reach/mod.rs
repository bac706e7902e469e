//! Do the nodes of a cluster reach the registry? For each pool of nodes: to which address its name leads there, whether
//! the registry opens to them on that way, and what stands on it.

mod filter;
mod leg;
mod obstacle;
mod private;
mod public;

use std::collections::BTreeMap;

pub use filter::{Denial, Fault as FilterFault, Halt, Keep, Stop};
pub use leg::Leg;
pub use obstacle::Obstacle;
pub use private::{Apart, Fault as PrivateFault};
pub use public::Fault as PublicFault;

use crate::ir::{Node, Truth};
use crate::world::cluster::Cluster;
use crate::world::knowledge::{Evidence, Judgement};
use crate::world::network::pool::Pool;
use crate::world::registry::Registry;
use crate::world::workload::shown;
use crate::world::{Assumed, World};

/// Which of a registry's hosts the nodes talk to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Host {
    /// The login server: tokens and manifests.
    Login,
    /// Where layers come from: a data endpoint of the registry, or blob storage.
    Data,
}

/// Nodes of a cluster on their way to a registry.
#[derive(Clone, Copy)]
pub(super) struct Way<'s, 'a> {
    pub(super) world: &'s World<'a>,
    pub(super) registry: &'s Registry<'a>,
    pub(super) cluster: &'s Cluster<'a>,
    pub(super) pool: &'s Pool,
    pub(super) host: Host,
}

/// Where a name of the registry leads from the network of the nodes.
#[derive(Clone, Debug)]
pub(super) enum Resolution {
    /// To the public address.
    Public,
    /// To the private address of one of these endpoints, by their places in the world; with the proof.
    Private(Vec<usize>, Vec<Evidence>),
    /// To no address, or to one that is not the registry's.
    Nowhere(Leg),
    /// Can't be told; the leg says why.
    Unknown(Leg),
}

/// Whether nodes reach a registry, and what is in their way.
#[derive(Clone, Debug)]
pub struct Reach {
    /// The answer.
    pub judgement: Judgement,
    /// What is in the way: `Truth::No` where that alone keeps every pull of the pools from working, else it only may.
    pub obstacles: Vec<(Obstacle, Truth)>,
}

/// Reaches by cluster and registry.
pub(super) type Reaches = BTreeMap<(usize, usize), Reach>;

/// Whether the registry lets the nodes of a cluster in.
pub(super) fn reach<'a>(world: &World<'a>, registry: &Registry<'a>, cluster: &Cluster<'a>) -> Reach {
    if let Some(judgement) = assumed(world, registry, cluster) {
        return Reach { judgement, obstacles: Vec::new() };
    }
    let nobody = private::mistaken(world, registry, cluster).or_else(|| public::shut(world, registry, cluster));
    if let Some(leg) = nobody {
        return Reach::of(leg);
    }
    let pools = world.pools(cluster);
    let legs: Vec<(&Pool, Leg)> =
        pools.items.iter().map(|pool| (*pool, of_pool(world, registry, cluster, pool))).collect();
    let Some((_, first)) = legs.first() else {
        let text = "the node pools of the cluster are not in this tree";
        let whole = public::without_pools(world, registry, cluster);
        return Reach::of(whole.unwrap_or_else(|| Leg::unknown(cluster.resource.declared, text)));
    };
    let mut whole = first.clone();
    for (_, leg) in legs.iter().skip(1) {
        whole = whole.agree(leg.clone());
    }
    if let Some((why, span)) = pools.open.filter(|_| whole.truth() == Truth::Yes || whole.truth() == Truth::No) {
        whole = whole.doubt(span, format!("there may be further node pools: {why}"));
    }
    let malformed = private::malformed(world, registry, cluster);
    whole.note(malformed);
    Reach::of(whole)
}

/// Whether the nodes of one pool reach both hosts.
fn of_pool<'a>(world: &World<'a>, registry: &Registry<'a>, cluster: &Cluster<'a>, pool: &Pool) -> Leg {
    let to = |host| to_host(Way { world, registry, cluster, pool, host });
    to(Host::Login).and(to(Host::Data))
}

fn to_host(way: Way<'_, '_>) -> Leg {
    if let Some(leg) = filter::through_proxy(way) {
        return leg;
    }
    let publicly = || public::admitted(way).and(filter::public(way));
    match private::resolution(way) {
        Resolution::Public => publicly(),
        Resolution::Private(endpoints, proof) => private::through(way, &endpoints, proof),
        Resolution::Nowhere(leg) => leg,
        Resolution::Unknown(leg) => {
            // Whichever way the name leads: where none works, nothing does.
            let Some(mut ways) = private::every_way(way) else { return leg };
            if private::is_shut(way).is_none() {
                ways.push(publicly());
            }
            let all_fail = !ways.is_empty() && ways.iter().all(|leg| leg.truth() == Truth::No);
            if all_fail { ways.swap_remove(0) } else { leg }
        }
    }
}

fn assumed<'a>(world: &World<'a>, registry: &Registry<'a>, cluster: &Cluster<'a>) -> Option<Judgement> {
    let is = |node: &Node, name: &str| node.as_str().is_some_and(|own| own.eq_ignore_ascii_case(name));
    let assumed = world.outlook.assumed.iter().any(|fact| match fact {
        Assumed::Reachable { registry: r, cluster: c } => is(&registry.name, r) && is(&cluster.name, c),
        _ => false,
    });
    assumed.then(|| Judgement::new(Truth::Yes, registry.public.span(), "reachable, says the configuration"))
}

/// Whether a registry lets in nodes of which nobody knows where they stand.
pub(super) fn from_anywhere(world: &World<'_>, registry: &Registry<'_>) -> Judgement {
    public::from_anywhere(world, registry)
}

impl Reach {
    fn of(leg: Leg) -> Reach {
        let Leg { judgement, obstacles } = leg;
        Reach { judgement, obstacles }
    }
}

/// A clause about a pool's nodes.
pub(super) fn of_nodes(pool: &Pool) -> String {
    format!("nodes of pool `{}`", shown(&pool.name))
}

/// One clause of a proof.
pub(super) fn clause(span: crate::source::Span, text: impl Into<String>) -> Evidence {
    Evidence { span, text: text.into() }
}
