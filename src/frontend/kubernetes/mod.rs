//! Kubernetes manifests: plain files by folder, kustomizations as they build, charts as something not seen yet.
//!
//! Every object becomes a resource, whatever its kind: what is of interest, `world` decides.

mod edit;
mod gitops;
mod helm;
mod kustomize;
mod manifest;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use self::manifest::{Manifest, Object};
use super::Lowered;
use crate::ir::{Address, Cond, Delivery, Deployment, Gap, Key, Language, Node, Origin, Resource, Why};
use crate::source::{SourceId, Span, Store};

/// Reads all manifests among `sources`, as `deliveries` apply them.
pub fn lower(store: &Store, sources: &[SourceId], deliveries: &[Delivery]) -> Lowered {
    let mut files: Vec<(Arc<str>, SourceId)> = sources.iter().map(|&id| (store.source(id).path.clone(), id)).collect();
    files.sort();
    files.dedup();
    let charts = helm::Charts::among(store, &files);
    files.retain(|(path, _)| charts.of_template(path).is_none());
    let (mut lowered, used) = kustomize::lower(store, &files, deliveries);
    files.retain(|(path, id)| is_manifest_name(path) && !kustomize::is_kustomization(path) && !used.contains(id));
    lowered.join(charts.lower(store, deliveries));
    lowered.join(folders(store, &files));
    gitops::loosen(&mut lowered, store);
    lowered.deployments.sort_by(|a, b| a.name.cmp(&b.name));
    lowered.inputs.sort();
    lowered.inputs.dedup();
    lowered
}

fn is_manifest_name(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    [".yaml", ".yml", ".json"].iter().any(|ending| path.ends_with(ending))
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// One deployment for each folder that directly holds manifests. It is called `k8s/*.yaml`: no file is, and other
/// languages call their deployments by folders too.
fn folders(store: &Store, files: &[(Arc<str>, SourceId)]) -> Lowered {
    let mut lowered = Lowered::default();
    let mut by_folder: BTreeMap<&str, Vec<(SourceId, Manifest)>> = BTreeMap::new();
    for (path, id) in files {
        let manifest = manifest::read(store, *id);
        if !manifest.is_empty() {
            lowered.inputs.push(*id);
            by_folder.entry(folder_of(path)).or_default().push((*id, manifest));
        }
    }
    for (folder, manifests) in by_folder {
        let name = if folder.is_empty() { "*.yaml".to_owned() } else { format!("{folder}/*.yaml") };
        let Some(&(source, _)) = manifests.first() else { continue };
        let (mut objects, mut gaps) = (Vec::new(), Vec::new());
        for (_, manifest) in manifests {
            objects.extend(manifest.objects);
            gaps.extend(manifest.gaps);
            lowered.problems.extend(manifest.problems);
        }
        lowered.deployments.push(deployment(store, &name, source, objects, gaps));
    }
    lowered
}

fn deployment(store: &Store, name: &str, source: SourceId, objects: Vec<Object>, gaps: Vec<Gap>) -> Deployment {
    let root = Address::root(name);
    let mut seen: BTreeMap<String, i64> = BTreeMap::new();
    let resources = objects.into_iter().map(|object| {
        let called = called(store, &object);
        let count = seen.entry(called.clone()).or_default();
        let key = (*count > 0).then_some(Key::Int(*count));
        *count += 1;
        resource(root.child(called, key), object)
    });
    let resources = resources.collect();
    Deployment { resources, gaps, ..Deployment::new(name, Language::Kubernetes, source) }
}

/// `Deployment shop/storefront`; by its place when it has no name that is known.
fn called(store: &Store, object: &Object) -> String {
    let metadata = |key: &str| object.body.at(&["metadata", key]).and_then(Node::as_str);
    match (metadata("namespace"), metadata("name")) {
        (Some(namespace), Some(name)) => format!("{} {namespace}/{name}", object.kind),
        (None, Some(name)) => format!("{} {name}", object.kind),
        (_, None) => {
            let source = store.source(object.extent.source);
            format!("{} {}:{}", object.kind, source.path, source.line_of(object.extent.start))
        }
    }
}

fn resource(address: Address, object: Object) -> Resource {
    let Object { api_version, kind, body, extent } = object;
    let head = Span { end: extent.start, ..extent };
    let name = name_of(&body).unwrap_or_else(|| Node::null(head));
    let dumped = body.at(&["metadata", "uid"]).is_some_and(|uid| !uid.is_null());
    Resource {
        address: Arc::new(address),
        kind: format!("{api_version}/{kind}").into(),
        api_version: Some(api_version),
        declared: if name.is_null() { head } else { name.span },
        name,
        id: Node::null(head),
        scope: Node::null(head),
        body,
        origin: if dumped { Origin::Dump } else { Origin::Declared },
        deployed: Cond::Always,
        extent,
        language: Language::Kubernetes,
    }
}

fn name_of(body: &Node) -> Option<Node> {
    if let Some(name) = body.at(&["metadata", "name"]) {
        return Some(name.clone());
    }
    let prefix = body.at(&["metadata", "generateName"])?.clone();
    let span = prefix.span;
    let rest = Node::unknown(Why::Runtime("metadata.generateName".into()), span);
    Some(Node::concat(vec![prefix, rest], span))
}
