//! The pull path: can this cluster pull this image from that registry? Each step is a judgement with its evidence.

mod cause;
mod credential;
mod demand;
mod pair;
mod path;
mod permission;

pub use cause::Cause;
pub use credential::{Offer, Outcome, offers};
pub use pair::{Pair, Tie};
pub use path::{Path, Step};

use crate::source::Store;
use crate::world::World;

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
}

impl<'w, 'a> Case<'w, 'a> {
    /// Judges everything in the world.
    pub fn judge(world: &'w World<'a>, store: &'w Store) -> Case<'w, 'a> {
        let demands = demand::demands(world, store);
        let pairs = pair::pairs(world, &demands);
        let paths = path::paths(world, &pairs, &demands);
        let mut case = Case { world, store, pairs, paths };
        let causes: Vec<_> = case.pairs.iter().map(|pair| case.find_causes(pair)).collect();
        case.pairs.iter_mut().zip(causes).for_each(|(pair, causes)| pair.causes = causes);
        case
    }

    /// The pair of a cluster and a registry, when it is under judgement.
    pub fn pair(&self, cluster: usize, registry: usize) -> Option<&Pair> {
        self.pairs.iter().find(|pair| pair.cluster == cluster && pair.registry == registry)
    }
}
