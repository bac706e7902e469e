//! GitOps objects and files of deployment tools that apply what lies in this tree.

mod application_set;
mod argo;
mod azd;
mod carrier;
mod embedded;
mod flux;
mod helm_release;
mod helmfile;
mod images;
mod origin;
mod skaffold;
mod substitute;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub(super) use self::carrier::Carrier;
use super::tree::{Tree, joined};
use super::{Lowered, deployment};
use crate::ir::{Delivery, Gap, Hides, Layer, Node, Parcel, Resource, Value, Why, placeholder};
use crate::source::path::folder_of;
use crate::source::{Span, Store, Via};

/// More objects than this are not made of one generator, nor read in a run.
const MOST_CARRIERS: usize = 2_000;

/// What the objects of a tree carry.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Carried {
    /// In the order of the objects.
    pub(super) carriers: Vec<Carrier>,
    /// What can't be seen because of them, with the place of the deployment that holds the object.
    gaps: Vec<(usize, Gap)>,
}

/// What the objects among the deployments, and files of tools, apply.
pub(super) fn carried(lowered: &Lowered, store: &Store, tree: &Tree) -> Carried {
    let resources = || lowered.deployments.iter().flat_map(|deployment| &deployment.resources);
    let all: Vec<&Resource> = resources().filter(|it| is_carrier(it) || helm_release::is_source(it)).collect();
    let scene = Scene { store, tree, objects: &all };
    let (mut carriers, mut holders) = (Vec::new(), Vec::new());
    for (at, deployment) in lowered.deployments.iter().enumerate() {
        for resource in deployment.resources.iter().filter(|it| is_carrier(it)) {
            let found = scene.carriers(resource);
            holders.extend(found.iter().map(|_| at));
            carriers.extend(found);
        }
    }
    carriers.truncate(MOST_CARRIERS);
    origin::settle(&mut carriers);
    let gap = |(carrier, at): (&Carrier, &usize)| {
        let why = carrier.hides()?.clone();
        Some((*at, Gap { why, span: carrier.delivery.span, hides: Some(Hides::Anything) }))
    };
    let gaps = carriers.iter().zip(&holders).filter_map(gap).collect();
    Carried { carriers, gaps }
}

impl Carried {
    /// Tells what can't be seen where the objects stand.
    pub(super) fn tell(&self, lowered: &mut Lowered) {
        for (at, gap) in &self.gaps {
            if let Some(deployment) = lowered.deployments.get_mut(*at) {
                deployment.gaps.push(gap.clone());
            }
        }
    }
}

/// What the files of azd and helmfile apply, with what can't be seen of it.
pub(super) fn of_files(store: &Store, tree: &Tree) -> (Vec<Carrier>, Lowered) {
    let (mut found, mut lowered) = (Vec::new(), Lowered::default());
    for (path, id) in tree.files_in("", true) {
        let own = match path {
            path if azd::is_one(path) => azd::of_file(store, tree, path, id),
            path if helmfile::is_one(path) => helmfile::of_file(store, tree, path, id),
            _ => continue,
        };
        let hidden = own.iter().filter_map(|carrier| Some((carrier.hides()?.clone(), carrier.delivery.span)));
        let gaps: Vec<Gap> = hidden.map(|(why, span)| Gap { why, span, hides: Some(Hides::Anything) }).collect();
        if !gaps.is_empty() {
            lowered.deployments.push(deployment(store, path, id, Vec::new(), gaps));
        }
        if !own.is_empty() {
            lowered.inputs.push(id);
        }
        found.extend(own);
    }
    (found, lowered)
}

/// Group without version, and kind.
fn kind_of(resource: &Resource) -> (&str, &str) {
    let (version, kind) = resource.kind.rsplit_once('/').unwrap_or(("", &resource.kind));
    (version.split('/').next().unwrap_or_default(), kind)
}

fn is_carrier(resource: &Resource) -> bool {
    matches!(
        kind_of(resource),
        ("argoproj.io", "Application" | "ApplicationSet")
            | ("kustomize.toolkit.fluxcd.io", "Kustomization")
            | ("helm.toolkit.fluxcd.io", "HelmRelease")
            | ("skaffold", "Config")
    )
}

/// What an object needs to know to say what it applies.
struct Scene<'a> {
    store: &'a Store,
    tree: &'a Tree,
    objects: &'a [&'a Resource],
}

impl Scene<'_> {
    fn carriers(&self, resource: &Resource) -> Vec<Carrier> {
        let Some(spec) = resource.body.get("spec") else {
            return if kind_of(resource).0 == "skaffold" { skaffold::carriers(self, resource) } else { Vec::new() };
        };
        match kind_of(resource) {
            ("argoproj.io", "Application") => argo::carriers(self, &argo::Named::of(resource), spec),
            ("argoproj.io", _) => application_set::carriers(self, resource, spec),
            ("kustomize.toolkit.fluxcd.io", _) => flux::carriers(self, resource, spec),
            ("helm.toolkit.fluxcd.io", _) => helm_release::carriers(self, resource, spec),
            _ => skaffold::carriers(self, resource),
        }
    }

    /// The object of a kind with this name, as far as the tree has exactly one.
    fn object(&self, kind: &str, name: &str) -> Option<&Resource> {
        let is_it = |it: &&&Resource| kind_of(it).1 == kind && it.name.as_str() == Some(name);
        let mut found = self.objects.iter().filter(is_it);
        match (found.next(), found.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        }
    }

    /// The folder of the tree that an object names, from the root of a repository.
    fn folder(&self, path: Option<&Node>) -> Place {
        let Some(node) = path else { return Place::Folder(String::new()) };
        let text = match written(self.store, node) {
            Some(text) if node.as_str().is_some() && !placeholder::stands_in(&text) => text,
            _ => return Place::Below(known_folder(self.store, node)),
        };
        let Some(folder) = joined("", text.trim_start_matches('/')) else { return Place::Elsewhere };
        if self.tree.has(&folder) || self.tree.file(&folder).is_some() {
            return Place::Folder(folder);
        }
        // The run may look at a part of the repository only.
        let shorter = folder.match_indices('/').filter_map(|(at, _)| folder.get(at + 1..));
        let found = shorter.into_iter().find(|rest| self.tree.has(rest));
        found.map_or(Place::Elsewhere, |rest| Place::Below(rest.to_owned()))
    }

    /// A file of values, seen from a folder.
    fn values(&self, folder: &str, file: &Node, optional: bool) -> Option<Layer> {
        let missing = |why| (!optional).then_some(Layer::Unknown(why, file.span));
        let Some(text) = file.as_str() else { return Some(Layer::Unknown(Why::TemplateText, file.span)) };
        match joined(folder, text).and_then(|path| self.tree.file(&path)) {
            Some(id) => Some(Layer::File(id)),
            None if text.contains(['*', '?', '{', '$']) => Some(Layer::Unknown(Why::TemplateText, file.span)),
            None => missing(Why::External(text.into())),
        }
    }
}

/// The folder that a path names before its first unknown piece.
fn known_folder(store: &Store, node: &Node) -> String {
    let known = match &node.value {
        Value::Concat(pieces) => pieces.first().and_then(|it| it.as_str().map(str::to_owned)),
        _ => written(store, node),
    };
    let known = known.unwrap_or_default();
    let known = known.split(['{', '$', '#', '<', '%', '_', '@']).next().unwrap_or_default();
    let whole = folder_of(known);
    joined("", whole).unwrap_or_default()
}

/// Where something is that an object names.
#[derive(Debug, PartialEq)]
enum Place {
    /// This folder or file of the tree.
    Folder(String),
    /// Somewhere in this folder.
    Below(String),
    /// Not in the tree.
    Elsewhere,
}

/// The text of a scalar as it was written, also when it has placeholders.
fn written(store: &Store, node: &Node) -> Option<String> {
    if let Some(text) = node.as_str() {
        return Some(text.to_owned());
    }
    let is_token = |node: &Node| node.why() == Some(&Why::TemplateText) || node.as_str().is_some();
    let cut_out = match &node.value {
        Value::Concat(pieces) => pieces.iter().all(|piece| is_token(piece) && piece.span == node.span),
        _ => node.why() == Some(&Why::TemplateText),
    };
    let text = store.snippet(node.span);
    let text = text.trim();
    let quoted = |mark: char| text.strip_prefix(mark).and_then(|text| text.strip_suffix(mark));
    (cut_out && !text.contains('\n')).then(|| quoted('"').or_else(|| quoted('\'')).unwrap_or(text).to_owned())
}

/// The value of a member that says something.
fn member<'a>(node: &'a Node, path: &[&str]) -> Option<&'a Node> {
    node.at(path).filter(|it| !it.is_null() && it.as_str() != Some(""))
}

fn items<'a>(node: &'a Node, path: &[&str]) -> &'a [Node] {
    node.at(path).and_then(Node::as_list).map_or(&[], |list| &list.items)
}

/// The members of an object that are there, under their names; nothing when there are none.
fn picked(node: &Node, keys: &[&'static str]) -> Vec<(&'static str, Node)> {
    keys.iter().filter_map(|&key| Some((key, member(node, &[key])?.clone()))).collect()
}

/// Members of a kustomization; nothing when there are none.
fn changes(members: Vec<(&str, Node)>, span: Span) -> Option<Node> {
    (!members.is_empty()).then(|| super::edit::object(members, span))
}

/// One value that is set, the path as its own text says it.
fn set(path: &Node, value: Node, text: bool) -> Layer {
    Layer::Set { path: path.clone(), value: value.through(path.span, Via::Overlay), text }
}

fn delivery(parcel: Parcel, span: Span) -> Delivery {
    Delivery::of(parcel, span)
}

/// A chart from a registry or repository of charts. One that is called like one of the tree may be that, as published.
fn published(tree: &Tree, name: &str) -> Parcel {
    let why = external(&format!("chart {name}"));
    match name.rsplit('/').next().is_some_and(|last| tree.has_chart(last)) {
        true => Parcel::SomeChart(why),
        false => Parcel::Elsewhere(why),
    }
}

fn external(what: &str) -> Why {
    Why::External(Arc::from(what))
}
