//! `skaffold.yaml`.

use globset::GlobBuilder;

use super::{Carrier, Scene, changes, delivery, external, items, member, set};
use crate::frontend::kubernetes::edit::object;
use crate::frontend::kubernetes::tree::joined;
use crate::ir::{Layer, Node, Parcel, Resource, Why};
use crate::source::Span;
use crate::source::path::folder_of;

/// What a configuration of Skaffold applies.
pub(super) fn carriers(scene: &Scene<'_>, resource: &Resource) -> Vec<Carrier> {
    let path = scene.store.source(resource.extent.source).path.clone();
    let folder = folder_of(&path);
    let project = Project { scene, folder, body: &resource.body, span: resource.extent, images: built(&resource.body) };
    let mut found = Vec::new();
    for key in [["manifests", "rawYaml"], ["deploy", "kubectl"]] {
        found.extend(project.manifests(&key));
    }
    for key in [["manifests", "kustomize"], ["deploy", "kustomize"]] {
        found.extend(project.kustomizations(&key));
    }
    for key in [["manifests", "helm"], ["deploy", "helm"]] {
        let releases = project.body.at(&key).map_or(&[][..], |helm| items(helm, &["releases"]));
        found.extend(releases.iter().map(|release| project.release(release)));
    }
    if has_other_profiles(&resource.body) {
        found.iter_mut().for_each(loosened);
    }
    found
}

/// Whether a profile deploys other things, or to other places, than the configuration does without it.
fn has_other_profiles(body: &Node) -> bool {
    let differs = |profile: &Node| ["deploy", "manifests", "patches"].iter().any(|key| profile.get(key).is_some());
    items(body, &["profiles"]).iter().any(differs)
}

/// Which profile is used is chosen when Skaffold runs.
fn loosened(carrier: &mut Carrier) {
    carrier.delivery.namespace = None;
    carrier.delivery.open = Some(Why::UnsupportedSyntax("a profile of Skaffold".into()));
}

/// Images that are built: their tags are chosen then, and a default repository takes the place of a host that isn't there.
fn built(body: &Node) -> Vec<Node> {
    let artifacts = items(body, &["build", "artifacts"]).iter();
    let names = artifacts.filter_map(|artifact| artifact.get("image"));
    names.map(image).collect()
}

fn image(name: &Node) -> Node {
    let unknown = |what: &str| Node::unknown(external(what), name.span);
    let mut members = vec![("name", name.clone()), ("newTag", unknown("the tag of a build"))];
    let first = name.as_str().and_then(|text| text.split_once('/')).map(|(first, _)| first);
    if !first.is_some_and(|host| host.contains(['.', ':']) || host == "localhost") {
        members.push(("newName", unknown("the default repository of Skaffold")));
    }
    object(members, name.span)
}

struct Project<'a> {
    scene: &'a Scene<'a>,
    folder: &'a str,
    body: &'a Node,
    span: Span,
    images: Vec<Node>,
}

impl Project<'_> {
    fn carrier(&self, parcel: Parcel) -> Carrier {
        let mut carrier = Carrier::of(delivery(parcel, self.span));
        let images = (!self.images.is_empty()).then(|| ("images", Node::list(self.images.clone(), self.span)));
        carrier.delivery.changes = changes(images.into_iter().collect(), self.span);
        let kubectl = |kind: &str| member(self.body, &["deploy", kind, "defaultNamespace"]).cloned();
        carrier.delivery.namespace = kubectl("kubectl").or_else(|| kubectl("kustomize"));
        carrier
    }

    /// Manifests by patterns, which are the value itself or stand under `manifests`.
    fn manifests(&self, key: &[&str]) -> Vec<Carrier> {
        let Some(node) = self.body.at(key) else { return Vec::new() };
        let patterns = node.as_list().map_or_else(|| items(node, &["manifests"]), |list| &list.items);
        patterns.iter().flat_map(|pattern| self.matching(pattern)).collect()
    }

    fn matching(&self, pattern: &Node) -> Vec<Carrier> {
        let Some(text) = pattern.as_str() else { return Vec::new() };
        if text.contains("://") || text.starts_with("gs:") {
            return vec![self.carrier(Parcel::Elsewhere(external(text)))];
        }
        let Some(path) = joined(self.folder, text) else { return Vec::new() };
        if self.scene.tree.has(&path) {
            return vec![self.carrier(Parcel::Manifests { path: path.into(), recursive: false })];
        }
        let Ok(glob) = GlobBuilder::new(&path).literal_separator(true).build() else { return Vec::new() };
        let glob = glob.compile_matcher();
        let files = self.scene.tree.files_in("", true).filter(|(path, _)| glob.is_match(path));
        files.map(|(path, _)| self.carrier(Parcel::Manifests { path: path.into(), recursive: false })).collect()
    }

    fn kustomizations(&self, key: &[&str]) -> Vec<Carrier> {
        let Some(node) = self.body.at(key) else { return Vec::new() };
        let own = Node::text(".", node.span);
        let paths = items(node, &["paths"]);
        let paths = if paths.is_empty() { std::slice::from_ref(&own) } else { paths };
        let folder = |path: &Node| joined(self.folder, path.as_str()?);
        let parcel = |path: &Node| match folder(path).filter(|folder| self.scene.tree.is_kustomization(folder)) {
            Some(folder) => Parcel::Kustomization(folder.into()),
            None => Parcel::Elsewhere(external("a kustomization")),
        };
        paths.iter().map(|path| self.carrier(parcel(path))).collect()
    }

    fn release(&self, release: &Node) -> Carrier {
        let text = |key: &str| member(release, &[key]).and_then(Node::as_str);
        let folder = text("chartPath").and_then(|path| joined(self.folder, path));
        let name = text("remoteChart").or(text("chartPath")).unwrap_or("of Skaffold");
        let parcel = match folder.filter(|folder| self.scene.tree.is_chart(folder)) {
            Some(folder) => Parcel::Chart(folder.into()),
            None => Parcel::Elsewhere(external(&format!("chart {name}"))),
        };
        let mut carrier = self.carrier(parcel);
        let to = &mut carrier.delivery;
        to.release = member(release, &["name"]).cloned();
        to.namespace = member(release, &["namespace"]).cloned();
        to.values = self.values(release);
        carrier
    }

    fn values(&self, release: &Node) -> Vec<Layer> {
        let mut layers: Vec<Layer> = items(release, &["valuesFiles"])
            .iter()
            .filter_map(|file| self.scene.values(self.folder, file, false))
            .collect();
        layers.extend(member(release, &["overrides"]).map(|tree| Layer::Tree(tree.clone())));
        let members =
            |key: &str| release.get(key).and_then(Node::as_map).map(|map| map.entries.clone()).unwrap_or_default();
        layers.extend(members("setValues").iter().map(|it| set(&it.key, it.value.clone(), false)));
        let later = |what: &str, span: Span| Node::unknown(external(what), span);
        for entry in members("setValueTemplates") {
            layers.push(set(&entry.key, later("a template of Skaffold", entry.value.span), false));
        }
        for entry in members("setFiles") {
            layers.push(set(&entry.key, later("a file", entry.value.span), true));
        }
        for entry in members("artifactOverrides") {
            layers.push(match release.at(&["imageStrategy", "helm"]) {
                Some(_) => Layer::Unknown(external("an image of Skaffold"), entry.value.span),
                None => set(&entry.key, entry.value.clone(), true),
            });
        }
        if let Some(wrong) = member(release, &["useHelmSecrets"]) {
            layers.push(Layer::Unknown(Why::Sensitive, wrong.span));
        }
        layers
    }
}
