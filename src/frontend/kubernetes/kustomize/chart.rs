//! `helmCharts`: charts that a kustomization renders.

use super::build::Notes;
use super::file::Kustomization;
use super::item::{Item, written};
use crate::frontend::kubernetes::edit::{at, list_of, member};
use crate::frontend::kubernetes::helm::{self, Release};
use crate::ir::{Layer, Node, Why};
use crate::source::Store;
use crate::source::path::folder_of;

/// Where kustomize looks for charts when nothing else is said.
const HOME: &str = "charts";

/// The objects of a chart, which an entry of `helmCharts` names.
pub(super) fn render(store: &Store, from: &Kustomization, chart: &Node, notes: &mut Notes) -> Vec<Item> {
    let Some(release) = release(store, from, chart) else {
        notes.gap(Why::UnsupportedSyntax("a Helm chart that is fetched".into()), chart.span);
        return Vec::new();
    };
    install(store, release, notes)
}

/// The release that an entry asks for; nothing when its chart is not in the tree.
fn release(store: &Store, from: &Kustomization, chart: &Node) -> Option<Release> {
    let text = |keys: [&str; 2]| keys.into_iter().find_map(|key| member(chart, key)).filter(|it| written(it).is_some());
    let name = text(["name", "chartName"]).and_then(written)?;
    let home = text(["chartHome", "chartHome"]).and_then(written);
    let home = home.or_else(|| at(&from.body, &["helmGlobals", "chartHome"]).and_then(written));
    let home = home.unwrap_or_else(|| HOME.into());
    let file = store.open(from.id, &format!("{home}/{name}/Chart.yaml")).ok()?;
    let path = store.source(file).path.clone();
    let folder = folder_of(&path);
    let namespace = text(["namespace", "releaseNamespace"]).or_else(|| from.stated("namespace"));
    Some(Release {
        folder: folder.to_owned(),
        name: member(chart, "releaseName").filter(|it| written(it).is_some()).cloned(),
        namespace: namespace.cloned(),
        moves: false,
        values: values(store, from, chart),
        span: chart.span,
        sites: Vec::new(),
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

/// Renders the chart; objects that only may be there are a gap.
fn install(store: &Store, release: Release, notes: &mut Notes) -> Vec<Item> {
    let rendered = helm::render(store, &release);
    if !rendered.perhaps.is_empty() {
        notes.gap(Why::UnsupportedSyntax("an object of a chart under an unknown condition".into()), release.span);
    }
    rendered.gaps.into_iter().for_each(|gap| notes.push(gap));
    notes.problems.extend(rendered.problems);
    notes.read.extend(rendered.read);
    rendered.objects.into_iter().map(|object| Item { is_rendered: true, ..Item::new(object) }).collect()
}
