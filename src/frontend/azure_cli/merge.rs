//! One resource that was saved twice is one resource: what both files say is so, what they say differently is not known.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::azure::kinds::ROLE_ASSIGNMENT;
use crate::ir::{Deployment, Entry, List, Map, Node, Resource, Value, Why};

/// Takes every resource in once. Role assignments stay where they are: a list of them is a whole.
pub(super) fn once(deployments: &mut [Deployment]) {
    let mut first: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut doubles: Vec<((usize, usize), Resource)> = Vec::new();
    for (d, deployment) in deployments.iter_mut().enumerate() {
        let mut kept = Vec::new();
        for resource in std::mem::take(&mut deployment.resources) {
            let known = identity(&resource).and_then(|key| {
                let own = (d, kept.len());
                let known = *first.entry(key).or_insert(own);
                (known != own).then_some(known)
            });
            match known {
                Some(known) => doubles.push((known, resource)),
                None => kept.push(resource),
            }
        }
        deployment.resources = kept;
    }
    for ((d, at), double) in doubles {
        let known = deployments.get_mut(d).and_then(|deployment| deployment.resources.get_mut(at));
        if let Some(known) = known {
            known.body = agreed(&known.body, &double.body);
        }
    }
}

/// What two resources have in common that are one: type and id, or the object id in Entra.
fn identity(resource: &Resource) -> Option<String> {
    if resource.is_kind(ROLE_ASSIGNMENT) {
        return None;
    }
    let id = match &resource.id.value {
        Value::Id(id) => id.text(resource.id.span)?.as_str()?.to_owned(),
        _ if resource.kind.starts_with("Microsoft.Graph/") => resource.body.get("id")?.as_str()?.to_owned(),
        _ => return None,
    };
    Some(format!("{} {id}", resource.kind).to_ascii_lowercase())
}

/// What both values say.
fn agreed(one: &Node, other: &Node) -> Node {
    let doubt = || Node::unknown(Why::NotAnalysed("a value that two saved files have differently".into()), one.span);
    let secret = |node: Node| if one.secret || other.secret { node.secret() } else { node };
    match (&one.value, &other.value) {
        (Value::Map(a), Value::Map(b)) => {
            let both = |entry: &Entry| match entry.key.as_str().and_then(|key| b.get(key)) {
                Some(theirs) => Entry { key: entry.key.clone(), value: agreed(&entry.value, theirs) },
                None => entry.clone(),
            };
            let mut entries: Vec<Entry> = a.entries.iter().map(both).collect();
            let new = b.entries.iter().filter(|entry| entry.key.as_str().is_some_and(|key| a.get(key).is_none()));
            entries.extend(new.cloned());
            secret(Node { value: Value::Map(Arc::new(Map { entries, open: None })), ..one.clone() })
        }
        (Value::List(a), Value::List(b)) if a.items.len() == b.items.len() => {
            let items = a.items.iter().zip(&b.items).map(|(a, b)| agreed(a, b)).collect();
            secret(Node { value: Value::List(Arc::new(List { items, open: None })), ..one.clone() })
        }
        (Value::Str(a), Value::Str(b)) if a.eq_ignore_ascii_case(b) => secret(one.clone()),
        (a, b) if a == b => secret(one.clone()),
        _ => secret(doubt()),
    }
}
