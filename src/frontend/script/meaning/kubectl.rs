//! `kubectl` and `kustomize`.

use std::sync::Arc;

use super::arguments::Arguments;
use super::body::object;
use super::secret::{self, Login, PullSecret};
use crate::frontend::script::run::{Named, Printed, Run};
use crate::ir::{Cond, Delivery, Makes, Node, Parcel, Value, Why};
use crate::source::Span;

/// Options that take a value.
const VALUED: [&str; 25] = [
    "-n",
    "--namespace",
    "--context",
    "--kubeconfig",
    "--cluster",
    "--user",
    "--token",
    "-s",
    "--server",
    "-f",
    "--filename",
    "-k",
    "--kustomize",
    "-l",
    "--selector",
    "-p",
    "--patch",
    "--type",
    "-o",
    "--output",
    "--from-literal",
    "--from-file",
    "--field-manager",
    "--timeout",
    "--image",
];

const FILES: [&str; 4] = ["-f", "--filename", "-k", "--kustomize"];
const NAMESPACE: [&str; 2] = ["-n", "--namespace"];

/// A command of `kubectl`.
pub(super) fn of(run: &mut Run<'_>, arguments: Arguments, span: Span, input: Printed) -> Printed {
    let plain = arguments.plain(&VALUED);
    let words: Vec<&str> = plain.iter().skip(1).map(|node| node.as_str().unwrap_or_default()).collect();
    let namespace = arguments.option(&NAMESPACE).or_else(|| run.shell.namespace.clone());
    let name = |at: usize| plain.get(at + 1).cloned();
    match words.as_slice() {
        ["create", "secret", "docker-registry", ..] => {
            let Some(name) = name(3).or_else(|| named_late(&arguments)) else { return Printed::default() };
            let login = Login {
                server: arguments.option(&["--docker-server"]),
                username: arguments.option(&["--docker-username"]),
                password: arguments.option(&["--docker-password"]),
            };
            let mut made = PullSecret::for_login(name, namespace, login, "kubectl create secret docker-registry", span);
            if let Some(file) = arguments.option(&["--from-file"]) {
                let why = Why::External("a file".into());
                made.data = vec![(secret::KEY, Node::unknown(why, file.span))];
            }
            created(run, made, &arguments)
        }
        ["create", "secret", "generic", ..] => {
            let Some(name) = name(3).or_else(|| named_late(&arguments)) else { return Printed::default() };
            match generic(&arguments, name.clone(), namespace.clone(), span) {
                Some(made) => created(run, made, &arguments),
                None => ignored(run, &arguments, name, namespace, span),
            }
        }
        ["create", "secret", "tls", ..] => {
            let Some(name) = name(3) else { return Printed::default() };
            let mut made = PullSecret::empty(name, namespace, Node::text("kubernetes.io/tls", span), span);
            made.command = "kubectl create secret tls";
            created(run, made, &arguments)
        }
        ["create", "deployment" | "deploy", ..] | ["run", ..] => {
            let at = if words.first() == Some(&"run") { 1 } else { 2 };
            if let Some(name) = name(at).filter(|_| !arguments.has(&["--dry-run"])) {
                workload(run, &arguments, name, namespace, at == 2, span);
            }
            harmless()
        }
        // What these print holds no pull secrets.
        ["create", what, ..] if *what != "secret" && !arguments.has(&FILES) => harmless(),
        ["get", what, ..] if !what.starts_with("secret") && !what.contains(',') && *what != "all" => harmless(),
        ["apply" | "create" | "replace", ..] => {
            apply(run, &arguments, namespace, span, input);
            Printed::default()
        }
        ["patch", what, ..] => {
            patch(run, &arguments, what, name(2), namespace, span);
            Printed::default()
        }
        ["config", "set-context", ..] => {
            if let Some(namespace) = arguments.option(&NAMESPACE) {
                run.shell.namespace = Some(namespace);
            }
            Printed::default()
        }
        ["config", "use-context", ..] => {
            run.shell.namespace = None;
            Printed::default()
        }
        ["set", "image", ..] => {
            set_image(run, &plain, namespace.as_ref(), span);
            Printed::default()
        }
        ["kustomize", ..] => built(run, name(1), span),
        _ => Printed::default(),
    }
}

/// A text without pull secrets.
fn harmless() -> Printed {
    Printed { plain: true, ..Printed::default() }
}

/// `create secret docker-registry -n a acr`: the name may stand behind options that are not known to take values.
fn named_late(arguments: &Arguments) -> Option<Node> {
    arguments
        .words
        .last()
        .filter(|word| word.text().is_some_and(|text| !text.starts_with('-')))
        .map(|word| word.node.clone())
}

/// A secret that is made, or only written down for the next command.
fn created(run: &mut Run<'_>, made: PullSecret, arguments: &Arguments) -> Printed {
    if arguments.has(&["--dry-run"]) {
        // Written to a file it may be anybody's; the words of the command still tell that.
        return Printed { secret: Some(made), ..Printed::default() };
    }
    secret::make(run, made);
    Printed::default()
}

/// `create secret generic` with a payload for registries.
fn generic(arguments: &Arguments, name: Node, namespace: Option<Node>, span: Span) -> Option<PullSecret> {
    let given = arguments.options(&["--from-file", "--from-literal"]);
    let key = given.iter().find_map(|node| {
        let start = match &node.value {
            Value::Str(text) => text.clone(),
            Value::Concat(pieces) => pieces.first()?.as_str()?.into(),
            _ => return None,
        };
        [".dockerconfigjson", ".dockercfg"]
            .into_iter()
            .find(|key| start.strip_prefix(key).is_some_and(|rest| rest.starts_with('=')))
    })?;
    let kind = arguments.option(&["--type"]).unwrap_or_else(|| Node::text("Opaque", span));
    let content = Node::unknown(Why::External("a file".into()), span);
    Some(PullSecret {
        name,
        namespace,
        kind,
        data: vec![(key, content)],
        command: "kubectl create secret generic",
        span,
    })
}

/// `create secret generic` without a payload that a kubelet would find: its type says that none reads it, or nobody knows.
fn ignored(run: &mut Run<'_>, arguments: &Arguments, name: Node, namespace: Option<Node>, span: Span) -> Printed {
    let kind = arguments.option(&["--type"]).unwrap_or_else(|| Node::text("Opaque", span));
    let certain = kind.as_str().is_some_and(|kind| super::is_literal(kind) && !kind.contains("docker"));
    if certain && !arguments.may_add() {
        let made = PullSecret::empty(name, namespace, kind, span);
        return created(run, made, arguments);
    }
    if !arguments.has(&["--dry-run"]) {
        let named = Named { secret: Some(&name), ..Named::default() };
        run.open(Makes::Secret, "kubectl create secret generic", span, named);
    }
    Printed::default()
}

/// `kubectl create deployment web --image=…`, `kubectl run web --image=…`.
fn workload(
    run: &mut Run<'_>,
    arguments: &Arguments,
    name: Node,
    namespace: Option<Node>,
    deployment: bool,
    span: Span,
) {
    let images = arguments.options(&["--image"]);
    // What overrides say may be anything.
    if images.is_empty() || run.manual || arguments.may_add() || arguments.has(&["--overrides"]) {
        return;
    }
    let container = |image: Node| object(vec![("name", name.clone()), ("image", super::opened(image))], span);
    let containers = Node::list(images.into_iter().map(container).collect(), span);
    let pod = object(vec![("containers", containers)], span);
    let (api, kind) = if deployment { ("apps/v1", "Deployment") } else { ("v1", "Pod") };
    let spec = match deployment {
        true => object(vec![("template", object(vec![("spec", pod)], span))], span),
        false => pod,
    };
    let members = vec![
        ("apiVersion", Node::text(api, span)),
        ("kind", Node::text(kind, span)),
        ("metadata", secret::metadata(&name, namespace.as_ref(), span)),
        ("spec", spec),
    ];
    let called = format!("{kind} {}", crate::world::workload::shown(&name));
    let made = run.made(span, span);
    run.book.add(&format!("{api}/{kind}"), &called, name, Node::null(span), object(members, span), &made);
}

/// Whether what is handed to a command that applies it may hold secrets that nobody sees in the tree.
fn may_hide_secrets(run: &Run<'_>, delivery: &Delivery) -> bool {
    match &delivery.parcel {
        Parcel::Elsewhere(_) => true,
        Parcel::Manifests { path, .. } if run.tree.has_file(path) => {
            let content = run.store.open_path(path).ok().map(|id| run.store.source(id).text.contains("Secret"));
            content != Some(false) && (delivery.open.is_some() || !super::is_manifest(path))
        }
        _ => delivery.open.is_some(),
    }
}

/// `apply -f`, `apply -k`, `create -f`.
fn apply(run: &mut Run<'_>, arguments: &Arguments, namespace: Option<Node>, span: Span, input: Printed) {
    let recursive = arguments.has(&["-R", "--recursive"]);
    for folder in arguments.options(&["-k", "--kustomize"]) {
        let parcel = kustomization(run, &folder);
        deliver(run, parcel, namespace.clone(), span);
    }
    let mut reads = false;
    for given in arguments.options(&["-f", "--filename"]) {
        let parts: Vec<Node> = match given.as_str() {
            Some(text) => text.split(',').map(|part| Node::text(part, given.span)).collect(),
            None => vec![given.clone()],
        };
        for part in parts {
            match run.manifests(&part, recursive) {
                Some(parcel) => deliver(run, parcel, namespace.clone(), span),
                None => reads = true,
            }
        }
    }
    if !reads {
        return;
    }
    let mut input = input;
    if let Some(text) = input.value.as_ref().and_then(Node::as_str).map(str::to_owned) {
        input.plain = run.written(&text, span).plain;
    }
    let told = input.plain || input.secret.is_some() || !input.parcels.is_empty();
    if !told || input.parcels.iter().any(|parcel| may_hide_secrets(run, parcel)) {
        run.open(Makes::Secret, "kubectl apply -f -", span, Named::default());
    }
    for delivery in input.parcels {
        let namespace = namespace.clone().or(delivery.namespace.clone());
        run.deliveries.push(Delivery { namespace, span, manual: run.manual, ..delivery });
    }
    if let Some(mut made) = input.secret {
        made.namespace = namespace.or(made.namespace);
        secret::make(run, made);
    }
}

fn kustomization(run: &Run<'_>, folder: &Node) -> Parcel {
    match folder.as_str() {
        None => Parcel::Elsewhere(folder.why().cloned().unwrap_or(Why::External("a path with variables".into()))),
        Some(text) => match run.locate(text) {
            Some(path) => Parcel::Kustomization(path.into()),
            None => Parcel::Elsewhere(Why::External(text.into())),
        },
    }
}

fn deliver(run: &mut Run<'_>, parcel: Parcel, namespace: Option<Node>, span: Span) {
    let changes = changes(run, &parcel, span);
    let open = changed(run, &parcel);
    let delivery = Delivery { namespace, changes, open, manual: run.manual, ..Delivery::of(parcel, span) };
    let from_web = |why: &Why| matches!(why, Why::External(text) if text.contains("://"));
    let web = matches!(&delivery.parcel, Parcel::Elsewhere(why) if from_web(why));
    if !web && may_hide_secrets(run, &delivery) {
        run.open(Makes::Secret, "kubectl apply -f", span, Named::default());
    }
    run.deliveries.push(delivery);
}

/// Commands have changed what is applied.
fn changed(run: &Run<'_>, parcel: &Parcel) -> Option<Why> {
    let (Parcel::Manifests { path, .. } | Parcel::Kustomization(path)) = parcel else { return None };
    let inside = |file: &String| **file == **path || path.is_empty() || file.starts_with(&format!("{path}/"));
    run.changed.iter().any(inside).then(|| Why::NotAnalysed("a command that changes the file".into()))
}

/// What `kustomize edit` set in a folder before.
fn changes(run: &Run<'_>, parcel: &Parcel, span: Span) -> Option<Node> {
    let Parcel::Kustomization(folder) = parcel else { return None };
    let edits = run.shell.edits.get(&**folder)?;
    let images: Vec<Node> = edits.iter().filter(|(key, _)| key == "images").map(|(_, image)| image.clone()).collect();
    let mut members: Vec<(&str, Node)> = Vec::new();
    if !images.is_empty() {
        members.push(("images", Node::list(images, span)));
    }
    members.extend(edits.iter().filter(|(key, _)| key == "namespace").map(|(_, node)| ("namespace", node.clone())));
    Some(object(members, span))
}

fn built(run: &Run<'_>, folder: Option<Node>, span: Span) -> Printed {
    let folder = folder.unwrap_or_else(|| Node::text(".", span));
    let parcel = kustomization(run, &folder);
    let changes = changes(run, &parcel, span);
    Printed { parcels: vec![Delivery { changes, ..Delivery::of(parcel, span) }], ..Printed::default() }
}

/// `kustomize build`, `kustomize edit set`.
pub(super) fn kustomize(run: &mut Run<'_>, arguments: &Arguments, span: Span) -> Printed {
    let plain = arguments.plain(&["-o", "--output", "--load-restrictor", "--env", "-e"]);
    let words: Vec<&str> = plain.iter().skip(1).map(|node| node.as_str().unwrap_or_default()).collect();
    let folder = || run.shell.folders.first().cloned().or_else(|| run.locate("."));
    match words.as_slice() {
        ["build", ..] => built(run, plain.get(2).cloned(), span),
        ["edit", "set", "image", ..] => {
            let Some(folder) = folder() else { return Printed::default() };
            let images: Vec<(String, Node)> =
                plain.iter().skip(4).filter_map(|image| Some(("images".to_owned(), edited_image(image)?))).collect();
            run.shell.edits.entry(folder).or_default().extend(images);
            Printed::default()
        }
        ["edit", "set", "namespace", ..] => {
            if let (Some(folder), Some(namespace)) = (folder(), plain.get(4)) {
                run.shell.edits.entry(folder).or_default().push(("namespace".to_owned(), namespace.clone()));
            }
            Printed::default()
        }
        _ => Printed::default(),
    }
}

/// `name=new:tag`, `name:tag`, `name=new@digest` as an entry of `images`.
fn edited_image(image: &Node) -> Option<Node> {
    let span = image.span;
    let (name, new) = match cut(image, '=', false) {
        Some((name, new)) => (name, Some(new)),
        None => (image.clone(), None),
    };
    let (whole, own) = match &new {
        Some(new) => (new.clone(), false),
        None => (name.clone(), true),
    };
    let (bare, tag) = match cut(&whole, '@', false) {
        Some((bare, digest)) => (bare, Some(("digest", digest))),
        None => match cut(&whole, ':', true) {
            Some((bare, tag)) if !tag.as_str().is_some_and(|tag| tag.contains('/')) => (bare, Some(("newTag", tag))),
            _ => (whole, None),
        },
    };
    let mut members = vec![("name", if own { bare.clone() } else { name })];
    if !own {
        members.push(("newName", bare));
    }
    members.extend(tag);
    members.first()?.1.as_str()?;
    Some(object(members, span))
}

/// The text in front of a letter and behind it.
pub(super) fn cut(node: &Node, letter: char, last: bool) -> Option<(Node, Node)> {
    let pieces: &[Node] = match &node.value {
        Value::Concat(pieces) => pieces,
        Value::Str(_) => std::slice::from_ref(node),
        _ => return None,
    };
    let holds = |piece: &Node| piece.as_str().is_some_and(|text| text.contains(letter));
    let at = if last { pieces.iter().rposition(holds) } else { pieces.iter().position(holds) }?;
    let text = pieces.get(at)?.as_str()?;
    let (a, b) = if last { text.rsplit_once(letter) } else { text.split_once(letter) }?;
    let before = pieces.iter().take(at).cloned().chain([Node::text(a, node.span)]).collect();
    let after = [Node::text(b, node.span)].into_iter().chain(pieces.iter().skip(at + 1).cloned()).collect();
    Some((Node::concat(before, node.span), Node::concat(after, node.span)))
}

/// `set image deployment/web web=host/web:1`.
fn set_image(run: &mut Run<'_>, plain: &[Node], namespace: Option<&Node>, span: Span) {
    if run.manual {
        return;
    }
    let mut rest = plain.iter().skip(3);
    let Some(first) = rest.next() else { return };
    let target = match cut(first, '/', false) {
        Some((kind, name)) => Some((kind, name)),
        None => rest.next().map(|name| (first.clone(), name.clone())),
    };
    let Some((kind, name)) = target else { return };
    let kind =
        match kind.as_str().map(|kind| kind.split('.').next().unwrap_or_default().to_ascii_lowercase()).as_deref() {
            Some("deployment" | "deployments" | "deploy") => "apps/v1/Deployment",
            Some("statefulset" | "statefulsets" | "sts") => "apps/v1/StatefulSet",
            Some("daemonset" | "daemonsets" | "ds") => "apps/v1/DaemonSet",
            Some("cronjob" | "cronjobs" | "cj") => "batch/v1/CronJob",
            _ => return,
        };
    let images = rest.filter_map(|set| {
        let (container, image) = cut(set, '=', false)?;
        Some(object(vec![("name", container), ("image", image)], span))
    });
    let images = Node::list(images.collect(), span);
    let body = object(vec![("metadata", secret::metadata(&name, namespace, span)), ("images", images)], span);
    let made = run.made(span, span);
    run.book.change(kind, &name, None, body, &made);
}

/// `patch serviceaccount default -p '{"imagePullSecrets": …}'`.
fn patch(
    run: &mut Run<'_>,
    arguments: &Arguments,
    what: &str,
    name: Option<Node>,
    namespace: Option<Node>,
    span: Span,
) {
    let (kind, inline) = what.split_once('/').map_or((what, None), |(kind, name)| (kind, Some(name)));
    if !["serviceaccount", "serviceaccounts", "sa"].contains(&kind) || run.manual {
        return;
    }
    run.understood.push(span);
    let name = inline.map(|name| Node::text(name, span)).or(name);
    let secrets = arguments.option(&["-p", "--patch"]).and_then(|patch| secrets_of(&patch));
    let literal = |node: &Option<Node>| node.as_ref().is_some_and(|node| node.as_str().is_some());
    let sure = literal(&name) && literal(&namespace) && run.when() == Cond::Always;
    let (Some(secrets), Some(name), true) = (secrets, name, sure) else {
        return run.open(Makes::AccountSecrets, "kubectl patch serviceaccount", span, Named::default());
    };
    let list = secrets.into_iter().map(|secret| object(vec![("name", secret)], span)).collect();
    let members = vec![
        ("apiVersion", Node::text("v1", span)),
        ("kind", Node::text("ServiceAccount", span)),
        ("metadata", secret::metadata(&name, namespace.as_ref(), span)),
        ("imagePullSecrets", Node::list(list, span)),
    ];
    let called = format!("ServiceAccount {}", crate::world::workload::shown(&name));
    let made = run.made(span, name.span);
    run.book.add("v1/ServiceAccount", &called, name, Node::null(span), object(members, span), &made);
}

/// The names in a patch; a variable in the place of a name is kept.
fn secrets_of(patch: &Node) -> Option<Vec<Node>> {
    let pieces: Vec<Node> = match &patch.value {
        Value::Concat(pieces) => pieces.to_vec(),
        Value::Str(_) => vec![patch.clone()],
        _ => return None,
    };
    const FIRST: u32 = 0xE000;
    let mut text = String::new();
    for (at, piece) in pieces.iter().enumerate() {
        match piece.as_str() {
            Some(plain) => text.push_str(plain),
            None => text.extend(char::from_u32(FIRST + u32::try_from(at).ok()?)),
        }
    }
    let json: serde_json::Value = serde_json::from_str(&text).ok()?;
    let list = json.get("imagePullSecrets")?.as_array()?;
    let name = |entry: &serde_json::Value| {
        let name = entry.get("name")?.as_str()?;
        let mut letters = name.chars();
        match (letters.next(), letters.next()) {
            (Some(only), None) if only as u32 >= FIRST => pieces.get((only as u32 - FIRST) as usize).cloned(),
            _ => Some(Node::text(name, patch.span)),
        }
    };
    list.iter().map(name).collect()
}

/// What a step of a pipeline applies.
pub(super) fn step(run: &mut Run<'_>, path: &Node, namespace: Option<Node>, span: Span) {
    if let Some(parcel) = run.manifests(path, false) {
        let is_kustomization = matches!(&parcel, Parcel::Manifests { path, .. } if run.tree.has_file(&format!("{path}/kustomization.yaml")));
        let parcel = match parcel {
            Parcel::Manifests { path, .. } if is_kustomization => Parcel::Folder(Arc::clone(&path)),
            other => other,
        };
        deliver(run, parcel, namespace, span);
    }
}
