//! What a module makes that nobody can edit stands where the module is called: every place in it becomes the place of
//! the call.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::language::evaluate::Session;
use super::language::scope::Instance;
use super::sources::registry;
use crate::ir::{Choice, Cond, Entry, Gap, Hides, List, Map, Node, Ref, Resource, ResourceId, Sym, Target, Value};
use crate::source::{SourceId, Span, Trail};
use crate::syntax::hcl::Block;

/// Puts what comes from files that nobody can edit where these are used.
struct Placing<'a> {
    /// The files, each with the head of the first call that leads to it.
    foreign: &'a BTreeMap<SourceId, Span>,
    /// The head of the call that made what is placed, when it is known.
    at: Option<Span>,
}

impl Placing<'_> {
    fn span(&self, span: Span) -> Span {
        self.foreign.get(&span.source).map_or(span, |first| self.at.unwrap_or(*first))
    }

    fn trail(&self, trail: &Trail) -> Trail {
        if !trail.hops().any(|hop| self.foreign.contains_key(&hop.span.source)) {
            return trail.clone();
        }
        let mut hops: Vec<_> = trail.hops().map(|hop| (self.span(hop.span), hop.via)).collect();
        hops.reverse();
        hops.into_iter().fold(Trail::none(), |trail, (span, via)| trail.through(span, via))
    }

    /// A resource, declared by the call of this extent when it comes from a foreign file.
    fn resource(&self, mut resource: Resource, extent: Option<Span>) -> Resource {
        if self.foreign.contains_key(&resource.declared.source) {
            resource.declared = self.span(resource.declared);
            resource.extent = extent.unwrap_or(resource.declared);
        }
        for node in [&mut resource.name, &mut resource.id, &mut resource.scope, &mut resource.body] {
            *node = self.node(node);
        }
        resource.deployed = self.cond(&resource.deployed);
        resource
    }

    /// A gap.
    fn gap(&self, gap: Gap) -> Gap {
        let all = |nodes: Vec<Node>| nodes.iter().map(|node| self.node(node)).collect();
        let hides = gap.hides.map(|hides| match hides {
            Hides::Anything => Hides::Anything,
            Hides::Touching(nodes) => Hides::Touching(all(nodes)),
            Hides::Joining(nodes) => Hides::Joining(all(nodes)),
        });
        Gap { why: gap.why, span: self.span(gap.span), hides }
    }

    /// A value.
    fn node(&self, node: &Node) -> Node {
        self.placed(node, false)
    }

    /// Two unknowns of one call must not become one flag: what told them apart was their place.
    fn placed(&self, node: &Node, is_flag: bool) -> Node {
        let one = |node: &Node| self.placed(node, is_flag);
        let all = |nodes: &[Node]| -> Vec<Node> { nodes.iter().map(one).collect() };
        let value = match &node.value {
            Value::List(list) => Value::List(Arc::new(List { items: all(&list.items), open: list.open.clone() })),
            Value::Map(map) => {
                let entry = |entry: &Entry| Entry { key: one(&entry.key), value: one(&entry.value) };
                Value::Map(Arc::new(Map { entries: map.entries.iter().map(entry).collect(), open: map.open.clone() }))
            }
            Value::Concat(pieces) => Value::Concat(Arc::new(all(pieces))),
            Value::Call(name, arguments) => Value::Call(name.clone(), Arc::new(all(arguments))),
            Value::Id(id) => Value::Id(Arc::new(ResourceId {
                subscription: id.subscription.as_ref().map(one),
                group: id.group.as_ref().map(one),
                kind: id.kind.clone(),
                names: all(&id.names),
                extends: id.extends.as_ref().map(|on| Box::new(one(on))),
            })),
            Value::Ref(reference) => Value::Ref(Arc::new(self.reference(reference))),
            Value::Derived(from) => Value::Derived(Arc::new(from.iter().map(|it| self.reference(it)).collect())),
            Value::Choice(choice) => Value::Choice(Arc::new(Choice {
                on: self.cond(&choice.on),
                yes: one(&choice.yes),
                no: one(&choice.no),
            })),
            Value::Unknown { why, sym: None } if is_flag && self.foreign.contains_key(&node.span.source) => {
                let Span { source, start, end } = node.span;
                Value::Unknown { why: why.clone(), sym: Some(Sym(format!("@{}:{start}-{end}", source.0).into())) }
            }
            plain => plain.clone(),
        };
        Node { value, span: self.span(node.span), trail: self.trail(&node.trail), secret: node.secret }
    }

    fn reference(&self, reference: &Ref) -> Ref {
        match &reference.target {
            Target::Id(id) => Ref { target: Target::Id(Box::new(self.node(id))), path: reference.path.clone() },
            Target::Resource(_) => reference.clone(),
        }
    }

    fn cond(&self, cond: &Cond) -> Cond {
        let all = |parts: &[Cond]| parts.iter().map(|part| self.cond(part)).collect();
        match cond {
            Cond::Always | Cond::Never => cond.clone(),
            Cond::When(node) => Cond::When(Arc::new(self.placed(node, true))),
            Cond::Not(inner) => Cond::Not(Arc::new(self.cond(inner))),
            Cond::All(parts) => Cond::All(all(parts)),
            Cond::Any(parts) => Cond::Any(all(parts)),
        }
    }
}

impl Session<'_> {
    /// Resources and gaps of modules that nobody can edit are put where those are called.
    pub(super) fn placed(&self, resources: Vec<Resource>, gaps: Vec<Gap>) -> (Vec<Resource>, Vec<Gap>) {
        let instances = self.instances.borrow();
        let mut foreign: BTreeMap<SourceId, Span> = BTreeMap::new();
        for instance in instances.values().filter(|instance| instance.module.is_foreign()) {
            let Some(call) = outer_call(instance) else { continue };
            for &file in &instance.module.files {
                foreign.entry(file).or_insert(call.head);
            }
        }
        if foreign.is_empty() {
            return (resources, gaps);
        }
        // What a template makes stands deeper than the module that deploys it.
        let call_of = |resource: &Resource| {
            let path = &resource.address.path;
            let within = (0..path.len()).rev().find_map(|length| instances.get(path.get(..length)?));
            within.and_then(outer_call)
        };
        for resource in &resources {
            let file = resource.declared.source;
            if let Some(call) = call_of(resource).filter(|_| registry::is_fetched(&self.store.source(file).path)) {
                foreign.entry(file).or_insert(call.head);
            }
        }
        let place = |resource: Resource| {
            let call = call_of(&resource);
            let placing = Placing { foreign: &foreign, at: call.map(|call| call.head) };
            placing.resource(resource, call.map(|call| call.extent))
        };
        let placing = Placing { foreign: &foreign, at: None };
        (resources.into_iter().map(place).collect(), gaps.into_iter().map(|gap| placing.gap(gap)).collect())
    }
}

/// The call in a file of the user's that led to an instance of a module that nobody can edit.
fn outer_call(instance: &Rc<Instance>) -> Option<&Block> {
    let mut at = instance;
    let mut found = None;
    while let Some(call) = &at.call {
        if at.module.is_foreign() {
            found = Some(&call.block);
        }
        at = &call.caller;
    }
    found
}
