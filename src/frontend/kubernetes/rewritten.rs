//! Texts that a command changes before they are applied: what stands in the changed parts is not known.

use std::sync::Arc;

use super::edit::leave_open;
use crate::ir::{Entry, Layer, Node, Value, Why};
use crate::source::{Rewrite, SourceId, Span, Store, UNKNOWN};
use crate::syntax::tree::{Tree, TreeKind};
use crate::syntax::yaml;

/// Which parts of a text are changed.
pub(super) struct Rewritten {
    parts: Vec<Rewrite>,
    /// The whole text: what is there may be anything.
    pub(super) whole: bool,
}

/// Why a changed part is not known.
pub(super) fn why() -> Why {
    Why::Overridden("a command that changes the file".into())
}

impl Rewritten {
    /// Nothing when a text is used as it stands.
    pub(super) fn of(store: &Store, id: SourceId) -> Option<Rewritten> {
        let mut parts = store.rewritten(id);
        parts.sort_by_key(|it| (it.part.range().start, it.part.range().end));
        let length = store.source(id).text.len();
        let whole = parts.iter().any(|it| it.part.range().len() >= length);
        (!parts.is_empty()).then_some(Rewritten { parts, whole })
    }

    fn touches(&self, span: Span) -> bool {
        let (at, empty) = (span.range(), span.range().is_empty());
        self.parts.iter().any(|it| {
            let part = it.part.range();
            part == at
                || part.start < at.end && at.start < part.end
                || empty && part.start < at.start && at.start < part.end
        })
    }

    /// What stands in the changed parts becomes unknown; of a text only the part that is changed.
    pub(super) fn forget(&self, store: &Store, node: &mut Node) {
        match &mut node.value {
            Value::List(list) => Arc::make_mut(list).items.iter_mut().for_each(|item| self.forget(store, item)),
            Value::Map(map) => {
                for entry in &mut Arc::make_mut(map).entries {
                    match self.touches(entry.key.span) {
                        true => entry.value = self.written_anew(store, entry),
                        false => self.forget(store, &mut entry.value),
                    }
                }
            }
            _ if self.touches(node.span) => *node = self.cut(store, node),
            _ => {}
        }
    }

    /// The value of an entry that is changed with its key: known where the same key is written with another text.
    fn written_anew(&self, store: &Store, entry: &Entry) -> Node {
        let (key, value) = (entry.key.span.range(), entry.value.span);
        let covers = |it: &&Rewrite| it.part.range().start <= key.start && it.part.range().end > key.start;
        let mut parts = self.parts.iter().filter(covers);
        let again = |it: &Rewrite| {
            let before = store.snippet(Span { end: value.start, ..it.part });
            let text = it.by.as_deref()?.strip_prefix(before.trim_end())?.trim();
            let plain = !text.is_empty() && !text.contains(['\n', '#', '{', '[']);
            let whole = plain && it.part.range().end >= value.range().end;
            whole.then(|| Node::concat(filled(text.trim_matches(['"', '\'']), value), value))
        };
        let nested = matches!(entry.value.value, Value::Map(_) | Value::List(_));
        if nested {
            // What stands below may still be there.
            let mut value = entry.value.clone();
            self.forget(store, &mut value);
            leave_open(&mut value, &why());
            return value;
        }
        let found = match (parts.next(), parts.next()) {
            (Some(only), None) => again(only),
            _ => None,
        };
        // Another key may stand there then.
        let found = found.unwrap_or_else(|| Node::unknown(why(), value));
        Node { value: found.value, ..entry.value.clone() }
    }

    /// A text with what stands in its changed parts then.
    fn cut(&self, store: &Store, node: &Node) -> Node {
        let unknown = || Node { value: Node::unknown(why(), node.span).value, ..node.clone() };
        let (span, written) = (node.span, store.snippet(node.span));
        // A placeholder is no text any more.
        let bare = written.trim_matches(['"', '\'']);
        let open = matches!(node.value, Value::Concat(_) | Value::Unknown { .. }) && !bare.contains('\n');
        let Some(text) = node.as_str().or_else(|| open.then_some(bare)) else { return unknown() };
        let Some(start) = written.find(text).map(|at| span.range().start + at) else { return unknown() };
        let mut pieces = Vec::new();
        let mut at = 0;
        let mut parts = self.parts.iter().peekable();
        while let Some(it) = parts.next() {
            let from = it.part.range().start.saturating_sub(start).clamp(at, text.len());
            let to = it.part.range().end.saturating_sub(start).min(text.len());
            if from >= to {
                continue;
            }
            // Several who change the same: nobody knows who is the last.
            let alone = parts.peek().is_none_or(|next| next.part.range().start >= it.part.range().end);
            let inside = it.part.range().start >= start && it.part.range().end <= start + text.len();
            pieces.extend(text.get(at..from).filter(|it| !it.is_empty()).map(|it| Node::text(it, span)));
            match it.by.as_deref().filter(|_| alone && inside) {
                Some(by) => pieces.extend(filled(by, span)),
                None => pieces.push(Node::unknown(why(), span)),
            }
            at = to;
        }
        pieces.extend(text.get(at..).filter(|it| !it.is_empty()).map(|it| Node::text(it, span)));
        if pieces.iter().all(|piece| piece.as_str().is_none()) {
            return unknown();
        }
        Node { value: Node::concat(pieces, span).value, ..node.clone() }
    }
}

/// A text that is put in, piece by piece.
fn filled(by: &str, span: Span) -> Vec<Node> {
    let mut pieces = Vec::new();
    for (number, part) in by.split(UNKNOWN).enumerate() {
        if number > 0 {
            pieces.push(Node::unknown(why(), span));
        }
        if !part.is_empty() {
            pieces.push(Node::text(part, span));
        }
    }
    pieces
}

/// The members of a kustomization as it will be built.
pub(super) fn members(store: &Store, id: SourceId, mut body: Node) -> Node {
    match Rewritten::of(store, id) {
        Some(rewritten) if rewritten.whole => leave_open(&mut body, &why()),
        Some(rewritten) => rewritten.forget(store, &mut body),
        None => {}
    }
    body
}

/// What is laid over the values of a file, because it stands there no more; `below` is the path that they have in all.
pub(super) fn layers(store: &Store, id: SourceId, below: &str) -> Vec<Layer> {
    let Some(rewritten) = Rewritten::of(store, id) else { return Vec::new() };
    if rewritten.whole {
        let span = Span::file(id);
        return vec![match below {
            "" => Layer::Unknown(why(), span),
            below => set(below, Node::unknown(why(), span)),
        }];
    }
    let (documents, _, _) = yaml::parse(id, &store.source(id).text);
    let mut found = Vec::new();
    if let Some(document) = documents.first() {
        changed(store, &rewritten, &document.root, below, &mut found);
    }
    found
}

/// The values that are changed, each with its path.
fn changed(store: &Store, rewritten: &Rewritten, tree: &Tree, path: &str, found: &mut Vec<Layer>) {
    match &tree.kind {
        TreeKind::Map(members) => {
            for member in members {
                let key = member.key.replace('\\', "\\\\").replace('.', "\\.");
                let path = if path.is_empty() { key } else { format!("{path}.{key}") };
                match rewritten.touches(member.key_span) {
                    true => found.push(set(&path, Node::unknown(why(), member.value.span))),
                    false => changed(store, rewritten, &member.value, &path, found),
                }
            }
        }
        TreeKind::List(items) => {
            for (at, item) in items.iter().enumerate() {
                changed(store, rewritten, item, &format!("{path}[{at}]"), found);
            }
        }
        _ if rewritten.touches(tree.span) => {
            let value = rewritten.cut(store, &crate::frontend::node_of(tree));
            found.push(set(path, value));
        }
        _ => {}
    }
}

fn set(path: &str, value: Node) -> Layer {
    Layer::Set { path: Node::text(path, value.span), text: value.why().is_none(), value }
}
