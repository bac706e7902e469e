//! What was read back of something that the tree declares: a moment, while the declaration is what will be. Where they
//! differ, nobody knows which of them a pull meets.

use super::World;
use super::cluster::{Cluster, Stated};
use super::registry::Registry;
use crate::ir::{Resource, Why};

impl World<'_> {
    /// What the tree declares and what was read back of it: where they differ, nobody knows which of them will be.
    pub(super) fn compare(&mut self) {
        for registry in &mut self.registries {
            if let Some(seen) = self.resolver.read_back(registry.resource) {
                registry.compare(&Registry::read(seen, &self.resolver));
            }
        }
        for cluster in &mut self.clusters {
            let seen = self.resolver.read_back(cluster.resource).map(|seen| Cluster::read(seen, &self.resolver));
            let differs = seen.filter(|seen| seen.stated != cluster.stated && seen.stated != Stated::Unknown);
            if let Some(seen) = differs {
                cluster.unsettle(&read_otherwise(seen.resource), seen.pulling_span);
            }
        }
    }
}

/// The reason of a value that a saved file has otherwise than the declaration.
pub(super) fn read_otherwise(seen: &Resource) -> Why {
    Why::NotAnalysed(format!("a setting that `{}` has otherwise is", seen.address.root).into())
}
