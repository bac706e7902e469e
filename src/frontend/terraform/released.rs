//! `helm_release` of a chart that lies in the tree: what it makes shows when the chart is rendered with its values.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::sources::config::local_folder;
use super::tables::attributes::pick;
use super::tables::yaml_text;
use crate::ir::{Address, Cond, Delivery, Deployment, Layer, Node, Origin, Parcel, Resource, Why};
use crate::source::path::folder_of;
use crate::source::{SourceId, Store};

/// The type of a release whose chart is rendered: whatever it makes is seen there.
const RENDERED: &str = "Terraform/helm_release of a chart in the tree";

/// Attributes that hold single values, in the order in which the provider applies them.
const SETTINGS: [(&str, bool); 4] = [("set", false), ("set_list", false), ("set_sensitive", true), ("set_wo", true)];

/// The releases of charts of the tree. What was made of their values alone is taken away: the chart says more.
pub(super) fn deliveries(store: &Store, deployment: &mut Deployment) -> Vec<Delivery> {
    let is_release = |it: &&Resource| {
        &*it.kind == "Terraform/helm_release" && it.origin == Origin::Declared && it.deployed != Cond::Never
    };
    let mut found = Vec::new();
    let mut rendered: BTreeSet<Address> = BTreeSet::new();
    for release in deployment.resources.iter().filter(is_release) {
        if let Some(delivery) = delivery(store, deployment.source, release) {
            found.push(delivery);
            rendered.insert(release.address.child("values", None));
        }
    }
    deployment.resources.retain(|resource| !rendered.contains(&*resource.address));
    for release in deployment.resources.iter_mut().filter(|it| rendered.contains(&it.address.child("values", None))) {
        release.kind = RENDERED.into();
    }
    found
}

fn delivery(store: &Store, root: SourceId, release: &Resource) -> Option<Delivery> {
    let body = &release.body;
    let written = |key: &str| pick(body, key).filter(|value| !value.is_null());
    if written("repository").is_some() {
        return None;
    }
    let folder: Arc<str> = chart_folder(store, root, written("chart")?.as_str()?)?.into();
    let namespace = written("namespace").unwrap_or_else(|| Node::text("default", release.declared));
    let mut values = layers(written("values"));
    SETTINGS.iter().for_each(|(key, secret)| values.extend(settings(written(key), *secret)));
    Some(Delivery {
        release: written("name"),
        namespace: Some(namespace),
        values,
        open: written("postrender").map(|_| Why::UnsupportedSyntax("a post-renderer".into())),
        ..Delivery::of(Parcel::Chart(folder), release.declared)
    })
}

/// Paths are relative to the root module, or begin with the folder of a module.
fn chart_folder(store: &Store, root: SourceId, path: &str) -> Option<String> {
    let source = store.source(root).path.clone();
    let local = if path.starts_with('.') { path.to_owned() } else { format!("./{path}") };
    let folders = [folder_of(&source), ""].into_iter().filter_map(|from| local_folder(from, &local));
    let mut charts = folders.filter(|folder| store.list(folder).iter().any(|name| name == "Chart.yaml"));
    charts.next()
}

/// `values`: a list of texts in YAML.
fn layers(values: Option<Node>) -> Vec<Layer> {
    let Some(values) = values else { return Vec::new() };
    let Some(list) = values.as_list().filter(|list| list.open.is_none()) else { return vec![unknown(&values)] };
    let layer = |text: &Node| match yaml_text::documents(text).as_deref() {
        Some([]) => None,
        Some([document]) => Some(Layer::Tree(document.clone())),
        _ => Some(unknown(text)),
    };
    list.items.iter().filter(|text| !text.is_null()).filter_map(layer).collect()
}

/// `set { name = …, value = … }` and its like.
fn settings(settings: Option<Node>, secret: bool) -> Vec<Layer> {
    let Some(settings) = settings else { return Vec::new() };
    let Some(list) = settings.as_list().filter(|list| list.open.is_none()) else { return vec![unknown(&settings)] };
    list.items.iter().map(|setting| set(setting, secret)).collect()
}

fn set(setting: &Node, secret: bool) -> Layer {
    let written = |key: &str| pick(setting, key).filter(|value| !value.is_null());
    let Some(path) = written("name") else { return unknown(setting) };
    let value = written("value").unwrap_or_else(|| Node::unknown(Why::Sensitive, setting.span));
    let text = written("type").is_some_and(|kind| kind.as_str() == Some("string"));
    let value = match value.as_list() {
        // `set_list`: what helm is given is `{a,b}`.
        Some(list) => {
            let at = |text: &str| Node::text(text, value.span);
            let commas = list.items.iter().flat_map(|item| [at(","), item.clone()]).skip(1);
            Node::concat(std::iter::once(at("{")).chain(commas).chain([at("}")]).collect(), value.span)
        }
        None => value,
    };
    Layer::Set { path, value: if secret { value.secret() } else { value }, text }
}

fn unknown(node: &Node) -> Layer {
    let why = node.why().cloned().unwrap_or_else(|| Why::UnsupportedSyntax("values that are computed".into()));
    Layer::Unknown(why, node.span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::MemoryFiles;

    #[test]
    fn a_chart_of_the_tree_is_delivered_with_its_values() {
        let chart = ("charts/web/Chart.yaml".to_owned(), b"name: web\n".to_vec());
        let store = Store::new(MemoryFiles([chart].into()));
        let text = "variable \"any\" {}\nresource \"helm_release\" \"web\" {\n  name = \"web\"\n  chart = \"${path.module}/../charts/web\"\n  namespace = \"shop\"\n  values = [yamlencode({ image = \"contoso.azurecr.io/web\" }), var.any]\n  set {\n    name = \"tag\"\n    value = \"1\"\n    type = \"string\"\n  }\n}\nresource \"helm_release\" \"other\" {\n  name = \"other\"\n  repository = \"https://charts.example.com\"\n  chart = \"web\"\n}\n";
        let id = store.add("infra/main.tf", text.as_bytes().to_vec()).unwrap();
        let lowered = super::super::lower(&store, &[id], &Default::default());
        let [only] = lowered.deliveries.as_slice() else { panic!("{:?}", lowered.deliveries) };
        assert_eq!(only.parcel, Parcel::Chart("charts/web".into()));
        assert_eq!(only.namespace.as_ref().and_then(Node::as_str), Some("shop"));
        assert_eq!(only.release.as_ref().and_then(Node::as_str), Some("web"));
        let [Layer::Tree(values), Layer::Unknown(..), Layer::Set { path, text: true, .. }] = only.values.as_slice()
        else {
            panic!("{:?}", only.values)
        };
        assert_eq!(values.get("image").and_then(Node::as_str), Some("contoso.azurecr.io/web"));
        assert_eq!(path.as_str(), Some("tag"));
        let pods = lowered.deployments.iter().flat_map(|it| &it.resources).find(|it| it.kind.contains("Release"));
        assert!(pods.is_none(), "{pods:?}");
    }
}
