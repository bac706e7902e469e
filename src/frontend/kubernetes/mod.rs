//! Kubernetes manifests: plain files by folder, kustomizations as they build, charts as they render.
//!
//! Every object becomes a resource, whatever its kind: what is of interest, `world` decides.

mod deliver;
mod edit;
mod folders;
mod gitops;
mod helm;
mod kustomize;
mod loosen;
mod manifest;
mod rewritten;
mod sites;
#[cfg(test)]
mod tests;
mod tree;

use std::collections::BTreeMap;
use std::sync::Arc;

use self::folders::Folders;
use self::gitops::{Carried, Carrier};
use self::helm::Charts;
use self::manifest::Object;
use self::tree::Tree;
use super::Lowered;
use crate::ir::{Address, Cond, Delivery, Deployment, Gap, Key, Language, Node, Origin, Parcel, Resource, Why};
use crate::source::{SourceId, Span, Store};

/// An application may apply applications, which apply others.
const MOST_ROUNDS: usize = 4;

/// Reads all manifests among `sources`, as `deliveries` and the GitOps objects among them apply them.
pub fn lower(store: &Store, sources: &[SourceId], deliveries: &[Delivery]) -> Lowered {
    let mut files: Vec<(Arc<str>, SourceId)> = sources.iter().map(|&id| (store.source(id).path.clone(), id)).collect();
    files.sort();
    files.dedup();
    let tree = Tree::of(&files);
    let charts = Charts::among(store, &files);
    files.retain(|(path, _)| charts.of_template(path).is_none());
    let (of_files, told) = gitops::of_files(store, &tree);
    let scripted = deliveries.iter().map(|delivery| Carrier::of(settled(delivery.clone(), &tree)));
    let fixed: Vec<Carrier> = scripted.chain(of_files).collect();
    let kubernetes = Kubernetes { store, tree: &tree, charts: &charts, folders: plain(store, &files), files: &files };
    let mut lowered = kubernetes.applied_by(fixed);
    lowered.join(told);
    lowered.deployments.sort_by(|a, b| a.name.cmp(&b.name));
    lowered.inputs.sort();
    lowered.inputs.dedup();
    lowered
}

/// A tree, read as far as it can be before it is known who applies what.
struct Kubernetes<'a> {
    store: &'a Store,
    tree: &'a Tree,
    charts: &'a Charts,
    folders: Folders,
    files: &'a [(Arc<str>, SourceId)],
}

impl Kubernetes<'_> {
    /// What comes of it when these apply it, and what is among the objects.
    fn applied_by(&self, fixed: Vec<Carrier>) -> Lowered {
        let mut carried = Carried::default();
        for round in 1.. {
            let carriers: Vec<Carrier> = fixed.iter().chain(&carried.carriers).cloned().collect();
            let mut lowered = self.lower(&carriers);
            let found = gitops::carried(&lowered, self.store, self.tree);
            if found.carriers == carried.carriers || round == MOST_ROUNDS {
                found.tell(&mut lowered);
                return lowered;
            }
            carried = found;
        }
        Lowered::default()
    }

    fn lower(&self, carriers: &[Carrier]) -> Lowered {
        let deliveries: Vec<Delivery> = carriers.iter().map(|carrier| carrier.delivery.clone()).collect();
        let (mut lowered, used) = kustomize::lower(self.store, self.files, &deliveries);
        lowered.join(self.charts.lower(self.store, &deliveries));
        deliver::finish(&mut lowered, self.store, carriers);
        lowered.join(self.folders.lower(self.store, &used, carriers));
        sites::tell(&mut lowered, self.store, carriers);
        lowered
    }
}

/// The manifests that are no kustomizations.
fn plain(store: &Store, files: &[(Arc<str>, SourceId)]) -> Folders {
    let is_plain = |path: &str| is_manifest_name(path) && !kustomize::is_kustomization(path);
    let plain: Vec<_> = files.iter().filter(|(path, _)| is_plain(path)).cloned().collect();
    Folders::read(store, &plain)
}

/// The delivery with what its folder holds.
fn settled(delivery: Delivery, tree: &Tree) -> Delivery {
    let parcel = match &delivery.parcel {
        Parcel::Folder(folder) => tree.parcel(folder, false),
        other => other.clone(),
    };
    Delivery { parcel, ..delivery }
}

fn is_manifest_name(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    [".yaml", ".yml", ".json"].iter().any(|ending| path.ends_with(ending))
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
