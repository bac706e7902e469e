//! `Kustomization` of Flux.

use super::substitute::Substitutes;
use super::{Carrier, Place, Scene, changes, delivery, external, member, origin, picked};
use crate::ir::{Entry, Node, Parcel, Resource, placeholder};

/// What Flux puts into a kustomization, under kustomize's own names.
const MEMBERS: [&str; 7] =
    ["namePrefix", "nameSuffix", "images", "patches", "patchesStrategicMerge", "patchesJson6902", "components"];

/// What a Kustomization applies: the kustomization in its folder, or one that Flux makes of all manifests there.
pub(super) fn carriers(scene: &Scene<'_>, resource: &Resource, spec: &Node) -> Vec<Carrier> {
    let carrier = |parcel: Parcel| {
        let mut carrier = Carrier::of(delivery(parcel, resource.declared));
        carrier.origin = member(spec, &["sourceRef"]).and_then(|source| origin_of(scene, source));
        carrier.substitutes =
            spec.get("postBuild").and_then(|it| Substitutes::read(it, |from| variables(scene, resource, from)));
        carrier.delivery.changes = changes(picked(spec, &MEMBERS), spec.span);
        if let Some(namespace) = member(spec, &["targetNamespace"]) {
            carrier.delivery.namespace = Some(namespace.clone());
            carrier.delivery.moves = true;
        }
        if member(spec, &["sourceRef", "kind"]).and_then(Node::as_str).is_some_and(|kind| kind != "GitRepository") {
            let why = external("an artifact");
            // What was packed into it may be any folder of this tree, or of none.
            let folder = spec.get("path").and_then(Node::as_str).unwrap_or_default();
            let folder = super::joined("", folder).filter(|folder| scene.tree.has(folder)).unwrap_or_default();
            return carrier.somewhere(&folder, &why);
        }
        carrier
    };
    let path = member(spec, &["path"]);
    let why = external(path.and_then(Node::as_str).unwrap_or("the path of a Flux Kustomization"));
    match scene.folder(path) {
        Place::Folder(folder) => parcels(scene, &folder).into_iter().map(carrier).collect(),
        Place::Below(folder) => vec![carrier(Parcel::Elsewhere(why.clone())).somewhere(&folder, &why)],
        Place::Elsewhere => vec![carrier(Parcel::Elsewhere(why))],
    }
}

/// The members of a ConfigMap that a Kustomization takes values from. It has to lie on the way to the Kustomization: several
/// clusters have one of the same name, and the tree need not have those of all.
fn variables(scene: &Scene<'_>, resource: &Resource, from: &Node) -> Option<Vec<Entry>> {
    if from.get("kind").and_then(Node::as_str) != Some("ConfigMap") {
        return None;
    }
    let map = scene.object("ConfigMap", from.get("name")?.as_str()?)?;
    let namespace = |it: &Resource| it.body.at(&["metadata", "namespace"]).and_then(Node::as_str).map(str::to_owned);
    let folder = |it: &Resource| {
        let path = scene.store.source(it.extent.source).path.clone();
        path.rsplit_once('/').map_or_else(String::new, |(folder, _)| format!("{folder}/"))
    };
    let (theirs, own) = (folder(map), folder(resource));
    let same_way = theirs.starts_with(&own) || own.starts_with(&theirs);
    if namespace(map)? != namespace(resource)? || !same_way || !map.is_unconditional() {
        return None;
    }
    let data = map.body.get("data")?.as_map().filter(|data| data.open.is_none())?;
    // What is filled in on the way to the cluster is another text there.
    let plain = |entry: &&Entry| entry.value.as_str().is_some_and(|text| !placeholder::stands_in(text));
    data.entries.iter().all(|entry| plain(&entry)).then(|| data.entries.clone())
}

fn parcels(scene: &Scene<'_>, folder: &str) -> Vec<Parcel> {
    if scene.tree.is_kustomization(folder) {
        return vec![Parcel::Kustomization(folder.into())];
    }
    let inner = scene.tree.kustomizations_in(folder).map(|folder| Parcel::Kustomization(folder.into()));
    [Parcel::Manifests { path: folder.into(), recursive: true }].into_iter().chain(inner).collect()
}

/// The repository of a source, by its URL where the tree has the object, else by its name.
pub(super) fn origin_of(scene: &Scene<'_>, source: &Node) -> Option<std::sync::Arc<str>> {
    let kind = source.get("kind").and_then(Node::as_str)?;
    let name = source.get("name").and_then(Node::as_str)?;
    let url = scene.object(kind, name).and_then(|it| it.body.at(&["spec", "url"])?.as_str().map(origin::of));
    Some(url.unwrap_or_else(|| format!("{}{name}", origin::NAMED).into()))
}
