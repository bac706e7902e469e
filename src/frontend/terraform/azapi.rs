//! `azapi_resource`: Resource Manager's own vocabulary, with identity and location beside the body.

use std::sync::Arc;

use super::attributes::{pick, put};
use crate::frontend::node_of;
use crate::ir::{Entry, Map, Node, Value};
use crate::syntax::json;

/// A path of attributes: `output.properties.x` is `properties.x`, `identity[0].principal_id` is `identity.principalId`.
pub(super) fn path_of(path: &[Arc<str>]) -> Vec<Arc<str>> {
    let steps: Vec<&str> = path.iter().map(|step| &**step).collect();
    match steps.as_slice() {
        ["output" | "body", rest @ ..] => rest.iter().map(|step| Arc::from(*step)).collect(),
        ["identity", "0", "principal_id"] => vec!["identity".into(), "principalId".into()],
        ["identity", "0", "tenant_id"] => vec!["identity".into(), "tenantId".into()],
        _ => path.to_vec(),
    }
}

/// The type and version of `Microsoft.X/ys@2025-01-01`.
pub(super) fn type_of(written: &Node) -> Option<(Arc<str>, Option<Arc<str>>)> {
    let text = pick(written, "type")?;
    let text = text.as_str()?;
    Some(text.split_once('@').map_or((text.into(), None), |(kind, version)| (kind.into(), Some(version.into()))))
}

/// The body: what `body` says, with `name`, `location`, `tags` and `identity` put in.
pub(super) fn body(written: &Node) -> Node {
    let mut body = match pick(written, "body") {
        Some(Node { value: Value::Str(text), span, .. }) => match json::parse(span.source, &text).0 {
            Some(tree) => moved(&node_of(&tree), span),
            None => Node::map(Vec::new(), span),
        },
        // `jsonencode` of something that is partly unknown keeps its argument.
        Some(Node { value: Value::Call(name, arguments), .. }) if &*name == "tf:jsonencode" => {
            arguments.first().cloned().unwrap_or_else(|| Node::map(Vec::new(), written.span))
        }
        Some(node) if node.as_map().is_some() => node,
        Some(node) => {
            let open =
                node.why().cloned().or_else(|| Some(crate::ir::Why::UnsupportedSyntax("a computed body".into())));
            Node::new(Value::Map(Arc::new(Map { entries: Vec::new(), open })), node.span)
        }
        None => Node::map(Vec::new(), written.span),
    };
    for name in ["name", "location", "tags"] {
        if let Some(value) = pick(written, name).filter(|value| !value.is_null()) {
            put(&mut body, name, value);
        }
    }
    if let Some(kind) = pick(written, "identity.type") {
        put(&mut body, "identity.type", kind);
    }
    if let Some(ids) =
        pick(written, "identity.identity_ids").filter(|ids| ids.as_list().is_some_and(|list| !list.items.is_empty()))
    {
        let entry = |id: &Node| Entry { key: id.clone(), value: Node::map(Vec::new(), id.span) };
        let entries = ids.as_list().map(|list| list.items.iter().map(entry).collect()).unwrap_or_default();
        put(&mut body, "identity.userAssignedIdentities", Node::map(entries, ids.span));
    }
    body
}

/// What an encoded text says stands where the text stands.
fn moved(node: &Node, span: crate::source::Span) -> Node {
    let value = match &node.value {
        Value::List(list) => return Node::list(list.items.iter().map(|item| moved(item, span)).collect(), span),
        Value::Map(map) => {
            let entry =
                |entry: &Entry| Entry { key: Node { span, ..entry.key.clone() }, value: moved(&entry.value, span) };
            return Node::map(map.entries.iter().map(entry).collect(), span);
        }
        value => value.clone(),
    };
    Node::new(value, span)
}
