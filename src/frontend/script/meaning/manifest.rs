//! Manifests that a script writes and applies: `kubectl apply -f - <<EOF`.

use std::sync::Arc;

use super::secret::metadata;
use crate::frontend::script::run::Run;
use crate::ir::{Entry, Node, Value, Why};
use crate::source::Span;
use crate::syntax::tree::{Tree, TreeKind};
use crate::syntax::yaml;

/// Kinds that run pods.
const WORKLOADS: [&str; 7] = ["Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"];

/// Puts the workloads of a text that stands at `at` into the book. A text in which something is filled in is left alone.
pub(super) fn apply(run: &mut Run<'_>, text: &str, at: Span, namespace: Option<&Node>) {
    if text.contains(['$', '`']) || text.contains("{{") {
        return;
    }
    let exact = at.range().len() == text.len();
    let place = |span: Span| match exact {
        true => Span::new(at.source, at.range().start + span.range().start, at.range().start + span.range().end),
        false => at,
    };
    for document in yaml::parse(at.source, text).0 {
        let body = node(&document.root, &place);
        let word = |key: &str| document.root.get(key).and_then(Tree::as_str);
        let (Some(api), Some(kind)) = (word("apiVersion"), word("kind")) else { continue };
        if !WORKLOADS.contains(&kind) {
            continue;
        }
        let unnamed = || Node::unknown(Why::Runtime("a name".into()), body.span);
        let name = body.at(&["metadata", "name"]).cloned().unwrap_or_else(unnamed);
        let body = placed(body, &name, namespace);
        let called = format!("{kind} {}", crate::world::workload::shown(&name));
        let made = run.made(body.span, name.span);
        run.book.add(&format!("{api}/{kind}"), &called, name, Node::null(at), body, &made);
    }
}

/// An object with the namespace of the command, where it states none.
fn placed(body: Node, name: &Node, namespace: Option<&Node>) -> Node {
    let stated = body.at(&["metadata", "namespace"]).is_some_and(|it| !it.is_null());
    let Some(map) = body.as_map().filter(|_| !stated && namespace.is_some()) else { return body };
    let given = metadata(name, namespace, body.span);
    let one = |entry: &Entry| match entry.key.as_str() {
        Some("metadata") => {
            let own = entry.value.as_map().map(|map| map.entries.clone()).unwrap_or_default();
            let given = given.as_map().map(|map| map.entries.clone()).unwrap_or_default();
            let more = given.into_iter().filter(|it| it.key.as_str() == Some("namespace"));
            let entries = own.into_iter().filter(|it| it.key.as_str() != Some("namespace")).chain(more).collect();
            Entry { key: entry.key.clone(), value: Node::map(entries, entry.value.span) }
        }
        _ => entry.clone(),
    };
    Node::map(map.entries.iter().map(one).collect(), body.span)
}

/// A tree as a value; the reader of YAML bounds how deep it is.
fn node(tree: &Tree, place: &dyn Fn(Span) -> Span) -> Node {
    let at = place(tree.span);
    match &tree.kind {
        TreeKind::Null => Node::null(at),
        TreeKind::Bool(value) => Node::new(Value::Bool(*value), at),
        TreeKind::Int(value) => Node::new(Value::Int(*value), at),
        TreeKind::Float(value) => Node::new(Value::Float(*value), at),
        TreeKind::Str(text) => Node::text(Arc::clone(text), at),
        TreeKind::List(items) => Node::list(items.iter().map(|item| node(item, place)).collect(), at),
        TreeKind::Map(members) => {
            let entry =
                |it: &crate::syntax::tree::Member| Entry::new(&it.key, place(it.key_span), node(&it.value, place));
            Node::map(members.iter().map(entry).collect(), at)
        }
        TreeKind::Lost => Node::unknown(Why::UnsupportedSyntax("a manifest in a script".into()), at),
    }
}
