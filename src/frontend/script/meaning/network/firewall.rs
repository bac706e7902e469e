//! Firewalls: their addresses, and rules that commands put into them and into their policies.

use super::super::arguments::Arguments;
use super::super::body::{Body, object};
use super::nouns::{FIREWALL, PUBLIC_IP, RULE_GROUP, SUBNET};
use super::{Command, added, end, number, open};
use crate::frontend::script::run::{Printed, Run};
use crate::ir::{Node, ResourceId, Value, Why};
use crate::source::Span;

/// `az network firewall create --vnet-name --public-ip`: its subnet is always called the same.
pub(super) fn address(run: &mut Run<'_>, command: &Command<'_>, body: &mut Body) {
    let configuration = configuration(run, command);
    if let Some(configuration) = configuration {
        let list = Node::list(vec![configuration], command.span);
        body.put(&["properties", "ipConfigurations"], Some(list));
    }
}

fn configuration(run: &mut Run<'_>, command: &Command<'_>) -> Option<Node> {
    let (arguments, span, group) = (command.arguments, command.span, command.group());
    let vnet = arguments.option(&["--vnet-name"]);
    let address = arguments.option(&["--public-ip-address", "--public-ip"]);
    if vnet.is_none() && address.is_none() {
        return None;
    }
    let mut properties = Vec::new();
    if let Some(vnet) = vnet {
        let name = Node::text("AzureFirewallSubnet", span);
        let subnet = end(run, SUBNET, Some(vnet), &name, group.as_ref(), span);
        properties.push(("subnet", object(vec![("id", subnet)], span)));
    }
    if let Some(address) = address {
        let id = end(run, PUBLIC_IP, None, &address, group.as_ref(), span);
        properties.push(("publicIPAddress", object(vec![("id", id)], span)));
    }
    Some(object(vec![("properties", object(properties, span))], span))
}

/// `az network firewall network-rule create`, `… policy rule-collection-group collection add-filter-collection`, and
/// whatever else is done to parts of them.
pub(super) fn part(run: &mut Run<'_>, command: &Command<'_>, verb: &[&str]) -> Printed {
    let change = match (command.noun.kind, verb) {
        (FIREWALL, ["network-rule", "create"]) => classic(run, command, "networkRuleCollections"),
        (FIREWALL, ["application-rule", "create"]) => classic(run, command, "applicationRuleCollections"),
        (FIREWALL, ["ip-config", "create"]) => firewall_of(run, command).map(|id| {
            let item = configuration(run, command).unwrap_or_else(|| object(Vec::new(), command.span));
            (id, "ipConfigurations", added(vec![item], command.span))
        }),
        (RULE_GROUP, ["collection", "add-filter-collection"]) => collection(run, command, &["--name", "-n"], true),
        (RULE_GROUP, ["collection", "rule", "add"]) => collection(run, command, &["--collection-name"], false),
        (_, [.., "show" | "list"]) => return Printed::default(),
        (FIREWALL, [part, ..]) if ["network-rule", "application-rule", "ip-config", "nat-rule"].contains(part) => {
            firewall_of(run, command).map(|id| {
                let list = match *part {
                    "network-rule" => "networkRuleCollections",
                    "application-rule" => "applicationRuleCollections",
                    "ip-config" => "ipConfigurations",
                    _ => "natRuleCollections",
                };
                (id, list, Node::unknown(Why::Command("`az network firewall`".into()), command.span))
            })
        }
        (RULE_GROUP, _) => group_of(run, command).map(|id| {
            let unknown = Node::unknown(Why::Command("`az network firewall policy`".into()), command.span);
            (id, "ruleCollections", unknown)
        }),
        _ => return Printed::default(),
    };
    let made = run.made(command.span, command.span);
    match change {
        Some((id, list, value)) => {
            let properties = object(vec![(list, value)], command.span);
            run.book.change_at(id, object(vec![("properties", properties)], command.span), &made);
        }
        None => open(run, command.arguments, command.span),
    }
    Printed::default()
}

type Change = (ResourceId, &'static str, Node);

fn firewall_of(run: &Run<'_>, command: &Command<'_>) -> Option<ResourceId> {
    let name = command.arguments.option(&["--firewall-name", "-f"])?;
    Some(run.book.id_in(FIREWALL, vec![name], command.group().as_ref(), command.span))
}

fn group_of(run: &Run<'_>, command: &Command<'_>) -> Option<ResourceId> {
    let policy = command.arguments.option(&["--policy-name"])?;
    let group = command.arguments.option(&["--rule-collection-group-name", "--rcg-name"]);
    // The group itself is named so where it is what the command is about.
    let name = group.or_else(|| command.arguments.option(&["--name", "-n"]))?;
    Some(run.book.id_in(RULE_GROUP, vec![policy, name], command.group().as_ref(), command.span))
}

/// A rule of a firewall that has rules of its own.
fn classic(run: &Run<'_>, command: &Command<'_>, list: &'static str) -> Option<Change> {
    let id = firewall_of(run, command)?;
    let (arguments, span) = (command.arguments, command.span);
    let name = arguments.option(&["--collection-name", "-c"])?;
    let before = || earlier(run, &id, list, &name);
    let of = |path: &[&str]| before().and_then(|it| it.at(path).cloned());
    let priority = arguments.option(&["--priority"]).map(number).or_else(|| of(&["properties", "priority"]));
    let action = arguments.option(&["--action"]).or_else(|| of(&["properties", "action", "type"]));
    let rules = Node::list(vec![rule(command, &arguments.option(&["--name", "-n"]), "protocols")], span);
    let properties = vec![
        ("priority", priority.unwrap_or_else(|| unsaid("priority", span))),
        ("action", object(vec![("type", action.unwrap_or_else(|| unsaid("action", span)))], span)),
        ("rules", rules),
    ];
    let item = object(vec![("name", name.clone()), ("properties", object(properties, span))], span);
    Some((id, list, added(vec![item], span)))
}

/// Rules of a policy.
fn collection(run: &Run<'_>, command: &Command<'_>, named: &[&str], new: bool) -> Option<Change> {
    const LIST: &str = "ruleCollections";
    let (arguments, span) = (command.arguments, command.span);
    let id = match new {
        true => {
            let group = arguments.option(&["--rule-collection-group-name", "--rcg-name"])?;
            let policy = arguments.option(&["--policy-name"])?;
            run.book.id_in(RULE_GROUP, vec![policy, group], command.group().as_ref(), span)
        }
        false => group_of(run, command)?,
    };
    let name = arguments.option(named)?;
    let before = || earlier(run, &id, LIST, &name);
    let of = |path: &[&str]| before().and_then(|it| it.at(path).cloned());
    let priority = arguments.option(&["--collection-priority"]).map(number).or_else(|| of(&["priority"]));
    let action = arguments.option(&["--action"]).or_else(|| of(&["action", "type"]));
    let own = if new { arguments.option(&["--rule-name"]) } else { arguments.option(&["--name", "-n"]) };
    let rules = match own.is_some() || arguments.has(&["--rule-type"]) {
        true => vec![rule(command, &own, protocols_of(arguments))],
        false => Vec::new(),
    };
    let item = object(
        vec![
            ("ruleCollectionType", Node::text("FirewallPolicyFilterRuleCollection", span)),
            ("name", name.clone()),
            ("priority", priority.unwrap_or_else(|| unsaid("priority", span))),
            ("action", object(vec![("type", action.unwrap_or_else(|| unsaid("action", span)))], span)),
            ("rules", Node::list(rules, span)),
        ],
        span,
    );
    Some((id, LIST, added(vec![item], span)))
}

/// The protocols of network rules in a policy are called otherwise.
fn protocols_of(arguments: &Arguments) -> &'static str {
    if arguments.has(&["--ip-protocols"]) { "ipProtocols" } else { "protocols" }
}

/// A collection that an earlier command of the script put in.
fn earlier<'b>(run: &'b Run<'_>, id: &'b ResourceId, list: &str, name: &Node) -> Option<&'b Node> {
    let in_change = |change: &'b crate::ir::Resource| {
        let items = &change.body.at(&["properties", list])?.as_list()?.items;
        items.iter().find(|item| item.get("name").is_some_and(|own| own.is_identical(name)))
    };
    run.book.changes_at(id).find_map(in_change)
}

/// The command leaves it to what is there.
fn unsaid(what: &str, span: Span) -> Node {
    Node::unknown(Why::External(format!("the {what} of the collection").into()), span)
}

/// The options of a rule and where they stand in it.
const RULE: [(&[&str], &str); 9] = [
    (&["--source-addresses"], "sourceAddresses"),
    (&["--source-ip-groups"], "sourceIpGroups"),
    (&["--destination-addresses", "--dest-addr"], "destinationAddresses"),
    (&["--destination-ip-groups", "--dest-ipg"], "destinationIpGroups"),
    (&["--destination-ports"], "destinationPorts"),
    (&["--destination-fqdns"], "destinationFqdns"),
    (&["--target-fqdns"], "targetFqdns"),
    (&["--fqdn-tags"], "fqdnTags"),
    (&["--target-urls"], "targetUrls"),
];

fn rule(command: &Command<'_>, name: &Option<Node>, protocols: &'static str) -> Node {
    let (arguments, span) = (command.arguments, command.span);
    let mut members = Vec::new();
    members.extend(name.clone().map(|name| ("name", name)));
    members.extend(arguments.option(&["--rule-type"]).map(|kind| ("ruleType", kind)));
    for (options, place) in RULE {
        let (values, bare) = arguments.values(options);
        if !values.is_empty() || bare {
            members.push((place, command.listed(values, bare)));
        }
    }
    let (values, bare) = arguments.values(&["--protocols", "--ip-protocols"]);
    if !values.is_empty() || bare {
        members.push((protocols, command.listed(values.into_iter().map(|it| protocol(it, span)).collect(), bare)));
    }
    match arguments.may_add() {
        true => Node::unknown(Why::External("options in a variable".into()), span),
        false => object(members, span),
    }
}

/// `https=443`, `Https:443` are a protocol and its port; `TCP` is one by itself.
fn protocol(node: Node, span: Span) -> Node {
    let pair = node.as_str().and_then(|text| text.split_once(['=', ':']));
    let Some((kind, port)) = pair else { return node };
    let port = match port.parse::<i64>() {
        Ok(port) => Node::new(Value::Int(port), node.span),
        Err(_) => Node::text(port, node.span),
    };
    object(vec![("protocolType", Node::text(kind, node.span)), ("port", port)], span)
}
