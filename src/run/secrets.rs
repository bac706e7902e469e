//! Every place that holds a secret, so that no format shows it, and the names that may stand in one and are none.

use std::collections::BTreeSet;

use crate::ir::{Deployment, Node, Value};
use crate::source::Span;

/// The places of all values that are marked as secret, in order.
pub(super) fn secrets(deployments: &[Deployment]) -> Vec<Span> {
    let mut found = Vec::new();
    for deployment in deployments {
        deployment.resources.iter().for_each(|resource| collect_secrets(&resource.body, &mut found));
        deployment.asked.iter().for_each(|(value, _)| collect_secrets(value, &mut found));
    }
    found.sort();
    found.dedup();
    found
}

fn collect_secrets(node: &Node, found: &mut Vec<Span>) {
    let container = matches!(node.value, Value::Map(_) | Value::List(_));
    if node.secret && !container {
        found.push(node.span);
    }
    match &node.value {
        Value::Map(map) => map.entries.iter().for_each(|entry| collect_secrets(&entry.value, found)),
        Value::List(list) => list.items.iter().for_each(|item| collect_secrets(item, found)),
        Value::Choice(choice) => [&choice.yes, &choice.no].into_iter().for_each(|arm| collect_secrets(arm, found)),
        Value::Concat(nodes) | Value::Call(_, nodes) => nodes.iter().for_each(|node| collect_secrets(node, found)),
        _ => {}
    }
}

/// Members that name something: who knows the name knows nothing yet.
const NAMING: [&str; 14] = [
    "name",
    "namespace",
    "location",
    "server",
    "loginServer",
    "host",
    "username",
    "image",
    "repository",
    "appId",
    "clientId",
    "principalId",
    "objectId",
    "tenantId",
];

/// The names of things that stand openly in the tree.
pub(super) fn names(deployments: &[Deployment]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for resource in deployments.iter().flat_map(|deployment| &deployment.resources) {
        found.extend(open_text(&resource.name));
        collect_names(&resource.body, &mut found);
    }
    found
}

fn open_text(node: &Node) -> Option<String> {
    node.as_str().filter(|_| !node.secret).map(str::to_owned)
}

fn collect_names(node: &Node, found: &mut BTreeSet<String>) {
    match &node.value {
        Value::Map(map) => {
            for entry in &map.entries {
                if entry.key.as_str().is_some_and(|key| NAMING.iter().any(|name| key.eq_ignore_ascii_case(name))) {
                    found.extend(open_text(&entry.value));
                }
                collect_names(&entry.value, found);
            }
        }
        Value::List(list) => list.items.iter().for_each(|item| collect_names(item, found)),
        _ => {}
    }
}
