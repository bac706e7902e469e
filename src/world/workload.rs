//! Workloads: pods and what makes pods, their images, pull secrets and service accounts.

use crate::ir::{Node, Resolver, Resource, Value, placeholder};
use crate::source::Span;

/// The namespace of an object.
#[derive(Clone, Debug, PartialEq)]
pub enum Namespace {
    /// Written.
    Known(String, Span),
    /// Not written, or not known: whoever applies the manifest chooses.
    Unknown,
}

/// A pod template.
#[derive(Clone, Debug)]
pub struct Workload<'a> {
    /// The manifest.
    pub resource: &'a Resource,
    /// `Deployment shop/web`.
    pub label: String,
    /// Its namespace.
    pub namespace: Namespace,
    /// Images of all containers, init and ephemeral ones too.
    pub images: Vec<Node>,
    /// `imagePullSecrets` of the pod.
    pub secrets: PullSecrets,
    /// `serviceAccountName`, `default` when nobody wrote one; nothing when it can't be known.
    pub service_account: Option<String>,
    /// The pod can run on virtual nodes only: another puller than the kubelet.
    pub virtual_nodes: bool,
}

/// A list of pull secrets.
#[derive(Clone, Debug, Default)]
pub struct PullSecrets {
    /// Names, in order.
    pub names: Vec<Node>,
    /// Entries that are no `{name: …}` objects.
    pub broken: Vec<Span>,
    /// There may be more.
    pub open: bool,
}

/// A service account and its pull secrets.
#[derive(Clone, Debug)]
pub struct ServiceAccount<'a> {
    /// The manifest.
    pub resource: &'a Resource,
    /// Its name.
    pub name: Node,
    /// Its namespace.
    pub namespace: Namespace,
    /// `imagePullSecrets`.
    pub secrets: PullSecrets,
    /// Its pods pull as an identity of their own (`kubernetes.azure.com/acr-client-id`).
    pub own_identity: bool,
}

impl Namespace {
    /// Whether both can be the same namespace; an unknown one can be any.
    pub fn may_be(&self, other: &Namespace) -> bool {
        match (self, other) {
            (Namespace::Known(a, _), Namespace::Known(b, _)) => a == b,
            _ => true,
        }
    }

    /// The name, when it is known.
    pub fn name(&self) -> Option<&str> {
        match self {
            Namespace::Known(name, _) => Some(name),
            Namespace::Unknown => None,
        }
    }
}

/// Name and namespace of a manifest.
pub(super) fn metadata(body: &Node, resource: &Resource) -> (Node, Namespace) {
    let name = body.at(&["metadata", "name"]).cloned().unwrap_or_else(|| resource.name.clone());
    let namespace = match body.at(&["metadata", "namespace"]) {
        Some(node) => node.as_str().map_or(Namespace::Unknown, |text| Namespace::Known(text.to_owned(), node.span)),
        None => Namespace::Unknown,
    };
    (name, namespace)
}

/// Where each kind keeps its pod specification.
fn pod_path(kind: &str) -> Option<&'static [&'static str]> {
    let (group, kind) = kind.rsplit_once('/')?;
    match (group.split('/').next().unwrap_or_default(), kind) {
        ("v1", "Pod") => Some(&["spec"]),
        ("v1", "PodTemplate") => Some(&["template", "spec"]),
        ("apps" | "extensions", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet") => {
            Some(&["spec", "template", "spec"])
        }
        ("v1", "ReplicationController") | ("batch", "Job") => Some(&["spec", "template", "spec"]),
        ("batch", "CronJob") => Some(&["spec", "jobTemplate", "spec", "template", "spec"]),
        ("argoproj.io", "Rollout") | ("serving.knative.dev", "Service") => Some(&["spec", "template", "spec"]),
        _ => None,
    }
}

impl<'a> Workload<'a> {
    /// A custom resource that carries containers: its controller makes pods of them, with pull secrets and accounts that
    /// are its own affair.
    fn carried(resource: &'a Resource, resolver: &Resolver<'a>) -> Option<Workload<'a>> {
        let group = resource.kind.rsplit_once('/').map_or("", |(group, _)| group.split('/').next().unwrap_or_default());
        let custom = group.contains('.') && !group.ends_with(".k8s.io") && !group.starts_with("Microsoft.");
        let mut found = Vec::new();
        if custom {
            carried_images(&resource.body, &mut found);
        }
        if found.is_empty() {
            return None;
        }
        let (label, namespace) = labelled(&resolver.node(&resource.body), resource);
        Some(Workload {
            resource,
            label,
            namespace,
            images: found,
            secrets: PullSecrets { open: true, ..PullSecrets::default() },
            service_account: None,
            virtual_nodes: false,
        })
    }

    /// Reads a workload; nothing when the kind makes no pods.
    pub fn read(resource: &'a Resource, resolver: &Resolver<'a>) -> Option<Workload<'a>> {
        let Some(path) = pod_path(&resource.kind) else { return Workload::carried(resource, resolver) };
        let body = resolver.node(&resource.body);
        let spec = body.at(path)?.clone();
        let (label, namespace) = labelled(&body, resource);
        let account = spec.get("serviceAccountName").or_else(|| spec.get("serviceAccount"));
        Some(Workload {
            resource,
            label,
            namespace,
            images: images(&spec),
            secrets: pull_secrets(spec.get("imagePullSecrets"), is_open(&spec)),
            service_account: match account {
                None if is_open(&spec) => None,
                None => Some("default".to_owned()),
                Some(node) => node.as_str().map(str::to_owned),
            },
            virtual_nodes: spec.at(&["nodeSelector", "type"]).and_then(Node::as_str) == Some("virtual-kubelet"),
        })
    }
}

/// `Deployment shop/web`, and the namespace.
fn labelled(body: &Node, resource: &Resource) -> (String, Namespace) {
    let (name, namespace) = metadata(body, resource);
    let kind = resource.kind.rsplit('/').next().unwrap_or_default();
    let name = shown(&name);
    let label = match namespace.name() {
        Some(namespace) => format!("{kind} {namespace}/{name}"),
        None => format!("{kind} {name}"),
    };
    (label, namespace)
}

/// The images of containers somewhere in an object.
fn carried_images(node: &Node, found: &mut Vec<Node>) {
    match &node.value {
        Value::List(list) => list.items.iter().for_each(|item| carried_images(item, found)),
        Value::Map(map) => {
            found.extend(images(node));
            let single = ["container", "script"].iter().filter_map(|key| node.get(key)?.get("image"));
            found.extend(single.filter(|image| !image.is_null()).cloned());
            map.entries.iter().for_each(|entry| carried_images(&entry.value, found));
        }
        _ => {}
    }
}

fn is_open(node: &Node) -> bool {
    node.as_map().is_none_or(|map| map.open.is_some())
}

fn images(spec: &Node) -> Vec<Node> {
    let lists =
        ["initContainers", "containers", "ephemeralContainers"].iter().filter_map(|key| spec.get(key)?.as_list());
    lists
        .flat_map(|list| &list.items)
        .filter_map(|container| container.get("image").cloned())
        .filter(|image| !image.is_null())
        .collect()
}

/// Reads `imagePullSecrets`.
pub(super) fn pull_secrets(list: Option<&Node>, absent_is_open: bool) -> PullSecrets {
    let Some(node) = list else { return PullSecrets { open: absent_is_open, ..PullSecrets::default() } };
    let Some(list) = node.as_list() else {
        // A list is wanted: the API server refuses an object or a text.
        let refused = match &node.value {
            Value::Map(map) => map.open.is_none(),
            Value::Str(text) => !placeholder::stands_in(text),
            _ => false,
        };
        let broken = if refused { vec![node.span] } else { Vec::new() };
        return PullSecrets { open: !node.is_null() && !refused, broken, ..PullSecrets::default() };
    };
    let mut found = PullSecrets { open: list.open.is_some(), ..PullSecrets::default() };
    for item in &list.items {
        match (item.get("name"), &item.value) {
            (Some(name), _) if name.as_str() == Some("") || name.is_null() => found.broken.push(item.span),
            (Some(name), _) => found.names.push(name.clone()),
            (None, Value::Unknown { .. } | Value::Choice(_) | Value::Call(..)) => found.open = true,
            (None, Value::Str(text)) if placeholder::stands_in(text) => found.open = true,
            (None, Value::Map(map)) if map.open.is_some() => found.open = true,
            (None, _) => found.broken.push(item.span),
        }
    }
    found
}

impl<'a> ServiceAccount<'a> {
    /// Reads a service account.
    pub fn read(resource: &'a Resource, resolver: &Resolver<'a>) -> Option<ServiceAccount<'a>> {
        if &*resource.kind != "v1/ServiceAccount" {
            return None;
        }
        let body = resolver.node(&resource.body);
        let (name, namespace) = metadata(&body, resource);
        let own_identity = body.at(&["metadata", "annotations", "kubernetes.azure.com/acr-client-id"]).is_some();
        let secrets = pull_secrets(body.get("imagePullSecrets"), is_open(&body));
        Some(ServiceAccount { resource, name, namespace, secrets, own_identity })
    }
}

/// A value as text for people: what is not known is `…`.
pub fn shown(node: &Node) -> String {
    if node.secret {
        return "•••".to_owned();
    }
    match &node.value {
        Value::Str(text) => text.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Concat(pieces) => pieces.iter().map(shown).collect(),
        Value::Call(name, arguments) if matches!(&**name, "tolower" | "toupper") => {
            arguments.iter().map(shown).collect()
        }
        _ => "…".to_owned(),
    }
}
