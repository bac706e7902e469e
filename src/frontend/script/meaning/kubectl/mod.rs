//! `kubectl` and `kustomize`.

mod apply;
mod change;
mod created;
mod kustomize;

use self::apply::apply;
pub(super) use self::apply::step;
use self::change::{patch, set_account, set_image, workload};
pub(super) use self::created::told_deleted;
use self::created::{created, delete_secret, generic, ignored, named_late};
use self::kustomize::built;
pub(super) use self::kustomize::{of as kustomize, told_edits};
use super::arguments::Arguments;
use super::manifest;
use super::secret::{self, Login, PullSecret};
use crate::frontend::script::run::{Printed, Run};
use crate::ir::{Node, Value, Why};
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
        [verb @ "run", ..] | ["create", verb @ ("deployment" | "deploy" | "job" | "cronjob" | "cj"), ..] => {
            let name = name(if *verb == "run" { 1 } else { 2 });
            let made = name.and_then(|name| workload(run, &arguments, &name, namespace.as_ref(), verb, span));
            if let Some(body) = made.as_ref().filter(|_| !arguments.has(&["--dry-run"])) {
                manifest::object(run, body.clone(), span);
            }
            Printed { value: made, ..harmless() }
        }
        // What these print holds no pull secrets.
        ["create", what, ..] if *what != "secret" && !arguments.has(&FILES) => harmless(),
        ["get", what, ..] if !what.starts_with("secret") && !what.contains(',') && *what != "all" => harmless(),
        ["apply" | "create" | "replace", ..] => {
            let before = run.deliveries.len();
            apply(run, &arguments, namespace, span, input);
            // What is only tried goes nowhere; the next command may read what is printed.
            match is_tried(&arguments) {
                true => Printed { parcels: run.deliveries.split_off(before), ..Printed::default() },
                false => Printed::default(),
            }
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
        ["delete", what, ..] if what.starts_with("secret") => {
            delete_secret(run, what, plain.get(3..).unwrap_or_default(), namespace.as_ref(), span);
            Printed::default()
        }
        ["set", "serviceaccount" | "sa", ..] => {
            set_account(run, &plain, namespace.as_ref(), span);
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

/// `--dry-run=client`, `--dry-run=server`, and without a value as older versions have it.
fn is_tried(arguments: &Arguments) -> bool {
    arguments.switch("--dry-run").is_some_and(|node| matches!(node.as_str(), Some(value) if value != "none"))
}

/// A text without pull secrets.
fn harmless() -> Printed {
    Printed { plain: true, ..Printed::default() }
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
