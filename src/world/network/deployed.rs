//! Whether what lies between a cluster and a registry is there whenever both are.

use crate::ir::{Cond, Key, Resource, Step, Truth};
use crate::world::cluster::Cluster;
use crate::world::knowledge::implies;
use crate::world::registry::Registry;

/// Whether a resource is deployed wherever a cluster and a registry are: on no other condition, and one for each of what
/// they are one for each of.
pub fn stands_with(resource: &Resource, cluster: &Cluster<'_>, registry: &Registry<'_>) -> Truth {
    let ends = [cluster.resource, registry.resource];
    let each = |step: &&Step| matches!(step.key, Some(Key::Each(_)));
    let shared = |step: &Step| ends.iter().any(|end| end.address.path.contains(step));
    if !resource.address.path.iter().filter(each).all(shared) {
        return Truth::Unknown;
    }
    match &resource.deployed {
        Cond::Never => Truth::No,
        Cond::Always => Truth::Yes,
        own => {
            let given = Cond::all(ends.map(|end| end.deployed.clone()));
            if implies(&given, own) { Truth::Yes } else { Truth::Unknown }
        }
    }
}
