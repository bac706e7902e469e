//! Which cluster commands talk to.

use super::arguments::Arguments;
use super::{certain, is_literal};
use crate::frontend::script::run::{Context, Run};
use crate::ir::{Aim, Node, Site};
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
const ACTIONS: [&str; 8] = [
    "get-gke-credentials",
    "k3d",
    "k3s",
    "kind-action",
    "kubeconfig",
    "kubernetes-set-context",
    "minikube",
    "setup-kind",
];

/// `az aks get-credentials`: the cluster is the current one from here on.
pub(super) fn credentials(run: &mut Run<'_>, arguments: &Arguments) {
    let name = arguments.option(&["--name", "-n"]).filter(|_| !arguments.may_add());
    // Options are told apart by their first letters, and another command has a longer one.
    let admin = arguments.has(&["--admin", "--admin-enabled", "-a"]);
    let named = arguments.option(&["--context"]);
    // Whether what follows reads a file of its own is for it to say.
    let apart = arguments.has(&["--file", "-f"]);
    switch(run, name, named, admin, apart);
}

/// `az aks command invoke`: what it runs, runs on this cluster.
pub(super) fn inside(run: &mut Run<'_>, arguments: &Arguments) {
    switch(run, arguments.option(&["--name", "-n"]), None, false, false);
}

/// `Import-AzAksCredential`.
pub(super) fn imported(run: &mut Run<'_>, arguments: &Arguments) {
    let name = arguments.option(&["-Name"]).filter(|_| !arguments.may_add());
    switch(run, name, None, arguments.has(&["-Admin"]), arguments.has(&["-ConfigPath"]));
}

fn switch(run: &mut Run<'_>, name: Option<Node>, named: Option<Node>, admin: bool, apart: bool) {
    let config = run.shell.vars.get("KUBECONFIG").map(|node| node.value.clone());
    let cluster = name.map(certain);
    let own = || {
        let name = cluster.as_ref()?.as_str()?;
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
    context.current = cluster.filter(|_| !apart).map(Aim::Cluster);
    context.config = config;
}

/// The cluster of a context.
fn of_context(run: &Run<'_>, name: &Node) -> Option<Aim> {
    let text = name.as_str()?;
    match run.shell.context.known.get(text) {
        Some(cluster) => Some(Aim::Cluster(cluster.clone())),
        None => is_literal(text).then(|| Aim::Context(certain(name.clone()))),
    }
}

/// Takes in what a command does to the context, and says where the command itself goes.
pub(super) fn before(run: &mut Run<'_>, tool: &str, arguments: &Arguments) -> Option<Aim> {
    let option = match tool {
        _ if OTHERS.contains(&tool) => {
            run.shell.context.current = None;
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

/// Tells where the deliveries go that a command made.
pub(super) fn after(run: &mut Run<'_>, deliveries: usize, aim: Option<&Aim>) {
    for delivery in run.deliveries.iter_mut().skip(deliveries) {
        delivery.cluster = delivery.cluster.take().or_else(|| aim.cloned());
    }
}

/// Tells where the objects go that a command makes by itself: `kubectl create deployment`, `kubectl run`.
pub(super) fn of_objects(run: &mut Run<'_>, arguments: &Arguments, aim: Option<&Aim>, span: Span) {
    let makes = arguments.words.iter().skip(1).any(|word| matches!(word.text(), Some("create" | "run")));
    if makes && aim.is_some() {
        run.sites.push(Site { part: Some(span), cluster: aim.cloned() });
    }
}

/// A step that sets the context for those after it.
pub(super) fn set_by_step(run: &mut Run<'_>, name: &str, inputs: &super::steps::Inputs) {
    let cluster = match name {
        "azure/aks-set-context" => return switch(run, inputs.get("cluster-name").cloned(), None, false, false),
        "azure/k8s-set-context" => inputs.get("context").and_then(|name| of_context(run, name)),
        "kubernetes" if inputs.get("command").and_then(Node::as_str) == Some("login") => of_task(run, inputs),
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
            inputs.get("name").cloned().map(certain).map(Aim::Cluster)
        }
        _ => current(run),
    }
}

/// The cluster that a task names: by itself, or by a connection that somebody has set up.
fn of_task(run: &Run<'_>, inputs: &super::steps::Inputs) -> Option<Aim> {
    let kind = inputs.get("connectiontype").map(|kind| kind.as_str().unwrap_or_default().to_ascii_lowercase());
    let kind = kind.map(|kind| kind.replace(' ', ""));
    match kind.as_deref() {
        Some("none") => current(run),
        Some("azureresourcemanager") | None => inputs.get("kubernetescluster").cloned().map(certain).map(Aim::Cluster),
        Some(_) => None,
    }
}
