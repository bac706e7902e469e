//! Policies that change pods on their way into the cluster, or afterwards: their images and their pull secrets.

mod about;
mod writes;

#[cfg(test)]
mod tests;

use self::about::Concern;
use self::writes::Written;
use super::World;
use super::workload::{Namespace, Workload};
use crate::ir::{Node, REWRITTEN, Resolver, Resource, Value, Why};
use crate::source::Span;

/// A policy that writes images or pull secrets, and what it may write them into.
#[derive(Clone, Debug)]
pub(super) struct Mutation {
    /// `ClusterPolicy mirror`.
    label: String,
    /// The only namespace in which it acts.
    namespace: Option<String>,
    rules: Vec<Rule>,
}

/// What one rule is about and what it writes.
#[derive(Clone, Debug)]
struct Rule {
    concern: Concern,
    written: Written,
}

/// The policy that may write an image anew.
pub fn rewriter(image: &Node) -> Option<&Why> {
    match &image.value {
        Value::Call(name, arguments) if &**name == REWRITTEN => arguments.last().and_then(Node::why),
        _ => None,
    }
}

impl Mutation {
    /// Reads a policy; nothing when it writes neither images nor pull secrets.
    pub(super) fn read(resource: &Resource, resolver: &Resolver<'_>) -> Option<Mutation> {
        let (group, kind) = resource.kind.rsplit_once('/')?;
        let body = resolver.node(&resource.body);
        let spec = body.get("spec")?;
        let mut rules = match (group.split('/').next().unwrap_or_default(), kind) {
            ("kyverno.io", "ClusterPolicy" | "Policy") => kyverno(spec),
            ("policies.kyverno.io" | "admissionregistration.k8s.io", _) if kind.contains("Mutating") => {
                let written = spec.get("mutations").map(Written::of).unwrap_or_default();
                vec![Rule { concern: Concern::of_constraints(spec.get("matchConstraints")), written }]
            }
            ("mutations.gatekeeper.sh", _) => {
                vec![Rule { concern: Concern::of_gatekeeper(spec), written: assigned(kind, spec) }]
            }
            _ => return None,
        };
        rules.retain(|rule| rule.written.images.is_some() || rule.written.secrets);
        let namespace = body.at(&["metadata", "namespace"]).and_then(Node::as_str).filter(|name| !name.is_empty());
        let label = format!("{kind} {}", super::workload::shown(&resource.name));
        let of_one = kind == "Policy" || kind.starts_with("Namespaced");
        let namespace = namespace.filter(|_| of_one).map(str::to_owned);
        (!rules.is_empty()).then_some(Mutation { label, namespace, rules })
    }

    /// The rules that may be about a workload.
    fn about<'m>(&'m self, workload: &'m Workload<'_>) -> impl Iterator<Item = &'m Rule> {
        let here = match (&self.namespace, &workload.namespace) {
            (Some(own), Namespace::Known(namespace, _)) => own == namespace,
            _ => true,
        };
        self.rules.iter().filter(move |rule| here && rule.concern.may_be(workload))
    }
}

impl World<'_> {
    /// Images that a policy may write anew are not known. Pods that were read back have been through it.
    pub(super) fn mutate(&self, workload: &mut Workload<'_>) {
        if workload.admitted || self.mutations.is_empty() {
            return;
        }
        let mut images = std::mem::take(&mut workload.images);
        for mutation in &self.mutations {
            for rule in mutation.about(workload) {
                let Some(containers) = &rule.written.images else { continue };
                let mut others = Vec::new();
                if let Some(names) = containers {
                    images_of_others(&workload.resource.body, names, DEEPEST, &mut others);
                }
                let meant =
                    images.iter_mut().filter(|image| !others.contains(&image.span) && rewriter(image).is_none());
                meant.for_each(|image| *image = rewritten(image, &mutation.label));
            }
        }
        workload.images = images;
    }

    /// Whether a policy may write pull secrets into the pods of a workload.
    pub(super) fn writes_secrets(&self, workload: &Workload<'_>) -> bool {
        self.mutations.iter().any(|mutation| mutation.about(workload).any(|rule| rule.written.secrets))
    }
}

/// Containers lie less deep than this in any kind.
const DEEPEST: u32 = 16;

fn rewritten(image: &Node, label: &str) -> Node {
    let other = Node::unknown(Why::Overridden(label.into()), image.span);
    let call = Value::Call(REWRITTEN.into(), vec![image.clone(), other].into());
    Node { value: call, ..image.clone() }
}

/// The places of the images of containers that are known to have another name than these.
fn images_of_others(node: &Node, names: &[String], depth: u32, places: &mut Vec<Span>) {
    if depth == 0 {
        return;
    }
    match &node.value {
        Value::Map(map) => {
            let name = node.get("name").and_then(Node::as_str);
            let other = name.is_some_and(|own| !names.iter().any(|name| name == own));
            places.extend(node.get("image").filter(|_| other).map(|image| image.span));
            map.entries.iter().for_each(|entry| images_of_others(&entry.value, names, depth - 1, places));
        }
        Value::List(list) => list.items.iter().for_each(|item| images_of_others(item, names, depth - 1, places)),
        _ => {}
    }
}

/// The rules of a Kyverno policy.
fn kyverno(spec: &Node) -> Vec<Rule> {
    let any = || Rule { concern: Concern::default(), written: Written::anything() };
    let Some(rules) = spec.get("rules").filter(|rules| !rules.is_null()) else { return Vec::new() };
    let Some(rules) = rules.as_list().filter(|list| list.open.is_none()) else { return vec![any()] };
    let rule = |rule: &Node| {
        if rule.as_map().is_none_or(|map| map.open.is_some()) {
            return Some(any());
        }
        let mutate = rule.get("mutate")?;
        // With targets, what is matched only sets the change off.
        let concern = match mutate.get("targets") {
            Some(targets) => Concern::of_targets(targets),
            None => Concern::of_match(rule.get("match"), rule.get("exclude")),
        };
        Some(Rule { concern, written: Written::of(mutate) })
    };
    rules.items.iter().filter_map(rule).collect()
}

/// What a mutation of Gatekeeper writes: at its location, or within the value that it assigns.
fn assigned(kind: &str, spec: &Node) -> Written {
    if kind == "AssignMetadata" {
        return Written::default();
    }
    let inside = spec.get("parameters").map(Written::of).unwrap_or_default();
    let Some(location) = spec.get("location").and_then(Node::as_str) else {
        return Written::anything();
    };
    let ends = |word: &str| location.split(['[', '.']).any(|part| part == word);
    let assigns = kind == "AssignImage" || location.ends_with(".image");
    let whole = location.trim_end_matches(']').split('[').next().is_some_and(|path| path.ends_with("ontainers"))
        && !location.contains("].")
        && kind == "Assign";
    let images = if assigns || whole { Some(None) } else { inside.images };
    Written { images, secrets: ends("imagePullSecrets") || inside.secrets }
}
