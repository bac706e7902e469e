//! Policies that change the images of pods on their way into the cluster.

use std::sync::LazyLock;

use regex::Regex;

use super::World;
use super::workload::{Namespace, Workload};
use crate::ir::{Node, Resolver, Resource, Value, Why};

/// A policy that writes images, and what it may write them into.
#[derive(Clone, Debug)]
pub(super) struct Mutation {
    /// `ClusterPolicy mirror`.
    label: String,
    /// The only namespace in which it acts.
    namespace: Option<String>,
    /// What its rules are about; a rule that can't be read is about everything.
    rules: Vec<About>,
}

/// What one rule is about. Of what a filter says nothing, it takes anything.
#[derive(Clone, Debug, Default, PartialEq)]
struct About {
    kinds: Option<Vec<String>>,
    namespaces: Option<Vec<String>>,
}

/// An image that is written by a patch, or by an expression that makes an object.
static WRITES: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"/image(?:\W|$)|\bimage["']?\s*:"#).ok());

impl Mutation {
    /// Reads a policy; nothing when it writes no image.
    pub(super) fn read(resource: &Resource, resolver: &Resolver<'_>) -> Option<Mutation> {
        let (group, kind) = resource.kind.rsplit_once('/')?;
        let body = resolver.node(&resource.body);
        let spec = body.get("spec")?;
        let rules = match (group.split('/').next().unwrap_or_default(), kind) {
            ("kyverno.io", "ClusterPolicy" | "Policy") => kyverno(spec),
            ("policies.kyverno.io" | "admissionregistration.k8s.io", _) if kind.starts_with("Mutating") => {
                let mutations = spec.get("mutations").filter(|mutations| writes_image(mutations, false));
                mutations.map(|_| About::default()).into_iter().collect()
            }
            ("mutations.gatekeeper.sh", "AssignImage") => vec![About::default()],
            ("mutations.gatekeeper.sh", _) => {
                let location = spec.get("location").filter(|location| ends_with_image(location));
                location.map(|_| About::default()).into_iter().collect()
            }
            _ => Vec::new(),
        };
        let namespace = body.at(&["metadata", "namespace"]).and_then(Node::as_str).filter(|name| !name.is_empty());
        let name = super::workload::shown(&resource.name);
        let label = format!("{kind} {name}");
        let namespace = namespace.filter(|_| kind == "Policy").map(str::to_owned);
        (!rules.is_empty()).then_some(Mutation { label, namespace, rules })
    }

    /// Whether the pods of a workload may be among what it changes.
    fn may_change(&self, workload: &Workload<'_>) -> bool {
        let kind = workload.resource.kind.rsplit('/').next().unwrap_or_default();
        let here = |namespace: &str| match &workload.namespace {
            Namespace::Known(own, _) => fits(namespace, own),
            Namespace::Unknown => true,
        };
        let about = |rule: &About| {
            let kinds = rule.kinds.as_ref().is_none_or(|kinds| kinds.iter().any(|it| it == "Pod" || fits(it, kind)));
            kinds && rule.namespaces.as_ref().is_none_or(|namespaces| namespaces.iter().any(|it| here(it)))
        };
        self.namespace.as_deref().is_none_or(here) && self.rules.iter().any(about)
    }
}

impl World<'_> {
    /// Images that a policy may write anew are not known. Pods that were read back have been through it.
    pub(super) fn mutate(&self, workload: &mut Workload<'_>) {
        let changes = self.mutations.iter().find(|it| !workload.admitted && it.may_change(workload));
        let Some(mutation) = changes else { return };
        for image in &mut workload.images {
            *image = Node::unknown(Why::Overridden(mutation.label.as_str().into()), image.span);
        }
    }
}

/// The rules of a Kyverno policy that write an image.
fn kyverno(spec: &Node) -> Vec<About> {
    let Some(rules) = spec.get("rules").and_then(Node::as_list) else { return Vec::new() };
    let writes = |rule: &&Node| rule.get("mutate").is_some_and(|mutate| writes_image(mutate, false));
    rules.items.iter().filter(writes).flat_map(|rule| filters(rule.get("match"))).collect()
}

/// The filters of a `match`: one of them has to fit.
fn filters(matched: Option<&Node>) -> Vec<About> {
    let Some(matched) = matched else { return vec![About::default()] };
    let list = ["any", "all"].into_iter().find_map(|key| matched.get(key)?.as_list());
    let items = list.map_or_else(|| std::slice::from_ref(matched), |list| &list.items);
    let texts = |filter: &Node, key: &str| -> Option<Vec<String>> {
        let list = filter.at(&["resources", key])?.as_list().filter(|list| list.open.is_none())?;
        let last = |node: &Node| Some(node.as_str()?.rsplit('/').next()?.to_owned());
        list.items.iter().map(last).collect()
    };
    let about = |filter: &Node| About { kinds: texts(filter, "kinds"), namespaces: texts(filter, "namespaces") };
    let found: Vec<About> = items.iter().map(about).collect();
    // Of several that have to fit together the first one is enough to ask.
    let any = matched.get("all").is_none();
    found.into_iter().take(if any { usize::MAX } else { 1 }).collect()
}

/// Whether a mutation writes the image of something. Keys in parentheses are conditions; a patch that can't be read may.
fn writes_image(node: &Node, is_patch: bool) -> bool {
    match &node.value {
        Value::Map(map) => map.entries.iter().any(|entry| {
            let key = entry.key.as_str().unwrap_or_default();
            key == "image"
                || writes_image(&entry.value, key.to_ascii_lowercase().starts_with("patch") || key == "expression")
        }),
        Value::List(list) => list.items.iter().any(|item| writes_image(item, is_patch)),
        Value::Str(text) => WRITES.as_ref().is_some_and(|pattern| pattern.is_match(text)),
        Value::Concat(pieces) => pieces.iter().any(|piece| piece.as_str().is_some() && writes_image(piece, false)),
        _ => is_patch && node.as_map().is_none(),
    }
}

fn ends_with_image(location: &Node) -> bool {
    location.as_str().is_none_or(|location| location.ends_with(".image"))
}

/// Whether a pattern with `*` stands for a name.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, end)) => {
            name.starts_with(start) && (end.contains('*') || name.ends_with(end)) && name.len() >= start.len()
        }
    }
}
