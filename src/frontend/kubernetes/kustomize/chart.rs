//! `helmCharts`: charts that a kustomization renders.

use super::build::Notes;
use super::file::Kustomization;
use super::item::{Item, written};
use crate::frontend::kubernetes::edit::{at, list_of, member};
use crate::ir::{Delivery, Layer, Node, Parcel, Why};
use crate::source::Store;

/// Where kustomize looks for charts when nothing else is said.
const HOME: &str = "charts";

/// The objects of a chart, which an entry of `helmCharts` names.
pub(super) fn render(store: &Store, from: &Kustomization, chart: &Node, notes: &mut Notes) -> Vec<Item> {
    let Some(release) = release(store, from, chart) else {
        notes.gap(Why::UnsupportedSyntax("a Helm chart that is fetched".into()), chart.span);
        return Vec::new();
    };
    install(store, &release, notes)
}

/// The release that an entry asks for; nothing when its chart is not in the tree.
fn release(store: &Store, from: &Kustomization, chart: &Node) -> Option<Delivery> {
    let text = |keys: [&str; 2]| keys.into_iter().find_map(|key| member(chart, key)).filter(|it| written(it).is_some());
    let name = text(["name", "chartName"]).and_then(written)?;
    let home = text(["chartHome", "chartHome"]).and_then(written);
    let home = home.or_else(|| at(&from.body, &["helmGlobals", "chartHome"]).and_then(written));
    let home = home.unwrap_or_else(|| HOME.into());
    let file = store.open(from.id, &format!("{home}/{name}/Chart.yaml")).ok()?;
    let path = store.source(file).path.clone();
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let namespace = text(["namespace", "releaseNamespace"]).or_else(|| from.stated("namespace"));
    Some(Delivery {
        release: text(["releaseName", "releaseName"]).cloned(),
        namespace: namespace.cloned(),
        values: values(store, from, chart),
        ..Delivery::of(Parcel::Chart(folder.into()), chart.span)
    })
}

/// Values of files and those written in place; which of them win is said by `valuesMerge`.
fn values(store: &Store, from: &Kustomization, chart: &Node) -> Vec<Layer> {
    let first = ["valuesFile", "values"].into_iter().find_map(|key| member(chart, key));
    let open = |file: &Node| {
        let id = written(file).and_then(|path| store.open(from.id, &path).ok());
        id.map_or_else(|| Layer::Unknown(Why::External("values of a chart".into()), file.span), Layer::File)
    };
    let inline =
        ["valuesInline", "valuesLocal"].into_iter().find_map(|key| member(chart, key)).filter(|it| !it.is_null());
    let inline = inline.map(|tree| Layer::Tree(tree.clone()));
    let files = first.into_iter().map(open);
    let mut layers: Vec<Layer> = match member(chart, "valuesMerge").and_then(Node::as_str) {
        Some("merge") => inline.into_iter().chain(files).collect(),
        _ => files.chain(inline).collect(),
    };
    layers.extend(list_of(member(chart, "additionalValuesFiles")).iter().map(open));
    layers
}

/// Charts are not rendered here yet: what they bring is not seen.
fn install(_store: &Store, release: &Delivery, notes: &mut Notes) -> Vec<Item> {
    notes.gap(Why::UnsupportedSyntax("a Helm chart in a kustomization".into()), release.span);
    Vec::new()
}
