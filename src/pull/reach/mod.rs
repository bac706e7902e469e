//! Do the nodes of a cluster reach the registry? For each pool of nodes: to which address its name leads there, whether
//! the registry opens to them on that way, and what stands on it.

mod course;
mod filter;
mod leg;
mod obstacle;
mod private;
mod public;

use std::collections::BTreeMap;

pub use course::{Course, Lead, Road};
pub use filter::{Denial, Fault as FilterFault, Halt, Keep, Stop};
pub use leg::Leg;
pub use obstacle::Obstacle;
pub use private::{Apart, Fault as PrivateFault};
pub use public::{Fault as PublicFault, Outside};

use crate::ir::{Node, Truth, Why};
use crate::source::Span;
use crate::world::cluster::Cluster;
use crate::world::knowledge::{Evidence, Judgement};
use crate::world::network::pool::Pool;
use crate::world::placement::Landing;
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
    /// To the public address, unless something leads it to an endpoint that can't be seen, for this reason.
    Perhaps(Span, String),
    /// To the private address of one of the endpoints of the lead; with the proof.
    Private(Lead, Vec<Evidence>),
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
    /// What holds for each pool, where they were looked at.
    legs: Vec<Leg>,
    /// Which way the nodes of each pool go.
    courses: Vec<Course>,
    /// Why there may be further pools.
    open: Option<(Why, Span)>,
}

/// Reaches by cluster and registry.
pub(super) type Reaches = BTreeMap<(usize, usize), Reach>;

/// Whether the registry lets the nodes of a cluster in.
pub(super) fn reach<'a>(world: &World<'a>, registry: &Registry<'a>, cluster: &Cluster<'a>) -> Reach {
    if let Some(judgement) = assumed(world, registry, cluster) {
        return Reach::of(Leg { judgement, obstacles: Vec::new() });
    }
    let nobody = private::mistaken(world, registry, cluster).or_else(|| public::shut(world, registry, cluster));
    if let Some(leg) = nobody {
        return Reach::of(leg);
    }
    let pools = world.pools(cluster);
    let ways = pools.items.iter().map(|pool| of_pool(world, registry, cluster, pool));
    let (legs, courses): (Vec<Leg>, Vec<Course>) = ways.unzip();
    match together(legs.iter(), pools.open.as_ref()) {
        Some(mut whole) => {
            whole.note(private::malformed(world, registry, cluster));
            Reach { legs, courses, open: pools.open, ..Reach::of(whole) }
        }
        None => {
            let text = "the node pools of the cluster are not in this tree";
            let whole = public::without_pools(world, registry, cluster);
            Reach::of(whole.unwrap_or_else(|| Leg::unknown(cluster.resource.declared, text)))
        }
    }
}

/// What holds for all of these pools, and for those that can't be seen.
fn together<'l>(mut legs: impl Iterator<Item = &'l Leg>, open: Option<&(Why, Span)>) -> Option<Leg> {
    let first = legs.next()?.clone();
    let whole = legs.fold(first, |whole, leg| whole.agree(leg.clone()));
    Some(match open.filter(|_| whole.truth() != Truth::Unknown) {
        Some((why, span)) => whole.doubt(*span, format!("there may be further node pools: {why}")),
        None => whole,
    })
}

/// Whether the nodes of one pool reach both hosts.
fn of_pool<'a>(world: &World<'a>, registry: &Registry<'a>, cluster: &Cluster<'a>, pool: &Pool) -> (Leg, Course) {
    let to = |host| to_host(Way { world, registry, cluster, pool, host });
    let (login, lead) = to(Host::Login);
    let (data, _) = to(Host::Data);
    (login.clone().and(data), Course { lead, login: login.judgement })
}

fn to_host(way: Way<'_, '_>) -> (Leg, Lead) {
    let (leg, lead) = by_any_way(way);
    match private::refused(way).filter(|_| leg.truth() == Truth::Yes) {
        Some((span, text)) => (leg.doubt(span, text), lead),
        None => (leg, lead),
    }
}

fn by_any_way(way: Way<'_, '_>) -> (Leg, Lead) {
    if let Some(leg) = filter::through_proxy(way) {
        return (leg, Lead::Proxy);
    }
    let publicly = || public::admitted(way).and(filter::public(way));
    match private::resolution(way) {
        Resolution::Public => (publicly(), Lead::Public),
        Resolution::Perhaps(span, text) => match publicly() {
            leg if leg.truth() == Truth::No => (Leg::unknown(span, text), Lead::Unknown),
            leg => (Leg { obstacles: Vec::new(), ..leg }, Lead::Public),
        },
        Resolution::Private(lead, proof) => (private::through(way, lead.endpoints(), proof), lead),
        Resolution::Nowhere(leg) => (leg, Lead::Nowhere),
        Resolution::Unknown(leg) => {
            // Whichever way the name leads: where none works, nothing does.
            let Some(mut ways) = private::every_way(way) else { return (leg, Lead::Unknown) };
            if private::is_shut(way).is_none() {
                ways.push(publicly());
            }
            let all_fail = !ways.is_empty() && ways.iter().all(|leg| leg.truth() == Truth::No);
            (if all_fail { ways.swap_remove(0) } else { leg }, Lead::Unknown)
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
        Reach { judgement, obstacles, legs: Vec::new(), courses: Vec::new(), open: None }
    }

    /// What holds for pods that land only there.
    pub(super) fn on(&self, landing: &Landing) -> Option<Leg> {
        let legs = landing.pools.iter().filter_map(|at| self.legs.get(*at));
        together(legs, self.open.as_ref().filter(|_| !landing.closed))
    }

    /// Pods that land only on some pools fail: what stops them is proved to stop a pull.
    pub(super) fn raise(&mut self, leg: Leg) {
        if self.judgement.truth == Truth::No || leg.truth() != Truth::No {
            return;
        }
        for (obstacle, proof) in leg.obstacles.into_iter().filter(|(_, proof)| *proof == Truth::No) {
            match self.obstacles.iter_mut().find(|(own, _)| *own == obstacle) {
                Some((_, own)) => *own = proof,
                None => self.obstacles.push((obstacle, proof)),
            }
        }
        self.judgement.because = leg.judgement.because;
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
