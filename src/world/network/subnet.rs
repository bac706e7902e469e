//! Subnets, declared on their own or listed in their virtual network.

use crate::ir::{Case, Node, Origin, Resolver, Resource, Truth, same_in};
use crate::source::Span;
use crate::world::registry::within;

/// A subnet.
#[derive(Clone, Debug)]
pub struct Subnet<'a> {
    /// The resource that says of it what is known: its own, or its network's.
    pub resource: &'a Resource,
    /// Its network, by its place among the networks.
    pub vnet: usize,
    /// Its name, references followed.
    pub name: Node,
    /// Where it is declared.
    pub declared: Span,
    /// What is written of it: its `properties`, with what changes them laid over.
    pub properties: Node,
    /// It is declared here, so that what nobody wrote is not so.
    pub is_declared: bool,
}

impl<'a> Subnet<'a> {
    pub(super) fn read(resource: &'a Resource, vnet: usize, resolver: &Resolver<'a>, body: &Node) -> Subnet<'a> {
        Subnet {
            resource,
            vnet,
            name: resolver.node(&resource.name),
            declared: resource.declared,
            properties: body.get("properties").map_or_else(|| Node::null(resource.declared), |it| resolver.node(it)),
            is_declared: resource.origin != Origin::Existing,
        }
    }

    /// Whether it is called so.
    pub(super) fn is_called(&self, name: &Node, resolver: &Resolver<'_>) -> bool {
        match self.name.as_str().zip(name.as_str()) {
            Some((own, name)) => own.eq_ignore_ascii_case(name),
            None => same_in(resolver, Case::Ignored, &self.name, name) == Truth::Yes,
        }
    }

    /// The ranges of its addresses, as they are written.
    pub fn prefixes(&self, resolver: &Resolver<'_>) -> Vec<Node> {
        let one = self.at(&["addressPrefix"], resolver);
        let list = self.at(&["addressPrefixes"], resolver);
        let all = list.as_ref().and_then(Node::as_list).map(|list| list.items.clone()).unwrap_or_default();
        one.into_iter().chain(all).collect()
    }

    /// What is written at a path below `properties`, references followed.
    pub fn at(&self, path: &[&str], resolver: &Resolver<'_>) -> Option<Node> {
        within(resolver, self.properties.clone(), path)
    }
}

/// The subnets in the list of a network, each with its place in it. `laid_over` lays over a subnet what changes it.
pub(super) fn inline<'a>(
    resource: &'a Resource,
    vnet: usize,
    resolver: &Resolver<'a>,
    body: &Node,
    laid_over: &dyn Fn(&Node, &Node) -> Node,
) -> Vec<(usize, Subnet<'a>)> {
    let Some(list) = within(resolver, body.clone(), &["properties", "subnets"]) else { return Vec::new() };
    let items = list.as_list().map_or(&[][..], |list| &list.items);
    let subnet = |item: &Node| {
        let name = resolver.node(item.get("name")?);
        let item = laid_over(&name, item);
        Some(Subnet {
            resource,
            vnet,
            declared: item.span,
            properties: item.get("properties").map_or_else(|| Node::null(item.span), |it| resolver.node(it)),
            is_declared: resource.origin != Origin::Existing,
            name,
        })
    };
    items.iter().enumerate().filter_map(|(place, item)| Some((place, subnet(item)?))).collect()
}
