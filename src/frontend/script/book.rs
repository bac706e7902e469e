//! What a script makes and refers to: each thing once, by its kind and name.

mod placed;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::azure::kinds::{IDENTITY, REGISTRY};
use crate::ir::{
    Address, Case, Cond, Deployment, Entry, Gap, Key, Language, Node, Origin, Resolver, Resource, ResourceId, Truth,
    Why, same_in, shape,
};
use crate::source::{SourceId, Span};

/// The resources of one script.
pub(super) struct Book {
    root: Address,
    source: SourceId,
    resources: Vec<Resource>,
    /// What can be referred to by its name, by kind.
    named: BTreeMap<String, Named>,
    /// Where each resource stands.
    places: HashMap<Arc<Address>, usize>,
    gaps: Vec<Gap>,
    called: BTreeMap<String, i64>,
    blind: Resolver<'static>,
}

/// Resources of one kind by their names, each list in the order in which they were made.
#[derive(Default)]
struct Named {
    /// Names that are known to the last letter, in lower case.
    known: HashMap<String, Vec<usize>>,
    /// Names with unknowns, by their shape.
    fixed: HashMap<String, Vec<usize>>,
    /// All others, which may be equal to any.
    open: Vec<usize>,
    all: Vec<usize>,
}

impl Named {
    fn put(&mut self, name: &Node, at: usize) {
        self.all.push(at);
        match (name.as_str(), shape(name)) {
            (Some(text), _) => self.known.entry(text.to_ascii_lowercase()).or_default().push(at),
            (None, Some(shape)) => self.fixed.entry(shape).or_default().push(at),
            (None, None) => self.open.push(at),
        }
    }

    /// The resources that may be proved to have this name, in their order.
    fn candidates(&self, name: &Node) -> Vec<usize> {
        let alike = match (name.as_str(), shape(name)) {
            (Some(text), _) => self.known.get(&text.to_ascii_lowercase()),
            (None, Some(shape)) => self.fixed.get(&shape),
            (None, None) => return self.all.clone(),
        };
        let mut found: Vec<usize> = alike.into_iter().flatten().chain(&self.open).copied().collect();
        found.sort_unstable();
        found
    }
}

/// Where and when something is made.
#[derive(Clone)]
pub(super) struct Made {
    /// The command.
    pub extent: Span,
    /// What it is about, for labels.
    pub declared: Span,
    pub when: Cond,
}

impl Book {
    pub fn of(name: &str, source: SourceId) -> Book {
        Book {
            root: Address::root(name),
            source,
            resources: Vec::new(),
            named: BTreeMap::new(),
            places: HashMap::new(),
            gaps: Vec::new(),
            called: BTreeMap::new(),
            blind: Resolver::blind(),
        }
    }

    /// What was put in, as a deployment; nothing when that is nothing.
    pub fn close(mut self) -> Option<Deployment> {
        self.resources.retain(|it| it.deployed != Cond::Never);
        let anything = !self.resources.is_empty() || !self.gaps.is_empty();
        let deployment = Deployment::new(self.root.root.clone(), Language::Script, self.source);
        anything.then_some(Deployment { resources: self.resources, gaps: self.gaps, ..deployment })
    }

    /// Something that was not understood.
    pub fn gap(&mut self, gap: Gap) {
        self.gaps.push(gap);
    }

    /// How many resources there are.
    pub fn len(&self) -> usize {
        self.resources.len()
    }

    /// The objects of Kubernetes among the resources from this one on.
    pub fn objects_from(&self, at: usize) -> impl Iterator<Item = &Arc<Address>> {
        let own = self.resources.iter().skip(at).filter(|it| !it.kind.starts_with("Microsoft."));
        own.map(|it| &it.address)
    }

    /// The resource at an address.
    pub fn at(&self, address: &Address) -> Option<&Resource> {
        self.places.get(address).and_then(|&at| self.resources.get(at))
    }

    /// The resource of a kind with this name.
    pub fn find(&self, kind: &str, name: &Node) -> Option<&Resource> {
        let same = |it: &&Resource| same_in(&self.blind, Case::Ignored, &it.name, name) == Truth::Yes;
        let named = self.named.get(&kind.to_ascii_lowercase())?.candidates(name);
        let found = named.into_iter().filter_map(|at| self.resources.get(at));
        found.filter(|it| it.origin != Origin::Update && it.deployed != Cond::Never).find(same)
    }

    /// The resource whose `property` is this value.
    pub fn find_by(&self, kind: &str, property: &str, value: &Node) -> Option<&Resource> {
        let own = |it: &&Resource| {
            it.body.get(property).is_some_and(|own| same_in(&self.blind, Case::Ignored, own, value) == Truth::Yes)
        };
        let named = self.named.get(&kind.to_ascii_lowercase())?;
        named.all.iter().filter_map(|&at| self.resources.get(at)).find(own)
    }

    /// Takes an object of Kubernetes out; says whether it was in.
    pub fn drop_object(&mut self, kind: &str, name: &str, namespace: Option<&str>) -> bool {
        let is_it = |it: &Resource| {
            let own = it.body.at(&["metadata", "namespace"]).and_then(Node::as_str);
            &*it.kind == kind && it.name.as_str() == Some(name) && own == namespace && it.origin == Origin::Declared
        };
        let mut dropped = false;
        // Others are found by their places, so that it keeps its own.
        for it in self.resources.iter_mut().filter(|it| it.deployed != Cond::Never && is_it(it)) {
            it.deployed = Cond::Never;
            dropped = true;
        }
        dropped
    }

    /// The resource of this kind and name: made here, or made elsewhere and referred to.
    pub fn refer(&mut self, kind: &str, name: &Node, group: Option<&Node>, body: Node, at: Span) -> Arc<Address> {
        if let Some(known) = self.find(kind, name) {
            return known.address.clone();
        }
        let made = Made { extent: at, declared: at, when: Cond::Always };
        self.push(kind, name, group, body, Origin::Existing, &made)
    }

    /// A resource that the script makes. What was only referred to becomes it; what is made twice, in branches of which
    /// one runs, is one resource with what both say.
    pub fn declare(&mut self, kind: &str, name: &Node, group: Option<&Node>, body: Node, made: &Made) -> Arc<Address> {
        let known = self.find(kind, name).map(|known| known.address.clone());
        let Some(address) = known else { return self.push(kind, name, group, body, Origin::Declared, made) };
        let id = self.id_of(kind, name, group, made.extent);
        self.redeclare(address, id, body, made)
    }

    /// A change of what something else makes.
    pub fn change(&mut self, kind: &str, name: &Node, group: Option<&Node>, body: Node, made: &Made) {
        self.push(kind, name, group, body, Origin::Update, made);
    }

    /// A resource that stands on another one, or has an id of its own.
    pub fn add(&mut self, kind: &str, called: &str, name: Node, scope: Node, body: Node, made: &Made) -> Arc<Address> {
        let address = self.address(called.to_owned());
        let id = if kind.starts_with("Microsoft.") {
            Node::id(ResourceId::within(&scope, kind, vec![name.clone()]), made.extent)
        } else {
            Node::null(made.extent)
        };
        self.put(address, kind, name, id, scope, body, Origin::Declared, made)
    }

    /// A child of a resource.
    #[allow(clippy::too_many_arguments)]
    pub fn child(
        &mut self,
        kind: &str,
        called: &str,
        name: Node,
        parent: &Node,
        scope: Node,
        body: Node,
        made: &Made,
    ) -> Arc<Address> {
        let address = self.address(called.to_owned());
        let id = match &parent.value {
            crate::ir::Value::Id(id) => {
                let names = id.names.iter().cloned().chain([name.clone()]).collect();
                Node::id(ResourceId { kind: kind.into(), names, ..(**id).clone() }, made.extent)
            }
            _ => Node::null(made.extent),
        };
        self.put(address, kind, name, id, scope, body, Origin::Declared, made)
    }

    /// A change of a child of a resource.
    pub fn change_child(&mut self, kind: &str, name: Node, parent: &Node, body: Node, made: &Made) {
        let shown = crate::ir::shown(&name);
        let scope = Node::null(made.extent);
        let address = self.child(kind, &format!("update {shown}"), name, parent, scope, body, made);
        let at = self.places.get(&address).copied();
        if let Some(change) = at.and_then(|at| self.resources.get_mut(at)) {
            change.origin = Origin::Update;
        }
    }

    fn push(
        &mut self,
        kind: &str,
        name: &Node,
        group: Option<&Node>,
        body: Node,
        origin: Origin,
        made: &Made,
    ) -> Arc<Address> {
        let word = kind.rsplit('/').next().unwrap_or(kind);
        let word = match kind {
            REGISTRY => "acr",
            IDENTITY => "identity",
            _ if kind.ends_with("managedClusters") => "aks",
            _ => word,
        };
        let what = match origin {
            Origin::Update => format!("{word} update {}", crate::ir::shown(name)),
            _ => format!("{word} {}", crate::ir::shown(name)),
        };
        let address = self.address(what);
        let id = self.id_of(kind, name, group, made.extent);
        let scope = scope_of(&id, made.extent);
        self.put(address, kind, name.clone(), Node::id(id, made.extent), scope, body, origin, made)
    }

    #[allow(clippy::too_many_arguments)]
    fn put(
        &mut self,
        address: Address,
        kind: &str,
        name: Node,
        id: Node,
        scope: Node,
        body: Node,
        origin: Origin,
        made: &Made,
    ) -> Arc<Address> {
        let address = Arc::new(address);
        let at = self.resources.len();
        self.named.entry(kind.to_ascii_lowercase()).or_default().put(&name, at);
        self.places.insert(address.clone(), at);
        self.resources.push(Resource {
            address: address.clone(),
            kind: kind.into(),
            api_version: None,
            name,
            id,
            scope,
            body,
            origin,
            deployed: made.when.clone(),
            declared: made.declared,
            extent: made.extent,
            language: Language::Script,
        });
        address
    }

    fn address(&mut self, called: String) -> Address {
        let count = self.called.entry(called.clone()).or_default();
        let key = (*count > 0).then_some(Key::Int(*count));
        *count += 1;
        self.root.child(called, key)
    }

    fn id_of(&self, kind: &str, name: &Node, group: Option<&Node>, at: Span) -> ResourceId {
        let root = &self.root.root;
        let subscription = self.subscription(at);
        let absent = || {
            // A command without a group looks the name up in the subscription.
            let why = Why::External("the group of the resource".into());
            Node::symbol(why, format!("{root}#group of {}", crate::ir::shown(name)), at)
        };
        ResourceId {
            subscription: Some(subscription),
            group: Some(group.cloned().unwrap_or_else(absent)),
            kind: kind.into(),
            names: vec![name.clone()],
            extends: None,
        }
    }

    /// The subscription in which the script works.
    pub fn subscription(&self, at: Span) -> Node {
        Node::symbol(Why::DeploymentScope("subscription".into()), format!("{}#subscription", self.root.root), at)
    }
}

fn scope_of(id: &ResourceId, at: Span) -> Node {
    match (&id.subscription, &id.group) {
        (Some(subscription), Some(group)) => Node::id(ResourceId::of_group(subscription.clone(), group.clone()), at),
        _ => Node::null(at),
    }
}

/// What two commands write of which one runs: what both say, else a choice.
fn either(when: &Cond, yes: &Node, no: &Node) -> Node {
    let (Some(a), Some(b)) = (yes.as_map(), no.as_map()) else {
        return match yes.value == no.value {
            true => yes.clone(),
            false => Node::choice(when.clone(), yes.clone(), no.clone(), yes.span),
        };
    };
    let mut keys: Vec<&str> = Vec::new();
    for entry in a.entries.iter().chain(&b.entries) {
        let key = entry.key.as_str().unwrap_or_default();
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let null = Node::null(yes.span);
    let member = |key: &str| {
        let (a, b) = (a.get(key).unwrap_or(&null), b.get(key).unwrap_or(&null));
        Entry::new(key, yes.span, either(when, a, b))
    };
    let entries = keys.into_iter().map(member).collect();
    let open = a.open.clone().or(b.open.clone());
    Node { value: crate::ir::Value::Map(Arc::new(crate::ir::Map { entries, open })), ..yes.clone() }
}
