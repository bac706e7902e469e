//! What stands on the way from the nodes of a cluster to a registry, as far as a picture needs it: subnets, private zones
//! and their links, firewalls. Nothing is judged here.

use super::World;
use super::cluster::Cluster;
use super::registry::within;
use crate::ir::{Case, Node, Resource, ResourceId, Truth, same_in};

const VNET: &str = "Microsoft.Network/virtualNetworks";
const SUBNET: &str = "Microsoft.Network/virtualNetworks/subnets";
const ZONE: &str = "Microsoft.Network/privateDnsZones";
const LINK: &str = "Microsoft.Network/privateDnsZones/virtualNetworkLinks";
const FIREWALL: &str = "Microsoft.Network/azureFirewalls";
/// How the private zones of registries begin, in every cloud.
const OF_REGISTRIES: &str = "privatelink.azurecr.";

/// A subnet in which nodes stand.
#[derive(Clone, Debug)]
pub struct NodeSubnet {
    /// The name of its network, as far as known.
    pub vnet: Node,
    /// Its own name, as far as known.
    pub name: Node,
    /// The id of its network.
    vnet_id: Node,
}

impl<'a> World<'a> {
    /// The subnets in which the nodes of a cluster are written to stand, each once.
    pub fn node_subnets(&self, cluster: &Cluster<'a>) -> Vec<NodeSubnet> {
        let body = self.resolver.node(&cluster.resource.body);
        let pools = within(&self.resolver, body, &["properties", "agentPoolProfiles"]);
        let pools = pools.as_ref().and_then(Node::as_list).map_or(&[][..], |list| &list.items);
        let mut found: Vec<NodeSubnet> = Vec::new();
        for pool in pools {
            let id = within(&self.resolver, self.resolver.node(pool), &["vnetSubnetID"]);
            let Some(subnet) = id.and_then(|id| self.node_subnet(&id)) else { continue };
            let same =
                |other: &NodeSubnet| other.name.value == subnet.name.value && other.vnet.value == subnet.vnet.value;
            if !found.iter().any(same) {
                found.push(subnet);
            }
        }
        found
    }

    fn node_subnet(&self, node: &Node) -> Option<NodeSubnet> {
        let id = self.resolver.id_of(node).filter(|id| id.is_kind(SUBNET))?;
        let (vnet, name) = (id.names.first()?.clone(), id.names.get(1)?.clone());
        let parent = ResourceId { kind: VNET.into(), names: vec![vnet.clone()], ..id };
        let (vnet, name) = (self.resolver.node(&vnet), self.resolver.node(&name));
        Some(NodeSubnet { vnet, name, vnet_id: Node::id(parent, node.span) })
    }

    /// The private zones of the tree that names of registries are looked up in.
    pub fn registry_zones(&self) -> Vec<&'a Resource> {
        let named = |zone: &&&'a Resource| {
            let name = self.resolver.node(&zone.name);
            name.as_str().is_some_and(|name| name.to_ascii_lowercase().starts_with(OF_REGISTRIES))
        };
        let canonical = |zone: &&&'a Resource| std::ptr::eq(self.resolver.canonical(zone), **zone);
        self.resolver.of_kind(ZONE).iter().filter(named).filter(canonical).copied().collect()
    }

    /// Whether a zone is proved to be linked to a network in which the nodes of a cluster stand.
    pub fn is_linked(&self, zone: &Resource, cluster: &Cluster<'a>) -> bool {
        let subnets = self.node_subnets(cluster);
        let own = Node::reference(zone.address.clone(), &["id"], zone.declared);
        let same = |one: &Node, other: &Node| same_in(&self.resolver, Case::Ignored, one, other) == Truth::Yes;
        self.resolver.of_kind(LINK).iter().any(|link| {
            let parent = self.resolver.id_of(&link.id).filter(|id| !id.names.is_empty()).map(|id| {
                let names = id.names.iter().take(1).cloned().collect();
                Node::id(ResourceId { kind: ZONE.into(), names, ..id }, link.declared)
            });
            let to = within(&self.resolver, self.resolver.node(&link.body), &["properties", "virtualNetwork", "id"]);
            parent.is_some_and(|parent| same(&parent, &own))
                && to.is_some_and(|to| subnets.iter().any(|subnet| same(&to, &subnet.vnet_id)))
        })
    }

    /// The firewall through which a cluster goes out: the only one of the tree, where its routes are its own.
    pub fn firewall_of(&self, cluster: &Cluster<'a>) -> Option<&'a Resource> {
        match self.resolver.of_kind(FIREWALL) {
            [only] if cluster.outbound.as_deref() == Some("userdefinedrouting") => Some(*only),
            _ => None,
        }
    }
}
