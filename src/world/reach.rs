//! Which grants may have to do with a registry or a cluster, so that not every pair asks every grant.

use super::grant::Grant;
use crate::ir::Cond;

/// The grants that may have to do with a registry or a cluster: most have to do with one.
#[derive(Debug, Default)]
pub(super) struct Reach {
    registries: Vec<Vec<usize>>,
    /// Grants that may reach many registries.
    wide: Vec<usize>,
    clusters: Vec<Vec<usize>>,
    /// Grants that may be for many clusters, or are made under a condition.
    broad: Vec<usize>,
}

/// A grant that may have to do with more things than this is kept once for all of them.
const MANY: usize = 32;

impl Reach {
    pub(super) fn of(grants: &[Grant<'_>], registries: usize, clusters: usize) -> Reach {
        let empty = |length: usize| vec![Vec::new(); length];
        let mut reach = Reach { registries: empty(registries), clusters: empty(clusters), ..Reach::default() };
        for (at, grant) in grants.iter().enumerate() {
            let (reached, held) = grant.may_join(registries, clusters);
            match reached.len() > MANY {
                true => reach.wide.push(at),
                false => add(&mut reach.registries, reached, at),
            }
            match held.len() > MANY || grant.deployed != Cond::Always {
                true => reach.broad.push(at),
                false => add(&mut reach.clusters, held, at),
            }
        }
        reach
    }

    pub(super) fn on(&self, registry: usize) -> Vec<usize> {
        merged(self.registries.get(registry), &self.wide)
    }

    pub(super) fn of_cluster(&self, cluster: usize) -> Vec<usize> {
        merged(self.clusters.get(cluster), &self.broad)
    }
}

fn add(lists: &mut [Vec<usize>], to: impl IntoIterator<Item = usize>, at: usize) {
    for to in to {
        if let Some(list) = lists.get_mut(to) {
            list.push(at);
        }
    }
}

/// Both in order.
fn merged(some: Option<&Vec<usize>>, others: &[usize]) -> Vec<usize> {
    let mut all: Vec<usize> = some.into_iter().flatten().chain(others).copied().collect();
    all.sort_unstable();
    all
}
