//! Names, namespaces, labels and annotations: what a kustomization states for all its objects.

use super::config::{Config, in_templates};
use super::fields::Field;
use super::item::{Item, LONGEST, written};
use crate::frontend::kubernetes::edit::{at, list_of, member, set, set_metadata};
use crate::ir::{Node, Value, Why};

/// Kinds whose names no prefix and no suffix changes, with the group where it matters.
const FIXED_NAMES: [(&str, &str); 3] =
    [("", "CustomResourceDefinition"), ("apiregistration.k8s.io", "APIService"), ("", "Namespace")];

/// Puts all objects into a namespace; with `unset_only` those that state none.
pub(super) fn place(items: &mut [Item], namespace: &Node, config: &Config, unset_only: bool) {
    for item in items.iter_mut().filter(|item| !item.is_rendered) {
        item.remember();
        let id = item.id();
        let stated = id.namespace.as_deref() != Some("");
        if !(id.is_cluster_wide() || unset_only && stated) {
            set_metadata(&mut item.object.body, "namespace", namespace.clone());
        }
        if &*item.object.kind == "Namespace" && &*item.object.api_version == "v1" && !unset_only {
            set_metadata(&mut item.object.body, "name", namespace.clone());
        }
        for field in config.namespaces.iter().filter(|field| field.is_of(&id)) {
            let is_metadata = field.path.first().is_some_and(|step| &**step == "metadata");
            if !is_metadata {
                field.visit(&mut item.object.body, Some(namespace), &mut |value| *value = namespace.clone());
            }
        }
    }
}

/// Which end of a name is changed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Affix {
    Prefix,
    Suffix,
}

/// Adds a prefix or suffix to the names of all objects, and to what `fields` name besides.
pub(super) fn affix(items: &mut [Item], affix: Affix, text: &Node, fields: &[Field]) {
    let added = written(text);
    if added.as_deref() == Some("") {
        return;
    }
    for item in items {
        let first = item.first_id();
        if FIXED_NAMES
            .iter()
            .any(|(group, kind)| **kind == *first.kind && (group.is_empty() || **group == *first.group))
        {
            continue;
        }
        let now = item.id();
        for field in fields.iter().filter(|field| field.is_of(&now)) {
            if is_name(field) {
                let kept = if affix == Affix::Prefix { &mut item.prefixes } else { &mut item.suffixes };
                kept.push(added.clone().unwrap_or_else(|| "…".into()));
                item.remember();
            }
            field.visit(&mut item.object.body, None, &mut |name| lengthen(name, affix, added.as_deref(), text));
        }
    }
}

fn is_name(field: &Field) -> bool {
    let steps: Vec<&str> = field.path.iter().map(|step| &**step).collect();
    steps == ["metadata", "name"]
}

/// The longer name stands where the shorter one does: that line is the one to edit.
fn lengthen(name: &mut Node, affix: Affix, added: Option<&str>, text: &Node) {
    let longer = match (written(name), added) {
        (Some(name), Some(added)) if name.len() + added.len() > LONGEST => {
            Value::Unknown { why: Why::LimitReached("letters of a name".into()), sym: None }
        }
        (Some(name), Some(added)) if affix == Affix::Prefix => Value::Str(format!("{added}{name}").into()),
        (Some(name), Some(added)) => Value::Str(format!("{name}{added}").into()),
        _ => {
            let pieces = if affix == Affix::Prefix { [text, name] } else { [name, text] };
            Node::concat(pieces.map(Node::clone).into(), name.span).value
        }
    };
    name.value = longer;
}

/// Adds labels: to the objects, and to the templates in them where that is asked for.
pub(super) fn label(items: &mut [Item], kustomization: &Node, config: &Config) {
    let metadata = [Field::of("", "metadata/labels").created()];
    let templates = in_templates("labels");
    for entry in list_of(kustomization.get("labels")) {
        let flag = |key: &str| member(entry, key).and_then(Node::as_bool).unwrap_or(false);
        let mut fields: Vec<Field> = match flag("includeSelectors") || flag("includeTemplates") {
            true => templates.clone(),
            false => metadata.to_vec(),
        };
        fields.extend(list_of(member(entry, "fields")).iter().filter_map(Field::read));
        add_pairs(items, member(entry, "pairs"), &fields);
    }
    let fields: Vec<Field> = templates.into_iter().chain(config.labels.iter().cloned()).collect();
    add_pairs(items, kustomization.get("commonLabels"), &fields);
}

/// Adds every member of `pairs` to the objects at these places.
pub(super) fn add_pairs(items: &mut [Item], pairs: Option<&Node>, fields: &[Field]) {
    let Some(pairs) = pairs.and_then(Node::as_map) else { return };
    for item in items {
        let id = item.id();
        for field in fields.iter().filter(|field| field.is_of(&id)) {
            let empty = Node::map(Vec::new(), item.object.extent);
            field.visit(&mut item.object.body, Some(&empty), &mut |labels| {
                for entry in &pairs.entries {
                    if let Some(key) = entry.key.as_str() {
                        set(labels, key, entry.value.clone());
                    }
                }
            });
        }
    }
}

/// `replicas`: how many pods there shall be.
pub(super) fn scale(items: &mut [Item], kustomization: &Node) {
    for entry in list_of(kustomization.get("replicas")) {
        let (name, count) = (member(entry, "name").and_then(written), member(entry, "count"));
        let (Some(name), Some(count)) = (name, count) else { continue };
        let kinds = ["Deployment", "ReplicationController", "ReplicaSet", "StatefulSet"];
        for item in items.iter_mut().filter(|item| kinds.contains(&&*item.object.kind)) {
            let called = item.ids().iter().any(|id| id.name.as_ref() == Some(&name));
            if let Some(mut spec) = at(&item.object.body, &["spec"]).cloned().filter(|_| called) {
                set(&mut spec, "replicas", count.clone());
                set(&mut item.object.body, "spec", spec);
            }
        }
    }
}
