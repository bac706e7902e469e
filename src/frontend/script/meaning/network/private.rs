//! Private endpoints, their groups of zones, and records in zones.

use super::super::body::{Body, object, switched};
use super::nouns::{ENDPOINT, SUBNET, ZONE};
use super::{Command, added, end, known};
use crate::azure::kinds::REGISTRY;
use crate::frontend::script::meaning::aks::registry_end;
use crate::frontend::script::run::{Printed, Run};
use crate::ir::{Node, ResourceId, Value, Why};

/// `--private-connection-resource-id`, `--group-id`, `--manual-request`, `--subnet`.
pub(super) fn connection(run: &mut Run<'_>, command: &Command<'_>, body: &mut Body) {
    let (arguments, span) = (command.arguments, command.span);
    let subnet = arguments.option(&["--subnet"]);
    let subnet = subnet.map(|node| command.end(run, SUBNET, &node));
    body.put(&["properties", "subnet", "id"], subnet);
    let target = arguments.option(&["--private-connection-resource-id"]).map(|node| target(run, command, &node));
    let mut properties = Vec::new();
    properties.extend(target.map(|target| ("privateLinkServiceId", target)));
    let (groups, bare) = arguments.values(&["--group-id", "--group-ids"]);
    if !groups.is_empty() || bare {
        properties.push(("groupIds", command.listed(groups, bare)));
    }
    let mut members = vec![("properties", object(properties, span))];
    members.extend(arguments.option(&["--connection-name"]).map(|name| ("name", name)));
    let list = Node::list(vec![object(members, span)], span);
    let manual = switched(arguments.switch("--manual-request"), &Value::Bool(true), &Value::Bool(false));
    const OWN: &[&str] = &["properties", "privateLinkServiceConnections"];
    const MANUAL: &[&str] = &["properties", "manualPrivateLinkServiceConnections"];
    match manual.map(|manual| manual.as_bool()) {
        Some(None) => {
            let why = || Some(Node::unknown(Why::UnsupportedSyntax("a connection that may be manual".into()), span));
            body.put(OWN, why()).put(MANUAL, why());
        }
        Some(Some(true)) => drop(body.put(MANUAL, Some(list))),
        Some(Some(false)) | None => drop(body.put(OWN, Some(list))),
    }
}

/// The registry that an endpoint leads to, or whatever else it is.
fn target(run: &mut Run<'_>, command: &Command<'_>, node: &Node) -> Node {
    let registry = ResourceId::parse(node).is_some_and(|id| id.is_kind(REGISTRY));
    let address = registry.then(|| registry_end(run, node, command.span)).flatten();
    match address.filter(|address| run.book.at(address).is_some_and(|it| it.origin == crate::ir::Origin::Declared)) {
        Some(address) => Node::reference(address, &["id"], node.span),
        None => node.clone(),
    }
}

/// `az network private-endpoint dns-zone-group create`, `add`, `remove`.
pub(super) fn zone_group(run: &mut Run<'_>, command: &Command<'_>, verb: &[&str]) -> Printed {
    let (arguments, span) = (command.arguments, command.span);
    let (Some(id), false) = (command.id(run), verb == ["remove"]) else {
        command.unsettle(run);
        return Printed::default();
    };
    let zone = arguments.option(&["--private-dns-zone"]);
    let group = command.group();
    let zone = zone.map(|node| end(run, ZONE, None, &node, group.as_ref(), span));
    let mut config = Vec::new();
    config.extend(arguments.option(&["--zone-name"]).map(|name| ("name", name)));
    let of = |zone| ("properties", object(vec![("privateDnsZoneId", zone)], span));
    config.extend(zone.map(of));
    let config = object(config, span);
    let made = run.made(span, span);
    let whole = |list: Node| object(vec![("properties", object(vec![("privateDnsZoneConfigs", list)], span))], span);
    match verb {
        ["add"] => run.book.change_at(id, whole(added(vec![config], span)), &made),
        _ => {
            // The endpoint is there, whoever made it.
            let names = id.names.iter().take(1).cloned().collect();
            let endpoint = run.book.id_in(ENDPOINT, names, group.as_ref(), span);
            run.book.refer_at(endpoint, span);
            run.book.declare_at(id, whole(Node::list(vec![config], span)), &made);
        }
    }
    Printed::default()
}

/// `az network private-dns record-set a …`: `add-record` makes the set where it isn't there yet.
pub(super) fn record(run: &mut Run<'_>, command: &Command<'_>, verb: &[&str]) -> Printed {
    let (arguments, span) = (command.arguments, command.span);
    let names: Option<Vec<Node>> = [&["--zone-name", "-z"][..], &["--record-set-name", "--name", "-n"]]
        .iter()
        .map(|it| arguments.option(it))
        .collect();
    let id = names.map(|names| run.book.id_in(command.noun.kind, names, command.group().as_ref(), span));
    let Some(id) = id else {
        super::open(run, arguments, span);
        return Printed::default();
    };
    let records = |list: Node| object(vec![("properties", object(vec![("aRecords", list)], span))], span);
    let made = run.made(span, span);
    let address = arguments.option(&["--ipv4-address", "-a"]);
    let item = address.map(|address| object(vec![("ipv4Address", address)], span));
    match (verb, known(run, &id)) {
        (["create"], None) => drop(run.book.declare_at(id, records(Node::list(Vec::new(), span)), &made)),
        (["create"], Some(_)) => {}
        (["add-record"], None) => {
            // Others may stand in a set that was there before.
            drop(run.book.declare_at(id, records(Node::list(item.into_iter().collect(), span)), &made));
        }
        (["add-record"], Some(_)) => run.book.change_at(id, records(added(item.into_iter().collect(), span)), &made),
        _ => {
            let unknown = Node::unknown(Why::Command("`az network private-dns record-set`".into()), span);
            run.book.change_at(id, records(unknown), &made);
        }
    }
    Printed::default()
}
