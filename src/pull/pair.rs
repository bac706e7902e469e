//! Which clusters and registries belong together.

use std::collections::{BTreeMap, BTreeSet};

use super::Cause;
use super::demand::Demand;
use super::permission::permission;
use crate::ir::{Language, Origin, Resource, Truth};
use crate::world::World;
use crate::world::cluster::Cluster;
use crate::world::grant::Grant;
use crate::world::identity::Holder;
use crate::world::knowledge::Judgement;
use crate::world::registry::Registry;

/// What puts a pair under judgement, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tie {
    /// A workload that could run on the cluster pulls from the registry.
    Workload,
    /// A grant ties an identity of the cluster to the registry.
    Wired,
    /// A sibling of it is wired.
    Sibling,
    /// A sibling of it is wired from within its own module instance, which this one's instance leaves out.
    LeftOut,
    /// A grant for pulling that may be for them: nobody can say whom it is for.
    Possible,
    /// One deployment creates exactly these two, and nothing ties them.
    Alone,
}

/// A cluster and a registry under judgement.
#[derive(Clone, Debug)]
pub struct Pair {
    /// By its place in the world.
    pub cluster: usize,
    /// By its place in the world.
    pub registry: usize,
    /// What ties them.
    pub tie: Tie,
    /// A grant ties an identity of the cluster to the registry, whatever else does.
    pub wired: bool,
    /// A workload that pulls from the registry is known to run on the cluster.
    pub sure: bool,
    /// A grant ties the cluster to another registry.
    pub provided: bool,
    /// Whether the pulling identity may pull.
    pub permission: Judgement,
    /// The grants that were meant for it and miss, by their places in the world.
    pub(super) causes: Vec<(Cause, usize)>,
}

/// Pairs by cluster and registry.
pub(super) type ByEnds<'p> = BTreeMap<(usize, usize), &'p Pair>;

/// Whether none of these pairs of a registry is wired, while another one is.
pub(super) fn others_are_wired(all: &ByEnds<'_>, own: &[&Pair], registry: &Registry<'_>) -> bool {
    let wired = || all.values().any(|pair| pair.registry == registry.at && pair.wired);
    own.iter().all(|pair| !pair.wired) && wired()
}

pub(super) fn pairs(world: &World<'_>, demands: &[Demand]) -> Vec<Pair> {
    let of_demand = |demand: &Demand| {
        let registry = demand.registry();
        demand.place.clusters.iter().filter_map(|&c| Some((c, registry?))).collect::<Vec<_>>()
    };
    let demanded: BTreeSet<(usize, usize)> = demands.iter().flat_map(of_demand).collect();
    let sure: BTreeSet<(usize, usize)> = demands.iter().filter(|it| it.place.sure).flat_map(of_demand).collect();
    let wired = wired(world);
    let mut ties: BTreeMap<(usize, usize), Tie> = BTreeMap::new();
    for pair in &wired {
        ties.insert(*pair, if demanded.contains(pair) { Tie::Workload } else { Tie::Wired });
    }
    let siblings = siblings(world, &wired);
    // Nothing says that it runs on a sibling of a cluster that is wired: that one has the siblings' place.
    let placed: BTreeSet<(usize, usize)> =
        siblings.iter().filter(|(.., tie)| *tie == Tie::Sibling).map(|&(c, r, _)| (c, r)).collect();
    let guessed = |pair: &&(usize, usize)| sure.contains(pair) || !placed.contains(pair);
    for pair in demanded.iter().filter(|pair| !wired.contains(pair)).filter(guessed) {
        ties.insert(*pair, Tie::Workload);
    }
    for (c, r, tie) in siblings {
        ties.entry((c, r)).or_insert(tie);
    }
    for pair in possible(world, &ties) {
        ties.insert(pair, Tie::Possible);
    }
    for (c, r) in alone(world, &ties) {
        ties.insert((c, r), Tie::Alone);
    }
    let mut provided: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    wired.iter().for_each(|&(c, r)| provided.entry(c).or_default().push(r));
    ties.into_iter()
        .filter_map(|((cluster, registry), tie)| {
            let (wired, named) = (wired.contains(&(cluster, registry)), demanded.contains(&(cluster, registry)));
            let sure = sure.contains(&(cluster, registry));
            let ends = (world.clusters.get(cluster)?, world.registries.get(registry)?);
            let permission = permission(world, ends.0, ends.1, None, named)?;
            let provided = provided.get(&cluster).is_some_and(|own| own.iter().any(|&other| other != registry));
            Some(Pair { cluster, registry, tie, wired, sure, provided, permission, causes: Vec::new() })
        })
        .collect()
}

/// The clusters and registries that a grant ties, or did until a plan deletes it.
fn wired(world: &World<'_>) -> BTreeSet<(usize, usize)> {
    let now = world.grants.iter().map(|grant| (grant, None));
    let lost = world.former_grants.iter().filter(|former| former.is_lost()).map(|former| (&former.grant, Some(former)));
    let mut found = BTreeSet::new();
    for (grant, former) in now.chain(lost) {
        for (&c, &r) in grant.held().iter().flat_map(|c| grant.on().iter().map(move |r| (c, r))) {
            let (Some(cluster), Some(registry)) = (world.clusters.get(c), world.registries.get(r)) else { continue };
            let ties = match former {
                Some(former) => former.served(cluster, registry),
                None => wires(grant, cluster, registry),
            };
            if ties {
                found.insert((c, r));
            }
        }
    }
    // The nodes of an isolated cluster are made of what its registry has.
    found.extend(world.bootstraps().iter().map(|it| (it.cluster.at, it.registry.at)));
    found
}

/// Whether a grant for pulling ties an identity of the cluster to the registry.
pub(super) fn wires(grant: &Grant<'_>, cluster: &Cluster<'_>, registry: &Registry<'_>) -> bool {
    let pulls = grant.pulls_for(cluster) == Truth::Yes;
    let held = || {
        pulls
            || grant.pulled_for(cluster)
            || grant.is_control_plane_of(cluster) == Truth::Yes
            || grant.misreads(cluster)
    };
    let on_it = || grant.covers(registry) == Truth::Yes || grant.misplaces(registry);
    // A role without pull ties too, where it is given to the puller on this very registry.
    let short = || pulls && grant.is_on(registry) && grant.lets_pull(registry) == Truth::No;
    grant.means_pull() && on_it() && held() || short()
}

/// A sibling instance of a wired cluster that is wired to no registry, or of a wired registry that no cluster is wired to.
fn siblings(world: &World<'_>, wired: &BTreeSet<(usize, usize)>) -> Vec<(usize, usize, Tie)> {
    let cluster = |at: usize| world.clusters.get(at).map(|cluster| cluster.resource);
    let registry = |at: usize| world.registries.get(at).map(|registry| registry.resource);
    let mut found: BTreeSet<(usize, usize, Tie)> = BTreeSet::new();
    let tied: (BTreeSet<usize>, BTreeSet<usize>) = wired.iter().copied().unzip();
    let clusters: Vec<usize> = (0..world.clusters.len()).filter(|at| !tied.0.contains(at)).collect();
    let registries: Vec<usize> = (0..world.registries.len()).filter(|at| !tied.1.contains(at)).collect();
    for &(c, r) in wired {
        let related = |&&other: &&usize| cluster(c).zip(cluster(other)).is_some_and(|(a, b)| are_siblings(a, b));
        let mut others = clusters.iter().filter(related).peekable();
        // Most have none.
        if others.peek().is_some() {
            let kind = if wired_inside(world, c, r) { Tie::LeftOut } else { Tie::Sibling };
            found.extend(others.map(|&other| (other, r, kind)));
        }
        let related = |&&other: &&usize| registry(r).zip(registry(other)).is_some_and(|(a, b)| are_siblings(a, b));
        // The cluster has its registry; another one beside it may be for somebody else.
        found.extend(registries.iter().filter(related).map(|&other| (c, other, Tie::LeftOut)));
    }
    found.into_iter().collect()
}

/// Whether two resources are instances of one declaration, or what one command in a loop makes.
fn are_siblings(one: &Resource, other: &Resource) -> bool {
    let made = |it: &Resource| it.language == Language::Script && it.origin == Origin::Declared;
    let looped = || made(one) && made(other) && one.extent == other.extent;
    one.address != other.address && (one.address.is_sibling(&other.address) || looped())
}

/// The grant that wires the pair belongs to the cluster's own module instance: the instances decide for themselves.
fn wired_inside(world: &World<'_>, c: usize, r: usize) -> bool {
    let (Some(cluster), Some(registry)) = (world.clusters.get(c), world.registries.get(r)) else { return false };
    let modules = cluster.resource.address.path.split_last().map_or(&[][..], |(_, modules)| modules);
    let instanced = modules.iter().any(|step| step.key.is_some());
    instanced
        && world.grants.iter().any(|grant| {
            grant.resource.address.root == cluster.resource.address.root
                && grant.resource.address.path.starts_with(modules)
                && wires(grant, cluster, registry)
        })
}

/// More pairs than this of which nobody can say whether they belong together are not told.
const MOST_POSSIBLE: usize = 10_000;

/// A grant whose principal can't be read and that is not proved to be for another pair may be for any cluster of its
/// deployment.
fn possible(world: &World<'_>, ties: &BTreeMap<(usize, usize), Tie>) -> BTreeSet<(usize, usize)> {
    let stray = |grant: &&Grant<'_>| grant.means_pull() && matches!(grant.holder, Holder::Unknown(_));
    let mut found = BTreeSet::new();
    for grant in world.grants.iter().filter(stray) {
        let root = &grant.resource.address.root;
        let own = |address: &crate::ir::Address| address.root == *root;
        let reached = world.registries.iter().filter(|registry| match grant.covers(registry) {
            Truth::Yes => true,
            Truth::Unknown => own(&registry.resource.address),
            Truth::No => false,
        });
        let reached: Vec<usize> = reached.map(|registry| registry.at).collect();
        let clusters = world.clusters.iter().filter(|it| own(&it.resource.address));
        for cluster in clusters.filter(|cluster| grant.pulls_for(cluster) == Truth::Unknown) {
            if found.len() >= MOST_POSSIBLE {
                return found;
            }
            found.extend(reached.iter().map(|&r| (cluster.at, r)).filter(|pair| !ties.contains_key(pair)));
        }
    }
    found
}

fn alone(world: &World<'_>, ties: &BTreeMap<(usize, usize), Tie>) -> Vec<(usize, usize)> {
    // Of each deployment the clusters and registries that it declares.
    let mut declared: BTreeMap<&str, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for cluster in world.clusters.iter().filter(|cluster| cluster.is_declared()) {
        declared.entry(&cluster.resource.address.root).or_default().0.push(cluster.at);
    }
    for registry in world.registries.iter().filter(|registry| registry.is_declared()) {
        declared.entry(&registry.resource.address.root).or_default().1.push(registry.at);
    }
    let only = |(clusters, registries): &(Vec<usize>, Vec<usize>)| match (clusters.as_slice(), registries.as_slice()) {
        ([c], [r]) => Some((*c, *r)),
        _ => None,
    };
    let free = |&(c, r): &(usize, usize)| !ties.keys().any(|&(a, b)| a == c || b == r);
    let mut found: Vec<(usize, usize)> = declared.values().filter_map(only).filter(free).collect();
    // Somebody saved one of each.
    if let ([cluster], [registry]) = (world.clusters.as_slice(), world.registries.as_slice())
        && cluster.resource.is_read_back()
        && registry.is_read_back()
        && ties.is_empty()
    {
        found.push((cluster.at, registry.at));
    }
    found
}
