//! Transformers and generators that are configured in objects of their own.

use super::build::{Build, Built};
use super::config::in_templates;
use super::embedded;
use super::fields::Field;
use super::file::Kustomization;
use super::generate::{self, Kind};
use super::images::Retag;
use super::item::{Item, loosen_item};
use super::names::{self, Affix};
use super::patch::Patching;
use super::{chart, replace};
use crate::frontend::kubernetes::edit::{at, list_of, member};
use crate::frontend::kubernetes::manifest::Object;
use crate::ir::{Node, Why};

impl Build<'_> {
    /// The objects that entries of `transformers` or `generators` are: written in place, in files, or built.
    fn configured(&mut self, kustomization: &Kustomization, key: &str, built: &mut Built) -> Vec<Object> {
        let mut found = Built::default();
        for entry in kustomization.items(key) {
            let inline = entry.as_str().filter(|text| text.contains(['\n', '{']));
            match inline.and_then(|_| embedded::documents(self.store, entry)) {
                Some(documents) => found.items.extend(documents.into_iter().filter_map(object).map(Item::new)),
                None => self.resource(kustomization, entry, &mut found, &mut Default::default()),
            }
        }
        built.notes.join(&found.notes);
        found.items.into_iter().map(|item| item.object).collect()
    }

    pub(super) fn run_generators(&mut self, kustomization: &Kustomization, built: &mut Built) {
        for object in self.configured(kustomization, "generators", built) {
            let body = &object.body;
            let from = kustomization.id;
            let named = |kind: Kind| generate::generate(self.store, from, &with_name(body), None, kind);
            let generated = match (&*object.api_version, &*object.kind) {
                ("builtin", "SecretGenerator") => named(Kind::Secret),
                ("builtin", "ConfigMapGenerator") => named(Kind::ConfigMap),
                ("builtin", "HelmChartInflationGenerator") => {
                    let rendered = chart::render(self.store, kustomization, body, &mut built.notes);
                    built.items.extend(rendered);
                    continue;
                }
                _ => None,
            };
            match generated {
                Some(generated) => built.absorb(generated),
                None => built.notes.gap(Why::UnsupportedSyntax("a kustomize generator".into()), body.span),
            }
        }
    }

    pub(super) fn run_transformers(&mut self, kustomization: &Kustomization, built: &mut Built) {
        for object in self.configured(kustomization, "transformers", built) {
            if &*object.api_version != "builtin" || !self.transform_by(kustomization, &object, built) {
                let why = Why::UnsupportedSyntax("a kustomize transformer".into());
                built.notes.gap(why.clone(), object.body.span);
                built.items.iter_mut().for_each(|item| loosen_item(item, &why));
            }
        }
    }

    /// Applies a transformer of kustomize's own; false when it is none.
    fn transform_by(&mut self, kustomization: &Kustomization, object: &Object, built: &mut Built) -> bool {
        let body = &object.body;
        let stated: Vec<Field> = list_of(member(body, "fieldSpecs")).iter().filter_map(Field::read).collect();
        let Built { items, config, notes, .. } = built;
        let mut patching = Patching { store: self.store, from: kustomization.id, notes };
        match &*object.kind {
            "PatchTransformer" | "PatchJson6902Transformer" => patching.entry(items, body),
            "PatchStrategicMergeTransformer" => {
                let inline = member(body, "patches");
                list_of(member(body, "paths")).iter().chain(inline).for_each(|patch| patching.plain(items, patch));
            }
            "ImageTagTransformer" => {
                if let Some(retag) = member(body, "imageTag").and_then(|entry| Retag::read(self.store, entry)) {
                    items.iter_mut().for_each(|item| retag.apply(item, &stated));
                }
            }
            "NamespaceTransformer" => {
                let unset_only = member(body, "unsetOnly").and_then(Node::as_bool).unwrap_or(false);
                if let Some(namespace) = at(body, &["metadata", "namespace"]) {
                    names::place(items, namespace, config, unset_only);
                }
            }
            "PrefixTransformer" | "SuffixTransformer" | "PrefixSuffixTransformer" => {
                for (key, affix) in [("prefix", Affix::Prefix), ("suffix", Affix::Suffix)] {
                    if let Some(text) = member(body, key) {
                        names::affix(items, affix, text, &stated);
                    }
                }
            }
            "LabelTransformer" => names::add_pairs(items, member(body, "labels"), &stated),
            "AnnotationsTransformer" => {
                let fields = if stated.is_empty() { in_templates("annotations") } else { stated };
                names::add_pairs(items, member(body, "annotations"), &fields);
            }
            "ReplacementTransformer" => {
                for replacement in list_of(member(body, "replacements")) {
                    if let Err(refused) = replace::apply(items, replacement) {
                        notes.refuse_if_closed(refused.message, refused.span);
                    }
                }
            }
            "ReplicaCountTransformer" | "HashTransformer" | "SortOrderTransformer" => {}
            _ => return false,
        }
        true
    }
}

/// A configuration says in its metadata what an entry of a kustomization says itself.
fn with_name(body: &Node) -> Node {
    let mut generator = body.clone();
    for key in ["name", "namespace"] {
        if let (Some(value), None) = (at(body, &["metadata", key]), member(body, key)) {
            crate::frontend::kubernetes::edit::set(&mut generator, key, value.clone());
        }
    }
    generator
}

fn object(body: Node) -> Option<Object> {
    let text = |key: &str| member(&body, key).and_then(Node::as_str).map(std::sync::Arc::<str>::from);
    let (api_version, kind) = (text("apiVersion")?, text("kind")?);
    Some(Object { api_version, kind, extent: body.span, body })
}
