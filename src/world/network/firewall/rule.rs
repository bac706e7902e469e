//! The rules of firewalls: about addresses, or about names.

use crate::ir::{Node, Resolver, Resource, Truth, Why};
use crate::source::Span;
use crate::world::network::peers::Peers;
use crate::world::network::security_group::{number, ports, within_shallow};
use crate::world::registry::within;

/// Rules with one number and one action.
#[derive(Clone, Debug)]
pub struct Collection {
    /// Its name.
    pub name: Node,
    /// Where it is written.
    pub span: Span,
    /// The number of its group, then its own: the lowest comes first. The group's is 0 where there are no groups.
    pub priority: Option<(i64, i64)>,
    /// Whether it lets traffic pass, when that is known.
    pub allows: Option<bool>,
    /// Its rules.
    pub rules: Vec<Rule>,
    /// It may have other rules.
    pub open: bool,
    /// It is there whatever the parameters are.
    pub certain: bool,
}

/// A rule of a firewall.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name.
    pub name: Node,
    /// Where it is written.
    pub span: Span,
    /// From where.
    pub sources: Peers,
    /// About what.
    pub what: What,
}

/// What a rule of a firewall is about.
#[derive(Clone, Debug)]
pub enum What {
    /// Addresses: whether TCP to port 443 is meant, to where, or to which names.
    Network(Truth, Peers, Names),
    /// Names.
    Application(Application),
    /// Something else, that has no part in what goes out.
    Other,
    /// Can't be told.
    Unknown,
}

/// What a rule about names says.
#[derive(Clone, Debug)]
pub struct Application {
    /// Whether HTTPS to port 443 is meant.
    pub https: Truth,
    /// Names of hosts, perhaps beginning with a star.
    pub hosts: Names,
    /// Tags for the hosts of services.
    pub tags: Names,
    /// Says it by addresses of pages or by kinds of pages as well.
    pub others: bool,
}

/// A list of names.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Those that are written.
    pub items: Vec<Node>,
    /// There may be others.
    pub open: bool,
    /// Where the list is written.
    pub span: Option<Span>,
}

impl Names {
    fn read(list: Option<Node>, resolver: &Resolver<'_>) -> Names {
        let Some(node) = list else { return Names::default() };
        match node.as_list() {
            Some(list) => Names {
                items: list.items.iter().map(|item| resolver.node(item)).collect(),
                open: list.open.is_some(),
                span: Some(node.span),
            },
            None => Names { items: Vec::new(), open: true, span: Some(node.span) },
        }
    }
}

/// The collections that a firewall has itself.
pub(super) fn classic(list: &Node, is_network: bool, resolver: &Resolver<'_>) -> Vec<Collection> {
    let items = list.as_list().map_or(&[][..], |list| &list.items);
    let kind = if is_network { "NetworkRule" } else { "ApplicationRule" };
    let one = |item: &Node| {
        let properties = item.get("properties").map(|it| shallow(it, resolver));
        let properties = properties.unwrap_or_else(|| Node::unknown(Why::UnresolvedName("rules".into()), item.span));
        let own = within(resolver, properties.clone(), &["priority"]).and_then(|node| number(&node));
        collection(item, &properties, own.map(|own| (0, own)), Some(kind), resolver)
    };
    items.iter().map(|item| one(&shallow(item, resolver))).collect()
}

/// The collections of a group.
pub(super) fn of_group(
    list: &Node,
    priority: Option<&Node>,
    group: &Resource,
    resolver: &Resolver<'_>,
) -> Vec<Collection> {
    let priority = priority.and_then(number);
    let items = list.as_list().map_or(&[][..], |list| &list.items);
    let filters = |item: &Node| {
        let kind = within(resolver, item.clone(), &["ruleCollectionType"]);
        // What comes in from outside is translated; that says nothing of what goes out.
        kind.is_none_or(|kind| kind.as_str() != Some("FirewallPolicyNatRuleCollection"))
    };
    let one = |item: &Node| {
        let own = within(resolver, item.clone(), &["priority"]).and_then(|node| number(&node));
        let mut found = collection(item, item, priority.zip(own), None, resolver);
        if found.span == Span::default() {
            found.span = group.declared;
        }
        found
    };
    items.iter().map(|item| shallow(item, resolver)).filter(filters).map(|item| one(&item)).collect()
}

/// An object as it is, else what its reference leads to: its members are looked into one by one.
fn shallow(node: &Node, resolver: &Resolver<'_>) -> Node {
    if node.as_map().is_some() { node.clone() } else { resolver.node(node) }
}

fn collection(
    item: &Node,
    body: &Node,
    priority: Option<(i64, i64)>,
    kind: Option<&str>,
    resolver: &Resolver<'_>,
) -> Collection {
    let action = within(resolver, body.clone(), &["action", "type"]);
    let allows = action.and_then(|action| match action.as_str()?.to_ascii_lowercase().as_str() {
        "allow" => Some(true),
        "deny" => Some(false),
        _ => None,
    });
    let list = within_shallow(resolver, body, &["rules"]);
    let members = list.as_ref().and_then(Node::as_list);
    let absent = || Node::unknown(Why::UnresolvedName("name".into()), item.span);
    Collection {
        name: item.get("name").map_or_else(absent, |name| resolver.node(name)),
        span: item.span,
        priority,
        allows,
        rules: members.map_or(&[][..], |list| &list.items).iter().map(|rule| read(rule, kind, resolver)).collect(),
        open: list.is_some() && members.is_none_or(|list| list.open.is_some()),
        certain: item.as_map().is_some(),
    }
}

fn read(rule: &Node, kind: Option<&str>, resolver: &Resolver<'_>) -> Rule {
    let rule = resolver.node(rule);
    let at = |name: &str| within(resolver, rule.clone(), &[name]);
    let written = at("ruleType");
    let kind = kind.or(written.as_ref().and_then(Node::as_str)).unwrap_or_default().to_ascii_lowercase();
    let sources =
        Peers::read(at("sourceAddresses").iter(), resolver).with_groups(at("sourceIpGroups").as_ref(), resolver);
    let what = match &*kind {
        "networkrule" | "networkrulecondition" => network(&rule, resolver),
        "applicationrule" | "applicationrulecondition" => What::Application(application(&rule, resolver)),
        "natrule" | "natrulecondition" => What::Other,
        _ => What::Unknown,
    };
    let name = at("name").unwrap_or_else(|| Node::unknown(Why::UnresolvedName("name".into()), rule.span));
    let sources = if sources.is_empty() { Peers::unknown() } else { sources };
    Rule { name, span: rule.span, sources, what }
}

fn network(rule: &Node, resolver: &Resolver<'_>) -> What {
    let at = |name: &str| within(resolver, rule.clone(), &[name]);
    // A firewall's own rules call them `protocols`.
    let protocols = Names::read(at("ipProtocols").or(at("protocols")), resolver);
    let tcp = any(&protocols, |name| match name.to_ascii_lowercase().as_str() {
        "tcp" | "any" => Truth::Yes,
        _ => Truth::No,
    });
    let port = ports([at("destinationPorts"), None], resolver, 443);
    let to = Peers::read(at("destinationAddresses").iter(), resolver)
        .with_groups(at("destinationIpGroups").as_ref(), resolver);
    What::Network(tcp.and(port), to, Names::read(at("destinationFqdns"), resolver))
}

fn application(rule: &Node, resolver: &Resolver<'_>) -> Application {
    let at = |name: &str| within(resolver, rule.clone(), &[name]);
    let tags = Names::read(at("fqdnTags"), resolver);
    let is_written = |name: &str| {
        at(name).is_some_and(|list| list.as_list().is_none_or(|list| !list.items.is_empty() || list.open.is_some()))
    };
    let https = match at("protocols") {
        // Tags bring theirs along.
        None => {
            if tags.items.is_empty() {
                Truth::Unknown
            } else {
                Truth::Yes
            }
        }
        Some(list) => match list.as_list() {
            None => Truth::Unknown,
            Some(list) => {
                let seen =
                    list.items.iter().map(|item| https(&resolver.node(item), resolver)).fold(Truth::No, Truth::or);
                seen.or(if list.open.is_some() { Truth::Unknown } else { Truth::No })
            }
        },
    };
    Application {
        https,
        hosts: Names::read(at("targetFqdns"), resolver),
        tags,
        others: ["targetUrls", "webCategories"].iter().any(|name| is_written(name)),
    }
}

fn https(protocol: &Node, resolver: &Resolver<'_>) -> Truth {
    let at = |name: &str| within(resolver, protocol.clone(), &[name]);
    let kind = match at("protocolType").as_ref().and_then(Node::as_str) {
        Some(kind) => Truth::of(kind.eq_ignore_ascii_case("Https")),
        None => Truth::Unknown,
    };
    let port = match at("port") {
        None => Truth::Yes,
        Some(port) => number(&port).map_or(Truth::Unknown, |port| Truth::of(port == 443)),
    };
    kind.and(port)
}

/// Whether one of the names has the property.
pub(super) fn any(names: &Names, has: impl Fn(&str) -> Truth) -> Truth {
    let seen = names.items.iter().map(|name| name.as_str().map_or(Truth::Unknown, &has)).fold(Truth::No, Truth::or);
    seen.or(if names.open { Truth::Unknown } else { Truth::No })
}
