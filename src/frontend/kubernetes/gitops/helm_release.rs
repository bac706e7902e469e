//! `HelmRelease` of Flux.

use super::embedded::yaml_of;
use super::flux::origin_of;
use super::{
    Carrier, Place, Scene, changes, delivery, external, items, joined, kind_of, member, picked, published, set,
};
use crate::ir::{Layer, Node, Parcel, Resource, Why};

/// What a post-renderer may change, under kustomize's own names.
const POST_RENDERER: [&str; 4] = ["patches", "patchesStrategicMerge", "patchesJson6902", "images"];

/// Objects that releases and kustomizations refer to.
pub(super) fn is_source(resource: &Resource) -> bool {
    matches!(
        kind_of(resource),
        ("source.toolkit.fluxcd.io", "GitRepository" | "HelmChart" | "OCIRepository") | ("v1" | "", "ConfigMap")
    )
}

/// What a release applies.
pub(super) fn carriers(scene: &Scene<'_>, resource: &Resource, spec: &Node) -> Vec<Carrier> {
    let chart = Chart::of(scene, spec);
    let (place, name) = chart.place(scene);
    let why = external(&format!("chart {name}"));
    let carrier = |parcel: Parcel, folder: &str| {
        let mut carrier = Carrier::of(delivery(parcel, resource.declared));
        carrier.origin = chart.source.as_ref().and_then(|source| origin_of(scene, source));
        describe(&mut carrier, resource, spec);
        carrier.delivery.values = values(scene, resource, spec, chart.spec.as_ref(), folder);
        carrier
    };
    match place {
        Place::Folder(folder) if scene.tree.is_chart(&folder) => {
            vec![carrier(Parcel::Chart(folder.as_str().into()), &folder)]
        }
        Place::Below(folder) => vec![carrier(Parcel::Elsewhere(why.clone()), &folder).somewhere(&folder, &why)],
        Place::Folder(_) | Place::Elsewhere => vec![carrier(published(scene.tree, &name), "")],
    }
}

/// Where a release says that its chart is.
struct Chart {
    /// `spec.chart.spec`, or that of the `HelmChart` that it refers to.
    spec: Option<Node>,
    source: Option<Node>,
    /// The address of the `OCIRepository` that is the chart.
    image: Option<Node>,
}

impl Chart {
    fn of(scene: &Scene<'_>, spec: &Node) -> Chart {
        let own = spec.at(&["chart", "spec"]).cloned();
        let referred = |wanted: &str| {
            let to = spec.get("chartRef")?;
            let (kind, name) = (to.get("kind")?.as_str()?, to.get("name")?.as_str()?);
            scene.object(kind, name).filter(|_| kind == wanted)?.body.get("spec").cloned()
        };
        let image = referred("OCIRepository").and_then(|spec| spec.get("url").cloned());
        let spec = own.or_else(|| referred("HelmChart"));
        let source = spec.as_ref().and_then(|spec| spec.get("sourceRef").cloned());
        Chart { spec, source, image }
    }

    fn place(&self, scene: &Scene<'_>) -> (Place, String) {
        let chart = self.spec.as_ref().and_then(|spec| spec.get("chart")).or(self.image.as_ref());
        let name = chart.and_then(Node::as_str).unwrap_or("of a Flux HelmRelease").to_owned();
        let kind = self.source.as_ref().and_then(|source| source.get("kind")?.as_str());
        match (kind, chart) {
            (Some("GitRepository"), Some(chart)) => (scene.folder(Some(chart)), name),
            _ => (Place::Elsewhere, name),
        }
    }
}

fn describe(carrier: &mut Carrier, resource: &Resource, spec: &Node) {
    let own = resource.body.at(&["metadata", "namespace"]);
    let target = member(spec, &["targetNamespace"]);
    let to = &mut carrier.delivery;
    to.namespace = target.or(own).cloned();
    to.release = member(spec, &["releaseName"]).cloned().or_else(|| {
        let name = resource.name.clone();
        let Some(target) = target else { return Some(name) };
        let dash = Node::text("-", target.span);
        Some(Node::concat(vec![target.clone(), dash, name.clone()], name.span))
    });
    let renderers = items(spec, &["postRenderers"]);
    let kustomize: Vec<&Node> = renderers.iter().filter_map(|it| it.get("kustomize")).collect();
    match kustomize.as_slice() {
        [] if renderers.is_empty() => {}
        [only] if renderers.len() == 1 => to.changes = changes(picked(only, &POST_RENDERER), only.span),
        _ => to.open = Some(Why::UnsupportedSyntax("a chain of post-renderers".into())),
    }
}

/// Values in Flux's order: files of the chart, objects of the cluster, values in place.
fn values(scene: &Scene<'_>, resource: &Resource, spec: &Node, chart: Option<&Node>, folder: &str) -> Vec<Layer> {
    let mut layers = Vec::new();
    let files = chart.map_or(&[][..], |chart| items(chart, &["valuesFiles"]));
    let optional = chart.and_then(|it| it.get("ignoreMissingValuesFiles")).and_then(Node::as_bool) == Some(true);
    let path = |file: &Node| file.as_str().and_then(|text| joined("", text));
    let defaults = joined(folder, "values.yaml");
    if let [first, ..] = files
        && !files.iter().any(|file| path(file) == defaults)
    {
        let why = Why::UnsupportedSyntax("a chart without its own values".into());
        layers.push(Layer::Unknown(why, first.span));
    }
    layers.extend(files.iter().filter_map(|file| scene.values("", file, optional)));
    let namespace = resource.body.at(&["metadata", "namespace"]).and_then(Node::as_str);
    layers.extend(items(spec, &["valuesFrom"]).iter().map(|from| referred(scene, from, namespace)));
    layers.extend(member(spec, &["values"]).map(|values| Layer::Tree(values.clone())));
    layers
}

/// Values that an object of the cluster holds.
fn referred(scene: &Scene<'_>, from: &Node, namespace: Option<&str>) -> Layer {
    let text = |key: &str| member(from, &[key]).and_then(Node::as_str);
    let unknown = |what: &str| Node::unknown(external(what), from.span);
    let name = text("name").unwrap_or("values of an object");
    let held = || {
        let object = scene.object("ConfigMap", name).filter(|_| text("kind") == Some("ConfigMap"))?;
        let own = object.body.at(&["metadata", "namespace"]).and_then(Node::as_str);
        let here = own.is_none() || namespace.is_none() || own == namespace;
        let data = object.body.get("data").filter(|_| here)?.as_map()?;
        data.get_exact(text("valuesKey").unwrap_or("values.yaml")).cloned()
    };
    match (member(from, &["targetPath"]), held()) {
        (Some(path), held) => set(path, held.unwrap_or_else(|| unknown(name)), false),
        (None, Some(held)) => Layer::Tree(yaml_of(scene.store, &held)),
        (None, None) => Layer::Unknown(external(name), from.span),
    }
}
