//! The kubernetes and kubectl providers' resources as manifests: snake case becomes camel case, repeated blocks become
//! lists.

use std::sync::Arc;

use super::attributes::{pick, put};
use super::yaml_text;
use crate::ir::{Entry, List, Map, Node, Value, Why};

const KINDS: [(&str, &str); 14] = [
    ("kubernetes_deployment", "apps/v1/Deployment"),
    ("kubernetes_daemonset", "apps/v1/DaemonSet"),
    ("kubernetes_daemon_set", "apps/v1/DaemonSet"),
    ("kubernetes_stateful_set", "apps/v1/StatefulSet"),
    ("kubernetes_replication_controller", "v1/ReplicationController"),
    ("kubernetes_pod", "v1/Pod"),
    ("kubernetes_job", "batch/v1/Job"),
    ("kubernetes_cron_job", "batch/v1/CronJob"),
    ("kubernetes_secret", "v1/Secret"),
    ("kubernetes_secret_v1_data", "v1/Secret"),
    ("kubernetes_service_account", "v1/ServiceAccount"),
    ("kubernetes_default_service_account", "v1/ServiceAccount"),
    ("kubernetes_namespace", "v1/Namespace"),
    ("kubernetes_config_map", "v1/ConfigMap"),
];

/// Blocks that are lists in a manifest, under the name they have there.
const LISTS: [(&str, &str); 19] = [
    ("container", "containers"),
    ("init_container", "initContainers"),
    ("image_pull_secrets", "imagePullSecrets"),
    ("image_pull_secret", "imagePullSecrets"),
    ("volume", "volumes"),
    ("volume_mount", "volumeMounts"),
    ("volume_device", "volumeDevices"),
    ("volume_claim_template", "volumeClaimTemplates"),
    ("port", "ports"),
    ("env", "env"),
    ("env_from", "envFrom"),
    ("toleration", "tolerations"),
    ("host_aliases", "hostAliases"),
    ("readiness_gate", "readinessGates"),
    ("topology_spread_constraint", "topologySpreadConstraints"),
    ("match_expressions", "matchExpressions"),
    ("node_selector_term", "nodeSelectorTerms"),
    ("items", "items"),
    ("secret", "secrets"),
];

/// Objects whose keys are the user's own.
const OPAQUE: [&str; 11] = [
    "labels",
    "annotations",
    "match_labels",
    "data",
    "data_wo",
    "string_data",
    "binary_data",
    "binary_data_wo",
    "node_selector",
    "limits",
    "requests",
];

/// Resources that hold a manifest as it is.
const RAW: [&str; 2] = ["kubernetes_manifest", "kubectl_manifest"];

/// What the world knows as something that applies manifests nobody can read.
const UNREAD: &str = "kubectl_manifest";

/// The object that a resource makes, with its type; `existing`: it is only read.
pub fn object(terraform: &str, written: &Node, existing: bool) -> Option<(Arc<str>, Node)> {
    if RAW.contains(&terraform) {
        return raw(written);
    }
    if terraform == "kubernetes_annotations" {
        return annotated(written);
    }
    let kind = kind_of(terraform)?;
    let mut manifest = manifest(terraform, kind, written);
    if existing || terraform == "kubernetes_secret_v1_data" {
        unseen(&mut manifest, kind);
    }
    Some((kind.into(), manifest))
}

/// Annotations of an object that something else makes: a controller may read them, or the kubelet.
fn annotated(written: &Node) -> Option<(Arc<str>, Node)> {
    let kind = match (pick(written, "api_version")?.as_str()?, pick(written, "kind")?.as_str()?) {
        ("v1", "Secret") => "v1/Secret",
        ("v1", "ServiceAccount") => "v1/ServiceAccount",
        _ => return None,
    };
    let mut object = Node::map(Vec::new(), written.span);
    for (from, to) in [
        ("metadata.name", "metadata.name"),
        ("metadata.namespace", "metadata.namespace"),
        ("annotations", "metadata.annotations"),
    ] {
        if let Some(value) = pick(written, from).filter(|value| !value.is_null()) {
            put(&mut object, to, value);
        }
    }
    put(&mut object, "metadata.namespace", Node::text("default", written.span));
    unseen(&mut object, kind);
    Some((kind.into(), object))
}

/// Of what is made elsewhere only the name is known.
fn unseen(object: &mut Node, kind: &str) {
    let keys: &[&str] = match kind {
        "v1/Secret" => &["type", "data"],
        "v1/ServiceAccount" => &["imagePullSecrets"],
        _ => &[],
    };
    for key in keys {
        let why = Why::External(format!("a {kind} that is made elsewhere").into());
        put(object, key, Node::unknown(why, object.span));
    }
}

/// Under which name a resource is told that is not understood: a manifest that can't be read may be anything.
pub fn unread(terraform: &str) -> &str {
    if RAW.contains(&terraform) { UNREAD } else { terraform }
}

/// A path of attributes as a manifest has it. The `id` of a namespace is its name.
pub fn path_of(terraform: &str, path: &[Arc<str>]) -> Vec<Arc<str>> {
    let steps: Vec<&str> = path.iter().map(|step| &**step).collect();
    match (kind_of(terraform), steps.as_slice()) {
        (Some("v1/Namespace"), ["id"]) | (Some(_), ["metadata", "0", "name"]) => {
            vec!["metadata".into(), "name".into()]
        }
        (Some(_), ["metadata", "0", "namespace"]) => vec!["metadata".into(), "namespace".into()],
        (None, ["manifest" | "object", rest @ ..]) if terraform == "kubernetes_manifest" && !rest.is_empty() => {
            rest.iter().map(|step| Arc::from(*step)).collect()
        }
        _ => path.to_vec(),
    }
}

fn kind_of(terraform: &str) -> Option<&'static str> {
    let base = terraform.strip_suffix("_v1").unwrap_or(terraform);
    KINDS.iter().find(|(name, _)| *name == base || *name == terraform).map(|(_, kind)| *kind)
}

fn manifest(terraform: &str, kind: &str, written: &Node) -> Node {
    let mut manifest = camel_object(written);
    let (version, name) = kind.rsplit_once('/').unwrap_or(("v1", kind));
    put(&mut manifest, "apiVersion", Node::text(version, written.span));
    put(&mut manifest, "kind", Node::text(name, written.span));
    put(&mut manifest, "metadata.namespace", Node::text("default", written.span));
    if terraform.starts_with("kubernetes_default_service_account") {
        put(&mut manifest, "metadata.name", Node::text("default", written.span));
    }
    if kind == "v1/Secret" {
        plain_text_data(&mut manifest);
    }
    manifest
}

/// The provider takes plain text and encodes it: `stringData`. What is written only once leaves no trace in a plan.
fn plain_text_data(manifest: &mut Node) {
    let Value::Map(map) = &mut manifest.value else { return };
    let map = Arc::make_mut(map);
    let has = |name: &str| map.entries.iter().any(|entry| entry.key.as_str() == Some(name));
    let lost = has("dataWoRevision") && !has("dataWo") || has("binaryDataWoRevision") && !has("binaryDataWo");
    let span = manifest.span;
    for entry in &mut map.entries {
        let name = match entry.key.as_str() {
            Some("data" | "dataWo") => "stringData",
            Some("binaryData" | "binaryDataWo") => "data",
            _ => continue,
        };
        entry.key.value = Value::Str(name.into());
        entry.value = entry.value.clone().secret();
    }
    if lost {
        let why = Why::External("data that is written only once".into());
        map.entries.retain(|entry| entry.key.as_str() != Some("data"));
        map.entries.push(Entry::new("data", span, Node::unknown(why, span)));
    }
}

/// The object of a manifest that is written as an object or as a YAML text.
fn raw(written: &Node) -> Option<(Arc<str>, Node)> {
    let mut manifest = match pick(written, "manifest") {
        Some(manifest) => manifest,
        None => match yaml_text::documents(&pick(written, "yaml_body")?)?.as_slice() {
            [only] => only.clone(),
            _ => return None,
        },
    };
    let (version, kind) = (manifest.get("apiVersion")?.as_str()?, manifest.get("kind")?.as_str()?);
    let kind: Arc<str> = format!("{version}/{kind}").into();
    if kind.ends_with("List") {
        return None;
    }
    if let Some(namespace) = pick(written, "override_namespace").filter(|name| !name.is_null()) {
        replace(&mut manifest, &["metadata", "namespace"], namespace);
    }
    if &*kind == "v1/Secret" {
        for key in ["data", "stringData"] {
            if let Some(payload) = manifest.get(key).cloned() {
                replace(&mut manifest, &[key], payload.secret());
            }
        }
    }
    Some((kind, manifest))
}

/// Writes a value at a path, whatever stands there.
fn replace(object: &mut Node, path: &[&str], value: Node) {
    let Some((step, rest)) = path.split_first() else { return *object = value };
    let Value::Map(map) = &mut object.value else { return };
    let entries = &mut Arc::make_mut(map).entries;
    match entries.iter_mut().find(|entry| entry.key.as_str() == Some(step)) {
        Some(entry) => replace(&mut entry.value, rest, value),
        None => put(object, &path.join("."), value),
    }
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
