//! With which public addresses the nodes of a cluster come to the world.

use super::address::Outgoing;
use super::gateway::{Hop, Reading};
use super::pool::{Pool, Standing};
use super::reading::written;
use super::subnet::Subnet;
use crate::ir::{Node, Origin, Truth, Why};
use crate::source::Span;
use crate::world::World;
use crate::world::cluster::Cluster;
use crate::world::knowledge;

/// Outgoing addresses, and why there may be others.
pub(super) type Members = knowledge::Members<Outgoing>;

/// Whether there is a way out at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nodes get out.
    Open,
    /// AKS makes none (`none`): somebody else may.
    Unmade,
    /// AKS forbids it (`block`).
    Blocked,
    /// Can't be told.
    Unknown,
}

/// The way out of the nodes of a pool.
#[derive(Clone, Debug)]
pub struct Egress {
    /// Whether there is one.
    pub exit: Exit,
    /// Where that is decided.
    pub span: Span,
    /// The addresses with which traffic leaves.
    pub addresses: Members,
    /// Nothing else can lead out, as far as the tree says.
    pub certain: bool,
    /// What leads out, as a clause after "nodes leave": `through firewall `fw``.
    pub through: String,
}

/// The ways out of each cluster: without regard to pools, then of each pool.
pub(super) fn ways<'a>(cluster: &Cluster<'a>, pools: &[Pool], reading: &Reading<'_, 'a>) -> Vec<Egress> {
    let pools = pools.iter().map(Some);
    std::iter::once(None).chain(pools).map(|pool| of_pool(cluster, pool, reading)).collect()
}

fn of_pool<'a>(cluster: &Cluster<'a>, pool: Option<&Pool>, reading: &Reading<'_, 'a>) -> Egress {
    let mut egress = of_cluster(cluster, pool, reading);
    if cluster.proxied {
        egress.doubt(Why::NotAnalysed("the proxy of the cluster".into()), cluster.outbound_span);
    }
    match pool.map(|pool| (pool, pool.has_public_addresses())) {
        None | Some((_, Truth::No)) => {}
        Some((pool, _)) => {
            egress.doubt(Why::Runtime("the public addresses of its nodes".into()), pool.span);
            egress.exit = if egress.exit == Exit::Open { Exit::Open } else { Exit::Unknown };
        }
    }
    egress
}

fn of_cluster<'a>(cluster: &Cluster<'a>, pool: Option<&Pool>, reading: &Reading<'_, 'a>) -> Egress {
    let span = cluster.outbound_span;
    let closed = |exit| Egress { exit, ..Egress::open(span, Why::External("a way out".into()), "") };
    match cluster.outbound.as_deref() {
        Some("block") => closed(Exit::Blocked),
        Some("none") => closed(Exit::Unmade),
        None if cluster.resource.origin == Origin::Existing => {
            let why = Why::External(cluster.resource.address.to_string().into());
            Egress { exit: Exit::Unknown, ..Egress::open(span, why, "") }
        }
        None | Some("loadbalancer") => beside_gateways(load_balancer(cluster, reading), pool, reading),
        Some("managednatgateway" | "managednatgatewayv2") => managed(cluster, &["natGatewayProfile"], reading),
        Some("userassignednatgateway") => own_gateway(cluster, pool, reading),
        Some("userdefinedrouting") => routed(cluster, pool, reading),
        Some(_) => {
            let why = Why::UnsupportedSyntax("the outbound type".into());
            Egress { exit: Exit::Unknown, ..Egress::open(span, why, "") }
        }
    }
}

/// The addresses that are given to the load balancer, else those that AKS makes for it.
fn load_balancer<'a>(cluster: &Cluster<'a>, reading: &Reading<'_, 'a>) -> Egress {
    let body = (reading.body)(cluster.resource);
    let profile = ["properties", "networkProfile", "loadBalancerProfile"];
    let at = |path: [&str; 2]| written(reading.resolver, &body, &[&profile[..], &path[..]].concat());
    let mut all = Members { items: Vec::new(), open: None };
    reading.addresses(at(["outboundIPs", "publicIPs"]), &mut all);
    reading.addresses(at(["outboundIPPrefixes", "publicIPPrefixes"]), &mut all);
    if all.items.is_empty() && all.open.is_none() {
        return managed(cluster, &["loadBalancerProfile"], reading);
    }
    let through = "through the load balancer of the cluster".to_owned();
    Egress { exit: Exit::Open, span: cluster.outbound_span, addresses: all, certain: true, through }
}

/// The addresses that AKS makes are known once it made them.
fn managed<'a>(cluster: &Cluster<'a>, profile: &[&str], reading: &Reading<'_, 'a>) -> Egress {
    let path = [&["properties", "networkProfile"][..], profile, &["effectiveOutboundIPs"]].concat();
    let seen = Some(cluster.resource).filter(|it| it.is_read_back());
    let seen = seen.or_else(|| reading.resolver.read_back(cluster.resource));
    let mut all = Members { items: Vec::new(), open: None };
    if let Some(seen) = seen {
        reading.addresses(written(reading.resolver, &seen.body, &path), &mut all);
    }
    if all.items.is_empty() {
        let why = Why::Runtime("the outbound addresses that AKS makes".into());
        all.open.get_or_insert((why, cluster.outbound_span));
    }
    let through = "through the addresses that AKS makes for it".to_owned();
    // What is there now may be another one after the next deployment of a cluster that the tree declares.
    let certain = cluster.resource.is_read_back();
    Egress { exit: Exit::Open, span: cluster.outbound_span, addresses: all, certain, through }
}

/// The NAT gateway of a node subnet goes before the load balancer, and so does a route.
fn beside_gateways<'a>(mut egress: Egress, pool: Option<&Pool>, reading: &Reading<'_, 'a>) -> Egress {
    let Some(pool) = pool else { return egress };
    let Some(subnet) = subnet(pool, reading) else {
        egress.certain &= pool.standing == Standing::Managed;
        return egress;
    };
    egress.certain &= subnet.is_declared;
    if let Some(gateway) = reading.nat_of(subnet) {
        egress.doubt(Why::NotAnalysed("a NAT gateway beside the load balancer".into()), gateway.span);
    }
    match reading.hop(subnet) {
        Hop::Own => {}
        Hop::Appliance(_, span) => egress.doubt(Why::NotAnalysed("a route beside the load balancer".into()), span),
        Hop::Unclear(..) => egress.certain = false,
    }
    egress
}

fn subnet<'r, 'a>(pool: &Pool, reading: &Reading<'r, 'a>) -> Option<&'r Subnet<'a>> {
    match pool.standing {
        Standing::In(at) => reading.network.subnets.get(at),
        _ => None,
    }
}

fn own_gateway<'a>(cluster: &Cluster<'a>, pool: Option<&Pool>, reading: &Reading<'_, 'a>) -> Egress {
    let span = cluster.outbound_span;
    let through = "through the NAT gateway of their subnet";
    let Some(subnet) = pool.and_then(|pool| subnet(pool, reading)) else {
        return Egress::open(span, Why::External("the NAT gateway of the node subnet".into()), through);
    };
    let Some(gateway) = reading.nat_of(subnet) else {
        let why = Why::External("the NAT gateway of the node subnet".into());
        return Egress::open(subnet.declared, why, through);
    };
    let certain = matches!(reading.hop(subnet), Hop::Own);
    let addresses = reading.nat(&gateway);
    Egress { exit: Exit::Open, span: gateway.span, addresses, certain, through: through.to_owned() }
}

fn routed<'a>(cluster: &Cluster<'a>, pool: Option<&Pool>, reading: &Reading<'_, 'a>) -> Egress {
    let span = cluster.outbound_span;
    let through = "by the routes of their subnet";
    let unknown = |why: Why, span| Egress { exit: Exit::Unknown, ..Egress::open(span, why, through) };
    let Some(subnet) = pool.and_then(|pool| subnet(pool, reading)) else {
        return unknown(Why::External("the routes of the node subnet".into()), span);
    };
    match reading.hop(subnet) {
        Hop::Appliance(address, span) => match reading.firewall(&address, subnet.vnet) {
            Some((firewall, addresses, certain)) => {
                let name = crate::world::workload::shown(&reading.resolver.node(&firewall.name));
                // Whether it lets the traffic pass is asked of its rules.
                let through = format!("through firewall `{name}`");
                Egress { exit: Exit::Open, span, addresses, certain, through }
            }
            None => unknown(Why::External("what the route leads to".into()), span),
        },
        Hop::Own => unknown(Why::External("the way out of the node subnet".into()), span),
        Hop::Unclear(why, span) => unknown(why, span),
    }
}

impl Egress {
    fn open(span: Span, why: Why, through: &str) -> Egress {
        let addresses = Members { items: Vec::new(), open: Some((why, span)) };
        Egress { exit: Exit::Open, span, addresses, certain: false, through: through.to_owned() }
    }

    /// Traffic may leave with other addresses as well.
    fn doubt(&mut self, why: Why, span: Span) {
        self.addresses.open.get_or_insert((why, span));
        self.certain = false;
    }
}

impl<'a> World<'a> {
    /// The way out of the nodes of a pool; without regard to pools where none is given.
    pub fn egress(&self, cluster: &Cluster<'a>, pool: Option<&Pool>) -> Option<&Egress> {
        let ways = self.network.ways.get(cluster.at)?;
        let pools = &self.network.pools.get(cluster.at)?.items;
        let at = pool.and_then(|pool| pools.iter().position(|it| std::ptr::eq(it, pool)));
        ways.get(at.map_or(0, |at| at + 1))
    }

    /// Whom the public door of a registry admits.
    pub fn door(&self, registry: &super::super::registry::Registry<'a>) -> Option<&super::door::Door> {
        self.network.doors.get(&*registry.resource.address)
    }

    /// What a subnet says of the service endpoint for registries.
    pub fn has_service_endpoint(&self, subnet: &Subnet<'a>) -> Truth {
        let absent = if subnet.is_declared { Truth::No } else { Truth::Unknown };
        let Some(list) = subnet.at(&["serviceEndpoints"], &self.resolver) else { return absent };
        let Some(list) = list.as_list() else { return Truth::Unknown };
        let is_it = |item: &Node| match item.get("service").and_then(Node::as_str) {
            Some(service) => Truth::of(service.eq_ignore_ascii_case("Microsoft.ContainerRegistry")),
            None => Truth::Unknown,
        };
        let open = if list.open.is_some() { Truth::Unknown } else { absent };
        list.items.iter().map(is_it).fold(open, Truth::or)
    }
}
