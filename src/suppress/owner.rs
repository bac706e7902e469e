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
        let about: Vec<&Resource> = self.about(found).collect();
        if let Some(&owner) = about.iter().find(|resource| holds(resource, place)) {
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
        about.into_iter().take(1).collect()
    }

    /// The resources that a finding itself says it is about.
    pub(super) fn about<'s>(&'s self, found: &'s Found) -> impl Iterator<Item = &'r Resource> + 's {
        found.about.iter().filter_map(|address| self.by_address.get(address).copied())
    }

    /// Whether a finding is about a resource of a kind, or lies in such a one wherever it may lie.
    pub(super) fn concerns(&self, found: &Found, fits: impl Fn(&Resource) -> bool) -> bool {
        let lies = || {
            let owners = self.owners(found);
            !owners.is_empty() && owners.into_iter().all(&fits)
        };
        self.about(found).any(&fits) || lies()
    }
}

/// Whether a resource is called like this: by its name, its address, or that of a module around it; an object of Kubernetes
/// without its kind as well.
pub(super) fn is_called(resource: &Resource, name: &str) -> bool {
    let is = |text: &str| text.eq_ignore_ascii_case(name);
    let address = &*resource.address;
    let own = address.path.last().is_some_and(|step| {
        is(&step.name) || step.name.split_once(' ').is_some_and(|(_, object)| object.contains('/') && is(object))
    });
    let by_address = |address: &Address| is(&address.to_string()) || is(&address.without_keys());
    own || resource.name.as_str().is_some_and(is)
        || by_address(address)
        || address.modules().any(|module| by_address(&module))
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
