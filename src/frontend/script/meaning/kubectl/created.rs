//! Secrets that commands make.

use crate::frontend::script::meaning::arguments::Arguments;
use crate::frontend::script::meaning::secret::{self, PullSecret};
use crate::frontend::script::run::{Named, Printed, Run};
use crate::ir::{Makes, Node, Value, Why};
use crate::source::Span;

/// `create secret docker-registry -n a acr`: the name may stand behind options that are not known to take values.
pub(super) fn named_late(arguments: &Arguments) -> Option<Node> {
    arguments
        .words
        .last()
        .filter(|word| word.text().is_some_and(|text| !text.starts_with('-')))
        .map(|word| word.node.clone())
}

/// A secret that is made, or only written down for the next command.
pub(super) fn created(run: &mut Run<'_>, made: PullSecret, arguments: &Arguments) -> Printed {
    if arguments.has(&["--dry-run"]) {
        // Written to a file it may be anybody's; the words of the command still tell that.
        return Printed { secret: Some(made), ..Printed::default() };
    }
    secret::make(run, made);
    Printed::default()
}

/// `create secret generic` with a payload for registries.
pub(super) fn generic(arguments: &Arguments, name: Node, namespace: Option<Node>, span: Span) -> Option<PullSecret> {
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
pub(super) fn ignored(
    run: &mut Run<'_>,
    arguments: &Arguments,
    name: Node,
    namespace: Option<Node>,
    span: Span,
) -> Printed {
    let kind = arguments.option(&["--type"]).unwrap_or_else(|| Node::text("Opaque", span));
    let certain = kind
        .as_str()
        .is_some_and(|kind| crate::frontend::script::meaning::is_literal(kind) && !kind.contains("docker"));
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

/// `delete secret acr -n shop`: what this script made before is gone.
pub(super) fn delete_secret(run: &mut Run<'_>, what: &str, names: &[Node], namespace: Option<&Node>, span: Span) {
    if run.manual {
        return;
    }
    let inline = what.split_once('/').map(|(_, name)| name);
    for name in names.iter().filter_map(Node::as_str).chain(inline) {
        if run.book.drop_object("v1/Secret", name, namespace.and_then(Node::as_str)) {
            run.deleted.push(Node::text(name, span));
        }
    }
}

/// What was deleted and not made again may still be there, from a run that went otherwise.
pub(in super::super) fn told_deleted(run: &mut Run<'_>) {
    for name in std::mem::take(&mut run.deleted) {
        if run.book.find("v1/Secret", &name).is_none() {
            let named = Named { secret: Some(&name), ..Named::default() };
            run.open(Makes::Secret, "kubectl delete secret", name.span, named);
        }
    }
}
