//! `Application` of Argo CD.

use globset::GlobBuilder;

use super::embedded::yaml_of;
use super::{
    Carrier, Place, Scene, changes, delivery, external, images, items, member, origin, picked, published, set,
};
use crate::frontend::kubernetes::tree::joined;
use crate::frontend::node_of;
use crate::ir::placeholder::{Placeholders, filled_in_later};
use crate::ir::{Entry, Layer, Node, Parcel, Resource, Value, Why};
use crate::source::Span;
use crate::source::path::below;
use crate::syntax::yaml;

/// What Argo CD puts into a kustomization, under kustomize's own names.
const KUSTOMIZE: [&str; 7] =
    ["namePrefix", "nameSuffix", "commonLabels", "commonAnnotations", "patches", "components", "replicas"];

/// An application: what it is called, and where that stands.
pub(super) struct Named {
    pub(super) name: Node,
    pub(super) span: Span,
    /// Something changes the application in ways that can't be told.
    pub(super) open: Option<Why>,
}

impl Named {
    pub(super) fn of(resource: &Resource) -> Named {
        Named { name: resource.name.clone(), span: resource.declared, open: None }
    }
}

/// What an application applies, source by source.
pub(super) fn carriers(scene: &Scene<'_>, named: &Named, spec: &Node) -> Vec<Carrier> {
    let several = items(spec, &["sources"]);
    let sources: Vec<&Node> =
        if several.is_empty() { spec.get("source").into_iter().collect() } else { several.iter().collect() };
    let namespace = member(spec, &["destination", "namespace"]);
    let found = sources.iter().filter_map(|source| {
        let carrier = Source { scene, named, sources: &sources, namespace }.carriers(source);
        Some(carrier).filter(|found| !found.is_empty())
    });
    found.flatten().collect()
}

struct Source<'a> {
    scene: &'a Scene<'a>,
    named: &'a Named,
    sources: &'a [&'a Node],
    namespace: Option<&'a Node>,
}

impl Source<'_> {
    fn carriers(&self, source: &Node) -> Vec<Carrier> {
        if let Some(chart) = member(source, &["chart"]) {
            let name = chart.as_str().unwrap_or("…");
            return vec![self.carrier(published(self.scene.tree, name), source)];
        }
        let Some(path) = member(source, &["path"]) else {
            let is_reference = member(source, &["ref"]).is_some();
            let parcel = Parcel::Elsewhere(external("the source of an Argo CD Application"));
            return if is_reference { Vec::new() } else { vec![self.carrier(parcel, source)] };
        };
        let why = external(path.as_str().unwrap_or("the path of an Argo CD Application"));
        match self.scene.folder(Some(path)) {
            Place::Folder(folder) => self.of_folder(&folder, &self.overridden(&folder, source)),
            Place::Below(folder) => vec![
                self.changed(self.carrier(Parcel::Elsewhere(why.clone()), source), source, &folder)
                    .somewhere(&folder, &why),
            ],
            Place::Elsewhere => vec![self.carrier(Parcel::Elsewhere(why), source)],
        }
    }

    fn carrier(&self, parcel: Parcel, source: &Node) -> Carrier {
        let mut carrier = Carrier::of(delivery(parcel, self.named.span));
        carrier.delivery.namespace = self.namespace.cloned();
        carrier.delivery.open = self.named.open.clone();
        carrier.origin = member(source, &["repoURL"]).and_then(Node::as_str).map(origin::of);
        carrier
    }

    /// The source as the file in its folder changes it: image updaters write there.
    fn overridden(&self, folder: &str, source: &Node) -> Node {
        let name = self.named.name.as_str().unwrap_or_default();
        let files = [".argocd-source.yaml".to_owned(), format!(".argocd-source-{name}.yaml")];
        files.iter().filter_map(|file| joined(folder, file)).fold(source.clone(), |source, path| {
            let Ok(id) = self.scene.store.open_path(&path) else { return source };
            let (documents, _, _) = yaml::parse(id, &self.scene.store.source(id).text);
            documents.first().map_or(source.clone(), |document| merged(&source, &node_of(&document.root)))
        })
    }

    fn of_folder(&self, folder: &str, source: &Node) -> Vec<Carrier> {
        let tree = self.scene.tree;
        let says = |key: &str| member(source, &[key]).is_some();
        let parcel = match () {
            () if says("plugin") => {
                let why = Why::UnsupportedSyntax("a plugin of Argo CD".into());
                let mut carrier = self.carrier(Parcel::Elsewhere(why.clone()), source).somewhere(folder, &why);
                carrier.delivery.open = Some(why);
                return vec![carrier];
            }
            () if says("directory") && !says("helm") && !says("kustomize") => return self.of_files(folder, source),
            () if says("helm") || tree.is_chart(folder) && !says("kustomize") => Parcel::Chart(folder.into()),
            () if says("kustomize") || tree.is_kustomization(folder) => Parcel::Kustomization(folder.into()),
            () => return self.of_files(folder, source),
        };
        let is_there = match &parcel {
            Parcel::Chart(folder) => tree.is_chart(folder),
            _ => tree.is_kustomization(folder),
        };
        let parcel = if is_there { parcel } else { Parcel::Elsewhere(external(folder)) };
        vec![self.changed(self.carrier(parcel, source), source, folder)]
    }

    /// Plain manifests, as far as the patterns of the source admit them.
    fn of_files(&self, folder: &str, source: &Node) -> Vec<Carrier> {
        let directory = source.get("directory");
        let recursive = directory.and_then(|it| it.get("recurse")).and_then(Node::as_bool) == Some(true);
        let pattern = |key: &str| directory.and_then(|it| member(it, &[key]));
        let manifests = |path: &str| Parcel::Manifests { path: path.into(), recursive };
        let (include, exclude) = (pattern("include"), pattern("exclude"));
        let is_jsonnet = self.scene.store.list(folder).iter().any(|name| name.ends_with(".jsonnet"));
        let unread =
            is_jsonnet.then(|| self.carrier(Parcel::Elsewhere(Why::UnsupportedSyntax("Jsonnet".into())), source));
        if include.is_none() && exclude.is_none() {
            return [self.carrier(manifests(folder), source)].into_iter().chain(unread).collect();
        }
        let admits = |path: &str, pattern: Option<&Node>, otherwise: bool| {
            pattern.map_or(Some(otherwise), |pattern| {
                let glob = GlobBuilder::new(pattern.as_str()?).build().ok()?.compile_matcher();
                Some(glob.is_match(below(folder, path)?))
            })
        };
        let files = self.scene.tree.files_in(folder, recursive).filter_map(|(path, _)| {
            let (wanted, unwanted) = (admits(path, include, true), admits(path, exclude, false));
            match (wanted, unwanted) {
                (Some(true), Some(false)) => Some(self.carrier(manifests(path), source)),
                (Some(_), Some(_)) => None,
                // A pattern that can't be read may admit it or not.
                _ => Some(self.carrier(manifests(path), source).somewhere(path, &Why::TemplateText)),
            }
        });
        files.chain(unread).collect()
    }

    /// What the source says of values and changes.
    fn changed(&self, mut carrier: Carrier, source: &Node, folder: &str) -> Carrier {
        let to = &mut carrier.delivery;
        if let Some(kustomize) = member(source, &["kustomize"]) {
            let mut members = picked(kustomize, &KUSTOMIZE);
            if let Some(list) = member(kustomize, &["images"]) {
                members.push(("images", images::entries(list)));
            }
            to.changes = changes(members, kustomize.span);
            if let Some(namespace) = member(kustomize, &["namespace"]) {
                (to.namespace, to.moves) = (Some(namespace.clone()), true);
            }
        }
        to.release = Some(self.named.name.clone());
        if let Some(helm) = member(source, &["helm"]) {
            to.release = member(helm, &["releaseName"]).cloned().or(to.release.take());
            to.namespace = member(helm, &["namespace"]).cloned().or(to.namespace.take());
            to.values = self.values(helm, folder);
        }
        carrier
    }

    /// Values in Helm's order: files, values in place, then those that are set one by one.
    fn values(&self, helm: &Node, folder: &str) -> Vec<Layer> {
        let optional = helm.get("ignoreMissingValueFiles").and_then(Node::as_bool) == Some(true);
        let mut layers: Vec<Layer> =
            items(helm, &["valueFiles"]).iter().filter_map(|file| self.file(file, folder, optional)).collect();
        match (member(helm, &["valuesObject"]), member(helm, &["values"])) {
            (Some(values), _) => layers.push(Layer::Tree(values.clone())),
            (None, Some(text)) => layers.push(Layer::Tree(yaml_of(self.scene.store, text))),
            (None, None) => {}
        }
        let parameters = items(helm, &["parameters"]);
        let forced = |it: &&Node| it.get("forceString").and_then(Node::as_bool) == Some(true);
        let set_one = |it: &Node| {
            let value = it.get("value").cloned().unwrap_or_else(|| Node::text("", it.span));
            Some(set(it.get("name")?, filled_in(&value), forced(&it)))
        };
        layers.extend(parameters.iter().filter(|it| !forced(it)).filter_map(set_one));
        layers.extend(parameters.iter().filter(forced).filter_map(set_one));
        layers.extend(items(helm, &["fileParameters"]).iter().filter_map(|it| {
            let value = Node::unknown(external("a file"), it.span);
            Some(set(it.get("name")?, value, true))
        }));
        layers
    }

    /// A file of values: beside the chart, from the root, or in the source that `$name` refers to.
    fn file(&self, file: &Node, folder: &str, optional: bool) -> Option<Layer> {
        let Some((name, rest)) = file.as_str().and_then(|text| text.strip_prefix('$')?.split_once('/')) else {
            return self.scene.values(folder, file, optional);
        };
        let is_it = |source: &&&Node| member(source, &["ref"]).and_then(Node::as_str) == Some(name);
        match self.sources.iter().find(is_it) {
            Some(_) => self.scene.values("", &Node { value: Value::Str(rest.into()), ..file.clone() }, optional),
            None => Some(Layer::Unknown(external(name), file.span)),
        }
    }
}

/// Argo CD puts `$ARGOCD_APP_NAME` and its like into values.
fn filled_in(value: &Node) -> Node {
    match value.as_str() {
        Some(text) if text.contains('$') => filled_in_later(text, Placeholders::AnyStyle, value.span),
        _ => value.clone(),
    }
}

/// One value with another merged into it: objects member by member, everything else replaced.
pub(super) fn merged(under: &Node, over: &Node) -> Node {
    let (Some(old), Some(new)) = (under.as_map(), over.as_map()) else { return over.clone() };
    let mut entries: Vec<Entry> = old.entries.clone();
    for entry in &new.entries {
        let key = entry.key.as_str();
        match entries.iter_mut().find(|known| key.is_some() && known.key.as_str() == key) {
            Some(known) => known.value = merged(&known.value, &entry.value),
            None => entries.push(entry.clone()),
        }
    }
    Node::map(entries, under.span)
}
