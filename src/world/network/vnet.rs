//! Virtual networks and who answers for names in them.

use std::collections::BTreeMap;

use crate::ir::{Case, Node, Origin, Resolver, Resource, Truth, Why, same_in};
use crate::source::Span;
use crate::world::registry::within;

/// Who answers for names in a virtual network.
#[derive(Clone, Debug)]
pub enum Dns {
    /// Azure's own servers, which know the private DNS zones that are linked to the network.
    Azure,
    /// Servers of the user's own: where they forward to is not written.
    Custom(Span),
    /// Can't be told.
    Unknown(Why, Span),
}

/// A virtual network.
#[derive(Clone, Debug)]
pub struct Vnet<'a> {
    /// The declaration; none where only the id of a subnet names it.
    pub resource: Option<&'a Resource>,
    /// Its id.
    pub id: Node,
    /// Its name, references followed.
    pub name: Node,
    /// Where it is declared, or named.
    pub declared: Span,
    /// `addressSpace.addressPrefixes`, as written; nothing where it can't be read.
    pub space: Option<Vec<Node>>,
    /// Who answers for names.
    pub dns: Dns,
    /// The subnets that it lists, by their places in the list: their places in the network.
    pub(super) inline: BTreeMap<usize, usize>,
}

impl<'a> Vnet<'a> {
    pub(super) fn read(resource: &'a Resource, resolver: &Resolver<'a>, body: &Node) -> Vnet<'a> {
        let space = within(resolver, body.clone(), &["properties", "addressSpace", "addressPrefixes"]);
        let space = space.and_then(|space| Some(space.as_list().filter(|list| list.open.is_none())?.items.clone()));
        Vnet {
            resource: Some(resource),
            id: Node::reference(resource.address.clone(), &["id"], resource.declared),
            name: resolver.node(&resource.name),
            declared: resource.declared,
            space,
            dns: dns(resource, resolver, body),
            inline: BTreeMap::new(),
        }
    }

    /// One that only an id names.
    pub(super) fn named(id: Node) -> Vnet<'a> {
        let name = crate::ir::ResourceId::parse(&id).and_then(|id| id.names.first().cloned());
        let why = || Why::External("a network that is not in this tree".into());
        Vnet {
            resource: None,
            name: name.unwrap_or_else(|| id.clone()),
            declared: id.span,
            space: None,
            dns: Dns::Unknown(why(), id.span),
            inline: BTreeMap::new(),
            id,
        }
    }

    /// The tree creates it.
    pub fn is_declared(&self) -> bool {
        self.resource.is_some_and(|resource| resource.origin == Origin::Declared)
    }

    /// Whether an id is this network's.
    pub fn is(&self, id: &Node, resolver: &Resolver<'_>) -> Truth {
        same_in(resolver, Case::Ignored, &self.id, id)
    }

    /// Whether both are one network.
    pub fn is_same(&self, other: &Vnet<'_>, resolver: &Resolver<'_>) -> Truth {
        self.is(&other.id, resolver)
    }
}

/// Of a network that the tree only refers to nobody knows the servers.
fn dns(resource: &Resource, resolver: &Resolver<'_>, body: &Node) -> Dns {
    let at = resource.declared;
    let unknown = |why: Option<&Why>, span| {
        Dns::Unknown(why.cloned().unwrap_or_else(|| Why::UnresolvedName("dnsServers".into())), span)
    };
    let Some(servers) = within(resolver, body.clone(), &["properties", "dhcpOptions", "dnsServers"]) else {
        let external = || Why::External(resource.address.to_string().into());
        return if resource.origin == Origin::Existing { Dns::Unknown(external(), at) } else { Dns::Azure };
    };
    // 168.63.129.16 is Azure's own.
    let own = |node: &Node| node.as_str() == Some("168.63.129.16") || node.as_str() == Some("AzureProvidedDNS");
    match servers.as_list() {
        Some(list) if list.items.iter().any(|server| server.as_str().is_some() && !own(server)) => {
            Dns::Custom(servers.span)
        }
        Some(list) if list.open.is_none() && list.items.iter().all(own) => Dns::Azure,
        Some(list) => {
            let inner = list.items.iter().find_map(Node::why);
            unknown(list.open.as_ref().or(inner), servers.span)
        }
        None => unknown(servers.why(), servers.span),
    }
}
