//! Networks: where the nodes of clusters stand, and what lies between them and a registry.

pub mod address;
pub mod deployed;
pub mod door;
pub mod egress;
pub mod endpoint;
pub mod firewall;
pub mod gateway;
pub mod name;
mod parent;
pub mod peering;
pub mod peers;
pub mod pool;
pub mod proxy;
pub(super) mod reading;
pub mod record;
pub mod route;
pub mod security_group;
mod served;
pub mod storage_policy;
pub mod subnet;
pub mod unplaced;
pub mod vnet;
pub mod zone;

use std::collections::BTreeMap;

use super::World;
use super::changed::Changes;
use super::cluster::Cluster;
use super::endpoint::Endpoint;
use super::knowledge::Members;
use super::registry::Registry;
use crate::azure::kinds::REGISTRY;
use crate::ir::{Address, Node, Resolver, Resource, ResourceId, Value};
use crate::source::Span;
use endpoint::{Attached, Registration};
use peering::Peering;
use pool::{Pool, Standing};
use record::Record;
use subnet::Subnet;
use vnet::Vnet;
use zone::{Link, Zone};

/// The type of virtual networks.
pub const VNET: &str = "Microsoft.Network/virtualNetworks";
/// The type of subnets.
pub const SUBNET: &str = "Microsoft.Network/virtualNetworks/subnets";

/// Everything that the tree says of networks.
#[derive(Clone, Debug, Default)]
pub struct Network<'a> {
    /// Virtual networks, declared, referred to, or only named in the ids of their subnets; each once.
    pub vnets: Vec<Vnet<'a>>,
    /// Subnets, wherever they are written; each once.
    pub subnets: Vec<Subnet<'a>>,
    /// Node pools, by the places of their clusters in the world.
    pub pools: Vec<Members<Pool>>,
    /// Private DNS zones, declared, referred to, or only named; each once.
    pub zones: Vec<Zone<'a>>,
    /// Links between zones and networks.
    pub links: Vec<Link<'a>>,
    /// Networks whose names rules forward elsewhere, with the link of the rules; nothing where the network can't be told.
    pub forwarded: Vec<(Option<usize>, &'a Resource)>,
    /// Records that are written one by one.
    pub records: Vec<Record<'a>>,
    /// Peerings, one for each direction.
    pub peerings: Vec<Peering<'a>>,
    /// The first thing that may carry traffic between networks that are not peered.
    pub transit: Option<Span>,
    /// Where private endpoints stand, by their places in the world.
    pub attached: Vec<Attached<'a>>,
    /// Zones in which endpoints register that can't be told.
    pub stray: Vec<Registration<'a>>,
    /// Zones by the addresses of their declarations.
    by_zone: BTreeMap<&'a Address, usize>,
    /// Security groups.
    pub security_groups: Vec<security_group::SecurityGroup<'a>>,
    /// Route tables.
    pub route_tables: Vec<route::RouteTable<'a>>,
    /// Firewalls.
    pub firewalls: Vec<firewall::Firewall<'a>>,
    /// Policies of firewalls.
    pub policies: Vec<firewall::Policy<'a>>,
    by_security_group: BTreeMap<&'a Address, usize>,
    by_route_table: BTreeMap<&'a Address, usize>,
    by_policy: BTreeMap<&'a Address, usize>,
    /// The ways out of each cluster, by the places of clusters: without regard to pools, then of each pool.
    pub(super) ways: Vec<Vec<egress::Egress>>,
    /// The public doors of registries.
    pub(super) doors: BTreeMap<&'a Address, door::Door>,
    /// Virtual networks by the ids that were seen of them.
    vnet_keys: BTreeMap<String, usize>,
    /// Zones by the ids that were seen of them.
    zone_keys: BTreeMap<String, usize>,
    /// Virtual networks by the addresses of their declarations.
    by_vnet: BTreeMap<&'a Address, usize>,
    /// Subnets that are declared on their own, by address.
    by_subnet: BTreeMap<&'a Address, usize>,
    /// Which networks and which zones are one.
    same_vnets: zone::Pairs,
    same_zones: zone::Pairs,
}

impl<'a> Network<'a> {
    /// Reads all networks; what changes a resource is laid over what it says.
    pub(super) fn read(resolver: &Resolver<'a>, clusters: &[Cluster<'a>], changes: &Changes<'a>) -> Self {
        let body: &dyn Fn(&'a Resource) -> Node = &|resource| changes.body_of(resource, resolver);
        let mut network = Network::default();
        for resource in resolver.of_kind(VNET) {
            if std::ptr::eq(resolver.canonical(resource), *resource) {
                network.by_vnet.insert(&resource.address, network.vnets.len());
                network.vnets.push(Vnet::read(resource, resolver, &body(resource)));
            }
        }
        for resource in resolver.of_kind(SUBNET) {
            if std::ptr::eq(resolver.canonical(resource), *resource) {
                let vnet = network.vnet_above(resource, resolver);
                network.by_subnet.insert(&resource.address, network.subnets.len());
                network.subnets.push(Subnet::read(resource, vnet, resolver, &body(resource)));
            }
        }
        for at in 0..network.vnets.len() {
            network.read_inline(at, resolver, changes);
        }
        (network.security_groups, network.by_security_group) = security_group::groups(resolver, body);
        (network.route_tables, network.by_route_table) = route::tables(resolver, body);
        network.firewalls = firewall::firewalls(resolver, body);
        (network.policies, network.by_policy) = firewall::policies(resolver, body);
        network.pools = clusters.iter().map(|cluster| pool::pools(cluster, &network, resolver)).collect();
        for resource in resolver.of_kind(REGISTRY) {
            if std::ptr::eq(resolver.canonical(resource), *resource) {
                network.doors.insert(&resource.address, door::Door::read(resource, resolver, &body(resource)));
            }
        }
        network
    }

    /// Reads what lies on the private way: zones, links, records, peerings, and where the endpoints of the world stand; then
    /// the ways out, which peerings may be a part of.
    pub(super) fn read_private(
        &mut self,
        resolver: &Resolver<'a>,
        clusters: &[Cluster<'a>],
        registries: &[Registry<'a>],
        endpoints: &[Endpoint<'a>],
        body: &dyn Fn(&'a Resource) -> Node,
    ) {
        self.read_zones(resolver);
        self.attach(resolver, registries, endpoints, body);
        self.read_links(resolver, body);
        self.read_records(resolver, body);
        self.read_peerings(resolver, body);
        self.ways = self.ways_out(clusters, resolver, body);
    }

    fn ways_out(
        &self,
        clusters: &[Cluster<'a>],
        resolver: &Resolver<'a>,
        body: &dyn Fn(&'a Resource) -> Node,
    ) -> Vec<Vec<egress::Egress>> {
        let reading = gateway::Reading { network: self, resolver, body };
        let all = clusters.iter().zip(&self.pools);
        all.map(|(cluster, pools)| egress::ways(cluster, &pools.items, &reading)).collect()
    }

    /// The subnets that a virtual network lists itself and that are not declared on their own as well. One that is only
    /// referred to elsewhere is the one in the list.
    fn read_inline(&mut self, at: usize, resolver: &Resolver<'a>, changes: &Changes<'a>) {
        let Some(resource) = self.vnets.get(at).and_then(|vnet| vnet.resource) else { return };
        let whole = ResourceId::parse(&resolver.node(&resource.id));
        let laid_over = |name: &Node, subnet: &Node| match &whole {
            Some(id) => {
                let names = id.names.iter().chain([name]).cloned().collect();
                let id = Node::id(ResourceId { kind: SUBNET.into(), names, ..id.clone() }, subnet.span);
                changes.over(SUBNET, name, &id, subnet.clone(), resolver)
            }
            None => subnet.clone(),
        };
        for (place, subnet) in subnet::inline(resource, at, resolver, &changes.body_of(resource, resolver), &laid_over)
        {
            let known = self.subnets.iter().position(|it| it.vnet == at && it.is_called(&subnet.name, resolver));
            let index = known.unwrap_or(self.subnets.len());
            match known.and_then(|index| self.subnets.get_mut(index)) {
                // What only refers to it says nothing of it; what changes it is laid over the member of the list as well.
                Some(known) if !known.is_declared && subnet.is_declared => *known = subnet,
                Some(_) => {}
                None => self.subnets.push(subnet),
            }
            if let Some(vnet) = self.vnets.get_mut(at) {
                vnet.inline.insert(place, index);
            }
        }
    }

    /// The network that a subnet lies in, or that a peering belongs to.
    fn vnet_above(&mut self, child: &'a Resource, resolver: &Resolver<'a>) -> usize {
        let id = parent::whole_id(child, VNET, resolver);
        let key = id.as_ref().map(|id| key_of(id, resolver));
        let cached = key.as_ref().and_then(|key| self.vnet_keys.get(key).copied());
        let found =
            || parent::above(child, VNET, resolver).and_then(|found| self.by_vnet.get(&*found.address).copied());
        match (cached.or_else(found), key, id) {
            (Some(at), Some(key), _) => *self.vnet_keys.entry(key).or_insert(at),
            (Some(at), None, _) => at,
            (None, _, Some(id)) => self.vnet_of(&id, resolver),
            (None, _, None) => {
                self.stranger(Node::unknown(crate::ir::Why::UnresolvedName("network".into()), child.declared))
            }
        }
    }

    /// The network with this id; one that the tree doesn't have is taken in by its id.
    pub(super) fn vnet_of(&mut self, id: &Node, resolver: &Resolver<'a>) -> usize {
        let key = key_of(id, resolver);
        if let Some(at) = self.vnet_keys.get(&key) {
            return *at;
        }
        let found = resolver.resource_of(id).and_then(|found| self.by_vnet.get(&*found.address).copied());
        let at = found.unwrap_or_else(|| self.stranger(id.clone()));
        self.vnet_keys.insert(key, at);
        at
    }

    fn stranger(&mut self, id: Node) -> usize {
        self.vnets.push(Vnet::named(id));
        self.vnets.len() - 1
    }

    /// The network with this id, when it is one that the world knows.
    pub fn find_vnet(&self, id: &Node, resolver: &Resolver<'a>) -> Option<usize> {
        let known = self.vnet_keys.get(&key_of(id, resolver)).copied();
        known.or_else(|| self.by_vnet.get(&*resolver.resource_of(id)?.address).copied())
    }

    /// The security group with this id.
    pub fn security_group(&self, id: &Node, resolver: &Resolver<'a>) -> Option<&security_group::SecurityGroup<'a>> {
        let found = resolver.resource_of(id)?;
        self.security_groups.get(*self.by_security_group.get(&*found.address)?)
    }

    /// The route table with this id.
    pub fn route_table(&self, id: &Node, resolver: &Resolver<'a>) -> Option<&route::RouteTable<'a>> {
        let found = resolver.resource_of(id)?;
        self.route_tables.get(*self.by_route_table.get(&*found.address)?)
    }

    /// Where a subnet's id leads to.
    pub fn standing(&self, id: &Node, resolver: &Resolver<'a>) -> Standing {
        let node = resolver.node(id);
        if let Value::Ref(reference) = &node.value
            && let Some(found) = resolver.target(&reference.target)
        {
            let path: Vec<&str> = reference.path.iter().map(|step| &**step).collect();
            match path.as_slice() {
                ["id"] if found.is_kind(SUBNET) => {
                    return self
                        .by_subnet
                        .get(&*found.address)
                        .map_or_else(|| Standing::unknown(&node), |at| Standing::In(*at));
                }
                ["properties", "subnets", place, "id"] if found.is_kind(VNET) => {
                    let vnet = self.by_vnet.get(&*found.address).and_then(|at| self.vnets.get(*at));
                    let place = place.parse::<usize>().ok();
                    let inline = vnet.zip(place).and_then(|(vnet, place)| vnet.inline.get(&place).copied());
                    return inline.map_or_else(|| Standing::unknown(&node), Standing::In);
                }
                _ => {}
            }
        }
        let Some(id) = resolver.id_of(&node).filter(|id| id.is_kind(SUBNET) && id.names.len() == 2) else {
            return self.picked(&node, resolver).unwrap_or_else(|| Standing::unknown(&node));
        };
        if let Some(at) = resolver.resource_of(&node).and_then(|found| self.by_subnet.get(&*found.address)) {
            return Standing::In(*at);
        }
        let name = id.names.last().cloned();
        let parent = ResourceId { kind: VNET.into(), names: id.names.into_iter().take(1).collect(), ..id };
        let vnet = self.find_vnet(&Node::id(parent, node.span), resolver);
        let inline = vnet.zip(name.as_ref()).and_then(|(vnet, name)| {
            self.subnets.iter().position(|it| it.vnet == vnet && it.is_called(name, resolver))
        });
        match (inline, vnet) {
            (Some(at), _) => Standing::In(at),
            (None, Some(vnet)) => Standing::Beyond(vnet, node.span),
            (None, None) => Standing::unknown(&node),
        }
    }
}

/// The text by which an id is known again: equal texts mean one resource.
fn key_of(id: &Node, resolver: &Resolver<'_>) -> String {
    let id = resolver.node(id);
    let parts = resolver.id_of(&id).map(|parts| Node::id(parts, id.span));
    parts.unwrap_or(id).key_of_flag().to_ascii_lowercase()
}

impl<'a> World<'a> {
    /// The node pools of a cluster.
    pub fn pools(&self, cluster: &Cluster<'a>) -> Members<&Pool> {
        match self.network.pools.get(cluster.at) {
            Some(pools) => Members { items: pools.items.iter().collect(), open: pools.open.clone() },
            None => Members { items: Vec::new(), open: None },
        }
    }

    /// The subnet of a pool, when it is known.
    pub fn subnet_of(&self, pool: &Pool) -> Option<&Subnet<'a>> {
        match pool.standing {
            Standing::In(at) => self.network.subnets.get(at),
            _ => None,
        }
    }

    /// The network of a pool, when it is one that the world knows; its subnet may not be.
    pub fn vnet_of(&self, pool: &Pool) -> Option<&Vnet<'a>> {
        let at = match pool.standing {
            Standing::In(at) => self.network.subnets.get(at)?.vnet,
            Standing::Beyond(at, _) => at,
            Standing::Managed | Standing::Unknown(..) => return None,
        };
        self.network.vnets.get(at)
    }
}
