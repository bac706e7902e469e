//! Firewalls, their policies, and the rules of both.

mod rule;

use std::collections::BTreeMap;

pub use rule::{Application, Collection, Names, Rule, What};

use super::parent::{self, Whole};
use super::security_group::within_shallow;
use crate::ir::{Address, Node, Origin, Resolver, Resource, Why};
use crate::source::Span;
use crate::world::knowledge::is_certain;
use crate::world::registry::within;

/// The type of firewalls.
const FIREWALL: &str = "Microsoft.Network/azureFirewalls";
/// The type of policies.
const POLICY: &str = "Microsoft.Network/firewallPolicies";
/// The type of groups of collections of rules in a policy.
const RULES: &str = "Microsoft.Network/firewallPolicies/ruleCollectionGroups";

/// A firewall.
#[derive(Clone, Debug)]
pub struct Firewall<'a> {
    /// The declaration.
    pub resource: &'a Resource,
    /// Its name, references followed.
    pub name: Node,
    /// The rules that it has itself.
    pub own: Vec<Collection>,
    /// Its policy, when it has one.
    pub policy: Option<Node>,
    /// The address within its network, and the subnet, of each of its configurations.
    pub addresses: Vec<(Option<Node>, Option<Node>)>,
    /// Why there may be other rules, and the place that says so.
    pub open: Option<(Why, Span)>,
    /// It answers for names.
    pub dns_proxy: bool,
}

/// A policy of firewalls.
#[derive(Clone, Debug)]
pub struct Policy<'a> {
    /// The declaration.
    pub resource: &'a Resource,
    /// Its name, references followed.
    pub name: Node,
    /// The policy whose rules come before its own.
    pub base: Option<Node>,
    /// Its rules.
    pub rules: Vec<Collection>,
    /// Why there may be other rules, and the place that says so.
    pub open: Option<(Why, Span)>,
    /// Its firewalls answer for names.
    pub dns_proxy: bool,
}

/// All firewalls.
pub(super) fn firewalls<'a>(resolver: &Resolver<'a>, body: &dyn Fn(&'a Resource) -> Node) -> Vec<Firewall<'a>> {
    let all = resolver.of_kind(FIREWALL).iter().copied();
    let canonical = all.filter(|resource| std::ptr::eq(resolver.canonical(resource), *resource));
    canonical.map(|resource| firewall(resource, &body(resource), resolver)).collect()
}

/// Why the rules of a resource that comes from one of these origins are not all known.
fn elsewhere(resource: &Resource, origins: &[Origin]) -> Option<(Why, Span)> {
    origins.contains(&resource.origin).then(|| (Why::External(resource.address.to_string().into()), resource.declared))
}

fn firewall<'a>(resource: &'a Resource, body: &Node, resolver: &Resolver<'a>) -> Firewall<'a> {
    let at = |path: &[&str]| within(resolver, body.clone(), path);
    let mut open = elsewhere(resource, &[Origin::Existing]);
    let mut own = Vec::new();
    for (kind, is_network) in [("networkRuleCollections", true), ("applicationRuleCollections", false)] {
        let Some(list) = within_shallow(resolver, body, &["properties", kind]) else { continue };
        own.extend(rule::classic(&list, is_network, resolver));
        open = open.or(unseen(&list));
    }
    let configurations = at(&["properties", "ipConfigurations"]);
    let configurations = configurations.as_ref().and_then(Node::as_list);
    let address = |item: &Node| {
        let item = resolver.node(item);
        let part = |path: &[&str]| within(resolver, item.clone(), path);
        (part(&["properties", "privateIPAddress"]), part(&["properties", "subnet", "id"]))
    };
    let proxy = at(&["properties", "additionalProperties"]);
    let proxy =
        proxy.as_ref().and_then(|it| it.get("Network.DNS.EnableProxy").or(it.at(&["Network", "DNS", "EnableProxy"])));
    Firewall {
        resource,
        name: resolver.node(&resource.name),
        own,
        policy: at(&["properties", "firewallPolicy", "id"]),
        addresses: configurations.map_or(&[][..], |list| &list.items).iter().map(address).collect(),
        open,
        dns_proxy: proxy.is_some_and(|flag| !is_off(flag)),
    }
}

fn is_off(flag: &Node) -> bool {
    flag.is_null()
        || flag.as_bool() == Some(false)
        || flag.as_str().is_some_and(|text| text.eq_ignore_ascii_case("false"))
}

/// Why a list may have further members.
fn unseen(list: &Node) -> Option<(Why, Span)> {
    match list.as_list() {
        Some(members) => members.open.clone().map(|why| (why, list.span)),
        None => Some((list.why().cloned().unwrap_or(Why::TemplateText), list.span)),
    }
}

/// All policies, with their places by address.
pub(super) fn policies<'a>(
    resolver: &Resolver<'a>,
    body: &dyn Fn(&'a Resource) -> Node,
) -> (Vec<Policy<'a>>, BTreeMap<&'a Address, usize>) {
    let (mut policies, mut places): (Vec<Policy<'a>>, BTreeMap<&'a Address, usize>) = Default::default();
    for resource in resolver.of_kind(POLICY) {
        if std::ptr::eq(resolver.canonical(resource), *resource) {
            places.insert(&resource.address, policies.len());
            policies.push(policy(resource, &body(resource), resolver));
        }
    }
    for (resource, whole) in parent::parts(RULES, POLICY, &places, resolver) {
        let at = match whole {
            Whole::At(at) => at,
            Whole::OneOf(others) => {
                for at in others {
                    if let Some(policy) = policies.get_mut(at) {
                        policy.open.get_or_insert(parent::may_belong(resource));
                    }
                }
                continue;
            }
        };
        let Some(policy) = policies.get_mut(at) else { continue };
        let read = body(resource);
        let Some(list) = within_shallow(resolver, &read, &["properties", "ruleCollections"]) else { continue };
        let priority = within(resolver, read, &["properties", "priority"]);
        let mut found = rule::of_group(&list, priority.as_ref(), resource, resolver);
        found.iter_mut().for_each(|collection| collection.certain &= is_certain(resource));
        policy.rules.extend(found);
        policy.open = policy.open.take().or(unseen(&list));
    }
    (policies, places)
}

fn policy<'a>(resource: &'a Resource, body: &Node, resolver: &Resolver<'a>) -> Policy<'a> {
    let at = |path: &[&str]| within(resolver, body.clone(), path);
    Policy {
        resource,
        name: resolver.node(&resource.name),
        base: at(&["properties", "basePolicy", "id"]),
        rules: Vec::new(),
        open: elsewhere(resource, &[Origin::Existing, Origin::Dump]).filter(|_| !has_all_groups(resource, resolver)),
        dns_proxy: at(&["properties", "dnsSettings", "enableProxy"]).is_some_and(|flag| !is_off(&flag)),
    }
}

/// What is read back of a policy has only the ids of its groups of rules: all of them may be in the tree as well.
fn has_all_groups(policy: &Resource, resolver: &Resolver<'_>) -> bool {
    let groups = within_shallow(resolver, &policy.body, &["properties", "ruleCollectionGroups"])
        .or_else(|| within_shallow(resolver, &policy.body, &["ruleCollectionGroups"]));
    let is_there = |group: &Node| {
        let id = within(resolver, resolver.node(group), &["id"]);
        let found = id.and_then(|id| resolver.resource_of(&id));
        found.is_some_and(|found| found.is_kind(RULES) && found.origin != Origin::Existing)
    };
    let whole = |list: &Node| list.as_list().is_some_and(|it| it.open.is_none() && it.items.iter().all(is_there));
    policy.is_read_back() && groups.is_some_and(|list| whole(&list))
}

/// What stands at an address that a route leads to.
#[derive(Clone, Debug)]
pub enum Standing<'s, 'a> {
    /// This firewall, which the route refers to.
    This(&'s Firewall<'a>),
    /// One of these, if the network of one of them is the one that is meant: others may number their addresses alike.
    OneOf(Vec<&'s Firewall<'a>>),
}

impl Firewall<'_> {
    /// The network that it stands in, by its place.
    pub fn vnet<'a>(&self, network: &super::Network<'a>, resolver: &Resolver<'a>) -> Option<usize> {
        let (_, subnet) = self.addresses.first()?;
        match network.standing(subnet.as_ref()?, resolver) {
            super::pool::Standing::In(at) => network.subnets.get(at).map(|subnet| subnet.vnet),
            super::pool::Standing::Beyond(vnet, _) => Some(vnet),
            _ => None,
        }
    }
}

impl<'a> super::Network<'a> {
    /// What traffic is handed to at this address; nothing where it is, or may be, no firewall of the tree.
    pub fn firewall_at<'s>(&'s self, hop: &Node, resolver: &Resolver<'a>) -> Option<Standing<'s, 'a>> {
        let hop = resolver.node(hop);
        if let Some(reference) = super::unplaced::only_reference(&hop) {
            let last = reference.path.last().is_some_and(|step| step.eq_ignore_ascii_case("privateIPAddress"));
            // `one(….ip_configuration).private_ip_address`
            let last = last || super::unplaced::takes(&hop, "private_ip_address");
            let found = resolver.target(&reference.target).filter(|_| last)?;
            return self.firewalls.iter().find(|it| it.resource.address == found.address).map(Standing::This);
        }
        let address: std::net::Ipv4Addr = hop.as_str()?.trim().parse().ok()?;
        let is_here = |firewall: &&Firewall<'a>| {
            firewall.addresses.iter().any(|(own, subnet)| {
                let own = own.as_ref().and_then(Node::as_str).and_then(|own| own.trim().parse().ok());
                own.map_or_else(
                    || self.is_within(address, subnet.as_ref(), resolver),
                    |own: std::net::Ipv4Addr| own == address,
                )
            })
        };
        let here: Vec<&Firewall<'a>> = self.firewalls.iter().filter(is_here).collect();
        (!here.is_empty()).then_some(Standing::OneOf(here))
    }

    /// Nothing but a firewall stands in a subnet that is called `AzureFirewallSubnet`.
    fn is_within(&self, address: std::net::Ipv4Addr, subnet: Option<&Node>, resolver: &Resolver<'a>) -> bool {
        let Some(super::pool::Standing::In(at)) = subnet.map(|id| self.standing(id, resolver)) else { return false };
        let Some(subnet) = self.subnets.get(at) else { return false };
        let own = subnet.name.as_str().is_some_and(|name| name.eq_ignore_ascii_case("AzureFirewallSubnet"));
        match super::peers::Place::of_subnet(subnet, resolver) {
            super::peers::Place::In(nets) => own && nets.iter().any(|net| net.contains(&address)),
            _ => false,
        }
    }

    /// The policies whose rules a firewall follows, the outermost first; nothing where one of them is not in this tree.
    pub fn policies_of(&self, firewall: &Firewall<'_>, resolver: &Resolver<'a>) -> Option<Vec<&Policy<'a>>> {
        let mut chain: Vec<&Policy<'a>> = Vec::new();
        let mut next = firewall.policy.clone();
        while let Some(id) = next {
            let found = resolver.resource_of(&id).and_then(|found| self.by_policy.get(&*found.address));
            let policy = found.and_then(|at| self.policies.get(*at))?;
            // Azure takes no policy that stands behind itself.
            if chain.iter().any(|known| std::ptr::eq(*known, policy)) {
                return None;
            }
            chain.push(policy);
            next = policy.base.clone();
        }
        chain.reverse();
        Some(chain)
    }
}
