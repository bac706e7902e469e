//! Which bodies are evaluated: those that can decide about pulls, and what they read. A tree holds many resources of
//! other kinds, and evaluating them all takes longer than everything else.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::evaluate::Evaluation;
use super::resources::Instance;
use crate::azure::kinds;
use crate::ir::{Address, Cond, Node, Ref, Resource, ResourceId, Target, Value};

/// The resources of a deployment, in source order.
#[derive(Default)]
pub(super) struct Found {
    found: Vec<Slot>,
    /// The position of each one that is not evaluated.
    unread: BTreeMap<Arc<Address>, usize>,
}

enum Slot {
    /// It can decide about pulls, or what can reads it.
    Read(Box<Resource>),
    /// Nobody has asked for it.
    Unread(Rc<Instance>, Arc<str>),
}

impl Found {
    /// Takes in the resource of an instance.
    pub(super) fn take(&mut self, evaluation: &Evaluation<'_>, instance: &Rc<Instance>, kind: &Arc<str>) {
        let decides = evaluation.whole || kinds::decides(kind);
        if decides && (evaluation.whole || stands_on_what_decides(&evaluation.id(instance))) {
            self.found.extend(read(evaluation, instance));
        } else {
            self.unread.insert(instance.address.clone(), self.found.len());
            self.found.push(Slot::Unread(instance.clone(), kind.clone()));
        }
    }

    /// Takes in an object of Kubernetes.
    pub(super) fn take_object(&mut self, evaluation: &Evaluation<'_>, instance: &Rc<Instance>) {
        self.found.extend(evaluation.deployed_object(instance).map(|object| Slot::Read(Box::new(object))));
    }

    /// Evaluates what the evaluated bodies read, until nothing new is read. What nothing refers to is left out.
    pub(super) fn finish(mut self, evaluation: &Evaluation<'_>) -> Vec<Resource> {
        let mut reads = Reads::default();
        for slot in &self.found {
            if let Slot::Read(resource) = slot {
                reads.resource(resource);
            }
        }
        loop {
            let positions = self.newly_read(&mut reads);
            if positions.is_empty() {
                return self.without_strangers(evaluation, &reads);
            }
            for at in positions {
                let Some(Slot::Unread(instance, _)) = self.found.get(at) else { continue };
                let Some(slot) = read(evaluation, instance) else { continue };
                if let Slot::Read(resource) = &slot {
                    reads.resource(resource);
                }
                if let Some(place) = self.found.get_mut(at) {
                    *place = slot;
                }
            }
        }
    }

    fn without_strangers(self, evaluation: &Evaluation<'_>, reads: &Reads) -> Vec<Resource> {
        let kept = |slot: Slot| match slot {
            Slot::Read(resource) => Some(*resource),
            Slot::Unread(instance, kind) => {
                let meant = reads.mentioned.contains(&instance.address)
                    || reads.named.contains(&kind.to_ascii_lowercase())
                    || !is_named_by_chance(&evaluation.written_name(&instance));
                meant.then(|| evaluation.resource(&instance)).flatten()
            }
        };
        self.found.into_iter().filter_map(kept).collect()
    }

    /// Takes out what is read and not evaluated.
    fn newly_read(&mut self, reads: &mut Reads) -> Vec<usize> {
        let mut addresses = std::mem::take(&mut reads.addresses);
        // What is only referred to may be declared beside it.
        for at in addresses.iter().filter_map(|address| self.unread.get(address)) {
            if let Some(Slot::Unread(instance, kind)) = self.found.get(*at)
                && instance.is_existing()
            {
                reads.kinds.insert(kind.to_ascii_lowercase());
            }
        }
        if !reads.kinds.is_empty() {
            let is_read = |at: &usize| match self.found.get(*at) {
                Some(Slot::Unread(_, kind)) => reads.kinds.contains(&kind.to_ascii_lowercase()),
                _ => false,
            };
            addresses.extend(self.unread.iter().filter(|(_, at)| is_read(at)).map(|(address, _)| address.clone()));
        }
        addresses.iter().filter_map(|address| self.unread.remove(address)).collect()
    }
}

/// The resource of an instance with its body.
fn read(evaluation: &Evaluation<'_>, instance: &Rc<Instance>) -> Option<Slot> {
    let resource = evaluation.resource(instance)?;
    let body = evaluation.body(instance).unwrap_or_else(|| resource.body.clone());
    Some(Slot::Read(Box::new(Resource { body, ..resource })))
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
