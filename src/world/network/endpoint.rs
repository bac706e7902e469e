//! Where private endpoints stand, and in which zones they register.

use std::collections::BTreeMap;

use super::parent::above;
use super::pool::Standing;
use super::reading::{inner, written};
use super::{Network, SUBNET};
use crate::azure::kinds::{PRIVATE_ENDPOINT, REGISTRY};
use crate::ir::{Address, Node, Resolver, Resource, ResourceId, Truth, Value};
use crate::source::Span;
use crate::world::cluster::only_candidate;
use crate::world::endpoint::Endpoint;
use crate::world::registry::Registry;

/// The type of groups of zones that are declared on their own.
const GROUP: &str = "Microsoft.Network/privateEndpoints/privateDnsZoneGroups";
/// An endpoint of which nobody knows the target may lead to any registry.
const ANY: usize = usize::MAX;

/// What the world knows of a private endpoint beside its own declaration.
#[derive(Clone, Debug, Default)]
pub struct Attached<'a> {
    /// The network that it stands in; nothing when it can't be told.
    pub vnet: Option<usize>,
    /// Its subnet, where the world knows it.
    pub subnet: Option<usize>,
    /// In which zones it keeps its records.
    pub registrations: Vec<Registration<'a>>,
    /// It may register in zones that can't be seen.
    pub is_open: bool,
    /// The registries that it leads to or may lead to, by their places.
    leads: BTreeMap<usize, Truth>,
}

/// A zone in which Azure keeps the records of an endpoint.
#[derive(Clone, Debug)]
pub struct Registration<'a> {
    /// What declares it: the group, or the endpoint that lists it.
    pub resource: &'a Resource,
    /// Where.
    pub declared: Span,
    /// The zone, by its place; nothing when it can't be told.
    pub zone: Option<usize>,
}

impl Attached<'_> {
    /// Whether the endpoint leads to a registry, by its place.
    pub fn leads_to(&self, registry: usize) -> Truth {
        let known = self.leads.get(&registry).or_else(|| self.leads.get(&ANY));
        known.copied().unwrap_or(Truth::No)
    }
}

impl<'a> Network<'a> {
    /// Reads where the endpoints of the world stand and what they lead to.
    pub(super) fn attach(
        &mut self,
        resolver: &Resolver<'a>,
        registries: &[Registry<'a>],
        endpoints: &[Endpoint<'a>],
        body: &dyn Fn(&'a Resource) -> Node,
    ) {
        let names = Names::of(registries);
        let mut places: BTreeMap<&Address, usize> = BTreeMap::new();
        for (at, endpoint) in endpoints.iter().enumerate() {
            places.insert(&endpoint.resource.address, at);
            let leads = names.leads(endpoint, resolver);
            if leads.is_empty() {
                // It leads to something else: where it stands says nothing of registries.
                self.attached.push(Attached::default());
                continue;
            }
            let laid = body(endpoint.resource);
            let subnet = written(resolver, &laid, &["properties", "subnet", "id"]);
            let vnet = subnet.as_ref().and_then(|id| self.vnet_of_subnet(id, resolver));
            let subnet = subnet.and_then(|id| match self.standing(&id, resolver) {
                Standing::In(at) => Some(at),
                _ => None,
            });
            let mut attached = Attached { vnet, subnet, leads, ..Attached::default() };
            if let Some(list) = written(resolver, &laid, &["properties", "privateDnsZoneGroups"]) {
                for group in list.as_list().map_or(&[][..], |list| &list.items) {
                    self.register(endpoint.resource, &resolver.node(group), &mut attached, resolver);
                }
                attached.is_open |= list.as_list().is_none_or(|list| list.open.is_some());
            }
            attached.is_open |= endpoint.resource.origin == crate::ir::Origin::Existing;
            self.attached.push(attached);
        }
        for group in resolver.of_kind(GROUP) {
            if !std::ptr::eq(resolver.canonical(group), *group) {
                continue;
            }
            let endpoint = above(group, PRIVATE_ENDPOINT, resolver);
            let endpoint = endpoint.and_then(|found| places.get(&*found.address).copied());
            if endpoint.and_then(|at| self.attached.get(at)).is_some_and(|attached| attached.leads.is_empty()) {
                continue;
            }
            let mut own = Attached::default();
            self.register(group, &body(group), &mut own, resolver);
            match endpoint.and_then(|at| self.attached.get_mut(at)) {
                Some(attached) => {
                    attached.registrations.extend(own.registrations);
                    attached.is_open |= own.is_open;
                }
                None => self.stray.extend(own.registrations),
            }
        }
    }

    /// The zones of a group.
    fn register(&mut self, resource: &'a Resource, group: &Node, into: &mut Attached<'a>, resolver: &Resolver<'a>) {
        let configs = inner(group, "privateDnsZoneConfigs").map(|configs| only_candidate(&resolver.node(configs)));
        if let Some(only) = configs.as_ref().filter(|configs| matches!(configs.value, Value::Ref(_))) {
            // A plan tells of a list of ids only what it was made from.
            let zone = self.zone_with(only, resolver);
            into.registrations.push(Registration { resource, declared: only.span, zone });
            return;
        }
        let Some(list) = configs.as_ref().and_then(Node::as_list) else {
            into.is_open = true;
            return;
        };
        for config in &list.items {
            let id = inner(config, "privateDnsZoneId").map(|id| only_candidate(&resolver.node(id)));
            let zone = id.and_then(|id| self.zone_with(&id, resolver));
            into.registrations.push(Registration { resource, declared: config.span, zone });
        }
        into.is_open |= list.open.is_some();
    }

    /// The zone that an id is of; nothing when it is no id of a zone.
    fn zone_with(&mut self, id: &Node, resolver: &Resolver<'a>) -> Option<usize> {
        let is_one = resolver.id_of(id).is_some_and(|id| id.is_kind(super::zone::ZONE));
        is_one.then(|| self.zone_of(id, resolver))
    }

    /// The network that a subnet's id leads to; one that the tree doesn't have is taken in by its id.
    fn vnet_of_subnet(&mut self, id: &Node, resolver: &Resolver<'a>) -> Option<usize> {
        match self.standing(id, resolver) {
            Standing::In(at) => self.subnets.get(at).map(|subnet| subnet.vnet),
            Standing::Beyond(at, _) => Some(at),
            Standing::Managed | Standing::Unknown(..) => {
                let id = resolver.id_of(id).filter(|id| id.is_kind(SUBNET) && id.names.len() == 2)?;
                let names = id.names.iter().take(1).cloned().collect();
                let span = id.names.first()?.span;
                let vnet = ResourceId { kind: super::VNET.into(), names, ..id };
                Some(self.vnet_of(&Node::id(vnet, span), resolver))
            }
        }
    }
}

/// Registries by their names, so that not every endpoint is compared with every registry.
struct Names<'w, 'a> {
    registries: &'w [Registry<'a>],
    known: BTreeMap<String, Vec<usize>>,
    open: Vec<usize>,
}

impl<'w, 'a> Names<'w, 'a> {
    fn of(registries: &'w [Registry<'a>]) -> Names<'w, 'a> {
        let (mut known, mut open): (BTreeMap<String, Vec<usize>>, Vec<usize>) = Default::default();
        for (at, registry) in registries.iter().enumerate() {
            match registry.name.as_str() {
                Some(name) => known.entry(name.to_ascii_lowercase()).or_default().push(at),
                None => open.push(at),
            }
        }
        Names { registries, known, open }
    }

    /// The registries that an endpoint leads to or may lead to.
    fn leads(&self, endpoint: &Endpoint<'a>, resolver: &Resolver<'a>) -> BTreeMap<usize, Truth> {
        let Some(connections) = &endpoint.connections else { return BTreeMap::from([(ANY, Truth::Unknown)]) };
        let mut leads = BTreeMap::new();
        for connection in connections {
            let id = resolver.id_of(&connection.to);
            if id.as_ref().is_some_and(|id| !id.is_kind(REGISTRY)) {
                continue;
            }
            let name = id.as_ref().and_then(|id| id.names.last()).and_then(Node::as_str);
            let candidates: Vec<usize> = match name {
                Some(name) => {
                    let known = self.known.get(&name.to_ascii_lowercase());
                    known.into_iter().flatten().chain(&self.open).copied().collect()
                }
                None => (0..self.registries.len()).collect(),
            };
            for at in candidates {
                let Some(registry) = self.registries.get(at) else { continue };
                match endpoint.leads_to(registry, resolver) {
                    Truth::No => {}
                    truth => drop(leads.insert(at, truth)),
                }
            }
        }
        leads
    }
}
