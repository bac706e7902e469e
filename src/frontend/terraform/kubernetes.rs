//! The kubernetes provider's resources as manifests: snake case becomes camel case, repeated blocks become lists.

use std::sync::Arc;

use super::attributes::{pick, put};
use crate::ir::{Entry, List, Map, Node, Value};

const KINDS: [(&str, &str); 12] = [
    ("kubernetes_deployment", "apps/v1/Deployment"),
    ("kubernetes_daemonset", "apps/v1/DaemonSet"),
    ("kubernetes_daemon_set", "apps/v1/DaemonSet"),
    ("kubernetes_stateful_set", "apps/v1/StatefulSet"),
    ("kubernetes_replication_controller", "v1/ReplicationController"),
    ("kubernetes_pod", "v1/Pod"),
    ("kubernetes_job", "batch/v1/Job"),
    ("kubernetes_cron_job", "batch/v1/CronJob"),
    ("kubernetes_secret", "v1/Secret"),
    ("kubernetes_service_account", "v1/ServiceAccount"),
    ("kubernetes_default_service_account", "v1/ServiceAccount"),
    ("kubernetes_namespace", "v1/Namespace"),
];

/// Blocks that are lists in a manifest, under the name they have there.
const LISTS: [(&str, &str); 13] = [
    ("container", "containers"),
    ("init_container", "initContainers"),
    ("image_pull_secrets", "imagePullSecrets"),
    ("image_pull_secret", "imagePullSecrets"),
    ("volume", "volumes"),
    ("volume_mount", "volumeMounts"),
    ("port", "ports"),
    ("env", "env"),
    ("env_from", "envFrom"),
    ("toleration", "tolerations"),
    ("host_aliases", "hostAliases"),
    ("match_expressions", "matchExpressions"),
    ("secret", "secrets"),
];

/// Objects whose keys are the user's own.
const OPAQUE: [&str; 9] = [
    "labels",
    "annotations",
    "match_labels",
    "data",
    "string_data",
    "binary_data",
    "node_selector",
    "limits",
    "requests",
];

/// The type of the manifest that a Terraform type makes.
pub(super) fn kind_of(terraform: &str) -> Option<&'static str> {
    let base = terraform.strip_suffix("_v1").unwrap_or(terraform);
    KINDS.iter().find(|(name, _)| *name == base).map(|(_, kind)| *kind)
}

/// The manifest, and the type for `kubernetes_manifest`.
pub(super) fn manifest(kind: &str, written: &Node) -> Node {
    let mut manifest = camel_object(written);
    let (version, name) = kind.rsplit_once('/').unwrap_or(("v1", kind));
    put(&mut manifest, "apiVersion", Node::text(version, written.span));
    put(&mut manifest, "kind", Node::text(name, written.span));
    put(&mut manifest, "metadata.namespace", Node::text("default", written.span));
    if kind == "v1/Secret" {
        plain_text_data(&mut manifest);
    }
    manifest
}

/// The provider takes plain text and encodes it: `stringData`.
fn plain_text_data(manifest: &mut Node) {
    let Value::Map(map) = &mut manifest.value else { return };
    for entry in &mut Arc::make_mut(map).entries {
        match entry.key.as_str() {
            Some("data") => {
                entry.key.value = Value::Str("stringData".into());
                entry.value = entry.value.clone().secret();
            }
            Some("binaryData") => {
                entry.key.value = Value::Str("data".into());
                entry.value = entry.value.clone().secret();
            }
            _ => {}
        }
    }
}

/// The object of `kubernetes_manifest`, with its type.
pub(super) fn raw(written: &Node) -> Option<(Arc<str>, Node)> {
    let manifest = pick(written, "manifest")?;
    let (version, kind) = (manifest.get("apiVersion")?.as_str()?, manifest.get("kind")?.as_str()?);
    Some((format!("{version}/{kind}").into(), manifest.clone()))
}

fn camel_object(node: &Node) -> Node {
    let Some(map) = node.as_map() else { return node.clone() };
    let entry = |entry: &Entry| {
        let name = entry.key.as_str()?;
        if entry.value.is_null() {
            return None;
        }
        let list = LISTS.iter().find(|(from, _)| *from == name).filter(|_| entry.value.as_list().is_some());
        let key = list.map_or_else(|| camel(name), |(_, to)| (*to).to_owned());
        let value =
            if OPAQUE.contains(&name) { entry.value.clone() } else { camel_value(&entry.value, list.is_some()) };
        Some(Entry { key: Node { value: Value::Str(key.into()), ..entry.key.clone() }, value })
    };
    let entries = map.entries.iter().filter_map(entry).collect();
    Node { value: Value::Map(Arc::new(Map { entries, open: map.open.clone() })), ..node.clone() }
}

fn camel_value(node: &Node, keep_list: bool) -> Node {
    match &node.value {
        Value::Map(_) => camel_object(node),
        Value::List(list) => match list.items.as_slice() {
            [only] if !keep_list && list.open.is_none() && only.as_map().is_some() => camel_object(only),
            items => {
                let items = items.iter().map(|item| camel_value(item, keep_list)).collect();
                Node { value: Value::List(Arc::new(List { items, open: list.open.clone() })), ..node.clone() }
            }
        },
        _ => node.clone(),
    }
}

fn camel(name: &str) -> String {
    let mut upper = false;
    let mut made = String::new();
    for letter in name.chars() {
        match letter {
            '_' => upper = true,
            letter if upper => {
                made.extend(letter.to_uppercase());
                upper = false;
            }
            letter => made.push(letter),
        }
    }
    made
}
