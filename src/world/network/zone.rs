//! Private DNS zones and the networks that they are linked to.

use std::cell::RefCell;
use std::collections::HashMap;

use super::parent::{above, whole_id};
use super::reading::written;
use super::{Network, key_of};
use crate::ir::{Case, Language, Node, Origin, Resolver, Resource, ResourceId, Truth, same_in};
use crate::source::Span;
use crate::world::knowledge::is_certain;

/// The type of private DNS zones.
pub const ZONE: &str = "Microsoft.Network/privateDnsZones";
/// The type of their links.
const LINK: &str = "Microsoft.Network/privateDnsZones/virtualNetworkLinks";
/// The type of the links of rules that forward names elsewhere.
const FORWARDING: &str = "Microsoft.Network/dnsForwardingRulesets/virtualNetworkLinks";

/// A private DNS zone.
#[derive(Clone, Debug)]
pub struct Zone<'a> {
    /// The declaration; none where only an id names it.
    pub resource: Option<&'a Resource>,
    /// Its id.
    pub id: Node,
    /// Its name, references followed.
    pub name: Node,
    /// Where it is declared, or named.
    pub declared: Span,
}

/// A link between a zone and a network: there the zone answers.
#[derive(Clone, Debug)]
pub struct Link<'a> {
    /// The declaration.
    pub resource: &'a Resource,
    /// The zone, by its place among the zones.
    pub zone: usize,
    /// The network, by its place; nothing when it can't be told.
    pub vnet: Option<usize>,
    /// A name that the zone doesn't have is asked for in public DNS (`resolutionPolicy` is `NxDomainRedirect`).
    pub redirects: Truth,
}

impl<'a> Zone<'a> {
    fn read(resource: &'a Resource, resolver: &Resolver<'a>) -> Zone<'a> {
        Zone {
            resource: Some(resource),
            id: Node::reference(resource.address.clone(), &["id"], resource.declared),
            name: resolver.node(&resource.name),
            declared: resource.declared,
        }
    }

    /// One that only an id names.
    fn named(id: Node, resolver: &Resolver<'_>) -> Zone<'a> {
        let name = resolver.id_of(&id).filter(|id| id.is_kind(ZONE)).and_then(|id| id.names.first().cloned());
        Zone { resource: None, name: name.unwrap_or_else(|| id.clone()), declared: id.span, id }
    }

    /// The tree creates it.
    pub fn is_declared(&self) -> bool {
        self.resource.is_some_and(|resource| resource.origin == Origin::Declared)
    }

    /// Whether both are one zone.
    pub fn is_same(&self, other: &Zone<'_>, resolver: &Resolver<'_>) -> Truth {
        if differ(&self.name, &other.name) || are_two(self.resource, other.resource) {
            return Truth::No;
        }
        not_of_two_roots(same_in(resolver, Case::Ignored, &self.id, &other.id), self.resource, other.resource)
    }
}

/// Whether two names are known and differ.
pub(super) fn differ(one: &Node, other: &Node) -> bool {
    one.as_str().zip(other.as_str()).is_some_and(|(one, other)| !one.eq_ignore_ascii_case(other))
}

/// Two declarations of one deployment are two things: to deploy both would fail, or make one of them.
fn are_two(one: Option<&Resource>, other: Option<&Resource>) -> bool {
    let single = |it: &Resource| it.origin == Origin::Declared && is_certain(it);
    let apart = |(one, other): (&Resource, &Resource)| {
        one.address != other.address && one.address.root == other.address.root && single(one) && single(other)
    };
    one.zip(other).is_some_and(apart)
}

/// What two roots both declare is one thing only where its whole id says so: they are deployments of their own, such as two
/// environments with the same names. Of scripts several may make one thing, each where it is not there yet.
fn not_of_two_roots(same: Truth, one: Option<&Resource>, other: Option<&Resource>) -> Truth {
    let declares = |it: &Resource| it.origin == Origin::Declared && it.language != Language::Script;
    let apart = |(one, other): (&Resource, &Resource)| {
        one.address.root != other.address.root && declares(one) && declares(other)
    };
    if same == Truth::Unknown && one.zip(other).is_some_and(apart) { Truth::No } else { same }
}

impl<'a> Network<'a> {
    /// Reads zones.
    pub(super) fn read_zones(&mut self, resolver: &Resolver<'a>) {
        for resource in resolver.of_kind(ZONE) {
            if std::ptr::eq(resolver.canonical(resource), *resource) {
                self.by_zone.insert(&resource.address, self.zones.len());
                self.zones.push(Zone::read(resource, resolver));
            }
        }
    }

    /// Reads the links of zones that may answer for registries.
    pub(super) fn read_links(&mut self, resolver: &Resolver<'a>, body: &dyn Fn(&'a Resource) -> Node) {
        for resource in resolver.of_kind(LINK) {
            if std::ptr::eq(resolver.canonical(resource), *resource) && self.may_answer(resource, resolver) {
                let link = self.link(resource, resolver, &body(resource));
                self.links.push(link);
            }
        }
        for resource in resolver.of_kind(FORWARDING) {
            let vnet = written(resolver, &body(resource), &["properties", "virtualNetwork", "id"]);
            let vnet = vnet.and_then(|id| self.known_vnet(&id, resolver));
            self.forwarded.push((vnet, resource));
        }
    }

    fn link(&mut self, resource: &'a Resource, resolver: &Resolver<'a>, body: &Node) -> Link<'a> {
        let zone = self.zone_above(resource, resolver);
        let vnet = written(resolver, body, &["properties", "virtualNetwork", "id"]);
        let vnet = vnet.and_then(|id| self.known_vnet(&id, resolver));
        let redirects = match written(resolver, body, &["properties", "resolutionPolicy"]) {
            None if resource.origin == Origin::Existing => Truth::Unknown,
            None => Truth::No,
            Some(policy) => policy
                .as_str()
                .map_or(Truth::Unknown, |policy| Truth::of(policy.eq_ignore_ascii_case("NxDomainRedirect"))),
        };
        Link { resource, zone, vnet, redirects }
    }

    /// Whether the zone that a link or a record lies in may answer for a registry: it has a name of theirs, an endpoint of
    /// one registers in it, or its name is not known. Large trees have thousands of links of other zones.
    pub(super) fn may_answer(&self, child: &Resource, resolver: &Resolver<'a>) -> bool {
        let name = |id: &ResourceId| id.names.first().cloned();
        let plain = ResourceId::parse(&child.id).and_then(|id| name(&id)).filter(|name| name.as_str().is_some());
        let name = plain.or_else(|| resolver.id_of(&child.id).and_then(|id| name(&id)));
        let Some(text) = name.as_ref().and_then(Node::as_str) else { return true };
        let text = text.to_ascii_lowercase();
        let registered = || {
            let zones = self.attached.iter().flat_map(|attached| &attached.registrations).filter_map(|it| it.zone);
            let mut names = zones.filter_map(|at| self.zones.get(at)).map(|zone| &zone.name);
            names.any(|name| name.as_str().is_none_or(|name| name.eq_ignore_ascii_case(&text)))
        };
        text.contains("azurecr") || registered()
    }

    /// The zone that a link or a record lies in.
    pub(super) fn zone_above(&mut self, child: &'a Resource, resolver: &Resolver<'a>) -> usize {
        let id = whole_id(child, ZONE, resolver);
        let key = id.as_ref().map(|id| key_of(id, resolver));
        let cached = key.as_ref().and_then(|key| self.zone_keys.get(key).copied());
        let found = || above(child, ZONE, resolver).and_then(|found| self.by_zone.get(&*found.address).copied());
        match (cached.or_else(found), key, id) {
            (Some(at), Some(key), _) => *self.zone_keys.entry(key).or_insert(at),
            (Some(at), None, _) => at,
            (None, _, Some(id)) => self.zone_of(&id, resolver),
            (None, _, None) => self
                .strange_zone(Node::unknown(crate::ir::Why::UnresolvedName("zone".into()), child.declared), resolver),
        }
    }

    /// The zone with this id; one that the tree doesn't have is taken in by its id.
    pub(super) fn zone_of(&mut self, id: &Node, resolver: &Resolver<'a>) -> usize {
        let key = key_of(id, resolver);
        if let Some(at) = self.zone_keys.get(&key) {
            return *at;
        }
        let found = resolver.resource_of(id).and_then(|found| self.by_zone.get(&*found.address).copied());
        let at = found.unwrap_or_else(|| self.strange_zone(id.clone(), resolver));
        self.zone_keys.insert(key, at);
        at
    }

    fn strange_zone(&mut self, id: Node, resolver: &Resolver<'a>) -> usize {
        self.zones.push(Zone::named(id, resolver));
        self.zones.len() - 1
    }

    /// The network that an id is of; nothing when it is no id of a network.
    pub(super) fn known_vnet(&mut self, id: &Node, resolver: &Resolver<'a>) -> Option<usize> {
        let is_one = resolver.id_of(id).is_some_and(|id| id.is_kind(super::VNET));
        is_one.then(|| self.vnet_of(id, resolver))
    }

    /// Whether two zones, by their places, are one.
    pub fn is_same_zone(&self, one: usize, other: usize, resolver: &Resolver<'_>) -> Truth {
        match (self.zones.get(one), self.zones.get(other)) {
            _ if one == other => Truth::Yes,
            (Some(a), Some(b)) => self.same_zones.remembered(one, other, || a.is_same(b, resolver)),
            _ => Truth::Unknown,
        }
    }

    /// Whether two networks, by their places, are one.
    pub fn is_same_vnet(&self, one: usize, other: usize, resolver: &Resolver<'_>) -> Truth {
        match (self.vnets.get(one), self.vnets.get(other)) {
            _ if one == other => Truth::Yes,
            (Some(a), Some(b)) if differ(&a.name, &b.name) || are_two(a.resource, b.resource) => Truth::No,
            (Some(a), Some(b)) => self
                .same_vnets
                .remembered(one, other, || not_of_two_roots(a.is_same(b, resolver), a.resource, b.resource)),
            _ => Truth::Unknown,
        }
    }
}

/// What was found of pairs of things, by their places: every pool and every host of a registry asks about the same ones.
#[derive(Clone, Debug, Default)]
pub(super) struct Pairs(RefCell<HashMap<(usize, usize), Truth>>);

impl Pairs {
    fn remembered(&self, one: usize, other: usize, judge: impl FnOnce() -> Truth) -> Truth {
        let known = self.0.borrow().get(&(one, other)).copied();
        known.unwrap_or_else(|| {
            let truth = judge();
            self.0.borrow_mut().insert((one, other), truth);
            truth
        })
    }
}
