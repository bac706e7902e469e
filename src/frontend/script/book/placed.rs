//! Resources that are known by more than one name: children, and those of which several groups have one.

use std::sync::Arc;

use super::{Book, Made, either, scope_of};
use crate::ir::{Address, Case, Cond, Node, Origin, Resource, ResourceId, Truth, Value, same_in};
use crate::source::Span;

impl Book {
    /// The id of a resource of this type, which lies in a group below others.
    pub fn id_in(&self, kind: &str, names: Vec<Node>, group: Option<&Node>, at: Span) -> ResourceId {
        let unnamed = || Node::text("", at);
        let first = names.first().cloned().unwrap_or_else(unnamed);
        ResourceId { names, ..self.id_of(kind, &first, group, at) }
    }

    /// The resource with this id. A command that names no group looks its resource up.
    pub fn find_at(&self, id: &ResourceId) -> Option<&Resource> {
        let named = self.named.get(&id.kind.to_ascii_lowercase())?.candidates(id.names.last()?);
        let mut found = named.into_iter().filter_map(|at| self.resources.get(at));
        let is_it = |it: &&Resource| it.origin != Origin::Update && it.deployed != Cond::Never && self.is_one(it, id);
        found.find(is_it)
    }

    fn is_one(&self, known: &Resource, id: &ResourceId) -> bool {
        let Value::Id(own) = &known.id.value else { return false };
        let same = |a: &Node, b: &Node| same_in(&self.blind, Case::Ignored, a, b);
        let named = own.names.len() == id.names.len()
            && own.names.iter().zip(&id.names).all(|(own, name)| same(own, name) == Truth::Yes);
        let parts = [(&own.group, &id.group), (&own.subscription, &id.subscription)];
        let apart = |(own, part): &(&Option<Node>, &Option<Node>)| {
            own.as_ref().zip(part.as_ref()).is_some_and(|(own, part)| same(own, part) == Truth::No)
        };
        named && !parts.iter().any(apart)
    }

    /// A resource that the script makes, as [`Book::declare`] does.
    pub fn declare_at(&mut self, id: ResourceId, body: Node, made: &Made) -> Arc<Address> {
        let known = self.find_at(&id).map(|known| known.address.clone());
        match known {
            Some(address) => self.redeclare(address, id, body, made),
            None => self.place(id, body, Origin::Declared, made),
        }
    }

    /// A resource that a command means, as [`Book::refer`] does.
    pub fn refer_at(&mut self, id: ResourceId, at: Span) -> Arc<Address> {
        if let Some(known) = self.find_at(&id) {
            return known.address.clone();
        }
        let made = Made { extent: at, declared: at, when: Cond::Always };
        self.place(id, Node::map(Vec::new(), at), Origin::Existing, &made)
    }

    /// A change of a resource with this id.
    pub fn change_at(&mut self, id: ResourceId, body: Node, made: &Made) {
        self.place(id, body, Origin::Update, made);
    }

    /// The changes of a resource with this id so far, the latest first.
    pub fn changes_at<'b>(&'b self, id: &'b ResourceId) -> impl Iterator<Item = &'b Resource> {
        let is_it = |it: &&Resource| it.origin == Origin::Update && it.is_kind(&id.kind) && self.is_one(it, id);
        self.resources.iter().rev().filter(is_it)
    }

    /// What was known before is made now: what was only referred to becomes it, and what is made twice, in branches of
    /// which one runs, is one resource with what both say.
    pub(super) fn redeclare(&mut self, address: Arc<Address>, id: ResourceId, body: Node, made: &Made) -> Arc<Address> {
        let at = self.places.get(&address).copied();
        let Some(known) = at.and_then(|at| self.resources.get_mut(at)) else { return address };
        match known.origin {
            Origin::Existing => {
                known.origin = Origin::Declared;
                known.body = body;
                known.deployed = made.when.clone();
                known.declared = made.declared;
                known.extent = made.extent;
                known.scope = scope_of(&id, made.extent);
                known.id = Node::id(id, made.extent);
            }
            _ => {
                let when = Cond::any([known.deployed.clone(), made.when.clone()]);
                known.body = either(&made.when, &body, &known.body);
                known.deployed = when;
            }
        }
        address
    }

    fn place(&mut self, id: ResourceId, body: Node, origin: Origin, made: &Made) -> Arc<Address> {
        let word = id.kind.rsplit('/').next().unwrap_or_default();
        let name = id.names.last().cloned().unwrap_or_else(|| Node::null(made.extent));
        let shown = crate::ir::shown(&name);
        let called = match origin {
            Origin::Update => format!("{word} update {shown}"),
            _ => format!("{word} {shown}"),
        };
        let address = self.address(called);
        let (kind, scope) = (id.kind.clone(), scope_of(&id, made.extent));
        self.put(address, &kind, name, Node::id(id, made.extent), scope, body, origin, made)
    }
}
