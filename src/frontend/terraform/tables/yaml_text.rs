//! YAML inside of a text: what a chart or a manifest is given. A text that is partly unknown is read too: what is not known
//! stands in its place as a scalar.

use std::sync::Arc;

use crate::frontend::node_of;
use crate::ir::{Entry, List, Map, Node, Value, Why};
use crate::source::Span;
use crate::syntax::yaml;

/// Letters of private use around the number of an unknown piece.
const OPEN: char = '\u{E000}';
const CLOSE: char = '\u{E001}';

/// The documents of a text; nothing when it can't be read whole.
pub fn documents(text: &Node) -> Option<Vec<Node>> {
    match &text.value {
        Value::Str(known) => read(known, &[], text),
        Value::Concat(pieces) => {
            let mut whole = String::new();
            let mut unknown = Vec::new();
            for piece in pieces.iter() {
                match piece.as_str() {
                    Some(known) => whole.push_str(known),
                    None => {
                        whole.push_str(&format!("{OPEN}{}{CLOSE}", unknown.len()));
                        unknown.push(piece.clone());
                    }
                }
            }
            read(&whole, &unknown, text)
        }
        Value::Call(name, arguments) if matches!(&**name, "tf:yamlencode" | "tf:jsonencode") => {
            Some(vec![arguments.first()?.clone()])
        }
        _ => None,
    }
}

fn read(whole: &str, unknown: &[Node], text: &Node) -> Option<Vec<Node>> {
    // Somebody's own letters of private use would be taken for ours.
    if whole.matches(OPEN).count() != unknown.len() {
        return None;
    }
    let (documents, _, faults) = yaml::parse(text.span.source, whole);
    if !faults.is_empty() {
        return None;
    }
    let documents = documents.iter().map(|document| filled(&moved(&node_of(&document.root), text.span), unknown));
    Some(
        documents
            .filter(|document| !document.is_null())
            .map(|node| if text.secret { node.secret() } else { node })
            .collect(),
    )
}

/// What an encoded text says stands where the text stands.
pub fn moved(node: &Node, span: Span) -> Node {
    let value = match &node.value {
        Value::List(list) => {
            let items = list.items.iter().map(|item| moved(item, span)).collect();
            Value::List(Arc::new(List { items, open: list.open.clone() }))
        }
        Value::Map(map) => {
            let entry =
                |entry: &Entry| Entry { key: Node { span, ..entry.key.clone() }, value: moved(&entry.value, span) };
            Value::Map(Arc::new(Map { entries: map.entries.iter().map(entry).collect(), open: map.open.clone() }))
        }
        value => value.clone(),
    };
    Node { secret: node.secret, ..Node::new(value, span) }
}

/// The unknown pieces put back where their numbers stand.
fn filled(node: &Node, unknown: &[Node]) -> Node {
    let value = match &node.value {
        Value::Str(text) if text.contains(OPEN) => return pieces(text, unknown, node.span),
        Value::List(list) => {
            let items = list.items.iter().map(|item| filled(item, unknown)).collect();
            Value::List(Arc::new(List { items, open: list.open.clone() }))
        }
        Value::Map(map) => {
            let entry =
                |entry: &Entry| Entry { key: filled(&entry.key, unknown), value: filled(&entry.value, unknown) };
            let entries: Vec<Entry> = map.entries.iter().map(entry).collect();
            let computed = entries.iter().any(|entry| entry.key.as_str().is_none());
            let open = computed.then(|| Why::UnsupportedSyntax("a computed key".into())).or_else(|| map.open.clone());
            Value::Map(Arc::new(Map { entries, open }))
        }
        value => value.clone(),
    };
    Node { value, ..node.clone() }
}

fn pieces(text: &str, unknown: &[Node], span: Span) -> Node {
    let mut made = Vec::new();
    let mut parts = text.split(OPEN);
    made.extend(parts.next().filter(|part| !part.is_empty()).map(|part| Node::text(part, span)));
    for part in parts {
        let (number, rest) = part.split_once(CLOSE).unwrap_or((part, ""));
        let piece = number.parse::<usize>().ok().and_then(|at| unknown.get(at)).cloned();
        made.push(piece.unwrap_or_else(|| Node::unknown(Why::TemplateText, span)));
        made.extend((!rest.is_empty()).then(|| Node::text(rest, span)));
    }
    match made.as_slice() {
        // JSON is YAML: what is encoded in the place of a value is that value.
        [Node { value: Value::Call(name, arguments), .. }] if &**name == "tf:jsonencode" => {
            arguments.first().cloned().unwrap_or_else(|| Node::unknown(Why::TemplateText, span))
        }
        // A text that takes the place of a whole value may hold anything, lines of their own too.
        [Node { value: Value::Call(..), .. }] => {
            Node::unknown(Why::UnsupportedSyntax("a computed part of a text".into()), span)
        }
        _ => Node::concat(made, span),
    }
}
