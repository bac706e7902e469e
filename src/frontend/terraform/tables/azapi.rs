//! The provider azapi: Resource Manager's own vocabulary, with identity and location beside the body.

use std::sync::Arc;

use super::attributes::{pick, put};
use super::azurerm::table::As;
use super::yaml_text::moved;
use crate::frontend::node_of;
use crate::ir::{Address, Map, Node, Value, Why};
use crate::syntax::json;

/// Types whose body is a resource's. Actions and lists are none.
const RESOURCES: [&str; 3] = ["azapi_resource", "azapi_update_resource", "azapi_resource_id"];

/// A path of attributes: `output.properties.x` is `properties.x`, `identity[0].principal_id` is `identity.principalId`.
pub fn path_of(path: &[Arc<str>]) -> Vec<Arc<str>> {
    let steps: Vec<&str> = path.iter().map(|step| &**step).collect();
    match steps.as_slice() {
        // Which property the user calls so in the output is the user's affair.
        ["output", "id" | "name"] => path.to_vec(),
        ["output" | "body", rest @ ..] if !rest.is_empty() => rest.iter().map(|step| Arc::from(*step)).collect(),
        ["identity", "0", "principal_id"] => vec!["identity".into(), "principalId".into()],
        ["identity", "0", "tenant_id"] => vec!["identity".into(), "tenantId".into()],
        _ => path.to_vec(),
    }
}

/// The type and version of a resource that the provider makes, changes or refers to: `Microsoft.X/ys@2025-01-01`.
pub fn kind_of(terraform: &str, written: &Node) -> Option<(Arc<str>, Option<Arc<str>>)> {
    if !RESOURCES.contains(&terraform) {
        return None;
    }
    let text = pick(written, "type")?;
    let text = text.as_str()?;
    Some(text.split_once('@').map_or((text.into(), None), |(kind, version)| (kind.into(), Some(version.into()))))
}

/// The body: what `body` says, with `name`, `location`, `tags` and `identity` put in.
pub fn body(written: &Node, address: &Arc<Address>) -> Node {
    let mut body = written_body(written);
    for name in ["name", "location", "tags"] {
        if let Some(value) = pick(written, name).filter(|value| !value.is_null()) {
            put(&mut body, name, value);
        }
    }
    if let Some(kind) = pick(written, "identity.type").filter(|kind| !kind.is_null()) {
        put(&mut body, "identity.type", kind);
    }
    let ids = pick(written, "identity.identity_ids").filter(|ids| !ids.is_null());
    if let Some(keys) = ids.and_then(|ids| As::Keys.convert(ids)) {
        put(&mut body, "identity.userAssignedIdentities", keys);
    }
    for (from, to) in [("identity.principal_id", "identity.principalId"), (VALIDATION, VALIDATION)] {
        if let Some(value) = pick(written, from).filter(|value| !value.is_null()) {
            put(&mut body, to, value);
        }
    }
    exported(written, &mut body, address);
    body
}

/// Whether the provider compares the body with the schema of its version first: no property of the resource, but what a
/// reader of the body has to know to trust it.
const VALIDATION: &str = "schema_validation_enabled";

pub fn written_body(written: &Node) -> Node {
    let Some(body) = pick(written, "body").filter(|body| !body.is_null()) else {
        return Node::map(Vec::new(), written.span);
    };
    match &body.value {
        Value::Str(text) => match json::parse(body.span.source, text).0 {
            Some(tree) => moved(&node_of(&tree), body.span),
            None => open(&body),
        },
        // `jsonencode` of something that is partly unknown keeps its argument.
        Value::Call(name, arguments) if &**name == "tf:jsonencode" => match arguments.first() {
            Some(argument) if argument.as_map().is_some() => argument.clone(),
            _ => open(&body),
        },
        Value::Map(_) => body,
        _ => open(&body),
    }
}

/// A body of which nothing is known.
fn open(body: &Node) -> Node {
    let why = body.why().cloned().unwrap_or_else(|| Why::UnsupportedSyntax("a computed body".into()));
    Node::new(Value::Map(Arc::new(Map { entries: Vec::new(), open: Some(why) })), body.span)
}

/// What the user exports under names of their own: each is the property at a path of plain names. Paths that are more
/// than that are left alone.
fn exported(written: &Node, body: &mut Node, address: &Arc<Address>) {
    let Some(exports) = pick(written, "response_export_values") else { return };
    for entry in exports.as_map().map_or(&[][..], |map| &map.entries) {
        let (Some(name), Some(path)) = (entry.key.as_str(), entry.value.as_str()) else { continue };
        let plain = |step: &&str| !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let steps: Vec<&str> = path.split('.').collect();
        if steps.iter().all(plain) && !name.contains('.') && body.get(name).is_none() {
            put(body, name, Node::reference(address.clone(), &steps, entry.value.span));
        }
    }
}
