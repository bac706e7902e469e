//! Which clusters and registries belong together.

use super::demand::Demand;
use super::permission::permission;
use crate::ir::Truth;
use crate::world::World;
use crate::world::cluster::Cluster;
use crate::world::grant::Grant;
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
    /// Whether the pulling identity may pull.
    pub permission: Judgement,
}

pub(super) fn pairs(world: &World<'_>, demands: &[Demand]) -> Vec<Pair> {
    let mut ties: Vec<(usize, usize, Tie)> = Vec::new();
    for (c, cluster) in world.clusters.iter().enumerate() {
        for (r, registry) in world.registries.iter().enumerate() {
            let demanded = demands.iter().any(|demand| demand.registry() == Some(r) && demand.clusters.contains(&c));
            if demanded {
                ties.push((c, r, Tie::Workload));
            } else if world.grants.iter().any(|grant| wires(world, grant, cluster, registry)) {
                ties.push((c, r, Tie::Wired));
            }
        }
    }
    ties.extend(siblings(world, &ties));
    ties.extend(alone(world, &ties));
    ties.into_iter()
        .filter_map(|(cluster, registry, tie)| {
            let permission = permission(world, world.clusters.get(cluster)?, world.registries.get(registry)?)?;
            Some(Pair { cluster, registry, tie, permission })
        })
        .collect()
}

/// Whether a grant for pulling ties an identity of the cluster to the registry.
pub(super) fn wires<'a>(world: &World<'a>, grant: &Grant<'a>, cluster: &Cluster<'a>, registry: &Registry<'a>) -> bool {
    let held = || {
        grant.holder.pulls_for(cluster, &world.resolver) == Truth::Yes
            || grant.holder.is_control_plane_of(cluster, &world.resolver) == Truth::Yes
            || is_about(world, grant, cluster)
    };
    let on_it = || grant.covers(registry, &world.resolver) == Truth::Yes || grant.misplaces(registry, &world.resolver);
    grant.means_pull() && held() && on_it()
}

/// The principal is read from this cluster, though from the wrong property.
fn is_about<'a>(world: &World<'a>, grant: &Grant<'a>, cluster: &Cluster<'a>) -> bool {
    let wrong = matches!(grant.holder, crate::world::identity::Holder::WrongKind(_));
    wrong && mentions(world, &grant.principal, cluster)
}

fn mentions<'a>(world: &World<'a>, node: &crate::ir::Node, cluster: &Cluster<'a>) -> bool {
    let crate::ir::Value::Ref(reference) = &node.value else { return false };
    let Some(found) = world.resolver.target(&reference.target) else { return false };
    let is_id =
        |id: &crate::ir::Node| world.resolver.resource_of(id).is_some_and(|identity| identity.address == found.address);
    let supplied = match &cluster.pulling {
        crate::world::cluster::Pulling::Kubelet { supplied: Some(id), .. } => is_id(id),
        _ => false,
    };
    found.address == cluster.resource.address || supplied || cluster.control.iter().any(is_id)
}

/// A sibling instance of a tied cluster that is tied to no registry, or of a tied registry that no cluster is tied to.
fn siblings(world: &World<'_>, ties: &[(usize, usize, Tie)]) -> Vec<(usize, usize, Tie)> {
    let cluster = |at: usize| world.clusters.get(at).map(|cluster| &cluster.resource.address);
    let registry = |at: usize| world.registries.get(at).map(|registry| &registry.resource.address);
    let mut found = Vec::new();
    for &(c, r, _) in ties.iter().filter(|(.., tie)| *tie == Tie::Wired) {
        for other in 0..world.clusters.len() {
            let free = !ties.iter().any(|&(tied, ..)| tied == other);
            let related = cluster(c).zip(cluster(other)).is_some_and(|(a, b)| a != b && a.is_sibling(b));
            let kind = if wired_inside(world, c, r) { Tie::LeftOut } else { Tie::Sibling };
            if free && related && !found.contains(&(other, r, kind)) {
                found.push((other, r, kind));
            }
        }
        for other in 0..world.registries.len() {
            let free = !ties.iter().any(|&(_, tied, _)| tied == other);
            let related = registry(r).zip(registry(other)).is_some_and(|(a, b)| a != b && a.is_sibling(b));
            // The cluster has its registry; another one beside it may be for somebody else.
            if free && related && !found.contains(&(c, other, Tie::LeftOut)) {
                found.push((c, other, Tie::LeftOut));
            }
        }
    }
    found
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
                && wires(world, grant, cluster, registry)
        })
}

fn alone(world: &World<'_>, ties: &[(usize, usize, Tie)]) -> Vec<(usize, usize, Tie)> {
    let root = |address: &crate::ir::Address| address.root.clone();
    let mut found = Vec::new();
    for (c, cluster) in world.clusters.iter().enumerate().filter(|(_, cluster)| cluster.is_declared()) {
        let own = root(&cluster.resource.address);
        let clusters =
            world.clusters.iter().filter(|other| other.is_declared() && root(&other.resource.address) == own).count();
        let mut registries = world
            .registries
            .iter()
            .enumerate()
            .filter(|(_, other)| other.is_declared() && root(&other.resource.address) == own);
        let (Some((r, _)), None) = (registries.next(), registries.next()) else { continue };
        if clusters == 1 && !ties.iter().any(|&(a, b, _)| a == c || b == r) {
            found.push((c, r, Tie::Alone));
        }
    }
    found
}
