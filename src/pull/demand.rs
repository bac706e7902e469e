//! What is to be pulled: images of workloads that come, or may come, from one of Azure's registries.

use std::rc::Rc;

use super::cloud;
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
    pub(super) place: Rc<Place>,
    /// A cluster that could run it, where each of them is in another cloud than its registry.
    pub(super) apart: Option<usize>,
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
            take(world, at, workload, &Rc::new(place), &mut found);
        }
    }
    for at in 0..found.len() {
        let apart = found.get(at).and_then(|demand| cloud::apart(world, store, demand));
        found.get_mut(at).into_iter().for_each(|demand| demand.apart = apart);
    }
    found
}

/// The images of a workload at one of its places.
fn take(world: &World<'_>, at: usize, workload: &Workload<'_>, place: &Rc<Place>, found: &mut Vec<Demand>) {
    let first = found.len();
    let demand = |image: &Node, source: Match| Demand {
        workload: at,
        image: image.clone(),
        source,
        place: place.clone(),
        apart: None,
    };
    for image in &workload.images {
        let known = |demand: &Demand| demand.image.value == image.value;
        let source = world.registry_of(image);
        if !matches!(source, Match::Foreign) && !found.iter().skip(first).any(known) {
            found.push(demand(image, source));
        }
    }
    for image in &workload.images {
        let Some(text) = image.as_str() else { continue };
        // A misspelt host is no registry of Azure's; what was meant is.
        let host = text.split('/').next().unwrap_or_default();
        let known = |demand: &Demand| demand.image.as_str() == Some(text);
        if image::misspelt(host).is_some() && !found.iter().skip(first).any(known) {
            found.push(demand(image, Match::Elsewhere(host.to_owned())));
        }
    }
}
