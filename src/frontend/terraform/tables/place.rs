//! Where a resource stands: its scope and its id, from the arguments that name its parents.

use super::attributes::pick;
use super::azurerm::{Parent, Type};
use super::shape::{Written, as_id};
use crate::ir::{Node, Ref, ResourceId, Target, Value, Why};
use crate::source::Span;

impl Written {
    /// The scope and the id of a resource of this type and name, as far as its arguments say them.
    pub fn place(&self, entry: &Type, kind: &str, name: &Node) -> (Node, Option<Node>) {
        let nowhere = || Node::null(self.declared);
        let subscription = || Node::id(ResourceId::of_subscription(self.subscription.clone()), self.declared);
        match entry.parent {
            Parent::Nowhere => (nowhere(), None),
            Parent::Subscription => {
                let group = ResourceId::of_group(self.subscription.clone(), name.clone());
                (subscription(), Some(Node::id(group, self.declared)))
            }
            Parent::Itself => {
                let own = self.written("subscription_id").map(ResourceId::of_subscription);
                (nowhere(), Some(own.map_or_else(subscription, |id| Node::id(id, self.declared))))
            }
            Parent::Tenant => self.within(nowhere(), kind, vec![name.clone()]),
            Parent::Group(parents) => self.in_group(parents, kind, Some(name)),
            Parent::Scope(attribute) => {
                let scope = self.written(attribute).map_or_else(subscription, as_id);
                self.within(scope, kind, vec![name.clone()])
            }
            Parent::Child(attributes, parents) => self.child(attributes, parents, kind, name),
            Parent::Change(attribute) => {
                let id = self.written(attribute);
                (nowhere(), Some(id.map_or_else(|| self.no_id(), as_id)))
            }
            Parent::ChangeNamed(attribute) => self.in_group(&[attribute], kind, None),
        }
    }

    /// An argument that is not `null`.
    fn written(&self, attribute: &str) -> Option<Node> {
        pick(&self.body, attribute).filter(|value| !value.is_null())
    }

    fn within(&self, scope: Node, kind: &str, names: Vec<Node>) -> (Node, Option<Node>) {
        let id = ResourceId::within(&scope, kind, names);
        (scope, Some(Node::id(id, self.declared)))
    }

    /// In a resource group, which is named, below parents that are named too.
    fn in_group(&self, parents: &[&str], kind: &str, name: Option<&Node>) -> (Node, Option<Node>) {
        let group = self.name("resource_group_name");
        let span = group.span;
        let scope = Node::id(ResourceId::of_group(self.subscription.clone(), group), span);
        self.within(scope, kind, parents.iter().map(|parent| self.name(parent)).chain(name.cloned()).collect())
    }

    /// Below a parent whose id is written, else below one that is named.
    fn child(&self, attributes: &[&str], parents: &[&str], kind: &str, name: &Node) -> (Node, Option<Node>) {
        let id = attributes.iter().find_map(|attribute| self.written(attribute));
        if id.is_none() && parents.first().is_some_and(|parent| self.written(parent).is_some()) {
            return self.in_group(parents, kind, Some(name));
        }
        let parent = id.map_or_else(|| self.no_id(), as_id);
        let id = self.child_id(&parent, kind, name.clone());
        (parent, id)
    }

    /// The id of a child of `parent`, when the parent's is known part by part, or is that of a resource that has a name.
    pub fn child_id(&self, parent: &Node, kind: &str, name: Node) -> Option<Node> {
        match &parent.value {
            Value::Id(_) => child_id(parent, kind, name, self.declared),
            Value::Ref(reference) if reference.is(&["id"]) => self.child_of(reference, kind, name),
            _ => None,
        }
    }

    /// Of a parent that is referred to, the name is known; where it lies stands with its own declaration.
    fn child_of(&self, parent: &Ref, kind: &str, name: Node) -> Option<Node> {
        let Target::Resource(address) = &parent.target else { return None };
        let parent_name = Node::reference(address.clone(), &["name"], self.declared);
        let segments = kind.split('/').count();
        if segments == 2 && address.path.last().is_some_and(|step| step.name.contains("azurerm_resource_group.")) {
            let group = Node::id(ResourceId::of_group(self.subscription.clone(), parent_name), self.declared);
            return Some(Node::id(ResourceId::within(&group, kind, vec![name]), self.declared));
        }
        if segments != 3 {
            return None;
        }
        let of = |what: &str| {
            let symbol = format!("{}#{what} of:{address}", address.root);
            Some(Node::symbol(Why::Runtime(what.into()), symbol, self.declared))
        };
        let (subscription, group) = (of("subscription"), of("group"));
        let names = vec![parent_name, name];
        Some(Node::id(ResourceId { subscription, group, kind: kind.into(), names, extends: None }, self.declared))
    }
}

/// The id of a child of `parent`, when the parent's is known part by part.
fn child_id(parent: &Node, kind: &str, name: Node, span: Span) -> Option<Node> {
    let Value::Id(id) = &parent.value else { return None };
    if id.is_container() {
        return Some(Node::id(ResourceId::within(parent, kind, vec![name]), span));
    }
    let is_child = kind.len() > id.kind.len()
        && kind.get(..id.kind.len()).is_some_and(|start| start.eq_ignore_ascii_case(&id.kind));
    if !is_child {
        return Some(Node::id(ResourceId::within(parent, kind, vec![name]), span));
    }
    let mut child = (**id).clone();
    child.kind = kind.into();
    child.names.push(name);
    Some(Node::id(child, span))
}
