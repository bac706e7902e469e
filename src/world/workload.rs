//! Workloads: pods and what makes pods, their images, pull secrets and service accounts.

use super::placement::Placement;
pub use crate::ir::shown;
use crate::ir::{Language, Node, Resolver, Resource, Value, placeholder};
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
    /// A pod as it was read back: what a service account adds is in its own list, and nothing is added any more.
    pub admitted: bool,
    /// Images that are never to be pulled, each with the place that says so.
    pub never_pulled: Vec<(Node, Span)>,
    /// What its pods ask of their nodes.
    pub placement: Placement,
}

/// A list of pull secrets.
#[derive(Clone, Debug, Default)]
pub struct PullSecrets {
    /// Names, in order.
    pub names: Vec<Node>,
    /// Entries that are no `{name: …}` objects.
    pub broken: Vec<Span>,
    /// The first part of it for which the API server refuses the whole object: it is of another shape.
    pub refused: Option<Span>,
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
    /// The client id of the identity as which its pods pull (`kubernetes.azure.com/acr-client-id`).
    pub identity: Option<Node>,
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
        // An empty one counts as none: tools print it so.
        Some(node) => match node.as_str().filter(|text| !text.is_empty()) {
            Some(text) => Namespace::Known(text.to_owned(), node.span),
            None => Namespace::Unknown,
        },
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
        // A rollout with a `workloadRef` has none of its own: it runs that of the workload it names.
        ("argoproj.io", "Rollout") | ("serving.knative.dev", "Service" | "Configuration") => {
            Some(&["spec", "template", "spec"])
        }
        ("serving.knative.dev", "Revision") => Some(&["spec"]),
        _ => None,
    }
}

impl<'a> Workload<'a> {
    /// Whether its manifest names something of this name in some place: as a volume, as the source of a variable.
    pub fn mentions(&self, name: &str) -> bool {
        holds(&self.resource.body, name, 40)
    }

    /// A custom resource that carries containers: its controller makes pods of them, with pull secrets and accounts that
    /// are its own affair.
    fn carried(resource: &'a Resource, resolver: &Resolver<'a>) -> Option<Workload<'a>> {
        let group = resource.kind.rsplit_once('/').map_or("", |(group, _)| group.split('/').next().unwrap_or_default());
        let custom = group.contains('.') && !group.ends_with(".k8s.io") && !group.starts_with("Microsoft.");
        // What a policy says of containers are patterns.
        let policy = group.ends_with("kyverno.io") || group.ends_with("gatekeeper.sh");
        if custom && !policy { Workload::elsewhere(resource, &resolver.node(&resource.body)) } else { None }
    }

    /// Containers that stand where the kind has none, or where nobody knows: their images are all that can be told.
    fn elsewhere(resource: &'a Resource, body: &Node) -> Option<Workload<'a>> {
        let mut found = Vec::new();
        carried_images(body, &mut found);
        if found.is_empty() {
            return None;
        }
        let (label, namespace) = labelled(body, resource);
        Some(Workload {
            resource,
            label,
            namespace,
            images: found,
            secrets: PullSecrets { open: true, ..PullSecrets::default() },
            service_account: None,
            virtual_nodes: false,
            admitted: false,
            never_pulled: Vec::new(),
            placement: Placement::default(),
        })
    }

    /// Whether this image of it is not to be pulled: nodes that have it run it.
    pub fn never_pulls(&self, image: &Node) -> bool {
        self.never_pulled.iter().any(|(own, _)| own.span == image.span)
    }

    /// Reads a workload; nothing when the kind makes no pods.
    pub fn read(resource: &'a Resource, resolver: &Resolver<'a>) -> Option<Workload<'a>> {
        let Some(path) = pod_path(&resource.kind) else { return Workload::carried(resource, resolver) };
        let body = resolver.node(&resource.body);
        let Some(spec) = body.at(path).cloned() else { return Workload::elsewhere(resource, &body) };
        let (label, namespace) = labelled(&body, resource);
        let account = spec.get("serviceAccountName").or_else(|| spec.get("serviceAccount"));
        Some(Workload {
            resource,
            label,
            namespace,
            images: images(&spec),
            secrets: pull_secrets(spec.get("imagePullSecrets"), is_open(&spec), resource.language),
            service_account: match account {
                None if is_open(&spec) => None,
                None => Some("default".to_owned()),
                Some(node) => node.as_str().map(str::to_owned),
            },
            virtual_nodes: is_bound_to_virtual_nodes(&spec),
            admitted: resource.kind.ends_with("/Pod") && body.at(&["metadata", "uid"]).is_some(),
            never_pulled: never_pulled(&spec),
            placement: Placement::of(&spec),
        })
    }
}

/// Whether a pod can run on virtual nodes only. To tolerate them binds it to nothing.
fn is_bound_to_virtual_nodes(spec: &Node) -> bool {
    const LABELS: [(&str, &str); 2] = [("type", "virtual-kubelet"), ("virtualization", "virtualnode2")];
    let is = |key: &str, value: &str| LABELS.contains(&(key, value));
    let selects = |(key, value): &(&str, &str)| {
        let selector = spec.get("nodeSelector").and_then(Node::as_map);
        selector.and_then(|map| map.get_exact(key)).and_then(Node::as_str) == Some(value)
    };
    let text = |node: &Node, key: &str| node.get(key).and_then(Node::as_str).map(str::to_owned);
    // A term holds when all of its expressions do; one of the terms has to.
    let wants = |expression: &Node| {
        let values = expression.get("values").and_then(Node::as_list);
        let key = text(expression, "key").unwrap_or_default();
        text(expression, "operator").as_deref() == Some("In")
            && values
                .is_some_and(|values| values.items.iter().all(|value| is(&key, value.as_str().unwrap_or_default())))
    };
    let items =
        |node: &Node, key: &str| node.get(key).and_then(Node::as_list).map_or(Vec::new(), |list| list.items.clone());
    let required = spec.at(&["affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"]);
    let terms = required.map_or(Vec::new(), |required| items(required, "nodeSelectorTerms"));
    let binds = !terms.is_empty() && terms.iter().all(|term| items(term, "matchExpressions").iter().any(wants));
    let placed = spec.get("nodeName").and_then(Node::as_str).is_some_and(|name| name.starts_with("virtual-"));
    LABELS.iter().any(selects) || binds || placed
}

/// The containers of a pod, init and ephemeral ones too.
fn containers(spec: &Node) -> impl Iterator<Item = &Node> {
    let lists = ["initContainers", "containers", "ephemeralContainers"];
    lists.into_iter().filter_map(|key| spec.get(key)?.as_list()).flat_map(|list| &list.items)
}

/// The images with which the kubelet is told to make do when they are on the node.
fn never_pulled(spec: &Node) -> Vec<(Node, Span)> {
    let never = |container: &Node| {
        let policy = container.get("imagePullPolicy").filter(|policy| policy.as_str() == Some("Never"))?;
        Some((container.get("image")?.clone(), policy.span))
    };
    let mounted = |volume: &Node| {
        let image = volume.get("image")?;
        let policy = image.get("pullPolicy").filter(|policy| policy.as_str() == Some("Never"))?;
        Some((image.get("reference")?.clone(), policy.span))
    };
    containers(spec).filter_map(never).chain(volumes(spec).filter_map(mounted)).collect()
}

/// The volumes of a pod.
fn volumes(spec: &Node) -> impl Iterator<Item = &Node> {
    spec.get("volumes").and_then(Node::as_list).into_iter().flat_map(|list| &list.items)
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

/// Whether a text stands somewhere in a value.
fn holds(node: &Node, text: &str, depth: u32) -> bool {
    match &node.value {
        Value::Str(own) => &**own == text,
        Value::Map(map) if depth > 0 => map.entries.iter().any(|entry| holds(&entry.value, text, depth - 1)),
        Value::List(list) if depth > 0 => list.items.iter().any(|item| holds(item, text, depth - 1)),
        Value::Choice(choice) if depth > 0 => [&choice.yes, &choice.no].iter().any(|arm| holds(arm, text, depth - 1)),
        _ => false,
    }
}

/// The images of containers somewhere in an object.
fn carried_images(node: &Node, found: &mut Vec<Node>) {
    match &node.value {
        Value::List(list) => list.items.iter().for_each(|item| carried_images(item, found)),
        Value::Map(map) => {
            found.extend(images(node));
            let single = ["container", "script"].iter().filter_map(|key| node.get(key)?.get("image"));
            // Tasks of Tekton and the like call their containers steps.
            let lists = ["steps", "sidecars"].iter().filter_map(|key| node.get(key)?.as_list());
            let steps = lists.flat_map(|list| &list.items).filter_map(|step| step.get("image"));
            found.extend(single.chain(steps).filter(|image| !image.is_null()).cloned());
            map.entries.iter().for_each(|entry| carried_images(&entry.value, found));
        }
        _ => {}
    }
}

fn is_open(node: &Node) -> bool {
    node.as_map().is_none_or(|map| map.open.is_some())
}

/// The images of containers, and those that are mounted as volumes: both are pulled with the same credentials.
fn images(spec: &Node) -> Vec<Node> {
    let own = containers(spec).filter_map(|container| container.get("image"));
    let mounted = volumes(spec).filter_map(|volume| volume.get("image")?.get("reference"));
    own.chain(mounted).filter(|image| !image.is_null()).cloned().collect()
}

/// Reads `imagePullSecrets`.
fn pull_secrets(list: Option<&Node>, absent_is_open: bool, language: Language) -> PullSecrets {
    let Some(node) = list else { return PullSecrets { open: absent_is_open, ..PullSecrets::default() } };
    let Some(list) = node.as_list() else {
        // A list is wanted: the API server refuses an object or a text.
        let refused = match &node.value {
            Value::Map(map) => map.open.is_none(),
            Value::Str(text) => !placeholder::stands_in(text),
            _ => false,
        };
        let refused = refused.then_some(node.span);
        let open = !node.is_null() && refused.is_none();
        return PullSecrets { open, broken: refused.into_iter().collect(), refused, ..PullSecrets::default() };
    };
    let mut found = PullSecrets { open: list.open.is_some(), ..PullSecrets::default() };
    for item in &list.items {
        match (item.get("name"), &item.value) {
            (Some(name), _) if name.as_str() == Some("") || name.is_null() => found.broken.push(item.span),
            // Terraform makes a text of a number, the API server wants one.
            (Some(name), _) if language == Language::Kubernetes && is_no_text(name) => {
                found.broken.push(item.span);
                found.refused = found.refused.or(Some(name.span));
            }
            (Some(name), _) => found.names.push(name.clone()),
            (None, Value::Unknown { .. } | Value::Choice(_) | Value::Call(..)) => found.open = true,
            (None, Value::Str(text)) if placeholder::stands_in(text) => found.open = true,
            (None, Value::Map(map)) if map.open.is_some() => found.open = true,
            // An object without a name is passed over, anything else can't be read.
            (None, value) => {
                found.broken.push(item.span);
                let refused = !matches!(value, Value::Map(_) | Value::Null);
                found.refused = found.refused.or(refused.then_some(item.span));
            }
        }
    }
    found
}

/// Whether a value is known to be another thing than text.
fn is_no_text(node: &Node) -> bool {
    matches!(node.value, Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::List(_) | Value::Map(_))
}

impl<'a> ServiceAccount<'a> {
    /// Reads a service account.
    pub fn read(resource: &'a Resource, resolver: &Resolver<'a>) -> Option<ServiceAccount<'a>> {
        if &*resource.kind != "v1/ServiceAccount" {
            return None;
        }
        let body = resolver.node(&resource.body);
        let (name, namespace) = metadata(&body, resource);
        let identity = body.at(&["metadata", "annotations", "kubernetes.azure.com/acr-client-id"]).cloned();
        let secrets = pull_secrets(body.get("imagePullSecrets"), is_open(&body), resource.language);
        Some(ServiceAccount { resource, name, namespace, secrets, identity })
    }
}
