//! Strategic merge: a patch that looks like the object. Lists of the types that Kubernetes knows are merged by keys,
//! all other lists are replaced.

use super::item::{Id, same_text, written};
use crate::frontend::kubernetes::edit::{list_mut, member, member_mut, remove, set};
use crate::ir::{List, Map, Node, Truth, Value, Why};

/// The member of a patch that says how the rest is meant.
const DIRECTIVE: &str = "$patch";

/// Groups of the API whose lists have keys that kustomize knows.
const KNOWN_GROUPS: [&str; 6] = ["", "apps", "batch", "extensions", "policy", "autoscaling"];

/// Kinds that hold the template of a pod.
const POD_KINDS: [&str; 9] = [
    "CronJob",
    "DaemonSet",
    "Deployment",
    "Job",
    "Pod",
    "PodTemplate",
    "ReplicaSet",
    "ReplicationController",
    "StatefulSet",
];

/// Lists of a pod and the keys of their items.
const POD_LISTS: [(&str, &[&str]); 9] = [
    ("containers", &["name"]),
    ("ephemeralContainers", &["name"]),
    ("hostAliases", &["ip"]),
    ("imagePullSecrets", &["name"]),
    ("initContainers", &["name"]),
    ("resourceClaims", &["name"]),
    ("schedulingGates", &["name"]),
    ("topologySpreadConstraints", &["topologyKey", "whenUnsatisfiable"]),
    ("volumes", &["name"]),
];

/// Lists of a container and the keys of their items.
const CONTAINER_LISTS: [(&str, &[&str]); 4] = [
    ("env", &["name"]),
    ("ports", &["containerPort", "protocol"]),
    ("volumeDevices", &["devicePath"]),
    ("volumeMounts", &["mountPath"]),
];

/// What a patch says about a whole object or list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Directive {
    Merge,
    Replace,
    Delete,
}

/// The object as the patch leaves it; nothing when it is deleted.
pub(super) fn merged(body: Node, patch: &Node, id: &Id) -> Option<Node> {
    let known = KNOWN_GROUPS.contains(&&*id.group) || id.group.ends_with(".k8s.io");
    let place = Place { kind: if known { &id.kind } else { "" }, path: Vec::new() };
    place.node(Some(body), patch)
}

/// Where in the object a merge stands: the keys on the way, without the lists.
struct Place<'a> {
    kind: &'a str,
    path: Vec<&'a str>,
}

impl<'a> Place<'a> {
    fn inside(&self, key: &'a str) -> Place<'a> {
        Place { kind: self.kind, path: self.path.iter().copied().chain([key]).collect() }
    }

    /// The keys that tell the items of the list here apart; none when the list is replaced as a whole.
    fn keys(&self) -> &'static [&'static str] {
        let found = |lists: &[(&str, &'static [&'static str])], name: &str| {
            lists.iter().find(|(list, _)| *list == name).map_or(&[][..], |(_, keys)| keys)
        };
        match *self.path.as_slice() {
            ["metadata", "ownerReferences"] => &["uid"],
            ["secrets"] if self.kind == "ServiceAccount" => &["name"],
            ["webhooks"] if self.kind.ends_with("WebhookConfiguration") => &["name"],
            ["spec", "ports"] if self.kind == "Service" => &["port", "protocol"],
            [.., "spec", list] if POD_KINDS.contains(&self.kind) => found(&POD_LISTS, list),
            [.., "containers" | "initContainers" | "ephemeralContainers", list] if POD_KINDS.contains(&self.kind) => {
                found(&CONTAINER_LISTS, list)
            }
            _ => &[],
        }
    }

    /// A value and what a patch makes of it; nothing when it is taken away.
    fn node(&self, old: Option<Node>, patch: &Node) -> Option<Node> {
        let old = old.filter(|old| !old.is_null());
        match &patch.value {
            Value::Null => None,
            Value::Map(map) => self.map(old, patch, map),
            Value::List(list) => self.list(old, patch, list),
            _ => match old {
                // Kustomize refuses to put a plain value in the place of an object.
                Some(old) if old.as_map().is_some() || old.as_list().is_some() => Some(other_form(patch)),
                _ => Some(patch.clone()),
            },
        }
    }

    fn map(&self, old: Option<Node>, patch: &Node, map: &Map) -> Option<Node> {
        let mut result = match (directive(patch), old) {
            (Directive::Delete, _) => return None,
            (Directive::Replace, _) | (Directive::Merge, None) => empty_of(patch),
            (Directive::Merge, Some(old)) => old,
        };
        // What is patched where nothing is known stays unknown.
        if result.why().is_some() {
            return Some(result);
        }
        if result.as_map().is_none() {
            return Some(other_form(patch));
        }
        for entry in &map.entries {
            let Some(key) = entry.key.as_str() else { continue };
            if key == DIRECTIVE || key.starts_with("$setElementOrder") || key == "$retainKeys" {
                continue;
            }
            let before = member_mut(&mut result, key).map(|node| std::mem::replace(node, Node::null(entry.key.span)));
            match self.inside(key).node(before, &entry.value) {
                Some(value) => set_at(&mut result, &entry.key, key, value),
                None => drop(remove(&mut result, key)),
            }
        }
        Some(result)
    }

    fn list(&self, old: Option<Node>, patch: &Node, list: &List) -> Option<Node> {
        let keys = self.keys();
        let of_list = list.items.iter().find_map(directive_of_list);
        match of_list {
            Some(Directive::Delete) => return None,
            Some(Directive::Replace) => return Some(self.cleaned(patch, list)),
            _ => {}
        }
        let is_primitive = *self.path.as_slice() == ["metadata", "finalizers"] && !self.kind.is_empty();
        let Some(mut old) = old.filter(|_| !keys.is_empty() || is_primitive) else {
            return Some(self.cleaned(patch, list));
        };
        if old.why().is_some() {
            return Some(old);
        }
        let Some(before) = list_mut(&mut old) else { return Some(other_form(patch)) };
        let items = std::mem::take(&mut before.items);
        before.items = self.joined(items, list, keys);
        Some(old)
    }

    /// The items of a patch come first, in their order, then those that only the object has.
    fn joined(&self, mut olds: Vec<Node>, patch: &List, keys: &[&str]) -> Vec<Node> {
        let mut found = Vec::new();
        for item in patch.items.iter().filter(|item| directive_of_list(item).is_none()) {
            let same = |old: &Node| match keys {
                [] => same_text(written(old).as_deref(), written(item).as_deref()),
                keys => same_item(old, item, keys),
            };
            let at = olds.iter().position(|old| same(old) == Truth::Yes);
            let old = at.map(|at| olds.remove(at));
            // One that may be meant is no longer known.
            for old in olds.iter_mut().filter(|old| same(old) == Truth::Unknown) {
                *old = Node::unknown(Why::UnsupportedSyntax("what a kustomize patch may change".into()), old.span);
            }
            let result = self.node(old, item);
            found.extend(result.filter(|node| node.as_map().is_none_or(|map| !map.entries.is_empty())));
        }
        found.extend(olds);
        found
    }

    /// The list of a patch where there was none: without what only speaks to a merge.
    fn cleaned(&self, patch: &Node, list: &List) -> Node {
        let items = list.items.iter().filter(|item| directive_of_list(item).is_none());
        // In a list that is replaced as a whole a `null` is a value.
        let keyed = !self.keys().is_empty();
        let items = items.filter_map(|item| if keyed { self.node(None, item) } else { Some(item.clone()) });
        let value = Value::List(std::sync::Arc::new(List { items: items.collect(), open: list.open.clone() }));
        Node { value, ..patch.clone() }
    }
}

/// Two items of a list are one when their keys agree; a second key that one of them lacks agrees with all.
fn same_item(a: &Node, b: &Node, keys: &[&str]) -> Truth {
    let mut truth = Truth::Yes;
    for (at, key) in keys.iter().enumerate() {
        match (member(a, key), member(b, key)) {
            (Some(a), Some(b)) => truth = truth.and(same_text(written(a).as_deref(), written(b).as_deref())),
            _ if at == 0 => return Truth::No,
            _ => {}
        }
    }
    truth
}

fn directive(patch: &Node) -> Directive {
    match member(patch, DIRECTIVE).and_then(Node::as_str) {
        Some("delete") => Directive::Delete,
        Some("replace") => Directive::Replace,
        _ => Directive::Merge,
    }
}

/// An item that holds nothing but a directive speaks of the whole list.
fn directive_of_list(item: &Node) -> Option<Directive> {
    let alone = item.as_map().is_some_and(|map| map.entries.len() == 1 && map.get_exact(DIRECTIVE).is_some());
    alone.then(|| directive(item))
}

fn empty_of(patch: &Node) -> Node {
    Node { value: Value::Map(Default::default()), ..patch.clone() }
}

fn other_form(patch: &Node) -> Node {
    Node::unknown(Why::UnsupportedSyntax("a kustomize patch of another form than its target".into()), patch.span)
}

/// Sets a member and keeps where its key was written.
fn set_at(node: &mut Node, key_node: &Node, key: &str, value: Node) {
    match member_mut(node, key) {
        Some(old) => *old = value,
        None => {
            if let Value::Map(map) = &mut node.value {
                let entry = crate::ir::Entry { key: key_node.clone(), value };
                std::sync::Arc::make_mut(map).entries.push(entry);
            } else {
                set(node, key, value);
            }
        }
    }
}
