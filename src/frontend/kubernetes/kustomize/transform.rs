//! What a kustomization states plainly: images, the namespace, name prefixes and suffixes. In kustomize's order.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::frontend::kubernetes::edit::{everywhere, items, members, set, set_metadata};
use crate::frontend::kubernetes::manifest::Object;
use crate::ir::Node;
use crate::ir::placeholder::{Placeholders, filled_in_later};
use crate::source::{Store, Via};

/// Kinds that stand in no namespace. Custom resources count as namespaced, as kustomize counts them.
const CLUSTER_WIDE: [&str; 16] = [
    "APIService",
    "CSIDriver",
    "CSINode",
    "CertificateSigningRequest",
    "CustomResourceDefinition",
    "FlowSchema",
    "IngressClass",
    "MutatingWebhookConfiguration",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PriorityClass",
    "RuntimeClass",
    "StorageClass",
    "ValidatingAdmissionPolicy",
    "ValidatingWebhookConfiguration",
];

/// Kinds whose name kustomize leaves alone.
const FIXED_NAMES: [&str; 3] = ["APIService", "CustomResourceDefinition", "Namespace"];

/// Applies the plain fields of a kustomization.
pub(super) fn apply(store: &Store, kustomization: &Node, objects: &mut [Object]) {
    if let Some(namespace) = kustomization.get("namespace").filter(|node| !node.is_null()) {
        let namespace = filled_in(namespace);
        objects.iter_mut().filter(|object| is_namespaced(&object.kind)).for_each(|object| {
            set_metadata(&mut object.body, "namespace", namespace.clone());
        });
    }
    let affix = |key: &str| kustomization.get(key).filter(|node| node.as_str().is_some_and(|text| !text.is_empty()));
    rename(affix("namePrefix"), affix("nameSuffix"), objects);
    let Some(images) = kustomization.get("images").and_then(Node::as_list) else { return };
    for image in &images.items {
        objects.iter_mut().for_each(|object| retag(store, image, &mut object.body));
    }
}

fn is_namespaced(kind: &str) -> bool {
    !kind.starts_with("Cluster") && !CLUSTER_WIDE.contains(&kind)
}

fn filled_in(node: &Node) -> Node {
    node.as_str().map_or_else(|| node.clone(), |text| filled_in_later(text, Placeholders::AnyStyle, node.span))
}

/// New names for the objects, and for the references to Secrets and service accounts among them.
fn rename(prefix: Option<&Node>, suffix: Option<&Node>, objects: &mut [Object]) {
    if prefix.is_none() && suffix.is_none() {
        return;
    }
    let renamed = |name: &Node| {
        let pieces = prefix.into_iter().chain([name]).chain(suffix).map(filled_in).collect();
        Node { trail: name.trail.clone(), ..Node::concat(pieces, name.span) }
    };
    let named = |kind: &str| names(objects, kind);
    let (secrets, accounts) = (named("Secret"), named("ServiceAccount"));
    for object in objects {
        let is_fixed = FIXED_NAMES.contains(&&*object.kind);
        if let Some(name) = object.body.at(&["metadata", "name"]).filter(|_| !is_fixed).map(&renamed) {
            set_metadata(&mut object.body, "name", name);
        }
        let point = |value: &mut Node, among: &BTreeSet<Arc<str>>| {
            if value.as_str().is_some_and(|name| among.contains(name)) {
                *value = renamed(value);
            }
        };
        everywhere(&mut object.body, &mut |key, value| match key {
            "imagePullSecrets" => items(value, &mut |item| {
                members(item, &mut |key, value| {
                    if key == "name" {
                        point(value, &secrets);
                    }
                })
            }),
            "secretName" => point(value, &secrets),
            "serviceAccountName" | "serviceAccount" => point(value, &accounts),
            _ => {}
        });
    }
}

fn names(objects: &[Object], kind: &str) -> BTreeSet<Arc<str>> {
    let ours = objects.iter().filter(|object| &*object.kind == kind);
    ours.filter_map(|object| object.body.at(&["metadata", "name"])?.as_str().map(Arc::from)).collect()
}

/// Applies one entry of `images` to the containers of an object.
fn retag(store: &Store, entry: &Node, body: &mut Node) {
    let Some(wanted) = entry.get("name").and_then(Node::as_str) else { return };
    everywhere(body, &mut |key, value| {
        if !matches!(key, "containers" | "initContainers" | "ephemeralContainers") {
            return;
        }
        items(value, &mut |container| {
            let new = container.get("image").and_then(|image| retagged(store, entry, wanted, image));
            if let Some(new) = new {
                set(container, "image", new);
            }
        });
    });
}

/// The image that an entry makes of another; nothing when it means a different one. Kustomize compares text, so a
/// placeholder is compared as it is written.
fn retagged(store: &Store, entry: &Node, wanted: &str, image: &Node) -> Option<Node> {
    if image.why().is_some() && image.why() != Some(&crate::ir::Why::TemplateText) {
        return None;
    }
    let written =
        image.as_str().map_or_else(|| store.snippet(image.span).trim_matches(['"', '\'']).to_owned(), str::to_owned);
    let (name, rest) = split(&written);
    if name != wanted {
        return None;
    }
    let text = |key: &str| entry.get(key).filter(|node| !node.is_null()).map(|node| as_written(store, node));
    let name = text("newName").unwrap_or_else(|| filled_in_later(name, Placeholders::AnyStyle, image.span));
    let span = if entry.get("newName").is_some() { name.span } else { image.span };
    let mut pieces = vec![name];
    match (text("newTag"), text("digest")) {
        (None, None) => pieces.push(filled_in_later(rest, Placeholders::AnyStyle, image.span)),
        (tag, digest) => {
            for (mark, piece) in [(":", tag), ("@", digest)] {
                let Some(piece) = piece else { continue };
                pieces.extend([Node::text(mark, piece.span), piece]);
            }
        }
    }
    Some(Node::concat(pieces, span).through(entry.span, Via::Name))
}

/// A tag written as `1.10` is meant as it is written, not as the number.
fn as_written(store: &Store, node: &Node) -> Node {
    match node.as_str() {
        Some(_) => filled_in(node),
        None => filled_in_later(store.snippet(node.span).trim(), Placeholders::AnyStyle, node.span),
    }
}

/// Name, and tag or digest with their marks. A colon before a slash belongs to a port.
fn split(image: &str) -> (&str, &str) {
    let digest = image.find('@').unwrap_or(image.len());
    let before = image.get(..digest).unwrap_or(image);
    let path = before.rfind('/').map_or(0, |at| at + 1);
    let tag = before.get(path..).and_then(|last| last.find(':')).map_or(digest, |at| path + at);
    image.split_at_checked(tag).unwrap_or((image, ""))
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn ports_are_no_tags() {
        assert_eq!(split("host:5000/a/b:1"), ("host:5000/a/b", ":1"));
        assert_eq!(split("a@sha256:0"), ("a", "@sha256:0"));
        assert_eq!(split("a:1@sha256:0"), ("a", ":1@sha256:0"));
        assert_eq!(split("a"), ("a", ""));
    }
}
