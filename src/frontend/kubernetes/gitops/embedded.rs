//! YAML inside of a text of YAML: `values: |`.

use std::sync::Arc;

use crate::frontend::node_of;
use crate::ir::{Entry, List, Map, Node, Value, Why};
use crate::source::{Span, Store};
use crate::syntax::yaml;

/// Places in blocks further down in a file are not worked out: each costs as much as all that stands before it.
const FURTHEST: usize = 1 << 18;

/// The value that a text holds as YAML, with the places where its parts stand when that can be told, else the place of the
/// whole text. A text that is no YAML is unknown.
pub(super) fn yaml_of(store: &Store, node: &Node) -> Node {
    let Some(text) = node.as_str() else { return Node::unknown(Why::TemplateText, node.span) };
    let Some(plain) = read(node.span, text) else {
        return Node::unknown(Why::Unreadable("values in a text".into()), node.span);
    };
    let everywhere = placed(&plain, &|_| node.span);
    let exact = in_place(store, node.span).filter(|exact| placed(exact, &|_| node.span) == everywhere);
    let value = exact.unwrap_or(everywhere);
    if node.secret { value.secret() } else { value }
}

fn read(span: Span, text: &str) -> Option<Node> {
    let (documents, _, faults) = yaml::parse(span.source, text);
    match (documents.as_slice(), faults.is_empty()) {
        ([], true) => Some(Node::null(span)),
        ([only], true) => Some(node_of(&only.root)),
        _ => None,
    }
}

/// Reads a block as it stands in its file: with everything before it blanked out, places are those of the file, and lines
/// are indented alike.
fn in_place(store: &Store, span: Span) -> Option<Node> {
    let source = store.source(span.source);
    if span.range().start > FURTHEST {
        return None;
    }
    let block = source.text.get(span.range()).filter(|text| text.contains('\n'))?;
    let before = source.text.get(..span.range().start)?;
    let blank: String = before.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
    read(span, &(blank + block))
}

/// The value with other places.
fn placed(node: &Node, place: &dyn Fn(Span) -> Span) -> Node {
    let value = match &node.value {
        Value::List(list) => {
            let items = list.items.iter().map(|item| placed(item, place)).collect();
            Value::List(Arc::new(List { items, open: list.open.clone() }))
        }
        Value::Map(map) => {
            let entry = |entry: &Entry| Entry { key: placed(&entry.key, place), value: placed(&entry.value, place) };
            Value::Map(Arc::new(Map { entries: map.entries.iter().map(entry).collect(), open: map.open.clone() }))
        }
        _ => node.value.clone(),
    };
    Node::new(value, place(node.span))
}
