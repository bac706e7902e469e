//! Workloads that commands make, and what they change in those that are there.

use super::cut;
use crate::frontend::script::meaning::arguments::Arguments;
use crate::frontend::script::meaning::body::object;
use crate::frontend::script::meaning::{opened, secret};
use crate::frontend::script::run::{Named, Run};
use crate::ir::{Cond, Makes, Node, Value, Why};
use crate::source::Span;

/// `kubectl create deployment web --image=…`, `kubectl run web --image=…`.
pub(super) fn workload(
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
    let container = |image: Node| object(vec![("name", name.clone()), ("image", opened(image))], span);
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

/// `set image deployment/web web=host/web:1`.
pub(super) fn set_image(run: &mut Run<'_>, plain: &[Node], namespace: Option<&Node>, span: Span) {
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
    let Some(kind) = kind.as_str().and_then(kind_of) else { return };
    let images = rest.filter_map(|set| {
        let (container, image) = cut(set, '=', false)?;
        Some(object(vec![("name", container), ("image", image)], span))
    });
    let images = Node::list(images.collect(), span);
    let body = object(vec![("metadata", secret::metadata(&name, namespace, span)), ("images", images)], span);
    let made = run.made(span, span);
    run.book.change(kind, &name, None, body, &made);
}

/// The kind of a workload by the words that `kubectl` takes for it.
fn kind_of(word: &str) -> Option<&'static str> {
    match word.split('.').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "deployment" | "deployments" | "deploy" => Some("apps/v1/Deployment"),
        "statefulset" | "statefulsets" | "sts" => Some("apps/v1/StatefulSet"),
        "daemonset" | "daemonsets" | "ds" => Some("apps/v1/DaemonSet"),
        "cronjob" | "cronjobs" | "cj" => Some("batch/v1/CronJob"),
        _ => None,
    }
}

/// `patch serviceaccount default -p '{"imagePullSecrets": …}'`.
pub(super) fn patch(
    run: &mut Run<'_>,
    arguments: &Arguments,
    what: &str,
    name: Option<Node>,
    namespace: Option<Node>,
    span: Span,
) {
    let (kind, inline) = what.split_once('/').map_or((what, None), |(kind, name)| (kind, Some(name)));
    let name = inline.map(|name| Node::text(name, span)).or(name);
    if run.manual {
        return;
    }
    if let Some(kind) = kind_of(kind) {
        return patch_workload(run, arguments, kind, name, namespace.as_ref(), span);
    }
    let is_secret = ["secret", "secrets"].contains(&kind);
    if !is_secret && !["serviceaccount", "serviceaccounts", "sa"].contains(&kind) {
        return;
    }
    run.understood.push(span);
    if is_secret {
        let named = Named { secret: name.as_ref(), ..Named::default() };
        return run.open(Makes::Secret, "kubectl patch secret", span, named);
    }
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

/// `patch deployment web -p …`: the images that it may put in are not known; which containers they are for isn't either.
fn patch_workload(
    run: &mut Run<'_>,
    arguments: &Arguments,
    kind: &str,
    name: Option<Node>,
    namespace: Option<&Node>,
    span: Span,
) {
    let patch = arguments.option(&["-p", "--patch"]);
    let text = patch.as_ref().and_then(Node::as_str);
    // What isn't written in place may say anything.
    if text.is_some_and(|text| !text.contains("image\"") && !text.contains("/image") && !text.contains("image:")) {
        return;
    }
    let image = Node::unknown(Why::Overridden("kubectl patch".into()), span);
    let all = object(vec![("name", Node::text("*", span)), ("image", image)], span);
    let name = name.unwrap_or_else(|| Node::unknown(Why::External("the name of a workload".into()), span));
    let metadata = secret::metadata(&name, namespace, span);
    let body = object(vec![("metadata", metadata), ("images", Node::list(vec![all], span))], span);
    let made = run.made(span, span);
    run.book.change(kind, &name, None, body, &made);
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
