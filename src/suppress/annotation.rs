//! `acrlint.dev/allow: "ACR201 -- reason"`: the annotation of a Kubernetes object, or of the template of its pods.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::directive::List;
use crate::ir::{Address, Deployment, Node, Value};
use crate::source::{Span, Store};

/// The annotation's name.
const NAME: &str = "acrlint.dev/allow";

/// How it is written.
const WRITE: &str = "write `acrlint.dev/allow: RULE -- reason`";

/// Where objects keep what is said about them and about their pods.
const METADATA: [&[&str]; 4] = [
    &["metadata", "annotations"],
    &["spec", "template", "metadata", "annotations"],
    &["spec", "jobTemplate", "metadata", "annotations"],
    &["spec", "jobTemplate", "spec", "template", "metadata", "annotations"],
];

/// What the names of all annotations for acrlint begin with.
const OURS: &str = "acrlint.dev/";

/// An annotation as it is written once, with all objects that have it: a kustomization gives it to many.
pub(super) struct Annotation {
    pub span: Span,
    /// What it allows, or what is wrong with it.
    pub list: Result<List, String>,
    pub objects: Vec<Arc<Address>>,
}

/// All annotations, in order of place.
pub(super) fn annotations(deployments: &[Deployment], store: &Store) -> Vec<Annotation> {
    // A template of a chart may write another value at the same place for each object.
    let mut found: BTreeMap<(Span, Option<&str>), Annotation> = BTreeMap::new();
    for resource in deployments.iter().flat_map(|deployment| &deployment.resources) {
        let maps = METADATA.iter().filter_map(|path| resource.body.at(path)?.as_map());
        for entry in maps.flat_map(|map| &map.entries) {
            let Some(name) = entry.key.as_str().filter(|name| name.starts_with(OURS)) else { continue };
            let (at, text, list) = match name == NAME {
                true => (entry.value.span, entry.value.as_str(), list(&entry.value, store)),
                false => (entry.key.span, Some(name), Err(format!("`{name}` is not known here; {WRITE}"))),
            };
            let written = || Annotation { span: at, list, objects: Vec::new() };
            found.entry((at, text)).or_insert_with(written).objects.push(resource.address.clone());
        }
    }
    found.into_values().collect()
}

fn list(value: &Node, store: &Store) -> Result<List, String> {
    let text = match &value.value {
        Value::Str(text) => text,
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::List(_) | Value::Map(_) => {
            return Err(format!("is no text; {WRITE}"));
        }
        _ => return Err("allows nothing, because its value is not known".to_owned()),
    };
    let at = store.snippet(value.span).find(&**text);
    let mut list = List::read(value.span.source, value.span.start as usize + at.unwrap_or_default(), text);
    if at.is_none() {
        // Put together or escaped: its words have no place of their own.
        list.words.iter_mut().for_each(|word| word.span = value.span);
    }
    match list.words.is_empty() {
        true => Err(format!("names no rule; {WRITE}")),
        false => Ok(list),
    }
}
