//! Private endpoints and the registries that they lead to.

use super::registry::{Reader, Registry};
use crate::azure::kinds::PRIVATE_ENDPOINT;
use crate::ir::{Case, Node, Origin, Resolver, Resource, Truth, Value, same_in};

/// A private endpoint.
#[derive(Clone, Debug)]
pub struct Endpoint<'a> {
    /// The declaration.
    pub resource: &'a Resource,
    /// The ids of what it leads to; nothing when they can't be told.
    to: Option<Vec<Node>>,
}

impl<'a> Endpoint<'a> {
    /// The private endpoint that a resource is.
    pub fn read(resource: &'a Resource, resolver: &Resolver<'a>) -> Option<Endpoint<'a>> {
        let read = Reader { resource, resolver };
        // What is only referred to is the one that is declared, or leads where nobody sees.
        let elsewhere = resource.origin == Origin::Existing;
        let known = elsewhere && !std::ptr::eq(resolver.canonical(resource), resource);
        (resource.is_kind(PRIVATE_ENDPOINT) && !known).then(|| {
            let lists = ["privateLinkServiceConnections", "manualPrivateLinkServiceConnections"];
            let lists: Vec<Option<Vec<Node>>> = lists.iter().map(|name| targets(&read, name)).collect();
            let to = lists.into_iter().collect::<Option<Vec<_>>>().filter(|_| !elsewhere);
            Endpoint { resource, to: to.map(|lists| lists.concat()) }
        })
    }

    /// Whether it leads to the registry.
    pub fn leads_to(&self, registry: &Registry<'_>, resolver: &Resolver<'a>) -> Truth {
        let own = Node::reference(registry.resource.address.clone(), &["id"], registry.resource.declared);
        let Some(to) = &self.to else { return Truth::Unknown };
        to.iter().map(|id| same_in(resolver, Case::Ignored, id, &own)).fold(Truth::No, Truth::or)
    }
}

/// The ids in a list of connections; nothing when it may have others.
fn targets(read: &Reader<'_, '_>, list: &str) -> Option<Vec<Node>> {
    let Some(connections) = read.at(&["properties", list]) else { return Some(Vec::new()) };
    let connections = connections.as_list().filter(|list| list.open.is_none())?;
    let id = |connection: &Node| {
        let id = read.resolver.node(connection.at(&["properties", "privateLinkServiceId"])?);
        (!matches!(id.value, Value::Null)).then_some(id)
    };
    connections.items.iter().map(id).collect()
}
