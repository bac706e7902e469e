//! The end of a build: hashes, references, variables. And the way in and out of it: kustomize sees placeholders as any
//! other text, everybody else as something that is filled in later.

use std::collections::BTreeSet;

use super::build::{Build, Built};
use super::item::Item;
use super::{generate, hash, references, variables};
use crate::frontend::kubernetes::edit::{at, items, members};
use crate::frontend::kubernetes::manifest::{NAMES, Object};
use crate::ir::placeholder::{Placeholders, filled_in_later, stands_in};
use crate::ir::{Node, Value, Why};
use crate::source::{SourceId, Store};

/// What says that an object is not to be applied.
const LOCAL: &str = "config.kubernetes.io/local-config";

impl Build<'_> {
    /// The objects of a root, as they are applied.
    pub(super) fn finish(&self, mut built: Built, name: &str) -> Vec<Object> {
        for (number, item) in built.items.iter_mut().enumerate().filter(|(_, item)| item.hashed) {
            add_hash(item, &format!("{name}#hash:{number}"));
        }
        references::follow(&mut built.items, &built.config);
        variables::resolve(&mut built.items, &built.variables, &built.config);
        built.items.retain(|item| !is_local(item));
        let templates: BTreeSet<SourceId> =
            built.notes.gaps.iter().filter(|gap| gap.why == Why::TemplateText).map(|gap| gap.span.source).collect();
        built.items.into_iter().map(|item| opened(item.object, &templates)).collect()
    }
}

fn is_local(item: &Item) -> bool {
    let annotations = at(&item.object.body, &["metadata", "annotations"]);
    let value = annotations.and_then(|it| it.as_map()?.get_exact(LOCAL));
    value.is_some_and(|value| value.as_str() != Some("false") && value.as_bool() != Some(false))
}

/// A name that ends with the hash of a content that isn't known is at least the same wherever it is used.
fn add_hash(item: &mut Item, symbol: &str) {
    let hash = hash::of(item);
    item.remember();
    let Some(name) = at(&item.object.body, &["metadata", "name"]).cloned() else { return };
    let longer = match (name.as_str(), hash) {
        (Some(text), Some(hash)) => Value::Str(format!("{text}-{hash}").into()),
        (_, hash) => {
            let why = Why::External("what a kustomize generator reads".into());
            let hash = match hash {
                Some(hash) => Node::text(hash, name.span),
                None => Node::symbol(why, symbol, name.span),
            };
            let name_as_text = name.as_str().map_or_else(|| name.clone(), |text| open_text(text, &name));
            Node::concat(vec![name_as_text, Node::text("-", name.span), hash], name.span).value
        }
    };
    item.set_name(Node { value: longer, ..name });
}

/// The object with its placeholders as the text that they are.
pub(super) fn raw(store: &Store, mut object: Object) -> Object {
    as_written(store, &mut object.body);
    object
}

fn as_written(store: &Store, node: &mut Node) {
    match &node.value {
        Value::List(_) => items(node, &mut |item| as_written(store, item)),
        Value::Map(_) => members(node, &mut |_, value| as_written(store, value)),
        Value::Concat(_) | Value::Unknown { why: Why::TemplateText, .. } => {
            let text = store.snippet(node.span);
            let bare = |mark: char| text.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark));
            let text = bare('"').or_else(|| bare('\'')).unwrap_or(&text);
            if stands_in(text) && !text.contains('\n') {
                node.value = Value::Str(text.into());
            }
        }
        _ => {}
    }
}

/// The object with its placeholders as unknowns, and the payload of a Secret marked.
fn opened(mut object: Object, templates: &BTreeSet<SourceId>) -> Object {
    if &*object.kind == "Secret" && &*object.api_version == "v1" {
        generate::unbroken(&mut object.body);
        members(&mut object.body, &mut |key, value| {
            if matches!(key, "data" | "stringData") {
                *value = value.clone().secret();
            }
        });
    }
    open(&mut object.body, "", templates);
    object
}

fn open(node: &mut Node, key: &str, templates: &BTreeSet<SourceId>) {
    match &node.value {
        Value::List(_) => items(node, &mut |item| open(item, "", templates)),
        Value::Map(_) => members(node, &mut |key, value| open(value, key, templates)),
        Value::Str(text) if NAMES.contains(&key) => node.value = open_text(text, node).value,
        Value::Str(text) if templates.contains(&node.span.source) => {
            node.value = filled_in_later(text, Placeholders::Actions, node.span).value;
        }
        _ => {}
    }
}

fn open_text(text: &str, node: &Node) -> Node {
    filled_in_later(text, Placeholders::AnyStyle, node.span)
}
