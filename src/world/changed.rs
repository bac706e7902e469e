//! Bodies as they are once everything has run: what changes a resource after it is created is laid over its declaration.
//!
//! Which change is about which resource is looked up by address and by name; only what neither settles is compared. A
//! change that may or may not be about a resource makes what it writes unknown there, and one that hangs on a condition
//! leaves a choice.

mod overlay;
#[cfg(test)]
mod tests;

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use overlay::{How, Layer};

use super::World;
use super::cluster::Cluster;
use super::registry::Registry;
use crate::azure::kinds::REGISTRY;
use crate::ir::{
    ADDED, Address, Assumption, Case, Cond, Deployment, Entry, Imperative, Key, Makes, Node, Origin, Resolver,
    Resource, ResourceId, Truth, Value, Why, same_in,
};
use crate::source::Span;

/// More changes than this are not compared with one resource one by one: each of them may be about it.
const COMPARED: usize = 256;
/// Completions of the flags of two conditions that are tried to see that both never hold.
const COMPLETIONS: usize = 64;

/// All changes of a run, by what they may be about.
#[derive(Default)]
pub struct Changes<'a> {
    by_kind: BTreeMap<String, Kind<'a>>,
}

/// The changes of resources of one type.
#[derive(Default)]
struct Kind<'a> {
    all: Vec<&'a Resource>,
    /// Of a resource that a deployment declares or refers to, by its address.
    at: HashMap<&'a Address, Vec<usize>>,
    /// The same without the keys of instances; and those of an instance of a loop over something unknown.
    siblings: HashMap<String, Vec<usize>>,
    each: HashMap<String, Vec<usize>>,
    /// By the last name in the id, in lower case, and those of which it is not known in full.
    named: HashMap<String, Vec<usize>>,
    open: Vec<usize>,
    /// Of which nothing is known.
    anything: Vec<usize>,
    /// All of them, and those of which nothing is known, as one: what they may write.
    whole: OnceCell<Node>,
    unclear: OnceCell<Node>,
}

/// What may be changed.
struct Thing<'t> {
    kind: &'t str,
    name: Node,
    id: Node,
    address: Option<&'t Address>,
    /// What is not written in its body is not there.
    told: bool,
}

impl<'a> Changes<'a> {
    /// The changes among these deployments.
    pub fn of(deployments: &'a [Deployment], resolver: &Resolver<'a>) -> Changes<'a> {
        let mut changes = Changes::default();
        let all = deployments.iter().flat_map(|deployment| &deployment.resources);
        for change in all.filter(|it| it.origin == Origin::Update && it.deployed != Cond::Never) {
            changes.by_kind.entry(change.kind.to_ascii_lowercase()).or_default().put(change, resolver);
        }
        changes
    }

    /// Whether anything changes a resource of this type.
    pub fn is_changed(&self, kind: &str) -> bool {
        self.by_kind.contains_key(&kind.to_ascii_lowercase())
    }

    /// The body of a resource with all changes of it laid over it. References in it are not followed.
    pub fn body_of(&self, resource: &Resource, resolver: &Resolver<'a>) -> Node {
        if !self.may_concern(&resource.kind) || resource.origin == Origin::Update {
            return resource.body.clone();
        }
        let thing = Thing {
            kind: &resource.kind,
            name: resolver.node(&resource.name),
            id: Node::reference(resource.address.clone(), &["id"], resource.declared),
            address: Some(&resource.address),
            told: resource.origin != Origin::Existing,
        };
        self.laid_over(&thing, resource.body.clone(), resolver)
    }

    /// The same for what is written inside of another resource: its type, its name, its id and its body.
    pub fn over(&self, kind: &str, name: &Node, id: &Node, body: Node, resolver: &Resolver<'a>) -> Node {
        if !self.may_concern(kind) {
            return body;
        }
        let thing = Thing { kind, name: resolver.node(name), id: id.clone(), address: None, told: true };
        self.laid_over(&thing, body, resolver)
    }

    fn may_concern(&self, kind: &str) -> bool {
        !self.by_kind.is_empty()
            && (self.is_changed(kind) || parent_of(kind).is_some_and(|(parent, _)| self.is_changed(parent)))
    }

    fn laid_over(&self, thing: &Thing<'_>, body: Node, resolver: &Resolver<'a>) -> Node {
        let body = match self.by_kind.get(&thing.kind.to_ascii_lowercase()) {
            Some(kind) => kind.laid_over(thing, body, resolver),
            None => body,
        };
        match self.rewritten(thing, resolver) {
            Some(change) => {
                let at = change.declared;
                let unknown = Node::unknown(Why::Overridden(change.address.to_string().into()), at);
                let doubt = Node::map(vec![Entry::new("properties", at, unknown)], at);
                Layer { how: How::Surely, change, told: true }.lay(Some(&body), &doubt)
            }
            None => body,
        }
    }

    /// A change of the parent that writes the list in which the thing stands.
    fn rewritten(&self, thing: &Thing<'_>, resolver: &Resolver<'a>) -> Option<&'a Resource> {
        let (parent, list) = parent_of(thing.kind)?;
        let kind = self.by_kind.get(&parent.to_ascii_lowercase())?;
        let writers = kind.all.iter().filter(|change| {
            let written = change.body.at(&["properties", list]);
            written.is_some_and(|list| !overlay::adds(list)) || hidden(&change.body)
        });
        let mut id = resolver.id_of(&thing.id)?;
        id.names.pop();
        id.kind = parent.into();
        let own = Node::id(id, thing.id.span);
        let may_be = |at: usize, change: &Resource| {
            at >= COMPARED || same_in(resolver, Case::Ignored, &change.id, &own) != Truth::No
        };
        writers.enumerate().find(|(at, change)| may_be(*at, change)).map(|(_, change)| *change)
    }
}

/// Whether a change may write anything into `properties`.
fn hidden(body: &Node) -> bool {
    let open = |node: &Node| node.as_map().is_none_or(|map| map.open.is_some());
    open(body) || body.get("properties").is_some_and(open)
}

/// The type of the parent of a child, and the list of the parent's that children of this type stand in.
fn parent_of(kind: &str) -> Option<(&str, &str)> {
    kind.rsplit_once('/').filter(|(parent, _)| parent.contains('/'))
}

impl<'a> Kind<'a> {
    fn put(&mut self, change: &'a Resource, resolver: &Resolver<'a>) {
        let at = self.all.len();
        self.all.push(change);
        if let Some(target) = resolver.resource_of(&only_candidate(&change.id)) {
            let address = &*target.address;
            self.at.entry(address).or_default().push(at);
            self.siblings.entry(without_keys(address)).or_default().push(at);
            if in_loop(address) {
                self.each.entry(without_keys(address)).or_default().push(at);
            }
            // What a deployment declares is nothing that another one declares.
            if target.origin == Origin::Declared {
                return;
            }
        }
        let id = resolver.id_of(&change.id);
        let last = id.as_ref().and_then(|id| id.names.last()).map(|name| resolver.node(name));
        match last {
            None => self.anything.push(at),
            Some(Node { value: Value::Str(name), .. }) => {
                self.named.entry(name.to_ascii_lowercase()).or_default().push(at);
            }
            Some(_) => self.open.push(at),
        }
    }

    fn laid_over(&self, thing: &Thing<'_>, body: Node, resolver: &Resolver<'a>) -> Node {
        let mut body = body;
        let mut layers = Layers::default();
        let about = self.about(thing, resolver);
        // What is sure comes first: what may or may not be so is in doubt wherever it stands.
        for (change, _) in about.iter().flatten().filter(|(_, truth)| *truth == Truth::Yes) {
            let how = layers.add(change);
            body = Layer { how, change, told: thing.told }.lay(Some(&body), &change.body);
        }
        for (change, _) in about.iter().flatten().filter(|(_, truth)| *truth == Truth::Unknown) {
            body = Layer { how: How::Perhaps, change, told: thing.told }.lay(Some(&body), &change.body);
        }
        let unclear = match about {
            Some(_) => self.anything.first().map(|&at| (at, &self.unclear, self.anything.as_slice())),
            None => Some((0, &self.whole, &[][..])),
        };
        let Some((first, doubt, which)) = unclear else { return body };
        let Some(change) = self.all.get(first) else { return body };
        let doubt = doubt.get_or_init(|| match which.is_empty() {
            true => overlay::joined(self.all.iter().map(|change| &change.body)),
            false => overlay::joined(which.iter().filter_map(|&at| self.all.get(at)).map(|change| &change.body)),
        });
        Layer { how: How::Perhaps, change, told: thing.told }.lay(Some(&body), doubt)
    }

    /// The changes that are about a thing, or may be; nothing where there are too many to tell.
    fn about(&self, thing: &Thing<'_>, resolver: &Resolver<'a>) -> Option<Vec<(&'a Resource, Truth)>> {
        let own = thing.address.and_then(|address| self.at.get(address)).map_or(&[][..], Vec::as_slice);
        let mut compared = self.compared(thing, resolver);
        compared.retain(|at| !own.contains(at));
        compared.sort_unstable();
        compared.dedup();
        if compared.len() > COMPARED || own.len() > COMPARED * COMPARED {
            return None;
        }
        let mut found: Vec<(usize, Truth)> = own.iter().map(|&at| (at, Truth::Yes)).collect();
        for at in compared {
            let truth = self.all.get(at).map_or(Truth::No, |change| means(change, thing, resolver));
            if truth != Truth::No {
                found.push((at, truth));
            }
        }
        found.sort_unstable_by_key(|(at, _)| *at);
        Some(found.into_iter().filter_map(|(at, truth)| Some((*self.all.get(at)?, truth))).collect())
    }

    /// The changes that have to be compared with a thing.
    fn compared(&self, thing: &Thing<'_>, resolver: &Resolver<'a>) -> Vec<usize> {
        let mut found = self.open.clone();
        match thing.name.as_str() {
            Some(name) => found.extend(self.named.get(&name.to_ascii_lowercase()).into_iter().flatten()),
            None => found.extend(self.named.values().flatten()),
        }
        let Some(address) = thing.address else {
            // What is written inside of another resource has no address: what is declared may still be it.
            let declared = resolver.resource_of(&thing.id).and_then(|it| self.at.get(&*it.address));
            found.extend(declared.into_iter().flatten());
            return found;
        };
        if in_loop(address) {
            found.extend(self.siblings.get(&without_keys(address)).into_iter().flatten());
        } else if !self.each.is_empty() {
            found.extend(self.each.get(&without_keys(address)).into_iter().flatten());
        }
        found
    }
}

/// A plan tells of a computed id only what it was made from. Made from the id of one resource alone, it is that id.
fn only_candidate(id: &Node) -> Node {
    match &id.value {
        Value::Derived(candidates) => match candidates.as_slice() {
            [only] if only.is(&["id"]) => Node { value: Value::Ref(Arc::new(only.clone())), ..id.clone() },
            _ => id.clone(),
        },
        _ => id.clone(),
    }
}

/// Whether a change is about a thing. Names of registries are unique in the world.
fn means(change: &Resource, thing: &Thing<'_>, resolver: &Resolver<'_>) -> Truth {
    let ids = same_in(resolver, Case::Ignored, &change.id, &thing.id);
    if ids == Truth::Yes || !change.is_kind(REGISTRY) {
        return ids;
    }
    let name = resolver.id_of(&change.id).and_then(|id: ResourceId| id.names.last().cloned());
    name.map_or(ids, |name| same_in(resolver, Case::Ignored, &name, &thing.name))
}

/// An instance of a loop over a collection that is not known.
fn in_loop(address: &Address) -> bool {
    address.path.iter().any(|step| matches!(step.key, Some(Key::Each(_))))
}

fn without_keys(address: &Address) -> String {
    format!("{} {}", address.root, address.without_keys())
}

/// What was laid over a body so far.
#[derive(Default)]
struct Layers<'a> {
    /// What was written where, and by which change.
    written: BTreeMap<String, Vec<(&'a Resource, Node)>>,
}

impl<'a> Layers<'a> {
    /// How the next change is laid over: what contradicts another one that runs at any time is in doubt.
    fn add(&mut self, change: &'a Resource) -> How<'a> {
        let mut leaves = Vec::new();
        overlay::leaves(&change.body, &mut String::new(), &mut leaves);
        let contradicts = leaves.iter().any(|(path, value)| {
            let other = |(other, theirs): &(&Resource, Node)| {
                !theirs.is_identical(value) && !in_order(other, change) && !exclude(&other.deployed, &change.deployed)
            };
            self.overlapping(path).any(other)
        });
        for (path, value) in leaves {
            self.written.entry(path).or_default().push((change, value));
        }
        match &change.deployed {
            _ if contradicts => How::Perhaps,
            Cond::Always => How::Surely,
            when => How::When(when),
        }
    }

    /// What was written at a path, above it or below it.
    fn overlapping<'s>(&'s self, path: &'s str) -> impl Iterator<Item = &'s (&'a Resource, Node)> {
        let above = path.match_indices('/').filter_map(|(at, _)| self.written.get(path.get(..at)?)).flatten();
        let below = self.written.range(path.to_owned()..).take_while(move |(other, _)| other.starts_with(path));
        let below = below.filter(move |(other, _)| {
            let rest = other.get(path.len()..).unwrap_or_default();
            rest.is_empty() || rest.starts_with('/')
        });
        above.chain(below.flat_map(|(_, written)| written))
    }
}

/// Commands of one script run one after the other.
fn in_order(first: &Resource, second: &Resource) -> bool {
    use crate::ir::Language::Script;
    first.language == Script && second.language == Script && first.address.root == second.address.root
}

/// Whether two conditions never hold together.
fn exclude(a: &Cond, b: &Cond) -> bool {
    let both = Cond::all([a.clone(), b.clone()]);
    let cases = Assumption::every(&both.atoms(), COMPLETIONS);
    cases.is_some_and(|cases| cases.iter().all(|case| both.under(case) == Some(false)))
}

impl<'a> World<'a> {
    /// The body of a resource with all changes of it laid over it. References in it are not followed.
    pub fn body_of(&self, resource: &Resource) -> Node {
        self.changes.body_of(resource, &self.resolver)
    }

    /// A command that may make or change links, peerings, zones, rules and routes between this cluster and registry.
    pub fn networks_made(&self, cluster: &Cluster<'a>, registry: &Registry<'a>) -> Option<(Why, Span)> {
        let made =
            |it: &&Imperative| it.makes == Makes::Network && !it.manual && self.may_be_about(it, cluster, registry);
        let command = self.imperative.iter().find(made)?;
        Some((Why::Command(format!("`{}`", command.command).into()), command.span))
    }
}

/// Whether a list only says what is added to the one that is there.
fn is_added(why: &Why) -> bool {
    matches!(why, Why::Element(what) if &**what == ADDED)
}
