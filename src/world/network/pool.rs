//! Node pools: in which subnet their nodes stand.

use super::Network;
use crate::ir::{Case, Node, Origin, Resolver, Resource, Truth, Value, Why, same_in};
use crate::source::Span;
use crate::world::cluster::Cluster;
use crate::world::knowledge::Members;
use crate::world::registry::within;

/// The type of node pools that are declared on their own.
const POOL: &str = "Microsoft.ContainerService/managedClusters/agentPools";

/// Where the nodes of a pool stand.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    /// In a network that AKS makes in the group of the nodes.
    Managed,
    /// In a subnet that the world knows, by its place.
    In(usize),
    /// In a network that the world knows, by its place, in a subnet that it doesn't; where that is written.
    Beyond(usize, Span),
    /// Can't be told.
    Unknown(Why, Span),
}

impl Standing {
    pub(super) fn unknown(node: &Node) -> Standing {
        let why = node.why().cloned().unwrap_or_else(|| match &node.value {
            // Of several that the plan makes, one.
            Value::Derived(_) => Why::KnownAfterApply,
            _ => Why::External("subnet".into()),
        });
        Standing::Unknown(why, node.span)
    }
}

/// A pool of nodes.
#[derive(Clone, Debug)]
pub struct Pool {
    /// Its name.
    pub name: Node,
    /// Where it is written.
    pub span: Span,
    /// Where its nodes stand.
    pub standing: Standing,
    /// What is written of it, references followed: `enableNodePublicIP`, `osType`, `nodeLabels`, `nodeTaints`, `mode`, …
    pub body: Node,
}

impl Pool {
    /// Each node has a public address of its own.
    pub fn has_public_addresses(&self) -> Truth {
        match self.body.get("enableNodePublicIP") {
            None => Truth::No,
            Some(flag) if flag.is_null() => Truth::No,
            Some(flag) => flag.as_bool().map_or(Truth::Unknown, Truth::of),
        }
    }
}

/// The node pools of a cluster: those that it lists and those that are declared on their own.
pub(super) fn pools<'a>(cluster: &Cluster<'a>, network: &Network<'a>, resolver: &Resolver<'a>) -> Members<Pool> {
    let resource = cluster.resource;
    let mut open = (resource.origin == Origin::Existing)
        .then(|| (Why::External(resource.address.to_string().into()), resource.declared));
    let mut items: Vec<Pool> = Vec::new();
    let list = within(resolver, resolver.node(&resource.body), &["properties", "agentPoolProfiles"]);
    if let Some(list) = list {
        match list.as_list() {
            Some(found) => {
                items.extend(found.items.iter().map(|item| pool(item.get("name"), item, item.span, network, resolver)));
                open = open.or(found.open.clone().map(|why| (why, list.span)));
            }
            None => open = open.or(Some((list.why().cloned().unwrap_or(Why::TemplateText), list.span))),
        }
    }
    for own in resolver.of_kind(POOL) {
        let canonical = std::ptr::eq(resolver.canonical(own), *own);
        if canonical && belongs(own, cluster, resolver) != Truth::No && own.origin != Origin::Existing {
            let body = resolver.node(&own.body);
            let properties = body.get("properties").cloned().unwrap_or_else(|| Node::null(own.declared));
            let known = own.name.as_str();
            if known.is_none() || !items.iter().any(|it| it.name.as_str() == known) {
                items.push(pool(Some(&own.name), &properties, own.declared, network, resolver));
            }
        }
    }
    join(&mut items, open.as_ref(), network, resolver);
    Members { items, open }
}

/// All pools of a cluster stand in one network: one that names no subnet gets that of the others, and AKS makes a network
/// only where none of them names one.
fn join<'a>(pools: &mut [Pool], open: Option<&(Why, Span)>, network: &Network<'a>, resolver: &Resolver<'a>) {
    let placed = pools.iter().map(|pool| &pool.standing).filter(|standing| **standing != Standing::Managed);
    let others = match (placed.cloned().reduce(|one, other| either(one, other, network, resolver)), open) {
        (Some(others), None) => others,
        (_, Some((why, span))) => Standing::Unknown(why.clone(), *span),
        (None, None) => return,
    };
    for pool in pools.iter_mut().filter(|pool| pool.standing == Standing::Managed) {
        pool.standing = others.clone();
    }
}

/// Where nodes stand that stand here or there.
fn either<'a>(one: Standing, other: Standing, network: &Network<'a>, resolver: &Resolver<'a>) -> Standing {
    let unclear = |span| Standing::Unknown(Why::NotAnalysed("a pool that names no subnet".into()), span);
    let vnet = |standing: &Standing| match standing {
        Standing::In(at) => network.subnets.get(*at).map(|subnet| (subnet.vnet, subnet.declared)),
        Standing::Beyond(vnet, span) => Some((*vnet, *span)),
        Standing::Managed | Standing::Unknown(..) => None,
    };
    match (vnet(&one), vnet(&other)) {
        _ if one == other => one,
        (Some((one, span)), Some((other, _))) => match network.is_same_vnet(one, other, resolver) {
            Truth::Yes => Standing::Beyond(one, span),
            _ => unclear(span),
        },
        (None, _) => one,
        (_, None) => other,
    }
}

fn pool<'a>(name: Option<&Node>, body: &Node, span: Span, network: &Network<'a>, resolver: &Resolver<'a>) -> Pool {
    let body = resolver.node(body);
    let standing = match (&body.get("vnetSubnetID"), body.as_map().map(|map| &map.open)) {
        (Some(id), _) if !id.is_null() => network.standing(id, resolver),
        (_, Some(None)) => Standing::Managed,
        (_, Some(Some(why))) => Standing::Unknown(why.clone(), body.span),
        (_, None) => Standing::unknown(&body),
    };
    let name = name.map_or_else(|| Node::unknown(Why::UnresolvedName("name".into()), span), |it| resolver.node(it));
    Pool { name, span, standing, body }
}

/// Whether a pool that is declared on its own is one of a cluster's.
fn belongs(pool: &Resource, cluster: &Cluster<'_>, resolver: &Resolver<'_>) -> Truth {
    let Some(mut id) = resolver.id_of(&pool.id).filter(|id| id.names.len() == 2) else { return Truth::Unknown };
    id.names.truncate(1);
    id.kind = crate::azure::kinds::CLUSTER.into();
    let own = Node::reference(cluster.resource.address.clone(), &["id"], cluster.resource.declared);
    same_in(resolver, Case::Ignored, &Node::id(id, pool.declared), &own)
}
