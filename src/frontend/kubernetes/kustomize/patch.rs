//! Patches are not applied: what a patch may change becomes unknown in the objects that it may mean.

use crate::frontend::kubernetes::edit::{everywhere, leave_open, members, set_metadata};
use crate::frontend::kubernetes::manifest::Object;
use crate::frontend::node_of;
use crate::ir::{Gap, Node, Value, Why};
use crate::source::{SourceId, Span, Store};
use crate::syntax::yaml;

/// Members that decide how images are pulled, or hold those that do.
const PULLING: [&str; 11] = [
    "image",
    "imagePullSecrets",
    "serviceAccount",
    "serviceAccountName",
    "containers",
    "initContainers",
    "template",
    "spec",
    "data",
    "stringData",
    "type",
];

/// Applies the patches of a kustomization; each one is a gap.
pub(super) fn apply(store: &Store, from: SourceId, kustomization: &Node, objects: &mut [Object]) -> Vec<Gap> {
    let why = Why::UnsupportedSyntax("a kustomize patch".into());
    let mut gaps = Vec::new();
    for patch in patches(store, from, kustomization) {
        gaps.push(Gap { why: why.clone(), span: patch.span, hides: None });
        for object in objects.iter_mut().filter(|object| patch.may_change(object)) {
            loosen(&object.kind, &mut object.body, &why);
        }
        for object in objects.iter_mut().filter(|object| patch.may_rename(object)) {
            unname(&mut object.body, &why);
        }
    }
    gaps
}

/// Takes back what is known of an object's pulling.
pub(in super::super) fn loosen(kind: &str, body: &mut Node, why: &Why) {
    if ["Secret", "ServiceAccount"].contains(&kind) {
        leave_open(body, why);
        members(body, &mut |key, value| {
            if ["data", "stringData", "type", "imagePullSecrets"].contains(&key) {
                forget(value, why);
            }
        });
        return;
    }
    everywhere(body, &mut |key, value| match key {
        "image" if value.as_map().is_none() => forget(value, why),
        "imagePullSecrets" | "serviceAccountName" | "serviceAccount" => forget(value, why),
        "containers" | "initContainers" => leave_open(value, why),
        _ if value.get("containers").is_some() => leave_open(value, why),
        _ => {}
    });
}

/// Takes back what an object is called and where it lives.
fn unname(body: &mut Node, why: &Why) {
    members(body, &mut |key, value| {
        if key == "metadata" {
            members(value, &mut |key, value| {
                if ["name", "namespace"].contains(&key) {
                    forget(value, why);
                }
            });
        }
    });
}

/// Takes back which namespace an object lives in.
pub(in super::super) fn unplace(body: &mut Node, why: &Why) {
    set_metadata(body, "namespace", Node::unknown(why.clone(), body.span));
}

fn forget(value: &mut Node, why: &Why) {
    value.value = Value::Unknown { why: why.clone(), sym: None };
}

/// One patch: what it is aimed at, and what it says where that could be read.
struct Patch {
    span: Span,
    target: Option<Node>,
    content: Option<Node>,
}

fn patches(store: &Store, from: SourceId, kustomization: &Node) -> Vec<Patch> {
    let items = |key: &str| kustomization.get(key).and_then(Node::as_list).map_or(&[][..], |list| &list.items);
    let mut found = Vec::new();
    for entry in items("patches").iter().chain(items("patchesJson6902")) {
        let written = entry.get("path").or_else(|| entry.get("patch"));
        push(store, from, written.unwrap_or(entry), entry.get("target").cloned(), &mut found);
    }
    for entry in items("patchesStrategicMerge") {
        push(store, from, entry, None, &mut found);
    }
    found
}

/// The documents of a patch, which is a file's path or the text itself.
fn push(store: &Store, from: SourceId, written: &Node, target: Option<Node>, found: &mut Vec<Patch>) {
    let span = written.span;
    let text = written.as_str().unwrap_or_default();
    let roots = match store.open(from, text) {
        Ok(id) => roots(id, &store.source(id).text),
        // Places inside of a block scalar would be wrong; the patch as a whole is told.
        Err(_) if text.contains('\n') || text.contains('{') => roots(span.source, text),
        Err(_) => None,
    };
    let Some(roots) = roots else {
        return found.push(Patch { span, target, content: None });
    };
    found.extend(roots.into_iter().map(|root| Patch { span, target: target.clone(), content: Some(root) }));
}

fn roots(id: SourceId, text: &str) -> Option<Vec<Node>> {
    let (documents, _, faults) = yaml::parse(id, text);
    let roots = documents.iter().map(|document| node_of(&document.root));
    faults.is_empty().then(|| roots.filter(|root| !root.is_null()).collect())
}

impl Patch {
    fn may_change(&self, object: &Object) -> bool {
        let Some(content) = &self.content else { return self.may_mean(object, self.target.as_ref()) };
        let aim = self.target.as_ref().or(content.as_map().is_some().then_some(content));
        self.may_mean(object, aim) && touches_pulling(content, &object.kind)
    }

    /// An operation that writes the name or the namespace, or all metadata.
    fn may_rename(&self, object: &Object) -> bool {
        let renames = |operation: &Node| {
            let path = operation.get("path").and_then(Node::as_str).unwrap_or_default();
            ["/metadata", "/metadata/name", "/metadata/namespace"].contains(&path)
        };
        let operations = self.content.as_ref().and_then(Node::as_list);
        operations.is_some_and(|list| list.items.iter().any(renames)) && self.may_mean(object, self.target.as_ref())
    }

    /// A selector names the kind and the name, a merge patch says them of itself. Names of selectors are patterns.
    fn may_mean(&self, object: &Object, aim: Option<&Node>) -> bool {
        let Some(aim) = aim else { return true };
        let matches = |wanted: Option<&Node>, has: Option<&str>| match (wanted.and_then(Node::as_str), has) {
            (Some(wanted), Some(has)) => wanted == has || !wanted.chars().all(|c| c.is_alphanumeric() || c == '-'),
            _ => true,
        };
        let name = aim.at(&["metadata", "name"]).or_else(|| aim.get("name"));
        matches(aim.get("kind"), Some(&object.kind))
            && matches(name, object.body.at(&["metadata", "name"]).and_then(Node::as_str))
    }
}

fn touches_pulling(content: &Node, kind: &str) -> bool {
    if let Some(operations) = content.as_list() {
        return operations.items.iter().any(operation_touches_pulling);
    }
    if ["Secret", "ServiceAccount"].contains(&kind) {
        return true;
    }
    let mut touches = false;
    everywhere(&mut content.clone(), &mut |key, value| {
        touches |= matches!(key, "image" | "imagePullSecrets" | "serviceAccount" | "serviceAccountName" | "$patch");
        // Containers without an image are merged into those of the same name.
        touches |= value.is_null() && PULLING.contains(&key);
    });
    touches
}

/// An operation on a list's item may replace a whole container; `remove` and `add` of anything else leave pulls alone.
fn operation_touches_pulling(operation: &Node) -> bool {
    let Some(path) = operation.get("path").and_then(Node::as_str) else { return true };
    let last = path.rsplit('/').next().unwrap_or(path);
    let inside = path.split('/').any(|step| ["imagePullSecrets", "data", "stringData"].contains(&step));
    inside || PULLING.contains(&last) || last == "-" || last.parse::<u32>().is_ok()
}
