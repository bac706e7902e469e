//! Steps of pipelines that do what commands do.

mod elsewhere;

use super::arguments::{Argument, Arguments};
use super::kubectl;
use super::secret::{self, Login, PullSecret};
use super::{context, deployment, helm, of};
use crate::frontend::script::run::{Named, Printed, Run};
use crate::ir::{Delivery, Layer, Makes, Node, Parcel, Why};
use crate::source::Span;
pub(in crate::frontend::script) use elsewhere::{of_elsewhere, unseen};

/// The inputs of a step, by their names in lower case.
pub(in crate::frontend::script) type Inputs = std::collections::BTreeMap<String, Node>;

/// A step that uses an action or a task: `azure/k8s-deploy@v5`, `HelmDeploy@0`.
pub(in crate::frontend::script) fn step(run: &mut Run<'_>, uses: &str, inputs: &Inputs, span: Span) {
    let name = uses.split('@').next().unwrap_or_default().to_ascii_lowercase();
    let (delivered, made, aim) = (run.deliveries.len(), run.book.len(), context::of_step(run, &name, inputs));
    context::set_by_step(run, &name, inputs);
    by_name(run, &name, inputs, span);
    context::after(run, delivered, made, aim.as_ref());
}

fn by_name(run: &mut Run<'_>, name: &str, inputs: &Inputs, span: Span) {
    match name {
        "azure/k8s-create-secret" => create_secret(run, inputs, span),
        "azure/k8s-deploy" => deploy(run, inputs, span),
        "azure/k8s-bake" => bake(run, inputs, span),
        "kubernetesmanifest" => match word(inputs, "action").as_deref() {
            None | Some("deploy") => deploy(run, inputs, span),
            Some("bake") => bake(run, inputs, span),
            Some("createsecret") => {
                let named = Named { secret: inputs.get("secretname"), ..Named::default() };
                if word(inputs, "secrettype").as_deref() != Some("generic") {
                    run.open(Makes::Secret, "KubernetesManifest@ createSecret", span, named);
                }
                run.understood.push(span);
            }
            _ => {}
        },
        "helmdeploy" => helm_deploy(run, inputs, span),
        "kubernetes" => kubernetes(run, inputs, span),
        name if deployment::is_step(name) => {
            of_elsewhere(run, inputs, span);
            deployment::step(run, inputs, span);
        }
        name if HARMLESS.iter().any(|word| name.contains(word)) => {}
        _ => of_elsewhere(run, inputs, span),
    }
}

/// Words in the names of steps that apply nothing.
const HARMLESS: [&str; 26] = [
    "artifact",
    "cache",
    "checkout",
    "lint",
    "kubeval",
    "kubeconform",
    "filter",
    "chart-testing",
    "chart-releaser",
    "helm-docs",
    "build-push",
    "docker",
    "scan",
    "trivy",
    "checkov",
    "kics",
    "setup",
    "copyfiles",
    "archive",
    "publish",
    "download",
    "changed-files",
    "commit",
    "pull-request",
    "yq",
    "pages",
];

fn word(inputs: &Inputs, name: &str) -> Option<String> {
    inputs.get(name)?.as_str().map(str::to_ascii_lowercase)
}

/// `azure/k8s-create-secret`: docker-registry by its inputs, whatever its type is called.
fn create_secret(run: &mut Run<'_>, inputs: &Inputs, span: Span) {
    let get = |name: &str| inputs.get(name).cloned();
    let Some(name) = get("secret-name") else { return };
    let kind = word(inputs, "secret-type");
    if kind.as_deref().is_some_and(|kind| {
        kind != "docker-registry" && kind != secret::KIND && kind != "kubernetes.io/dockerconfigjson"
    }) {
        run.understood.push(span);
        return;
    }
    let login = Login {
        server: get("container-registry-url"),
        username: get("container-registry-username"),
        password: get("container-registry-password"),
    };
    let whole = login.server.is_some();
    // Without a namespace the step takes `default`.
    let namespace = get("namespace").or_else(|| Some(Node::text("default", span)));
    let mut made = PullSecret::for_login(name, namespace, login, "azure/k8s-create-secret", span);
    if !whole {
        made.data = vec![(secret::KEY, Node::unknown(Why::External("an input of the step".into()), span))];
    }
    secret::make(run, made);
}

/// The lines of an input that lists things.
fn lines(node: &Node) -> Vec<Node> {
    match node.as_str() {
        Some(text) => {
            let parts = text.split(['\n', ',']).map(str::trim).filter(|part| !part.is_empty());
            parts.map(|part| Node::text(part, node.span)).collect()
        }
        None => vec![node.clone()],
    }
}

fn deploy(run: &mut Run<'_>, inputs: &Inputs, span: Span) {
    let namespace = inputs.get("namespace").cloned();
    let Some(manifests) = inputs.get("manifests") else { return };
    for manifest in lines(manifests) {
        kubectl::step(run, &manifest, namespace.clone(), span);
    }
}

/// A chart or a kustomization that a later step applies.
fn bake(run: &mut Run<'_>, inputs: &Inputs, span: Span) {
    let get = |names: [&str; 2]| names.iter().find_map(|name| inputs.get(*name)).cloned();
    let folder = get(["kustomizationpath", "kustomizationPath"]);
    if let Some(path) = folder.as_ref().and_then(Node::as_str).and_then(|text| run.locate(text)) {
        run.deliveries.push(Delivery::of(Parcel::Kustomization(path.into()), span));
    }
    let Some(parcel) = get(["helmchart", "helm-chart"]).and_then(|chart| helm::chart_of(run, &chart)) else { return };
    let mut values: Vec<Layer> = Vec::new();
    if let Some(files) = get(["overridefiles", "override-files"]) {
        lines(&files).iter().for_each(|file| values.extend(helm::files(run, file)));
    }
    if let Some(sets) = inputs.get("overrides") {
        // `image.tag: 1`, one a line; older versions take `image.tag=1` as well.
        for line in lines(sets) {
            let set = kubectl::cut(&line, ':', false)
                .filter(|(path, _)| !path.as_str().is_some_and(|path| path.contains('=')));
            match set.or_else(|| kubectl::cut(&line, '=', false)) {
                Some((path, value)) => values.push(Layer::Set { path, value: trimmed(value), text: false }),
                None => values.push(Layer::Unknown(Why::External("an input of the step".into()), line.span)),
            }
        }
    }
    let (release, namespace) = (get(["releasename", "releaseName"]), inputs.get("namespace").cloned());
    run.deliveries.push(Delivery { release, namespace, values, ..Delivery::of(parcel, span) });
}

fn trimmed(node: Node) -> Node {
    match node.as_str().map(|text| text.trim().to_owned()) {
        Some(text) => Node { value: crate::ir::Value::Str(text.into()), ..node },
        None => node,
    }
}

/// `HelmDeploy@`.
fn helm_deploy(run: &mut Run<'_>, inputs: &Inputs, span: Span) {
    let get = |name: &str| inputs.get(name).cloned();
    let command = word(inputs, "command").unwrap_or_else(|| "ls".to_owned());
    if !["upgrade", "install"].contains(&command.as_str()) {
        return;
    }
    let Some(parcel) = get("chartpath").and_then(|chart| helm::chart_of(run, &chart)) else { return };
    let mut values: Vec<Layer> = Vec::new();
    if let Some(files) = get("valuefile") {
        lines(&files).iter().for_each(|file| values.extend(helm::files(run, file)));
    }
    for name in ["overridevalues", "setvalues"] {
        if let Some(sets) = get(name) {
            let joined = match sets.as_str() {
                Some(text) => Node::text(text.trim().replace('\n', ","), sets.span),
                None => sets,
            };
            values.extend(helm::sets(&joined, false));
        }
    }
    if let Some(more) = get("arguments").filter(|more| more.as_str() != Some("")) {
        values.extend(options(&more, span).map_or_else(
            || vec![Layer::Unknown(Why::External("an input of the step".into()), span)],
            |arguments| {
                let sets = arguments.options(&["--set", "--set-string"]);
                let files = arguments.options(&["-f", "--values"]);
                let files = files.iter().flat_map(|file| helm::files(run, file)).collect::<Vec<_>>();
                files.into_iter().chain(sets.iter().flat_map(|set| helm::sets(set, false))).collect()
            },
        ));
    }
    let (release, namespace) = (get("releasename"), get("namespace"));
    run.deliveries.push(Delivery { release, namespace, values, ..Delivery::of(parcel, span) });
}

/// A line of options without variables.
fn options(node: &Node, span: Span) -> Option<Arguments> {
    let words = node.as_str()?.split_whitespace().map(|word| Argument::of(Node::text(word, span)));
    Some(Arguments { words: words.collect(), open: false })
}

/// `Kubernetes@`: a command of `kubectl`.
fn kubernetes(run: &mut Run<'_>, inputs: &Inputs, span: Span) {
    let namespace = inputs.get("namespace").cloned();
    if let Some(name) = inputs.get("secretname").filter(|name| name.as_str() != Some("")) {
        run.open(Makes::Secret, "Kubernetes@ secretName", span, Named { secret: Some(name), ..Named::default() });
    }
    let Some(command) = word(inputs, "command") else { return };
    if let Some(file) = inputs.get("configuration").filter(|_| command == "apply" || command == "create") {
        return kubectl::step(run, file, namespace, span);
    }
    let more = inputs.get("arguments").and_then(|more| options(more, span));
    let Some(more) = more else { return };
    let text = |text: &str| Argument::of(Node::text(text, span));
    let mut words = vec![text("kubectl"), text(&command)];
    words.extend(more.words);
    if let Some(namespace) = namespace {
        words.extend([text("--namespace"), Argument::of(namespace)]);
    }
    of(run, "kubectl", Arguments { words, open: false }, span, Printed::default());
}
