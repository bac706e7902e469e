//! Which bodies are evaluated: those that can decide about pulls, and what they read. A tree holds many resources of
//! other kinds, and evaluating them all takes longer than everything else.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::evaluate::Evaluation;
use super::resources::Instance;
use crate::azure::kinds;
use crate::ir::{Address, Cond, Node, Origin, Ref, Resource, ResourceId, Target, Value};

/// The resources of a deployment, in source order.
#[derive(Default)]
pub(super) struct Found {
    resources: Vec<Resource>,
    /// The position of each one whose body is not evaluated, and what evaluates it.
    unread: BTreeMap<Arc<Address>, (usize, Rc<Instance>)>,
}

impl Found {
    /// Takes in the resource of an instance.
    pub(super) fn take(&mut self, evaluation: &Evaluation<'_>, instance: &Rc<Instance>, kind: &str) {
        let Some(mut resource) = evaluation.resource(instance) else { return };
        if evaluation.whole || kinds::decides(kind) && stands_on_what_decides(&resource.id) {
            resource.body = evaluation.body(instance).unwrap_or(resource.body);
        } else {
            self.unread.insert(resource.address.clone(), (self.resources.len(), instance.clone()));
        }
        self.resources.push(resource);
    }

    /// Takes in an object of Kubernetes.
    pub(super) fn take_object(&mut self, evaluation: &Evaluation<'_>, instance: &Rc<Instance>) {
        self.resources.extend(evaluation.deployed_object(instance));
    }

    /// Evaluates what the evaluated bodies read, until nothing new is read. What nothing refers to is left out.
    pub(super) fn finish(mut self, evaluation: &Evaluation<'_>) -> Vec<Resource> {
        let mut reads = Reads::default();
        self.resources.iter().for_each(|resource| reads.resource(resource));
        loop {
            let read = self.newly_read(&mut reads);
            if read.is_empty() {
                return self.without_strangers(&reads);
            }
            for (at, instance) in read {
                if let (Some(body), Some(resource)) = (evaluation.body(&instance), self.resources.get_mut(at)) {
                    reads.node(&body);
                    resource.body = body;
                }
            }
        }
    }

    fn without_strangers(self, reads: &Reads) -> Vec<Resource> {
        let Found { resources, unread } = self;
        let stays = |resource: &Resource| {
            let meant = reads.mentioned.contains(&resource.address)
                || reads.named.contains(&resource.kind.to_ascii_lowercase());
            meant || !is_named_by_chance(&resource.name) || !unread.contains_key(&resource.address)
        };
        resources.into_iter().filter(stays).collect()
    }

    /// Takes out what is read and not evaluated.
    fn newly_read(&mut self, reads: &mut Reads) -> Vec<(usize, Rc<Instance>)> {
        let mut addresses = std::mem::take(&mut reads.addresses);
        // What is only referred to may be declared beside it.
        let referred = addresses.iter().filter_map(|address| self.unread.get(address));
        let referred =
            referred.filter_map(|(at, _)| self.resources.get(*at)).filter(|it| it.origin == Origin::Existing);
        reads.kinds.extend(referred.map(|it| it.kind.to_ascii_lowercase()));
        if !reads.kinds.is_empty() {
            let is_read = |at: &usize| {
                self.resources.get(*at).is_some_and(|it| reads.kinds.contains(&it.kind.to_ascii_lowercase()))
            };
            addresses.extend(self.unread.iter().filter(|(_, (at, _))| is_read(at)).map(|(address, _)| address.clone()));
        }
        addresses.iter().filter_map(|address| self.unread.remove(address)).collect()
    }
}

/// Whether a name holds something that is known only in its own deployment, so that no other deployment can mean it.
fn is_named_by_chance(name: &Node) -> bool {
    match &name.value {
        Value::Concat(pieces) | Value::Call(_, pieces) => pieces.iter().any(is_named_by_chance),
        Value::Id(id) => id.subscription.iter().chain(&id.group).chain(&id.names).any(is_named_by_chance),
        Value::Unknown { .. } => true,
        _ => false,
    }
}

/// A role assignment on a database says nothing about pulls; one on something unknown may.
fn stands_on_what_decides(id: &Node) -> bool {
    match &id.value {
        Value::Id(id) => id.extends.as_deref().and_then(ResourceId::parse).is_none_or(|on| kinds::decides(&on.kind)),
        _ => true,
    }
}

/// What values refer to.
#[derive(Default)]
struct Reads {
    addresses: BTreeSet<Arc<Address>>,
    /// What is referred to by its id only.
    mentioned: BTreeSet<Arc<Address>>,
    /// Types of resources whose ids are written down, in lower case.
    named: BTreeSet<String>,
    /// Types of resources that are referred to by their ids, in lower case.
    kinds: BTreeSet<String>,
}

impl Reads {
    fn resource(&mut self, resource: &Resource) {
        self.condition(&resource.deployed);
        // Its own id means nothing else.
        if let Value::Id(id) = &resource.id.value {
            self.parts(id);
        }
        [&resource.name, &resource.scope, &resource.body].into_iter().for_each(|node| self.node(node));
    }

    fn node(&mut self, node: &Node) {
        match &node.value {
            Value::Ref(reference) => self.reference(reference),
            Value::Derived(references) => references.iter().for_each(|reference| self.reference(reference)),
            Value::Concat(nodes) | Value::Call(_, nodes) => nodes.iter().for_each(|node| self.node(node)),
            Value::List(list) => list.items.iter().for_each(|item| self.node(item)),
            Value::Map(map) => map.entries.iter().for_each(|entry| {
                self.node(&entry.key);
                self.node(&entry.value);
            }),
            Value::Id(id) => self.id(id),
            Value::Choice(choice) => {
                self.condition(&choice.on);
                self.node(&choice.yes);
                self.node(&choice.no);
            }
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Str(_) | Value::Unknown { .. } => {}
        }
    }

    fn reference(&mut self, reference: &Ref) {
        match &reference.target {
            Target::Resource(address) if reference.is(&["id"]) => drop(self.mentioned.insert(address.clone())),
            Target::Resource(address) => drop(self.addresses.insert(address.clone())),
            Target::Id(id) => {
                if let Some(id) = ResourceId::parse(id) {
                    self.kinds.insert(id.kind.to_ascii_lowercase());
                }
                self.node(id);
            }
        }
    }

    fn id(&mut self, id: &ResourceId) {
        self.named.insert(id.kind.to_ascii_lowercase());
        self.parts(id);
    }

    fn parts(&mut self, id: &ResourceId) {
        let parts = id.subscription.iter().chain(&id.group).chain(&id.names).chain(id.extends.as_deref());
        parts.for_each(|part| self.node(part));
    }

    fn condition(&mut self, condition: &Cond) {
        match condition {
            Cond::Always | Cond::Never => {}
            Cond::When(node) => self.node(node),
            Cond::Not(inner) => self.condition(inner),
            Cond::All(parts) | Cond::Any(parts) => parts.iter().for_each(|part| self.condition(part)),
        }
    }
}
