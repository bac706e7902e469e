//! Following references across resources, modules and deployments, with fuel.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::names::Names;
use super::same::Comparison;
use super::{
    Address, Case, Choice, Deployment, Entry, List, Map, Node, Origin, Ref, Resource, ResourceId, Target, Truth, Value,
    Why,
};
use crate::source::Via;

/// Properties that Azure computes from others, such as a registry's login server: asked when nobody wrote the property. The
/// last argument follows references in what they are computed from.
pub type Computed = fn(&Resource, &[Arc<str>], &mut dyn FnMut(&Node) -> Node) -> Option<Node>;

/// Steps of resolution that one question may take; a cycle of references runs out of it.
const FUEL: u32 = 4_096;
/// Types whose names are unique in the world.
const GLOBAL: [&str; 1] = ["Microsoft.ContainerRegistry/registries"];
/// How deep resolution may recurse.
const DEPTH: u32 = 48;

/// Looks references up in all resources of a run.
pub struct Resolver<'a> {
    by_address: BTreeMap<&'a Address, &'a Resource>,
    by_kind: BTreeMap<String, Vec<&'a Resource>>,
    /// What commands read back from Azure, by the lower-case type.
    read_back: BTreeMap<String, Vec<&'a Resource>>,
    computed: Computed,
    canonical: RefCell<BTreeMap<&'a Address, &'a Resource>>,
    /// By the lower-case type: what is created or read back, by name; everything, by the last name of its id.
    declared: RefCell<BTreeMap<String, Rc<Names<'a>>>>,
    identified: RefCell<BTreeMap<String, Rc<Names<'a>>>>,
}

/// What is left of a question's fuel.
pub(super) struct Fuel {
    steps: u32,
    depth: u32,
}

impl Fuel {
    pub(super) fn full() -> Fuel {
        Fuel { steps: FUEL, depth: DEPTH }
    }

    /// Runs `inner` one level deeper, or gives `empty` when the fuel is out.
    pub(super) fn deeper<T>(&mut self, empty: T, inner: impl FnOnce(&mut Fuel) -> T) -> T {
        if self.steps == 0 || self.depth == 0 {
            return empty;
        }
        self.steps -= 1;
        self.depth -= 1;
        let result = inner(self);
        self.depth += 1;
        result
    }
}

impl<'a> Resolver<'a> {
    /// A resolver over the resources of `deployments`.
    pub fn new(deployments: &'a [Deployment], computed: Computed) -> Resolver<'a> {
        let mut by_address = BTreeMap::new();
        let mut by_kind: BTreeMap<String, Vec<&Resource>> = BTreeMap::new();
        let mut read_back: BTreeMap<String, Vec<&Resource>> = BTreeMap::new();
        for resource in deployments.iter().flat_map(|deployment| &deployment.resources) {
            by_address.entry(&*resource.address).or_insert(resource);
            // A change is no resource of its own: what is named means what is changed.
            if resource.is_read_back() {
                read_back.entry(resource.kind.to_ascii_lowercase()).or_default().push(resource);
            }
            if resource.origin != Origin::Update {
                by_kind.entry(resource.kind.to_ascii_lowercase()).or_default().push(resource);
            }
        }
        Resolver {
            by_address,
            by_kind,
            read_back,
            computed,
            canonical: RefCell::default(),
            declared: RefCell::default(),
            identified: RefCell::default(),
        }
    }

    /// A resolver that knows no resource: references stay what they are.
    pub fn blind() -> Resolver<'static> {
        Resolver::new(&[], |_, _, _| None)
    }

    /// The resource at an address, as declared there.
    pub fn at(&self, address: &Address) -> Option<&'a Resource> {
        self.by_address.get(address).copied()
    }

    /// All resources of a type, in the order of the deployments.
    pub fn of_kind(&self, kind: &str) -> &[&'a Resource] {
        self.by_kind.get(&kind.to_ascii_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// The resource that a target means: an `existing` one is the declared one of the same type and name, when the tree
    /// has it; an id is the resource that has it.
    pub fn target(&self, target: &Target) -> Option<&'a Resource> {
        match target {
            Target::Resource(address) => Some(self.canonical(self.at(address)?)),
            Target::Id(id) => self.by_id(id, &mut Fuel::full()),
        }
    }

    /// The resource that a node means when it is a resource's id.
    pub fn resource_of(&self, id: &Node) -> Option<&'a Resource> {
        match &self.node(id).value {
            Value::Ref(reference) if reference.is(&["id"]) => self.target(&reference.target),
            Value::Id(_) | Value::Str(_) | Value::Concat(_) => self.by_id(id, &mut Fuel::full()),
            _ => None,
        }
    }

    /// The resource id that a node is, taken apart: written as one, as text, or as the `id` of a resource.
    pub fn id_of(&self, node: &Node) -> Option<ResourceId> {
        self.id_within(node, &mut Fuel::full())
    }

    pub(super) fn id_within(&self, node: &Node, fuel: &mut Fuel) -> Option<ResourceId> {
        fuel.deeper(None, |fuel| {
            let node = self.node_within(node, fuel);
            match &node.value {
                Value::Ref(reference) if reference.is(&["id"]) => {
                    let id = match &reference.target {
                        Target::Resource(address) => self.at(address)?.id.clone(),
                        Target::Id(id) => (**id).clone(),
                    };
                    ResourceId::parse(&self.node_within(&id, fuel))
                }
                // `"${azurerm_resource_group.a.id}/providers/…"`: the rest of an id behind another one.
                Value::Concat(pieces) if pieces.first().is_some_and(|piece| matches!(piece.value, Value::Ref(_))) => {
                    let (first, rest) = pieces.split_first()?;
                    let head = self.id_within(first, fuel)?.text(node.span)?;
                    let pieces = std::iter::once(head).chain(rest.iter().cloned()).collect();
                    ResourceId::parse(&Node::concat(pieces, node.span))
                }
                _ => ResourceId::parse(&node),
            }
        })
    }

    /// What commands read back of a resource that the tree declares.
    pub fn read_back(&self, declared: &Resource) -> Option<&'a Resource> {
        let all = self.read_back.get(&declared.kind.to_ascii_lowercase())?;
        let is_it = |found: &&'a Resource| {
            found.address != declared.address && self.canonical(found).address == declared.address
        };
        all.iter().copied().find(is_it)
    }

    /// The declared resource behind an `existing` one or one that was read back, else the resource itself.
    pub fn canonical(&self, resource: &'a Resource) -> &'a Resource {
        if resource.origin != Origin::Existing && !resource.is_read_back() {
            return resource;
        }
        let known = self.canonical.borrow().get(&*resource.address).copied();
        known.unwrap_or_else(|| {
            // Written down before it is worked out: a cycle of names finds the resource itself.
            self.canonical.borrow_mut().insert(&resource.address, resource);
            let found = self.declared_as(resource).unwrap_or(resource);
            self.canonical.borrow_mut().insert(&resource.address, found);
            found
        })
    }

    /// One deployment declares what another refers to: same type, same name, and no part of the id that contradicts.
    /// The deployment of `existing` itself comes first; two candidates elsewhere are no proof.
    fn declared_as(&self, existing: &Resource) -> Option<&'a Resource> {
        let name = self.node(&existing.name);
        if existing.is_read_back() && self.has_namesake(existing) {
            return None;
        }
        let candidates = self.declared_names(&existing.kind).candidates(&name);
        // Within one deployment somebody who names another group means another one, unless the name is unique anyway.
        let unique = GLOBAL.iter().any(|kind| existing.is_kind(kind));
        // Of what was read back there may be many: a child of something that is not known may be anybody's.
        let anybodys = existing.is_read_back() && existing.kind.matches('/').count() > 1;
        let fits = |other: &Resource| match self.same_ids(existing, other) {
            Truth::Unknown if anybodys => false,
            Truth::Unknown => unique || existing.address.root != other.address.root,
            same => same == Truth::Yes,
        };
        let is_it = |other: &&Resource| {
            let mut comparison = Comparison::new(self, Case::Ignored);
            comparison.nodes(&name, &other.name) == Truth::Yes && fits(other)
        };
        let own = |other: &&Resource| other.address.root == existing.address.root;
        let is_declared = |other: &&Resource| other.origin == Origin::Declared;
        let (near, far): (Vec<&Resource>, Vec<&Resource>) = candidates.into_iter().partition(own);
        let mut matching: Vec<&Resource> = near.into_iter().filter(is_it).collect();
        // What its own deployment declares is the answer, whatever others do.
        if !matching.iter().any(is_declared) {
            matching.extend(far.into_iter().filter(is_it));
        }
        // What the tree declares is a better answer than what was read back of it.
        if existing.is_read_back() || matching.iter().any(is_declared) {
            matching.retain(is_declared);
        }
        if matching.iter().any(own) {
            matching.retain(own);
        }
        match matching.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// Another resource of this type and name was read back: which of them a declaration means can't be told.
    fn has_namesake(&self, found: &Resource) -> bool {
        let all = self.read_back.get(&found.kind.to_ascii_lowercase());
        let is_one = |other: &&&Resource| {
            let names = other.name.as_str().zip(found.name.as_str());
            other.address != found.address && names.is_none_or(|(a, b)| a.eq_ignore_ascii_case(b))
        };
        all.is_some_and(|all| all.iter().find(is_one).is_some())
    }

    fn declared_names(&self, kind: &str) -> Rc<Names<'a>> {
        let declared = |resource: &&Resource| resource.origin != Origin::Existing;
        let all = || self.of_kind(kind).iter().copied().filter(declared).collect();
        let kind = kind.to_ascii_lowercase();
        self.declared.borrow_mut().entry(kind).or_insert_with(|| Rc::new(Names::of(all(), |it| Some(&it.name)))).clone()
    }

    fn identified_names(&self, kind: &str) -> Rc<Names<'a>> {
        let last = |resource: &'a Resource| match &resource.id.value {
            Value::Id(id) => last_name(id),
            _ => None,
        };
        let all = || self.of_kind(kind).to_vec();
        let kind = kind.to_ascii_lowercase();
        self.identified.borrow_mut().entry(kind).or_insert_with(|| Rc::new(Names::of(all(), last))).clone()
    }

    fn same_ids(&self, a: &Resource, b: &Resource) -> Truth {
        let mut comparison = Comparison::new(self, Case::Ignored);
        match (ResourceId::parse(&self.node(&a.id)), ResourceId::parse(&self.node(&b.id))) {
            (Some(a), Some(b)) => comparison.ids(&a, &b),
            _ => Truth::Unknown,
        }
    }

    fn by_id(&self, id: &Node, fuel: &mut Fuel) -> Option<&'a Resource> {
        let id = self.id_within(id, fuel)?;
        let mut found: Option<&Resource> = None;
        let candidates = match last_name(&id) {
            Some(name) => self.identified_names(&id.kind).candidates(name),
            None => self.of_kind(&id.kind).to_vec(),
        };
        for other in candidates {
            let Some(theirs) = self.id_within(&other.id, fuel) else { continue };
            let mut comparison = Comparison::new(self, Case::Ignored);
            if comparison.ids(&id, &theirs) == Truth::Yes {
                let better =
                    found.is_none_or(|known| known.origin == Origin::Existing && other.origin != Origin::Existing);
                found = if better { Some(other) } else { found };
            }
        }
        found.map(|resource| self.canonical(resource))
    }

    /// The value with its references followed as far as the tree tells. What remains a reference points at the
    /// canonical resource, so that equal references mean the same property.
    pub fn node(&self, node: &Node) -> Node {
        self.node_within(node, &mut Fuel::full())
    }

    pub(super) fn node_within(&self, node: &Node, fuel: &mut Fuel) -> Node {
        // What leads nowhere costs nothing: a long list of tags must not hide what follows it.
        if node.is_plain() {
            return node.clone();
        }
        let empty =
            Node { value: Value::Unknown { why: Why::LimitReached("references".into()), sym: None }, ..node.clone() };
        fuel.deeper(empty, |fuel| self.follow(node, fuel))
    }

    fn follow(&self, node: &Node, fuel: &mut Fuel) -> Node {
        let again = |value| Node { value, ..node.clone() };
        match &node.value {
            Value::Ref(reference) => self.reference(node, reference, fuel),
            Value::Concat(pieces) => {
                let pieces = pieces.iter().map(|piece| self.node_within(piece, fuel)).collect();
                let joined = Node::concat(pieces, node.span);
                Node { trail: node.trail.clone(), secret: node.secret || joined.secret, ..joined }
            }
            Value::Call(name, arguments) => {
                let arguments: Vec<Node> = arguments.iter().map(|argument| self.node_within(argument, fuel)).collect();
                again(fold_case(name, &arguments).unwrap_or_else(|| Value::Call(name.clone(), Arc::new(arguments))))
            }
            Value::Choice(choice) => {
                let (yes, no) = (self.node_within(&choice.yes, fuel), self.node_within(&choice.no, fuel));
                again(Value::Choice(Arc::new(Choice { on: choice.on.clone(), yes, no })))
            }
            Value::Id(id) => again(Value::Id(Arc::new(self.parts(id, fuel)))),
            Value::List(list) => {
                let items = list.items.iter().map(|item| self.node_within(item, fuel)).collect();
                again(Value::List(Arc::new(List { items, open: list.open.clone() })))
            }
            Value::Map(map) => {
                let entries = map.entries.iter().map(|entry| Entry {
                    key: self.node_within(&entry.key, fuel),
                    value: self.node_within(&entry.value, fuel),
                });
                again(Value::Map(Arc::new(Map { entries: entries.collect(), open: map.open.clone() })))
            }
            Value::Derived(refs) => {
                again(Value::Derived(Arc::new(refs.iter().map(|r| self.point_at_canonical(r)).collect())))
            }
            _ => node.clone(),
        }
    }

    fn parts(&self, id: &ResourceId, fuel: &mut Fuel) -> ResourceId {
        let mut part = |node: &Node| self.node_within(node, fuel);
        ResourceId {
            subscription: id.subscription.as_ref().map(&mut part),
            group: id.group.as_ref().map(&mut part),
            kind: id.kind.clone(),
            names: id.names.iter().map(&mut part).collect(),
            extends: id.extends.as_ref().map(|node| Box::new(part(node))),
        }
    }

    fn point_at_canonical(&self, reference: &Ref) -> Ref {
        match self.target(&reference.target) {
            Some(resource) => Ref { target: Target::Resource(resource.address.clone()), path: reference.path.clone() },
            None => reference.clone(),
        }
    }

    fn reference(&self, node: &Node, reference: &Ref, fuel: &mut Fuel) -> Node {
        let found = match &reference.target {
            Target::Resource(address) => self.at(address).map(|resource| self.canonical(resource)),
            Target::Id(id) => self.by_id(id, fuel),
        };
        let Some(resource) = found else { return node.clone() };
        let canonical = Node {
            value: Value::Ref(Arc::new(Ref {
                target: Target::Resource(resource.address.clone()),
                path: reference.path.clone(),
            })),
            ..node.clone()
        };
        if reference.is(&["id"]) {
            return canonical;
        }
        let written = match reference.is(&["name"]) {
            true => Some(resource.name.clone()),
            false => walk(&resource.body, &reference.path),
        };
        let seen = || walk(&self.read_back(resource)?.body, &reference.path);
        let mut follow = |node: &Node| self.node_within(node, fuel);
        let computed = written.or_else(|| (self.computed)(resource, &reference.path, &mut follow));
        let Some(value) = computed.or_else(seen) else { return canonical };
        let mut value = self.node_within(&value, fuel);
        // A text of which Azure makes up a part is known whole where it was read back.
        if matches!(value.value, Value::Concat(_)) {
            value = seen().filter(|seen| seen.as_str().is_some()).unwrap_or(value);
        }
        Node { secret: value.secret || node.secret, ..value.through(node.span, Via::Name) }
    }
}

/// The name that an id ends with.
fn last_name(id: &ResourceId) -> Option<&Node> {
    id.names.last().or(id.group.as_ref()).or(id.subscription.as_ref())
}

/// The value at the end of a path, as far as it was written. A choice on the way is kept; an unknown on the way is the
/// answer, since nobody knows what stands in it.
fn walk(node: &Node, path: &[Arc<str>]) -> Option<Node> {
    let Some((step, rest)) = path.split_first() else { return Some(node.clone()) };
    match &node.value {
        Value::Map(map) => match map.get(step) {
            Some(inner) => walk(inner, rest),
            None => map.open.clone().map(|why| Node { value: Value::Unknown { why, sym: None }, ..node.clone() }),
        },
        Value::List(list) => match (step.parse::<usize>().ok().and_then(|at| list.items.get(at)), &list.open) {
            (Some(inner), None) => walk(inner, rest),
            (_, Some(why)) => Some(Node { value: Value::Unknown { why: why.clone(), sym: None }, ..node.clone() }),
            (None, None) => None,
        },
        Value::Choice(choice) => {
            let null = || Node::null(node.span);
            let (yes, no) = (walk(&choice.yes, path), walk(&choice.no, path));
            (yes.is_some() || no.is_some())
                .then(|| Node::choice(choice.on.clone(), yes.unwrap_or_else(null), no.unwrap_or_else(null), node.span))
        }
        Value::Unknown { why, .. } => {
            Some(Node { value: Value::Unknown { why: why.clone(), sym: None }, ..node.clone() })
        }
        Value::Null => None,
        _ => Some(Node { value: Value::Unknown { why: Why::UnresolvedName(step.clone()), sym: None }, ..node.clone() }),
    }
}

/// Folding of letters is the one function whose argument often becomes known only here.
fn fold_case(name: &str, arguments: &[Node]) -> Option<Value> {
    let [Node { value: Value::Str(text), .. }] = arguments else { return None };
    match name {
        "tolower" => Some(Value::Str(text.to_lowercase().into())),
        "toupper" => Some(Value::Str(text.to_uppercase().into())),
        _ => None,
    }
}
