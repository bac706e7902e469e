//! Which resource a finding lies in: comments above a call of a module and annotations of an object are about resources,
//! and the place that a finding names may be of another file.

use std::collections::BTreeMap;

use crate::ir::{Address, Deployment, Node, Resource, Value};
use crate::rules::Found;
use crate::source::Span;

/// The resources of a run by what they are called.
pub(super) struct Owners<'r> {
    by_address: BTreeMap<&'r Address, &'r Resource>,
    by_deployment: BTreeMap<&'r str, &'r [Resource]>,
}

impl<'r> Owners<'r> {
    pub(super) fn of(deployments: &'r [Deployment]) -> Owners<'r> {
        let resources = deployments.iter().flat_map(|deployment| &deployment.resources);
        Owners {
            by_address: resources.map(|resource| (&*resource.address, resource)).collect(),
            by_deployment: deployments.iter().map(|it| (&*it.name, it.resources.as_slice())).collect(),
        }
    }

    /// The resources that hold a finding's place: one where the finding itself says which, else all that it may be.
    /// Where none of them holds it, as a value that a file of parameters gives, the one that is to be changed.
    pub(super) fn owners(&self, found: &Found) -> Vec<&'r Resource> {
        let place = found.finding.primary.span;
        let mut about = found.about.iter().filter_map(|address| self.by_address.get(address).copied());
        if let Some(owner) = about.clone().find(|resource| holds(resource, place)) {
            return vec![owner];
        }
        let own = found.finding.deployment.as_deref().and_then(|name| self.by_deployment.get(name));
        let all = || match own {
            Some(resources) => resources.iter().collect::<Vec<_>>(),
            None => self.by_address.values().copied().collect(),
        };
        let around: Vec<&Resource> = all().into_iter().filter(|resource| contains(resource.extent, place)).collect();
        let narrowest = around.iter().map(|resource| resource.extent.range().len()).min();
        let inside = around.into_iter().filter(|resource| Some(resource.extent.range().len()) == narrowest);
        let inside: Vec<&Resource> = inside.collect();
        if !inside.is_empty() {
            return inside;
        }
        about.next().into_iter().collect()
    }

    /// The resources that a finding is about, and those that hold its place.
    pub(super) fn concerned(&self, found: &Found) -> Vec<&'r Resource> {
        let about = found.about.iter().filter_map(|address| self.by_address.get(address).copied());
        about.chain(self.owners(found)).collect()
    }
}

/// Whether a place is in a declaration, or in a value that came into it from elsewhere.
fn holds(resource: &Resource, place: Span) -> bool {
    contains(resource.extent, place) || has(&resource.body, place)
}

fn has(node: &Node, place: Span) -> bool {
    let below = match &node.value {
        Value::Map(map) => map.entries.iter().any(|entry| has(&entry.key, place) || has(&entry.value, place)),
        Value::List(list) => list.items.iter().any(|item| has(item, place)),
        Value::Choice(choice) => has(&choice.yes, place) || has(&choice.no, place),
        Value::Concat(pieces) | Value::Call(_, pieces) => pieces.iter().any(|piece| has(piece, place)),
        // Where a container was written is often the whole of a file that others are made of as well.
        _ => contains(node.span, place),
    };
    below || node.span == place || node.trail.hops().any(|hop| hop.span == place)
}

fn contains(outer: Span, inner: Span) -> bool {
    outer.source == inner.source && outer.start <= inner.start && inner.start < outer.end.max(outer.start + 1)
}
