//! The pull path: can this cluster pull this image from that registry? Each step is a judgement with its evidence.

mod admin;
mod alike;
mod by_hand;
mod cause;
mod cloud;
mod credential;
mod demand;
mod elsewhere;
mod pair;
mod path;
mod permission;
pub mod reach;
mod reference;

pub use admin::{AdminLogins, AdminUser, login_lines};
pub use cause::Cause;
pub use credential::{LINE_END, Offer, Outcome, day, is_example_file, lacking, offers, refusal};
pub use pair::{Pair, Tie};
pub use path::{Path, Step};
pub use reach::{Obstacle, Reach};

use std::collections::BTreeMap;

use crate::ir::Truth;
use crate::source::Store;
use crate::world::World;
use crate::world::cluster::Cluster;
use crate::world::grant::Grant;
use crate::world::identity::Holder;
use crate::world::registry::Registry;

/// A world and everything that was judged in it; what rules see.
pub struct Case<'w, 'a> {
    /// The world.
    pub world: &'w World<'a>,
    /// The texts, for the names of files.
    pub store: &'w Store,
    /// Pairs under judgement.
    pub pairs: Vec<Pair>,
    /// One path for each image of each workload, and for each tied pair without one.
    pub paths: Vec<Path>,
    /// Whether nodes reach registries, by cluster and registry: of each pair.
    reaches: reach::Reaches,
    /// The pairs of each registry, by their places among the pairs.
    of_registry: BTreeMap<usize, Vec<usize>>,
    /// Grants whose principal is no object id, by their places in the world.
    strays: Vec<usize>,
}

impl<'w, 'a> Case<'w, 'a> {
    /// Judges everything in the world.
    pub fn judge(world: &'w World<'a>, store: &'w Store) -> Case<'w, 'a> {
        let demands = demand::demands(world, store);
        let pairs = pair::pairs(world, &demands);
        let reaches = reaches(world, &pairs);
        let paths = path::paths(world, &pairs, &demands, &reaches);
        let reaches = raised(world, &paths, reaches);
        let strays = world.grants.iter().enumerate().filter(|(_, it)| matches!(it.holder, Holder::WrongKind(_)));
        let strays = strays.map(|(at, _)| at).collect();
        let mut of_registry: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        pairs.iter().enumerate().for_each(|(at, pair)| of_registry.entry(pair.registry).or_default().push(at));
        let mut case = Case { world, store, pairs, paths, reaches, of_registry, strays };
        let causes: Vec<_> = case.pairs.iter().map(|pair| case.find_causes(pair)).collect();
        case.pairs.iter_mut().zip(causes).for_each(|(pair, causes)| pair.causes = causes);
        for (path, step, evidence) in case.told_by_hand() {
            let step = case.paths.get_mut(path).and_then(|path| path.steps.get_mut(step));
            step.into_iter().for_each(|step| step.judgement.because.push(evidence.clone()));
        }
        case
    }

    /// The grants that let a cluster pull from a registry.
    pub fn serving<'s>(
        &'s self,
        cluster: &'s Cluster<'a>,
        registry: &'s Registry<'a>,
    ) -> impl Iterator<Item = &'s Grant<'a>> {
        let serves = |grant: &&Grant<'a>| permission::serves(cluster, registry, grant) == Truth::Yes;
        self.world.grants_for(cluster).map(|(_, grant)| grant).filter(serves)
    }

    /// Whether the nodes of a pair reach the registry, and what is in their way.
    pub fn reach(&self, pair: &Pair) -> Option<&Reach> {
        self.reaches.get(&(pair.cluster, pair.registry))
    }

    /// The ways of the nodes on which the pod of a path may land, one for each pool; none where no pool was looked at.
    pub fn roads(&self, path: &Path) -> Vec<reach::Road<'_>> {
        let reach = path.cluster.zip(path.registry).and_then(|ends| self.reaches.get(&ends));
        let landing = path::landing(self.world, path.workload, path.cluster);
        reach.map(|reach| reach.roads(landing.as_ref())).unwrap_or_default()
    }

    /// The pair of a cluster and a registry, when it is under judgement.
    pub fn pair(&self, cluster: usize, registry: usize) -> Option<&Pair> {
        // They are in the order of clusters and registries.
        let at = self.pairs.binary_search_by_key(&(cluster, registry), |pair| (pair.cluster, pair.registry)).ok()?;
        self.pairs.get(at)
    }
}

/// Where a pod that lands only on some pools can't pull, what stops it is proved; where all that pull land on pools that
/// reach the registry, it doesn't matter what stops others.
fn raised(world: &World<'_>, paths: &[Path], mut reaches: reach::Reaches) -> reach::Reaches {
    let mut served: BTreeMap<(usize, usize), bool> = BTreeMap::new();
    for path in paths.iter().filter(|path| path.workload.is_some()) {
        let Some(ends) = path.cluster.zip(path.registry) else { continue };
        let fine = path.step("network").is_some_and(|step| step.truth == Truth::Yes);
        *served.entry(ends).or_insert(true) &= fine;
    }
    for ends in served.into_iter().filter(|(_, fine)| *fine).map(|(ends, _)| ends) {
        // That endpoints overwrite each other's records is so wherever pods land.
        let lasts = |obstacle: &Obstacle| matches!(obstacle, Obstacle::Private(reach::PrivateFault::Shared { .. }));
        reaches.get_mut(&ends).into_iter().for_each(|reach| reach.obstacles.retain(|(it, _)| lasts(it)));
    }
    for path in paths {
        let Some(reach) = path.cluster.zip(path.registry).and_then(|ends| reaches.get_mut(&ends)) else { continue };
        let landing = path::landing(world, path.workload, path.cluster);
        landing.and_then(|landing| reach.on(&landing)).into_iter().for_each(|leg| reach.raise(leg));
    }
    reaches
}

/// How the nodes of each pair reach its registry.
fn reaches(world: &World<'_>, pairs: &[Pair]) -> reach::Reaches {
    let one = |pair: &Pair| {
        let (cluster, registry) = (world.clusters.get(pair.cluster)?, world.registries.get(pair.registry)?);
        Some(((pair.cluster, pair.registry), reach::reach(world, registry, cluster)))
    };
    pairs.iter().filter_map(one).collect()
}
