//! `secretGenerator`: Secrets that a build makes. The hash that kustomize appends to their names is left away: it appends
//! it to all references too.

use crate::frontend::kubernetes::edit::{leave_open, object};
use crate::frontend::kubernetes::manifest::Object;
use crate::ir::{Entry, Node, Why};

/// The Secrets that a kustomization generates. One that changes a Secret from elsewhere generates none.
pub(super) fn secrets(kustomization: &Node) -> Vec<Object> {
    let generators = kustomization.get("secretGenerator").and_then(Node::as_list);
    generators.map(|list| list.items.iter().filter_map(secret).collect()).unwrap_or_default()
}

fn secret(generator: &Node) -> Option<Object> {
    let name = generator.get("name")?.clone();
    if generator.get("behavior").and_then(Node::as_str).is_some_and(|behavior| behavior != "create") {
        return None;
    }
    let span = generator.span;
    let mut metadata = vec![("name", name)];
    metadata.extend(generator.get("namespace").map(|namespace| ("namespace", namespace.clone())));
    let kind = generator.get("type").cloned().unwrap_or_else(|| Node::text("Opaque", span));
    let members = vec![
        ("apiVersion", Node::text("v1", span)),
        ("kind", Node::text("Secret", span)),
        ("metadata", object(metadata, span)),
        ("type", kind),
        ("stringData", payload(generator).secret()),
    ];
    Some(Object { api_version: "v1".into(), kind: "Secret".into(), body: object(members, span), extent: span })
}

/// Literals are known; of files only the keys are.
fn payload(generator: &Node) -> Node {
    let items = |key: &str| generator.get(key).and_then(Node::as_list).map_or(&[][..], |list| &list.items);
    let mut entries = Vec::new();
    for literal in items("literals") {
        let Some((key, value)) = literal.as_str().and_then(|text| text.split_once('=')) else { continue };
        let value = value.trim_matches(['"', '\'']);
        entries.push(Entry::new(key, literal.span, Node::text(value, literal.span)));
    }
    for file in items("files") {
        let Some(text) = file.as_str() else { continue };
        let key = text.split_once('=').map_or_else(|| text.rsplit('/').next().unwrap_or(text), |(key, _)| key);
        entries.push(Entry::new(key, file.span, Node::unknown(Why::External(text.into()), file.span)));
    }
    let mut payload = Node::map(entries, generator.span);
    if generator.get("envs").is_some() || generator.get("env").is_some() {
        leave_open(&mut payload, &Why::External("an environment file".into()));
    }
    payload
}
