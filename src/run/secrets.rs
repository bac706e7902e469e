//! Every place that holds a secret, so that no format shows it.

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
