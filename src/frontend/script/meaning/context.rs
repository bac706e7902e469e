//! Which cluster commands talk to.

use std::sync::Arc;

use super::arguments::{Argument, Arguments};
use super::{certain, is_literal};
use crate::frontend::script::run::{Context, Run};
use crate::ir::{Address, Aim, Node, Part, Site};
use crate::source::Span;

/// Tools that make another cluster, or another one's context, the current one.
const OTHERS: [&str; 13] = [
    "aws",
    "civo",
    "doctl",
    "eksctl",
    "gcloud",
    "k3d",
    "kind",
    "kubie",
    "linode-cli",
    "microk8s",
    "minikube",
    "rancher",
    "vcluster",
];

/// Parts of names of actions that do the same.
const ACTIONS: [&str; 3] = ["k3s", "kubeconfig", "kubernetes-set-context"];

/// Actions that make a cluster for a test, or get one of another cloud.
const LOCAL_ACTIONS: [&str; 5] = ["get-gke-credentials", "k3d", "kind-action", "minikube", "setup-kind"];

/// How contexts of clusters on this machine begin.
const LOCAL: [&str; 7] = ["kind-", "k3d-", "minikube", "docker-desktop", "rancher-desktop", "colima", "orbstack"];

/// What those who make or choose other clusters are told when they set the context.
const SWITCHING: [&str; 10] = [
    "create",
    "start",
    "export",
    "kubeconfig",
    "update-kubeconfig",
    "get-credentials",
    "config",
    "cluster",
    "write-kubeconfig",
    "use",
];

/// `az aks get-credentials`: the cluster is the current one from here on.
pub(super) fn credentials(run: &mut Run<'_>, arguments: &Arguments) {
    let cluster = by_az(arguments).filter(|_| !arguments.may_add());
    // Options are told apart by their first letters, and another command has a longer one.
    let admin = arguments.has(&["--admin", "--admin-enabled", "-a"]);
    let named = arguments.option(&["--context"]);
    // Whether what follows reads a file of its own is for it to say.
    let apart = arguments.has(&["--file", "-f"]);
    switch(run, cluster, named, admin, apart);
}

/// The cluster that a command of `az` names.
fn by_az(arguments: &Arguments) -> Option<Aim> {
    Some(Aim::Cluster {
        name: certain(arguments.option(&["--name", "-n"])?),
        group: arguments.option(&["--resource-group", "-g"]).map(certain),
        subscription: arguments.option(&["--subscription"]).map(certain),
    })
}

/// `az aks command invoke`: what it runs, runs on this cluster.
pub(super) fn inside(run: &mut Run<'_>, arguments: &Arguments) {
    switch(run, by_az(arguments), None, false, false);
}

/// `Import-AzAksCredential`.
pub(super) fn imported(run: &mut Run<'_>, arguments: &Arguments) {
    let cluster = imported_cluster(arguments).filter(|_| !arguments.may_add());
    switch(run, cluster, None, arguments.has(&["-Admin"]), arguments.has(&["-ConfigPath"]));
}

/// By its options, or by the places of group and name.
fn imported_cluster(arguments: &Arguments) -> Option<Aim> {
    let given = [("-ResourceGroupName", 0), ("-Name", 1)].map(|(option, at)| {
        let placed = || arguments.placed(at).filter(|_| !arguments.has(&["-ResourceGroupName", "-Name"]));
        arguments.option(&[option]).or_else(placed)
    });
    let [group, name] = given;
    let subscription = arguments.option(&["-SubscriptionId"]).map(certain);
    Some(Aim::Cluster { name: certain(name?), group: group.map(certain), subscription })
}

fn switch(run: &mut Run<'_>, cluster: Option<Aim>, named: Option<Node>, admin: bool, apart: bool) {
    let config = run.shell.vars.get("KUBECONFIG").map(|node| node.value.clone());
    let own = || {
        let name = cluster.as_ref()?.name().as_str()?;
        Some(if admin { format!("{name}-admin") } else { name.to_owned() })
    };
    let called = match &named {
        Some(named) => named.as_str().map(str::to_owned),
        None => own(),
    };
    let context = &mut run.shell.context;
    if let (Some(called), Some(cluster)) = (called, &cluster) {
        context.known.insert(called, cluster.clone());
    }
    context.current = cluster.filter(|_| !apart);
    context.config = config;
}

/// A cluster that is none of AKS.
fn stranger(name: &str, at: Span) -> Aim {
    Aim::Cluster { name: Node::text(name, at), group: None, subscription: None }
}

/// The cluster of a context.
fn of_context(run: &Run<'_>, name: &Node) -> Option<Aim> {
    let text = name.as_str()?;
    let begins = |start: &&str| text.starts_with(*start);
    match run.shell.context.known.get(text) {
        Some(cluster) => Some(cluster.clone()),
        None if LOCAL.iter().any(begins) => Some(stranger(text, name.span)),
        None => is_literal(text).then(|| Aim::Context(certain(name.clone()))),
    }
}

/// Takes in what a command does to the context, and says where the command itself goes.
pub(super) fn before(run: &mut Run<'_>, tool: &str, arguments: &Arguments) -> Option<Aim> {
    let option = match tool {
        _ if OTHERS.contains(&tool) => {
            let says = |word: &Argument| word.text().is_some_and(|text| SWITCHING.contains(&text));
            let at = arguments.words.first().map(|word| word.node.span).unwrap_or_default();
            // One of another cloud, or of this machine: none of Azure's.
            let local = ["kind", "k3d", "minikube", "microk8s"].contains(&tool);
            if local || arguments.words.iter().any(says) {
                run.shell.context = Context { current: Some(stranger(tool, at)), ..Context::default() };
            }
            return None;
        }
        "kubectx" => {
            let name = arguments.words.get(1).map(|word| word.node.clone());
            run.shell.context.current = name.and_then(|name| of_context(run, &name));
            return None;
        }
        "helm" | "helm3" => "--kube-context",
        "kubectl" | "oc" | "k" | "kubectl.sh" => "--context",
        _ => return None,
    };
    configured(run, arguments);
    match arguments.option(&[option]) {
        Some(name) => of_context(run, &name),
        // Another file, another server, options that nobody sees.
        None if arguments.has(&["--kubeconfig", "--cluster", "--server", "-s", "--kube-apiserver"]) => None,
        None if arguments.may_add() => None,
        None => current(run),
    }
}

/// `kubectl config use-context`.
fn configured(run: &mut Run<'_>, arguments: &Arguments) {
    let words = arguments.plain(&["--kubeconfig", "--context", "--namespace", "-n", "--cluster", "--user"]);
    let text = |at: usize| words.get(at).and_then(Node::as_str);
    if text(1) != Some("config") {
        return;
    }
    match text(2) {
        Some("use-context" | "use") => {
            let name = words.get(3).cloned();
            run.shell.context.current = name.and_then(|name| of_context(run, &name));
        }
        Some("set" | "unset" | "rename-context" | "delete-context") => run.shell.context.current = None,
        _ => {}
    }
}

/// The current cluster, unless another file says which it is.
fn current(run: &Run<'_>) -> Option<Aim> {
    let config = run.shell.vars.get("KUBECONFIG").map(|node| &node.value);
    let context = &run.shell.context;
    context.current.clone().filter(|_| config == context.config.as_ref())
}

/// Tells where the deliveries go that a command made, and the objects that it made by itself: `kubectl create deployment`,
/// `kubectl run`, `kubectl apply -f -` of a text.
pub(super) fn after(run: &mut Run<'_>, deliveries: usize, made: usize, aim: Option<&Aim>) {
    for delivery in run.deliveries.iter_mut().skip(deliveries) {
        delivery.cluster = delivery.cluster.take().or_else(|| aim.cloned());
    }
    let told = |object: &Arc<Address>| run.sites.iter().any(|site| site.part == Part::Object(object.clone()));
    let new = run.book.objects_from(made).filter(|object| aim.is_some() && !told(object));
    let sites: Vec<Site> =
        new.map(|object| Site { part: Part::Object(object.clone()), cluster: aim.cloned() }).collect();
    run.sites.extend(sites);
}

/// A step that sets the context for those after it.
pub(super) fn set_by_step(run: &mut Run<'_>, name: &str, inputs: &super::steps::Inputs) {
    let cluster = match name {
        "azure/aks-set-context" => {
            let cluster = by_inputs(inputs, ["cluster-name", "resource-group", "subscription"]);
            return switch(run, cluster, None, false, false);
        }
        "azure/k8s-set-context" => inputs.get("context").and_then(|name| of_context(run, name)),
        "kubernetes" if inputs.get("command").and_then(Node::as_str) == Some("login") => of_task(run, inputs),
        _ if LOCAL_ACTIONS.iter().any(|part| name.contains(part)) => {
            let at = inputs.values().next().map(|node| node.span).unwrap_or_default();
            Some(stranger(name, at))
        }
        _ if ACTIONS.iter().any(|part| name.contains(part)) => None,
        _ => return,
    };
    run.shell.context = Context { current: cluster, ..Context::default() };
}

/// Where a step goes.
pub(super) fn of_step(run: &Run<'_>, name: &str, inputs: &super::steps::Inputs) -> Option<Aim> {
    let says = |key: &str| inputs.contains_key(key);
    match name {
        "kubernetesmanifest" | "kubernetes" | "helmdeploy" if says("connectiontype") || says("kubernetescluster") => {
            of_task(run, inputs)
        }
        "kubernetesmanifest" | "kubernetes" | "helmdeploy"
            if says("kubernetesserviceconnection") || says("kubernetesserviceendpoint") =>
        {
            None
        }
        "azure/k8s-deploy" if inputs.get("private-cluster").and_then(Node::as_str) == Some("true") => {
            by_inputs(inputs, ["name", "resource-group", "subscription"])
        }
        _ => current(run),
    }
}

/// The cluster that inputs name: itself, its resource group, its subscription.
fn by_inputs(inputs: &super::steps::Inputs, [name, group, subscription]: [&str; 3]) -> Option<Aim> {
    let given = |key: &str| inputs.get(key).cloned().map(certain);
    Some(Aim::Cluster { name: given(name)?, group: given(group), subscription: given(subscription) })
}

/// The cluster that a task names: by itself, or by a connection that somebody has set up.
fn of_task(run: &Run<'_>, inputs: &super::steps::Inputs) -> Option<Aim> {
    let kind = inputs.get("connectiontype").map(|kind| kind.as_str().unwrap_or_default().to_ascii_lowercase());
    let kind = kind.map(|kind| kind.replace(' ', ""));
    match kind.as_deref() {
        Some("none") => current(run),
        Some("azureresourcemanager") | None => {
            // The subscription is that of a connection that somebody has set up.
            by_inputs(inputs, ["kubernetescluster", "azureresourcegroup", ""])
        }
        Some(_) => None,
    }
}
