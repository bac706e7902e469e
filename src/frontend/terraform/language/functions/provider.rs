//! Functions of the azurerm provider: resource ids.

use std::sync::Arc;

use crate::frontend::terraform::value::refused;
use crate::ir::{Entry, Node, ResourceId, Value};
use crate::source::Span;

/// Words of an id, spelled as Resource Manager spells them.
const WORDS: [&str; 5] =
    ["subscriptions", "resourceGroups", "providers", "managementGroups", "Microsoft.Authorization"];

/// Nothing when the name is another's or an argument is not known.
pub(super) fn provider_function(name: &str, values: &[Node], span: Span) -> Option<Node> {
    let first = values.first()?;
    match name {
        "provider::azurerm::normalise_resource_id" => normalised(first),
        "provider::azurerm::parse_resource_id" => parsed(first, span),
        _ => None,
    }
}

/// Only letters change; an id that is not known is the same with or without.
fn normalised(node: &Node) -> Option<Node> {
    let Value::Str(text) = &node.value else {
        return matches!(node.value, Value::Id(_) | Value::Ref(_) | Value::Concat(_)).then(|| node.clone());
    };
    if !text.starts_with('/') {
        return Some(refused("an id that is none", node.span));
    }
    let spelled = |step: &str| {
        let word = WORDS.iter().find(|word| word.eq_ignore_ascii_case(step));
        word.map_or_else(|| step.to_owned(), |word| (*word).to_owned())
    };
    let text: Vec<String> = text.split('/').map(spelled).collect();
    Some(Node { value: Value::Str(text.join("/").into()), ..node.clone() })
}

/// An id as an object, as far as its parts are known.
fn parsed(node: &Node, span: Span) -> Option<Node> {
    let id: Arc<ResourceId> = match &node.value {
        Value::Id(id) => id.clone(),
        _ => ResourceId::parse(node)?.into(),
    };
    let (namespace, types) = id.kind.split_once('/')?;
    let types: Vec<&str> = types.split('/').collect();
    if id.extends.is_some() || types.len() != id.names.len() {
        return None;
    }
    let text = |text: &str| Node::text(text, span);
    let part = |part: &Option<Node>| part.clone().unwrap_or_else(|| Node::null(span));
    let (last, parents) = types.split_last()?;
    let parents = parents.iter().zip(&id.names).map(|(kind, name)| Entry::new(kind, span, name.clone()));
    let entries = vec![
        Entry::new("subscription_id", span, part(&id.subscription)),
        Entry::new("resource_group_name", span, part(&id.group)),
        Entry::new("resource_provider", span, text(namespace)),
        Entry::new("resource_type", span, text(last)),
        Entry::new("full_resource_type", span, text(&id.kind)),
        Entry::new("resource_name", span, id.names.last()?.clone()),
        Entry::new("parent_resources", span, Node::map(parents.collect(), span)),
        Entry::new("resource_scope", span, Node::null(span)),
    ];
    Some(Node::map(entries, span))
}
