//! Texts that Flux puts into built objects: `${name}`, `${name:-default}`.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::written;
use crate::ir::placeholder::{Placeholders, filled_in_later};
use crate::ir::{Entry, Map, Node, Value, Why};
use crate::source::{Span, Store, Via};

/// Names with their values, and whether there are others.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Substitutes {
    known: BTreeMap<Arc<str>, Node>,
    /// Values come from somewhere that can't be seen; they lose against those that are known.
    open: bool,
    span: Span,
}

static VARIABLE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-=])([^{}$]*))?\}").ok());

impl Substitutes {
    /// What `postBuild` says; nothing when it puts nothing in. `source` gives the members of an object that it names, where
    /// the tree has it.
    pub(super) fn read(post_build: &Node, source: impl Fn(&Node) -> Option<Vec<Entry>>) -> Option<Substitutes> {
        let from = post_build.get("substituteFrom").filter(|from| !from.is_null());
        let list = from.and_then(Node::as_list);
        let mut open = from.is_some() && list.is_none_or(|list| list.open.is_some());
        let mut known: BTreeMap<Arc<str>, Node> = BTreeMap::new();
        // Later ones win over those before them, and what is written out wins over all.
        for item in list.map(|list| &list.items).into_iter().flatten() {
            match source(item) {
                Some(entries) => known.extend(entries.into_iter().filter_map(named)),
                None => {
                    known.clear();
                    open = true;
                }
            }
        }
        let written = post_build.get("substitute").and_then(Node::as_map);
        known.extend(written.into_iter().flat_map(|map| map.entries.iter().cloned()).filter_map(named));
        (open || !known.is_empty()).then_some(Substitutes { known, open, span: post_build.span })
    }

    /// Puts the values into all texts of an object.
    pub(in super::super) fn apply(&self, store: &Store, node: &Node) -> Node {
        let value = match &node.value {
            Value::List(list) => {
                let items = list.items.iter().map(|item| self.apply(store, item)).collect();
                Value::List(Arc::new(crate::ir::List { items, open: list.open.clone() }))
            }
            Value::Map(map) => {
                let entry = |entry: &Entry| Entry { key: entry.key.clone(), value: self.apply(store, &entry.value) };
                Value::Map(Arc::new(Map { entries: map.entries.iter().map(entry).collect(), open: map.open.clone() }))
            }
            Value::Str(_) | Value::Concat(_) | Value::Unknown { .. } => return self.text(store, node),
            _ => return node.clone(),
        };
        Node { value, ..node.clone() }
    }

    fn text(&self, store: &Store, node: &Node) -> Node {
        // Pieces from several places keep what is known of each.
        if let Value::Concat(pieces) = &node.value
            && pieces.iter().any(|piece| piece.span != node.span)
        {
            let pieces: Vec<Node> = self.grouped(store, pieces);
            return Node { trail: node.trail.clone(), ..Node::concat(pieces, node.span) };
        }
        let Some(text) = written(store, node).filter(|text| text.contains("${")) else { return node.clone() };
        let Some(put_in) = self.put_in(&text, node.span) else { return node.clone() };
        let secret = node.secret || put_in.secret;
        Node { trail: node.trail.clone(), secret, ..put_in }.through(self.span, Via::Overlay)
    }

    /// Neighbours that were cut out of one scalar are looked at as one.
    fn grouped(&self, store: &Store, pieces: &[Node]) -> Vec<Node> {
        pieces
            .chunk_by(|a, b| a.span == b.span)
            .filter_map(|group| match group {
                [only] => Some(self.text(store, only)),
                [first, ..] => Some(self.text(store, &Node::concat(group.to_vec(), first.span))),
                [] => None,
            })
            .collect()
    }

    /// The text with values for variables; nothing when it has none.
    fn put_in(&self, text: &str, span: Span) -> Option<Node> {
        let pattern = VARIABLE.as_ref()?;
        let (mut pieces, mut end) = (Vec::new(), 0);
        for found in pattern.captures_iter(text) {
            let whole = found.get(0)?;
            pieces.push(filled_in_later(text.get(end..whole.start())?, Placeholders::AnyStyle, span));
            let default = found.get(3).map(|text| text.as_str());
            pieces.push(self.value(found.get(1)?.as_str(), default, span));
            end = whole.end();
        }
        if pieces.is_empty() {
            return None;
        }
        pieces.push(filled_in_later(text.get(end..)?, Placeholders::AnyStyle, span));
        Some(Node::concat(pieces, span))
    }

    fn value(&self, name: &str, default: Option<&str>, span: Span) -> Node {
        match (self.known.get(name), default) {
            (Some(value), Some(default)) if value.as_str() == Some("") => Node::text(default, span),
            (Some(value), _) => value.clone(),
            (None, _) if self.open => Node::unknown(Why::External(name.into()), span),
            (None, default) => Node::text(default.unwrap_or_default(), span),
        }
    }
}

fn named(entry: Entry) -> Option<(Arc<str>, Node)> {
    Some((Arc::from(entry.key.as_str()?), entry.value))
}
