//! Security groups and their rules.

use std::collections::BTreeMap;

use super::parent::{self, Whole};
use super::peers::Peers;
use crate::ir::{Address, Node, Origin, Resolver, Resource, Truth, Why};
use crate::source::Span;
use crate::world::knowledge::is_certain;
use crate::world::registry::within;

/// The type of security groups.
pub const GROUP: &str = "Microsoft.Network/networkSecurityGroups";
/// The type of rules that are declared on their own.
const RULE: &str = "Microsoft.Network/networkSecurityGroups/securityRules";

/// A security group: what may pass the border of a subnet.
#[derive(Clone, Debug)]
pub struct SecurityGroup<'a> {
    /// The declaration.
    pub resource: &'a Resource,
    /// Its name, references followed.
    pub name: Node,
    /// Rules about HTTPS over TCP, those with the lowest number first; those without a known one before all others.
    pub rules: Vec<Rule>,
    /// The numbers that rules have, of whatever traffic: whether for what comes in, and the number.
    pub numbers: Vec<(Truth, i64)>,
    /// Why there may be others, and the place that says so.
    pub open: Option<(Why, Span)>,
}

impl SecurityGroup<'_> {
    /// Numbers below this one that no rule for the same direction has, those nearest to it first, tens before others.
    pub fn free_numbers(&self, below: i64, inbound: bool) -> impl Iterator<Item = i64> {
        let same = move |direction: Truth| direction != Truth::of(!inbound);
        let is_free = move |number: &i64| !self.numbers.iter().any(|(way, known)| known == number && same(*way));
        let all = move || (100..below).rev().filter(is_free);
        all().filter(|number| number % 10 == 0).chain(all().filter(|number| number % 10 != 0))
    }
}

/// A rule of a security group that is, or may be, about HTTPS.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name.
    pub name: Node,
    /// Where it is written.
    pub span: Span,
    /// Where its access is written.
    pub place: Span,
    /// Its number: the lowest one decides.
    pub priority: Option<i64>,
    /// Whether it allows, when that is known.
    pub allows: Option<bool>,
    /// Whether it is about what comes in.
    pub inbound: Truth,
    /// Whether it is about TCP to port 443, and there at all.
    pub applies: Truth,
    /// From where.
    pub source: Peers,
    /// To where.
    pub destination: Peers,
}

/// All security groups, with their places by address.
pub(super) fn groups<'a>(
    resolver: &Resolver<'a>,
    body: &dyn Fn(&'a Resource) -> Node,
) -> (Vec<SecurityGroup<'a>>, BTreeMap<&'a Address, usize>) {
    let mut groups: Vec<SecurityGroup<'a>> = Vec::new();
    let mut places: BTreeMap<&'a Address, usize> = BTreeMap::new();
    for resource in resolver.of_kind(GROUP) {
        if std::ptr::eq(resolver.canonical(resource), *resource) {
            places.insert(&resource.address, groups.len());
            groups.push(group(resource, &body(resource), resolver));
        }
    }
    for (resource, whole) in parent::parts(RULE, GROUP, &places, resolver) {
        let at = match whole {
            Whole::At(at) => at,
            Whole::OneOf(others) => {
                for at in others {
                    if let Some(group) = groups.get_mut(at) {
                        group.open.get_or_insert(parent::may_belong(resource));
                    }
                }
                continue;
            }
        };
        let Some(group) = groups.get_mut(at) else { continue };
        let read = body(resource);
        let properties = read.get("properties").cloned().unwrap_or_else(|| Node::null(resource.declared));
        let mut found = rule(&resource.name, &properties, resource.declared, resolver);
        if !is_certain(resource) {
            found.applies = found.applies.and(Truth::Unknown);
        }
        if resource.address.path.iter().any(|step| matches!(step.key, Some(crate::ir::Key::Each(_)))) {
            let why = Why::Element(resource.address.without_keys().into());
            group.open.get_or_insert((why, resource.declared));
        }
        group.rules.push(found);
    }
    for group in &mut groups {
        group.numbers = group.rules.iter().filter_map(|rule| Some((rule.inbound, rule.priority?))).collect();
        group.rules.retain(|rule| rule.applies != Truth::No);
        group.rules.sort_by_key(|rule| rule.priority);
    }
    (groups, places)
}

fn group<'a>(resource: &'a Resource, body: &Node, resolver: &Resolver<'a>) -> SecurityGroup<'a> {
    let elsewhere = (resource.origin == Origin::Existing)
        .then(|| (Why::External(resource.address.to_string().into()), resource.declared));
    let mut group = SecurityGroup {
        resource,
        name: resolver.node(&resource.name),
        rules: Vec::new(),
        numbers: Vec::new(),
        open: elsewhere,
    };
    let Some(list) = within_shallow(resolver, body, &["properties", "securityRules"]) else { return group };
    match list.as_list() {
        Some(members) => {
            let written = members.items.iter().map(|item| inline(item, resolver));
            group.rules.extend(written);
            group.open = group.open.or(members.open.clone().map(|why| (why, list.span)));
        }
        None => group.open = group.open.or(Some((list.why().cloned().unwrap_or(Why::TemplateText), list.span))),
    }
    group
}

/// What is written at a path, its members not looked into: a list may be longer than one look can follow.
pub(super) fn within_shallow(resolver: &Resolver<'_>, body: &Node, path: &[&str]) -> Option<Node> {
    match body.at(path) {
        Some(list) if list.as_list().is_some() => Some(list.clone()),
        _ => within(resolver, body.clone(), path),
    }
}

fn inline(item: &Node, resolver: &Resolver<'_>) -> Rule {
    let item = resolver.node(item);
    let absent = || Node::unknown(Why::UnresolvedName("rule".into()), item.span);
    let name = item.get("name").cloned().unwrap_or_else(absent);
    let properties = item.get("properties").cloned().unwrap_or_else(absent);
    rule(&name, &properties, item.span, resolver)
}

fn rule(name: &Node, properties: &Node, span: Span, resolver: &Resolver<'_>) -> Rule {
    let at = |name: &str| within(resolver, properties.clone(), &[name]);
    let text = |name: &str| at(name).and_then(|node| Some(node.as_str()?.to_ascii_lowercase()));
    let access = at("access");
    let inbound = match text("direction").as_deref() {
        Some("inbound") => Truth::Yes,
        Some("outbound") => Truth::No,
        _ => Truth::Unknown,
    };
    let tcp = match text("protocol").as_deref() {
        Some("*" | "tcp") => Truth::Yes,
        Some("udp" | "icmp" | "esp" | "ah") => Truth::No,
        _ => Truth::Unknown,
    };
    let to = ports([at("destinationPortRange"), at("destinationPortRanges")], resolver, 443);
    let from = match ports([at("sourcePortRange"), at("sourcePortRanges")], resolver, 50_000) {
        // A range that has some of the ports that connections start from may have the right one.
        Truth::Yes if text("sourcePortRange").as_deref() == Some("*") => Truth::Yes,
        _ => Truth::Unknown,
    };
    let end = |one: &str, many: &str, groups: &str| {
        let written = [at(one), at(many)];
        let peers = Peers::read(written.iter().flatten(), resolver);
        // An empty list names no group.
        let is_empty = |list: Node| list.as_list().is_some_and(|list| list.items.is_empty() && list.open.is_none());
        let grouped = at(groups).is_some_and(|list| !is_empty(list));
        match grouped || peers.is_empty() {
            true => Peers::unknown(),
            false => peers,
        }
    };
    Rule {
        name: resolver.node(name),
        span,
        place: access.as_ref().map_or(span, |access| access.span),
        priority: at("priority").and_then(|node| number(&node)),
        allows: access.and_then(|access| match access.as_str()?.to_ascii_lowercase().as_str() {
            "allow" => Some(true),
            "deny" => Some(false),
            _ => None,
        }),
        inbound,
        applies: tcp.and(to).and(from),
        source: end("sourceAddressPrefix", "sourceAddressPrefixes", "sourceApplicationSecurityGroups"),
        destination: end(
            "destinationAddressPrefix",
            "destinationAddressPrefixes",
            "destinationApplicationSecurityGroups",
        ),
    }
}

/// A number, also one that is written as a text.
pub(super) fn number(node: &Node) -> Option<i64> {
    match &node.value {
        crate::ir::Value::Int(number) => Some(*number),
        _ => node.as_str()?.trim().parse().ok(),
    }
}

/// Whether a port is among what is written: numbers, ranges, `*`, alone or in lists.
pub(super) fn ports(written: [Option<Node>; 2], resolver: &Resolver<'_>, port: i64) -> Truth {
    let one = |node: &Node| {
        let node = resolver.node(node);
        if let Some(number) = number(&node) {
            return Truth::of(number == port);
        }
        let Some(text) = node.as_str().map(str::trim) else { return Truth::Unknown };
        let range = text.split_once('-').and_then(|(first, last)| {
            Some(first.trim().parse::<i64>().ok()? <= port && port <= last.trim().parse::<i64>().ok()?)
        });
        match (text, range) {
            ("*", _) => Truth::Yes,
            (_, Some(inside)) => Truth::of(inside),
            (_, None) => Truth::Unknown,
        }
    };
    let mut all = Truth::No;
    let mut is_written = false;
    for node in written.iter().flatten() {
        match node.as_list() {
            Some(list) => {
                is_written |= !list.items.is_empty() || list.open.is_some();
                all = list.items.iter().map(one).fold(all, Truth::or);
                all = all.or(if list.open.is_some() { Truth::Unknown } else { Truth::No });
            }
            None => (is_written, all) = (true, all.or(one(node))),
        }
    }
    if is_written { all } else { Truth::Unknown }
}

#[cfg(test)]
mod tests {
    use super::SecurityGroup;
    use crate::source::{MemoryFiles, Store};

    #[test]
    fn numbers_are_free_where_no_rule_of_the_direction_has_them() {
        let text = "resource nsg 'Microsoft.Network/networkSecurityGroups@2024-05-01' = {\n  name: 'nsg'\n}\n";
        let store = Store::new(MemoryFiles([("main.bicep".to_owned(), text.as_bytes().to_vec())].into()));
        let source = store.open_path("main.bicep").unwrap();
        let outside = crate::frontend::template::Outside::default();
        let lowered = crate::frontend::template::lower(&store, &[source], &[], &outside);
        let resource = &lowered.deployments[0].resources[0];
        let group = SecurityGroup {
            resource,
            name: resource.name.clone(),
            rules: Vec::new(),
            numbers: vec![(super::Truth::No, 120), (super::Truth::Yes, 110), (super::Truth::Unknown, 100)],
            open: None,
        };
        let free = |inbound| group.free_numbers(123, inbound).take(4).collect::<Vec<_>>();
        assert_eq!(free(false), [110, 122, 121, 119]);
        assert_eq!(free(true), [120, 122, 121, 119]);
        assert_eq!(group.free_numbers(101, false).next(), None);
    }
}
