//! `helmfile.yaml`: releases of charts.

use super::{Carrier, Scene, delivery, external, items, member, published, set};
use crate::frontend::kubernetes::tree::{Tree, joined};
use crate::frontend::node_of;
use crate::ir::placeholder::{Placeholders, filled_in_later};
use crate::ir::{Layer, Node, Parcel, Why};
use crate::source::path::folder_of;
use crate::source::{SourceId, Span, Store};
use crate::syntax::yaml;

/// Whether a file is one by its name.
pub(super) fn is_one(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let name = name.strip_suffix(".gotmpl").unwrap_or(name);
    let plain = ["helmfile.yaml", "helmfile.yml"].contains(&name);
    plain || folder.rsplit('/').next() == Some("helmfile.d") && (name.ends_with(".yaml") || name.ends_with(".yml"))
}

/// What a file installs.
pub(super) fn of_file(store: &Store, tree: &Tree, path: &str, id: SourceId) -> Vec<Carrier> {
    let text = &store.source(id).text;
    let (documents, _, faults) = yaml::parse(id, text);
    // A template that is no YAML as it stands may install anything.
    if !faults.is_empty() {
        return vec![somewhere(Why::TemplateText, Span::file(id))];
    }
    let folder = folder_of(path);
    let scene = Scene { store, tree, objects: &[] };
    let bodies: Vec<Node> = documents.iter().map(|document| node_of(&document.root)).collect();
    // That of the file replaces those of its releases.
    let namespace = bodies.iter().find_map(|body| member(body, &["namespace"]));
    let given = store.rewritten(id).first().map(|it| Layer::Unknown(external("options of helmfile"), it.part));
    let mut found = Vec::new();
    for body in &bodies {
        let file = File { scene: &scene, folder, namespace, given: given.as_ref() };
        found.extend(items(body, &["releases"]).iter().filter_map(|release| file.release(release)));
        for key in ["helmfiles", "bases"] {
            let others = items(body, &[key]).iter();
            found.extend(others.map(|other| somewhere(Why::NotAnalysed("a further helmfile".into()), other.span)));
        }
    }
    found
}

/// A release of which nothing is known.
fn somewhere(why: Why, span: Span) -> Carrier {
    Carrier::of(delivery(Parcel::SomeChart(why), span))
}

struct File<'a> {
    scene: &'a Scene<'a>,
    folder: &'a str,
    namespace: Option<&'a Node>,
    /// What commands give to all releases.
    given: Option<&'a Layer>,
}

impl File<'_> {
    fn release(&self, release: &Node) -> Option<Carrier> {
        if member(release, &["installed"]).and_then(|it| it.as_bool()) == Some(false) {
            return None;
        }
        let text = |key: &str| member(release, &[key]).map(filled_in);
        let chart = text("chart");
        let folder = chart.as_ref().and_then(Node::as_str).and_then(|chart| joined(self.folder, chart));
        let parcel = match folder.filter(|folder| self.scene.tree.is_chart(folder)) {
            Some(folder) => Parcel::Chart(folder.into()),
            None if chart.as_ref().is_some_and(|chart| chart.as_str().is_none()) => {
                Parcel::SomeChart(Why::TemplateText)
            }
            None => published(self.scene.tree, chart.as_ref().and_then(Node::as_str).unwrap_or("a chart")),
        };
        let mut carrier = Carrier::of(delivery(parcel, release.span));
        let to = &mut carrier.delivery;
        to.release = text("name").or_else(|| Some(Node::unknown(Why::TemplateText, release.span)));
        to.namespace = self.namespace.map(filled_in).or_else(|| text("namespace"));
        to.values = self.values(release);
        to.values.extend(self.given.cloned());
        // A release under a condition may be none at all.
        let changes = ["condition", "strategicMergePatches", "jsonPatches", "transformers", "postRenderer", "hooks"];
        to.open = changes
            .iter()
            .find(|key| release.get(key).is_some())
            .map(|key| Why::NotAnalysed(format!("`{key}` of helmfile").into()));
        Some(carrier)
    }

    /// Later ones win; values of `set` over those of files.
    fn values(&self, release: &Node) -> Vec<Layer> {
        let mut layers = Vec::new();
        if let Some(more) = ["inherit", "secrets", "<<"].iter().find_map(|key| release.get(key)) {
            layers.push(Layer::Unknown(Why::NotAnalysed("values that helmfile adds".into()), more.span));
        }
        for given in items(release, &["values"]) {
            match given.as_map() {
                Some(_) => layers.push(Layer::Tree(filled_in(given))),
                None => layers.extend(self.scene.values(self.folder, &filled_in(given), false)),
            }
        }
        for given in items(release, &["set"]).iter().chain(items(release, &["setString"])) {
            let value = member(given, &["value"]).map(filled_in);
            let later = || Node::unknown(external("a file"), given.span);
            let path = member(given, &["name"]);
            layers.extend(path.map(|path| set(path, value.unwrap_or_else(later), false)));
        }
        layers
    }
}

/// A value with what a template puts in as unknown pieces.
fn filled_in(node: &Node) -> Node {
    let mut node = node.clone();
    fill(&mut node);
    node
}

fn fill(node: &mut Node) {
    use crate::frontend::kubernetes::edit;
    if let Some(text) = node.as_str().filter(|text| text.contains("{{")) {
        let open = filled_in_later(text, Placeholders::Actions, node.span);
        node.value = open.value;
    }
    edit::members(node, &mut |_, value| fill(value));
    edit::items(node, &mut fill);
}
