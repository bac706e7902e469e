//! `azure.yaml` of the Azure Developer CLI: services whose host is AKS.

use super::{Carrier, changes, delivery, external, images, items, member};
use crate::frontend::kubernetes::tree::{Tree, joined};
use crate::frontend::node_of;
use crate::ir::placeholder::{Placeholders, filled_in_later};
use crate::ir::{Layer, Node, Parcel, Why};
use crate::source::path::folder_of;
use crate::source::{SourceId, Store};
use crate::syntax::yaml;

/// Whether a file is one by its name.
pub(super) fn is_one(path: &str) -> bool {
    ["azure.yaml", "azure.yml"].contains(&path.rsplit('/').next().unwrap_or(path))
}

/// What the services of a file apply.
pub(super) fn of_file(store: &Store, tree: &Tree, path: &str, id: SourceId) -> Vec<Carrier> {
    let text = &store.source(id).text;
    if !text.contains("services") {
        return Vec::new();
    }
    let (documents, _, _) = yaml::parse(id, text);
    let Some(body) = documents.first().map(|document| node_of(&document.root)) else { return Vec::new() };
    let folder = folder_of(path);
    let services = body.get("services").and_then(Node::as_map).map(|map| map.entries.as_slice()).unwrap_or_default();
    let hosted = services.iter().filter(|it| it.value.get("host").and_then(Node::as_str) == Some("aks"));
    let name = member(&body, &["name"]);
    hosted.flat_map(|service| Service::of(tree, folder, name, &service.value).carriers()).collect()
}

struct Service<'a> {
    tree: &'a Tree,
    /// The folder of the service, and that of the project.
    folders: Vec<String>,
    namespace: Option<Node>,
    body: &'a Node,
    k8s: Option<&'a Node>,
}

impl<'a> Service<'a> {
    fn of(tree: &'a Tree, folder: &str, project: Option<&'a Node>, body: &'a Node) -> Service<'a> {
        let k8s = body.get("k8s");
        let own = member(body, &["project"]).and_then(Node::as_str).unwrap_or(".");
        let namespace = k8s.and_then(|k8s| member(k8s, &["namespace"])).or(project).map(filled_in);
        let folders = joined(folder, own).into_iter().chain([folder.to_owned()]).collect();
        Service { tree, folders, namespace, body, k8s }
    }

    fn carriers(&self) -> Vec<Carrier> {
        let manifests = self.k8s.and_then(|k8s| member(k8s, &["deploymentPath"])).and_then(Node::as_str);
        let plain = self.folders.first().and_then(|folder| joined(folder, manifests.unwrap_or("manifests")));
        let plain = plain.filter(|path| self.tree.has(path));
        let plain = plain.map(|path| self.carrier(Parcel::Manifests { path: path.into(), recursive: true }));
        let releases = self.k8s.map_or(&[][..], |k8s| items(k8s, &["helm", "releases"]));
        let kustomize = self.k8s.and_then(|k8s| member(k8s, &["kustomize"]));
        let built = kustomize.map(|it| self.kustomization(it));
        plain.into_iter().chain(releases.iter().map(|it| self.release(it))).chain(built).collect()
    }

    /// What a path means that is seen from the service, else from the project.
    fn found(&self, path: &str, is_it: impl Fn(&str) -> bool) -> Option<String> {
        self.folders.iter().filter_map(|folder| joined(folder, path)).find(|path| is_it(path))
    }

    fn carrier(&self, parcel: Parcel) -> Carrier {
        let mut carrier = Carrier::of(delivery(parcel, self.body.span));
        carrier.delivery.namespace = self.namespace.clone();
        carrier
    }

    fn release(&self, release: &Node) -> Carrier {
        let text = |key: &str| member(release, &[key]).and_then(Node::as_str);
        let chart = text("chart").unwrap_or("of azd");
        let parcel = match self.found(chart, |folder| self.tree.is_chart(folder)) {
            Some(folder) => Parcel::Chart(folder.into()),
            None => Parcel::Elsewhere(external(&format!("chart {chart}"))),
        };
        let mut carrier = self.carrier(parcel);
        let to = &mut carrier.delivery;
        to.release = member(release, &["name"]).cloned();
        to.namespace = member(release, &["namespace"]).map(filled_in).or(to.namespace.take());
        to.values = member(release, &["values"]).map(|file| self.values(file)).into_iter().collect();
        carrier
    }

    fn values(&self, file: &Node) -> Layer {
        let text = file.as_str().unwrap_or_default();
        match self.found(text, |path| self.tree.file(path).is_some()).and_then(|path| self.tree.file(&path)) {
            Some(id) => Layer::File(id),
            None => Layer::Unknown(external(text), file.span),
        }
    }

    /// A kustomization, and what is edited in it before it is built.
    fn kustomization(&self, kustomize: &Node) -> Carrier {
        let folder = member(kustomize, &["dir"]).and_then(Node::as_str).unwrap_or(".");
        let parcel = match self.found(folder, |folder| self.tree.is_kustomization(folder)) {
            Some(folder) => Parcel::Kustomization(folder.into()),
            None => Parcel::Elsewhere(external("a kustomization")),
        };
        let mut carrier = self.carrier(parcel);
        let mut edited = Vec::new();
        for edit in items(kustomize, &["edits"]) {
            let words: Vec<&str> = edit.as_str().unwrap_or_default().split_whitespace().collect();
            match words.as_slice() {
                ["set", "image", images @ ..] => {
                    edited.extend(images.iter().map(|text| images::entry(&Node::text(*text, edit.span))));
                }
                ["set", "namespace", namespace] => {
                    carrier.delivery.namespace = Some(filled_in(&Node::text(*namespace, edit.span)));
                    carrier.delivery.moves = true;
                }
                _ => carrier.delivery.open = Some(Why::UnsupportedSyntax("an edit of a kustomization".into())),
            }
        }
        let images = (!edited.is_empty()).then(|| ("images", Node::list(edited, kustomize.span)));
        carrier.delivery.changes = changes(images.into_iter().collect(), kustomize.span);
        carrier
    }
}

fn filled_in(node: &Node) -> Node {
    node.as_str().map_or_else(|| node.clone(), |text| filled_in_later(text, Placeholders::AnyStyle, node.span))
}
