//! Workloads that commands make, and what they change in those that are there.

use super::cut;
use crate::frontend::script::meaning::arguments::Arguments;
use crate::frontend::script::meaning::body::object;
use crate::frontend::script::meaning::{opened, secret};
use crate::frontend::script::run::{Named, Run};
use crate::ir::{Cond, Makes, Node, Value, Why};
use crate::source::Span;

/// `kubectl create deployment web --image=…`, `kubectl create job …`, `kubectl run web --image=…`: what it makes, of which
/// kind.
pub(super) fn workload(
    run: &Run<'_>,
    arguments: &Arguments,
    name: &Node,
    namespace: Option<&Node>,
    verb: &str,
    span: Span,
) -> Option<Node> {
    let images = arguments.options(&["--image"]);
    // What overrides say may be anything.
    if images.is_empty() || run.manual || arguments.may_add() || arguments.has(&["--overrides"]) {
        return None;
    }
    let container = |image: Node| object(vec![("name", name.clone()), ("image", opened(image))], span);
    let containers = Node::list(images.into_iter().map(container).collect(), span);
    let (api, kind, around): (&str, &str, &[&str]) = match verb {
        "deployment" | "deploy" => ("apps/v1", "Deployment", &["template", "spec"]),
        "job" => ("batch/v1", "Job", &["template", "spec"]),
        "cronjob" | "cj" => ("batch/v1", "CronJob", &["jobTemplate", "spec", "template", "spec"]),
        _ => ("v1", "Pod", &[]),
    };
    let pod = object(vec![("containers", containers)], span);
    let spec = around.iter().rev().fold(pod, |inner, key| object(vec![(key, inner)], span));
    let members = vec![
        ("apiVersion", Node::text(api, span)),
        ("kind", Node::text(kind, span)),
        ("metadata", secret::metadata(name, namespace, span)),
        ("spec", spec),
    ];
    Some(object(members, span))
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
    change(run, kind, Some(name), namespace, vec![("images", images)], span);
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
    let called = format!("ServiceAccount {}", crate::ir::shown(&name));
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
    // What isn't written in place may say anything.
    let says = |words: &[&str]| {
        let text = patch.as_ref().and_then(Node::as_str);
        text.is_none_or(|text| words.iter().any(|word| text.contains(word)))
    };
    let unknown = || Node::unknown(Why::Overridden("kubectl patch".into()), span);
    let mut members = Vec::new();
    if says(&["image\"", "image:"]) {
        let all = object(vec![("name", Node::text("*", span)), ("image", unknown())], span);
        members.push(("images", Node::list(vec![all], span)));
    }
    if says(&["imagePullSecrets"]) {
        let names = patch.as_ref().and_then(secrets_of).map(|names| Node::list(names, span));
        members.push(("imagePullSecrets", names.unwrap_or_else(unknown)));
    }
    if says(&["serviceAccount"]) {
        members.push(("serviceAccountName", unknown()));
    }
    change(run, kind, name, namespace, members, span);
}

/// `set serviceaccount deployment web puller`.
pub(super) fn set_account(run: &mut Run<'_>, plain: &[Node], namespace: Option<&Node>, span: Span) {
    let rest = plain.get(3..).unwrap_or_default();
    let (kind, name, account) = match rest {
        [one, account] => match cut(one, '/', false) {
            Some((kind, name)) => (kind, name, account.clone()),
            None => return,
        },
        [kind, name, account, ..] => (kind.clone(), name.clone(), account.clone()),
        _ => return,
    };
    if let Some(kind) = kind.as_str().and_then(kind_of) {
        change(run, kind, Some(name), namespace, vec![("serviceAccountName", account)], span);
    }
}

/// A change of a workload that is applied by somebody else.
fn change(
    run: &mut Run<'_>,
    kind: &str,
    name: Option<Node>,
    namespace: Option<&Node>,
    members: Vec<(&str, Node)>,
    span: Span,
) {
    if members.is_empty() || run.manual {
        return;
    }
    let name = name.unwrap_or_else(|| Node::unknown(Why::External("the name of a workload".into()), span));
    let mut all = vec![("metadata", secret::metadata(&name, namespace, span))];
    all.extend(members);
    let made = run.made(span, span);
    run.book.change(kind, &name, None, object(all, span), &made);
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
    let pod = ["/spec/template/spec", "/spec/jobTemplate/spec/template/spec", ""].iter().find_map(|at| {
        let found = json.pointer(&format!("{at}/imagePullSecrets"))?;
        found.as_array()
    });
    let list = pod?;
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
