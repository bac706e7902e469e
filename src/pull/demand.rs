//! What is to be pulled: images of workloads that come, or may come, from one of Azure's registries.

use crate::azure::image;
use crate::ir::Node;
use crate::source::Store;
use crate::world::World;
use crate::world::link::Match;
use crate::world::place::Place;
use crate::world::workload::Workload;

/// An image that a workload wants, and who could run it.
#[derive(Clone, Debug)]
pub(super) struct Demand {
    pub(super) workload: usize,
    pub(super) image: Node,
    pub(super) source: Match,
    pub(super) place: Place,
}

impl Demand {
    pub(super) fn registry(&self) -> Option<usize> {
        match self.source {
            Match::Registry(at) => Some(at),
            _ => None,
        }
    }
}

/// Every image of every workload, each once for a workload.
pub(super) fn demands(world: &World<'_>, store: &Store) -> Vec<Demand> {
    let mut found: Vec<Demand> = Vec::new();
    for (at, workload) in world.workloads.iter().enumerate() {
        for place in world.places_of(workload, store) {
            take(world, at, workload, &place, &mut found);
        }
    }
    found
}

/// The images of a workload at one of its places.
fn take(world: &World<'_>, at: usize, workload: &Workload<'_>, place: &Place, found: &mut Vec<Demand>) {
    for image in &workload.images {
        let known =
            |demand: &Demand| demand.workload == at && demand.place == *place && demand.image.value == image.value;
        let source = world.registry_of(image);
        if !matches!(source, Match::Foreign) && !found.iter().any(known) {
            found.push(Demand { workload: at, image: image.clone(), source, place: place.clone() });
        }
    }
    for image in workload.images.iter().filter_map(Node::as_str) {
        // A misspelt host is no registry of Azure's; what was meant is.
        let host = image.split('/').next().unwrap_or_default();
        if image::misspelt(host).is_some() {
            let node = workload.images.iter().find(|node| node.as_str() == Some(image)).cloned();
            let known = |demand: &Demand| {
                demand.workload == at && demand.place == *place && demand.image.as_str() == Some(image)
            };
            if let Some(node) = node.filter(|_| !found.iter().any(known)) {
                found.push(Demand {
                    workload: at,
                    image: node,
                    source: Match::Elsewhere(host.to_owned()),
                    place: place.clone(),
                });
            }
        }
    }
}
