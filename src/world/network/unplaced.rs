//! Nodes of which it can't be told in which subnet they stand: in which ones they may.

use super::pool::{Pool, Standing};
use super::route::RouteTable;
use super::security_group::SecurityGroup;
use super::subnet::Subnet;
use super::vnet::Vnet;
use super::{Network, VNET};
use crate::ir::{Case, Node, Ref, Resolver, Truth, Value, same_in};
use crate::world::World;
use crate::world::cluster::Cluster;

/// Calls within calls that are looked into.
const DEEPEST: usize = 16;
/// More candidates than this are not told apart.
const MOST: usize = 64;

/// What may be around nodes whose subnet can't be told.
#[derive(Clone, Debug)]
pub enum Around<'s, 'a> {
    /// One of these subnets, or another one of which the tree says nothing.
    Subnets(Vec<&'s Subnet<'a>>),
    /// Any of what the deployment of the cluster declares.
    Deployment(Vec<&'s SecurityGroup<'a>>, Vec<&'s RouteTable<'a>>),
    /// Too many to look at.
    TooMany,
}

/// What functions pick from (`tolist(…)[0].id`): everything else that they are given is written.
fn source(node: &Node, depth: usize) -> Option<&Node> {
    let depth = depth.checked_sub(1)?;
    let Value::Call(_, arguments) = &node.value else { return Some(node) };
    let is_written = |node: &&Node| matches!(node.value, Value::Str(_) | Value::Int(_) | Value::Bool(_));
    let mut others = arguments.iter().filter(|node| !is_written(node));
    let only = others.next().filter(|_| others.next().is_none())?;
    source(only, depth)
}

/// The reference that a value is, or that functions pick from.
pub(super) fn only_reference(node: &Node) -> Option<&Ref> {
    match &source(node, DEEPEST)?.value {
        Value::Ref(reference) => Some(reference),
        _ => None,
    }
}

/// Whether functions take a member of this name in the end.
pub(super) fn takes(node: &Node, name: &str) -> bool {
    match &node.value {
        Value::Call(_, arguments) => arguments.iter().any(|it| it.as_str() == Some(name) || takes(it, name)),
        _ => false,
    }
}

impl<'a> Network<'a> {
    /// Where nodes stand whose subnet functions pick from the list of a network.
    pub(super) fn picked(&self, node: &Node, resolver: &Resolver<'a>) -> Option<Standing> {
        let source = source(node, DEEPEST).filter(|_| matches!(node.value, Value::Call(..)))?;
        let (at, alone) = match &source.value {
            Value::Ref(reference) => {
                let steps: Vec<&str> = reference.path.iter().map(|step| &**step).take(2).collect();
                let found = resolver.target(&reference.target).filter(|found| found.is_kind(VNET))?;
                let at = self.by_vnet.get(&*found.address).filter(|_| steps == ["properties", "subnets"])?;
                (*at, false)
            }
            Value::List(list) => (self.lister(&list.items)?, list.open.is_none() && list.items.len() == 1),
            _ => return None,
        };
        let mut inline = self.vnets.get(at)?.inline.values();
        Some(match (inline.next(), inline.next()) {
            (Some(only), None) if alone => Standing::In(*only),
            _ => Standing::Beyond(at, node.span),
        })
    }

    /// The network that lists these subnets, known by where they are written: the only one that does.
    fn lister(&self, items: &[Node]) -> Option<usize> {
        let first = items.first()?;
        let lists = |vnet: &Vnet<'a>| {
            let own = |at: &usize| self.subnets.get(*at).is_some_and(|subnet| subnet.declared == first.span);
            vnet.inline.values().any(own)
        };
        let mut all = self.vnets.iter().enumerate().filter(|(_, vnet)| lists(vnet));
        let (at, _) = all.next()?;
        all.next().is_none().then_some(at)
    }
}

impl<'a> World<'a> {
    /// What may be around the nodes of a pool; nothing where their subnet is known, or AKS makes it.
    pub fn around<'s>(&'s self, pool: &Pool, cluster: &Cluster<'a>) -> Option<Around<'s, 'a>> {
        let network = &self.network;
        match &pool.standing {
            Standing::Managed => None,
            Standing::In(at) => {
                let own = network.subnets.get(*at)?;
                // The tree only refers to it: it may be one that the network lists under a name that can't be told.
                let bare = !own.is_declared && own.properties.as_map().is_none_or(|map| map.entries.is_empty());
                let same = |it: &&Subnet<'a>| same_in(&self.resolver, Case::Ignored, &it.name, &own.name) != Truth::No;
                bare.then(|| self.subnets_of(own.vnet, &same))
            }
            Standing::Beyond(vnet, _) => Some(self.subnets_of(*vnet, &|_| true)),
            Standing::Unknown(..) => {
                let root = &cluster.resource.address.root;
                let groups = network.security_groups.iter().filter(|it| it.resource.address.root == *root);
                let tables = network.route_tables.iter().filter(|it| it.resource.address.root == *root);
                let (groups, tables): (Vec<_>, Vec<_>) = (groups.take(MOST).collect(), tables.take(MOST).collect());
                let many = groups.len() == MOST || tables.len() == MOST;
                Some(if many { Around::TooMany } else { Around::Deployment(groups, tables) })
            }
        }
    }

    fn subnets_of<'s>(&'s self, vnet: usize, fits: &dyn Fn(&&Subnet<'a>) -> bool) -> Around<'s, 'a> {
        let network = &self.network;
        let guarded = |it: &&Subnet<'a>| {
            let written = |path: &str| it.properties.get(path).is_some_and(|value| !value.is_null());
            ["networkSecurityGroup", "routeTable", "serviceEndpointPolicies"].iter().any(|path| written(path))
        };
        let there =
            |it: &&Subnet<'a>| it.vnet == vnet || network.is_same_vnet(it.vnet, vnet, &self.resolver) != Truth::No;
        let all = network.subnets.iter().filter(guarded).filter(there).filter(fits);
        let found: Vec<&Subnet<'a>> = all.take(MOST).collect();
        if found.len() == MOST { Around::TooMany } else { Around::Subnets(found) }
    }
}
