//! Where things are, and the further regions that a registry is copied to.

use super::knowledge::{Fact, Truth, is_certain};
use super::registry::{Reader, Registry};
use crate::azure::regions;
use crate::ir::{Case, Node, Resolver, Resource, Why, same_in};
use crate::source::Span;

/// The type of a replica that is declared on its own.
const REPLICATION: &str = "Microsoft.ContainerRegistry/registries/replications";

/// A copy of a registry in another region.
#[derive(Clone, Debug)]
pub struct Replica {
    /// The registry's name, where the replica is declared on its own.
    registry: Option<Node>,
    /// Where it is.
    pub region: Fact<&'static str>,
    /// It is there whatever the parameters are.
    pub certain: bool,
    /// It was read back: a list of replicas has the home region among them.
    read_back: bool,
}

impl Replica {
    /// Reads a replica that is declared on its own.
    pub(super) fn read<'a>(resource: &'a Resource, resolver: &Resolver<'a>) -> Option<Replica> {
        if !resource.is_kind(REPLICATION) {
            return None;
        }
        let registry = resolver.id_of(&resource.id).and_then(|id| id.names.first().cloned());
        Some(Replica {
            registry: Some(
                registry.unwrap_or_else(|| Node::unknown(Why::UnresolvedName("registry".into()), resource.declared)),
            ),
            region: region(&Reader { resource, resolver }),
            certain: is_certain(resource),
            read_back: resource.is_read_back(),
        })
    }

    /// Whether it is a replica of this registry.
    pub(super) fn of(&self, registry: &Registry<'_>, resolver: &Resolver<'_>) -> Truth {
        self.registry.as_ref().map_or(Truth::No, |name| same_in(resolver, Case::Ignored, name, &registry.name))
    }
}

/// The region of a resource, when it is written and one that is known; told at the resource, even where the text comes
/// from a group or a name.
pub(super) fn region(read: &Reader<'_, '_>) -> Fact<&'static str> {
    let declared = read.resource.declared;
    let absent = || Node::unknown(Why::UnresolvedName("location".into()), declared);
    let location = read.at(&["location"]).unwrap_or_else(absent);
    let extent = read.resource.extent;
    let within = |span: &Span| span.source == extent.source && extent.start <= span.start && span.end <= extent.end;
    let used = location.trail.hops().map(|hop| hop.span).find(|span| within(span));
    let span = used.filter(|_| !within(&location.span)).unwrap_or(location.span);
    known(&Node { span, ..location })
}

fn known(node: &Node) -> Fact<&'static str> {
    let why = || node.why().cloned().unwrap_or(Why::UnresolvedName("location".into()));
    region_of(node).map_or_else(|| Fact::Unknown(why(), node.span), |region| Fact::Known(region, node.span))
}

fn region_of(node: &Node) -> Option<&'static str> {
    node.as_str().and_then(regions::region)
}

/// The replicas that a registry lists itself, as the Terraform provider has them. A list with members that can't be seen
/// has one that may be anywhere.
pub(super) fn listed(read: &Reader<'_, '_>) -> Vec<Replica> {
    let Some(node) = read.at(&["properties", "georeplications"]) else { return Vec::new() };
    let replica = |region| Replica { registry: None, region, certain: true, read_back: false };
    let anywhere = |why: Why| replica(Fact::Unknown(why, node.span));
    let Some(list) = node.as_list() else { return vec![anywhere(node.why().cloned().unwrap_or(Why::TemplateText))] };
    let one = |item: &Node| match item.get("location") {
        Some(location) => replica(known(location)),
        None => anywhere(Why::UnresolvedName("location".into())),
    };
    list.items.iter().map(one).chain(list.open.clone().map(anywhere)).collect()
}

/// Whether all replicas of a registry that was read back are known: without Premium it has none, and a list of them has
/// the home region among them.
pub(super) fn all_read_back(registry: &Registry<'_>, replicas: &[Replica], resolver: &Resolver<'_>) -> bool {
    let sku = registry.resource.body.at(&["sku", "name"]).and_then(Node::as_str);
    let single = sku.is_some_and(|sku| sku.eq_ignore_ascii_case("Basic") || sku.eq_ignore_ascii_case("Standard"));
    let home = |replica: &Replica| {
        let own = replica.read_back && replica.of(registry, resolver) == Truth::Yes;
        own && registry.region.value().is_some_and(|home| replica.region.is(home) == Truth::Yes)
    };
    registry.is_read_back() && (single || replicas.iter().any(home))
}

/// Of a registry that is only referred to, nobody knows the replicas.
pub(super) fn unseen(registry: &Registry<'_>) -> (Why, Span) {
    let resource = registry.resource;
    (Why::External(resource.address.to_string().into()), resource.declared)
}
