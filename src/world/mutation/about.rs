//! What a rule of a policy is about: kinds, names, namespaces and labels. What a filter doesn't say, it takes; what it says
//! in a way that isn't read, it may take.

use crate::ir::{Node, Value};
use crate::world::workload::{Namespace, Workload};

/// What a rule is about: any of some filters, each of which has all its parts fit; and what it surely leaves out.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Concern {
    /// Any of these, all parts of it; no filter at all takes everything.
    any: Vec<Vec<About>>,
    /// Any of these, all parts of it, is left out.
    without: Vec<Vec<About>>,
}

/// One filter.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct About {
    kinds: Option<Vec<String>>,
    namespaces: Option<Vec<String>>,
    names: Option<Vec<String>>,
    /// Labels with their values, which things have to have.
    labels: Vec<(String, String)>,
    /// It asks for something else too.
    more: bool,
}

impl Concern {
    /// The `match` and `exclude` of a Kyverno rule.
    pub(super) fn of_match(matched: Option<&Node>, excluded: Option<&Node>) -> Concern {
        let filters = |node: Option<&Node>| node.map(filters).unwrap_or_default();
        Concern { any: filters(matched), without: filters(excluded) }
    }

    /// What a Kyverno rule changes that names its targets.
    pub(super) fn of_targets(targets: &Node) -> Concern {
        let Some(list) = targets.as_list().filter(|list| list.open.is_none()) else { return Concern::default() };
        let one = |target: &Node, key: &str| known(target.get(key)?).map(|text| vec![text]);
        let about = |target: &Node| About {
            kinds: one(target, "kind"),
            namespaces: one(target, "namespace"),
            names: one(target, "name"),
            ..About::default()
        };
        Concern { any: list.items.iter().map(|target| vec![about(target)]).collect(), without: Vec::new() }
    }

    /// The `matchConstraints` of a policy of the API server.
    pub(super) fn of_constraints(constraints: Option<&Node>) -> Concern {
        let rules = constraints.and_then(|it| it.get("resourceRules")?.as_list()).filter(|list| list.open.is_none());
        let about = |rule: &Node| vec![About { kinds: texts(rule.get("resources")), ..About::default() }];
        Concern {
            any: rules.map(|list| list.items.iter().map(about).collect()).unwrap_or_default(),
            without: Vec::new(),
        }
    }

    /// `applyTo` and `match` of a mutation of Gatekeeper.
    pub(super) fn of_gatekeeper(spec: &Node) -> Concern {
        let kinds = |node: Option<&Node>| -> Option<Vec<String>> {
            let list = node?.as_list().filter(|list| list.open.is_none() && !list.items.is_empty())?;
            list.items
                .iter()
                .map(|item| texts(item.get("kinds")))
                .collect::<Option<Vec<_>>>()
                .map(|lists| lists.concat())
        };
        let applied = About { kinds: kinds(spec.get("applyTo")), ..About::default() };
        let matched = spec.get("match");
        let of_match = |key: &str| matched.and_then(|matched| matched.get(key));
        let matching = About {
            kinds: kinds(of_match("kinds")),
            namespaces: texts(of_match("namespaces")),
            names: of_match("name").and_then(known).map(|name| vec![name]),
            ..About::default()
        };
        let left_out = texts(of_match("excludedNamespaces"));
        let without = left_out.map(|namespaces| vec![About { namespaces: Some(namespaces), ..About::default() }]);
        Concern { any: vec![vec![applied, matching]], without: without.into_iter().collect() }
    }

    /// Whether a workload, or what it makes, may be what the rule is about.
    pub(super) fn may_be(&self, workload: &Workload<'_>) -> bool {
        let mut any = self.any.iter();
        let taken = self.any.is_empty() || any.any(|all| all.iter().all(|about| about.may_be(workload)));
        taken && !self.without.iter().any(|all| !all.is_empty() && all.iter().all(|about| self.surely(about, workload)))
    }

    /// Whether a filter surely takes all that the rule could change of a workload: by its namespace, or with the kinds that
    /// the rule is about.
    fn surely(&self, about: &About, workload: &Workload<'_>) -> bool {
        let Namespace::Known(namespace, _) = &workload.namespace else { return false };
        let all_kinds = |kinds: &Vec<String>| {
            let asked = || self.any.iter().flatten().filter_map(|it| it.kinds.as_ref()).flatten();
            asked().count() > 0 && asked().all(|kind| kinds.contains(kind))
        };
        !about.more
            && about.names.is_none()
            && about.labels.is_empty()
            && about.namespaces.as_ref().is_some_and(|list| list.iter().any(|it| fits(it, namespace)))
            && about.kinds.as_ref().is_none_or(all_kinds)
    }
}

impl About {
    fn of(filter: &Node) -> About {
        let Some(resources) = filter.get("resources") else { return About { more: true, ..About::default() } };
        let is_more = |node: &Node, known: &[&str]| {
            node.as_map().is_none_or(|map| {
                map.open.is_some()
                    || !map.entries.iter().all(|it| it.key.as_str().is_some_and(|key| known.contains(&key)))
            })
        };
        let labels = resources.at(&["selector", "matchLabels"]).and_then(Node::as_map);
        let pair = |entry: &crate::ir::Entry| {
            Some((entry.key.as_str()?.to_owned(), known(&entry.value)?))
                .filter(|(key, value)| !key.contains(['*', '?', '{']) && !value.contains(['*', '?', '{']))
        };
        let more = is_more(filter, &["resources"])
            || is_more(resources, &["kinds", "namespaces", "names", "name", "operations"])
            || labels.is_some();
        About {
            kinds: texts(resources.get("kinds")),
            namespaces: texts(resources.get("namespaces")),
            names: texts(resources.get("names")).or_else(|| known(resources.get("name")?).map(|name| vec![name])),
            labels: labels.map(|map| map.entries.iter().filter_map(pair).collect()).unwrap_or_default(),
            more,
        }
    }

    fn may_be(&self, workload: &Workload<'_>) -> bool {
        let here = |pattern: &String| workload.namespace.name().is_none_or(|own| fits(pattern, own));
        let made = made_of(workload);
        let kind = |pattern: &String| made.as_ref().is_none_or(|made| made.iter().any(|kind| is_kind(pattern, kind)));
        // What a workload makes is called by its name and something behind it.
        let called = |pattern: &String| workload.resource.name.as_str().is_none_or(|own| begins_alike(pattern, own));
        let other = |(key, value): &(String, String)| has_another(&workload.resource.body, key, value);
        self.namespaces.as_ref().is_none_or(|list| list.iter().any(here))
            && self.kinds.as_ref().is_none_or(|list| list.iter().any(kind))
            && self.names.as_ref().is_none_or(|list| list.iter().any(called))
            && !self.labels.iter().any(other)
    }
}

/// The filters of a `match`: those of `any` one by one, those of `all` together.
fn filters(matched: &Node) -> Vec<Vec<About>> {
    let list = |key: &str| matched.get(key).and_then(Node::as_list).filter(|list| list.open.is_none());
    match (list("any"), list("all")) {
        (Some(any), _) => any.items.iter().map(|filter| vec![About::of(filter)]).collect(),
        (None, Some(all)) => vec![all.items.iter().map(About::of).collect()],
        (None, None) if matched.get("resources").is_some() => vec![vec![About::of(matched)]],
        (None, None) => Vec::new(),
    }
}

/// A text that is known to the last character.
fn known(node: &Node) -> Option<String> {
    node.as_str().filter(|text| !text.contains("{{")).map(str::to_owned)
}

/// The texts of a list, when all are known.
fn texts(node: Option<&Node>) -> Option<Vec<String>> {
    let list = node?.as_list().filter(|list| list.open.is_none())?;
    list.items.iter().map(known).collect()
}

/// The kinds of a workload and of what is made of it; nothing when its controller makes what nobody knows.
fn made_of(workload: &Workload<'_>) -> Option<Vec<&'static str>> {
    let kind = workload.resource.kind.rsplit('/').next().unwrap_or_default();
    Some(match kind {
        "Pod" => vec!["Pod"],
        "Deployment" => vec!["Deployment", "ReplicaSet", "Pod"],
        "ReplicaSet" => vec!["ReplicaSet", "Pod"],
        "StatefulSet" => vec!["StatefulSet", "Pod"],
        "DaemonSet" => vec!["DaemonSet", "Pod"],
        "ReplicationController" => vec!["ReplicationController", "Pod"],
        "CronJob" => vec!["CronJob", "Job", "Pod"],
        "Job" => vec!["Job", "Pod"],
        _ => return None,
    })
}

/// Requests about an object that exists already, and which none of its images come with.
const SUBRESOURCES: [&str; 11] = [
    "attach",
    "binding",
    "ephemeralcontainers",
    "eviction",
    "exec",
    "log",
    "portforward",
    "proxy",
    "resize",
    "scale",
    "status",
];

/// Whether a pattern may stand for a kind: `Pod`, `v1/Pod`, `apps/*/Deployment`, `Po*`, `pods`.
pub(super) fn is_kind(pattern: &str, kind: &str) -> bool {
    let pattern = pattern.to_ascii_lowercase();
    let kind = kind.to_ascii_lowercase();
    let mut parts: Vec<&str> = pattern.split(['/', '.']).collect();
    if parts.len() > 1 && parts.last().is_some_and(|last| SUBRESOURCES.contains(last)) {
        return false;
    }
    if let [group @ .., _] = parts.as_slice()
        && pattern.contains('/')
        && !group.iter().any(|part| fits(part, &kind) && *part != "*")
    {
        // The kind stands last, or before the part of it that is asked for.
        parts = parts.split_off(parts.len() - 1);
    }
    let plural = format!("{kind}s");
    parts.iter().any(|part| fits(part, &kind) || fits(part, &plural))
}

/// Whether a pattern with `*` and `?` stands for a name.
pub(super) fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut at, mut of) = (0, 0);
    // Where to go on with one more character under the last star.
    let mut star: Option<(usize, usize)> = None;
    while let Some(letter) = name.get(of) {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at + 1, of));
                at += 1;
            }
            Some(it) if *it == '?' || it == letter => (at, of) = (at + 1, of + 1),
            _ => {
                let Some((after, from)) = star else { return false };
                star = Some((after, from + 1));
                (at, of) = (after, from + 1);
            }
        }
    }
    pattern.iter().skip(at).all(|letter| *letter == '*')
}

/// Whether a pattern may stand for a name that begins with this one.
pub(super) fn begins_alike(pattern: &str, name: &str) -> bool {
    let start = pattern.split(['*', '?']).next().unwrap_or_default();
    start.starts_with(name) || name.starts_with(start) && (start.len() < pattern.len() || start == name)
}

/// Whether all that carries a label of this name in a workload, and something does, has another value.
fn has_another(body: &Node, key: &str, value: &str) -> bool {
    let mut found = Vec::new();
    labels(body, key, 8, &mut found);
    !found.is_empty() && found.iter().all(|label| label.as_str().is_some_and(|own| own != value))
}

fn labels<'n>(node: &'n Node, key: &str, depth: u32, found: &mut Vec<&'n Node>) {
    let Value::Map(map) = &node.value else { return };
    if depth == 0 {
        return;
    }
    for entry in &map.entries {
        if entry.key.as_str() == Some("labels") {
            found.extend(entry.value.get(key));
        } else {
            labels(&entry.value, key, depth - 1, found);
        }
    }
}
