//! On which node pools of a cluster the pods of a workload can land.

use super::World;
use super::cluster::Cluster;
use super::network::pool::Pool;
use super::workload::Workload;
use crate::ir::{Node, Truth};

/// What a pod asks of its node.
#[derive(Clone, Debug)]
pub struct Placement {
    /// A label each, with the values of which the node has to have one.
    wants: Vec<(String, Vec<String>)>,
    /// What it tolerates; nothing where that can't be read.
    tolerations: Option<Vec<Node>>,
    /// Whether it asks for more, or for less, than can be read.
    open: bool,
}

/// Labels that say the name of the pool.
const NAMES: [&str; 2] = ["agentpool", "kubernetes.azure.com/agentpool"];
/// Beginnings of labels that nodes get from Kubernetes and AKS, whatever is written of the pool.
const GIVEN: [&str; 5] =
    ["kubernetes.io/", "kubernetes.azure.com/", "node.kubernetes.io/", "topology.", "beta.kubernetes.io/"];

/// Of a pod that can't be read nothing is known.
impl Default for Placement {
    fn default() -> Self {
        Placement { wants: Vec::new(), tolerations: None, open: true }
    }
}

impl Placement {
    /// Reads the specification of a pod.
    pub(super) fn of(spec: &Node) -> Placement {
        let Some(map) = spec.as_map() else { return Placement::default() };
        let mut found = Placement { open: map.open.is_some(), ..Placement::default() };
        found.tolerations = match spec.get("tolerations") {
            None => Some(Vec::new()),
            Some(list) => list.as_list().filter(|list| list.open.is_none()).map(|list| list.items.clone()),
        };
        if let Some(selector) = spec.get("nodeSelector").filter(|it| !it.is_null()) {
            found.select(selector);
        }
        let path = ["affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"];
        if let Some(terms) = spec.at(&path) {
            found.prefer(terms);
        }
        found
    }

    fn select(&mut self, selector: &Node) {
        for entry in selector.as_map().map_or(&[][..], |map| &map.entries) {
            match (entry.key.as_str(), entry.value.as_str()) {
                (Some(key), Some(value)) => self.wants.push((key.to_owned(), vec![value.to_owned()])),
                _ => self.open = true,
            }
        }
        self.open |= selector.as_map().is_none_or(|map| map.open.is_some());
    }

    /// One of the terms has to hold: with several of them nothing is asked for sure.
    fn prefer(&mut self, terms: &Node) {
        let Some([term]) = terms.as_list().map(|list| list.items.as_slice()) else { return };
        let expressions = term.get("matchExpressions").and_then(Node::as_list);
        for expression in expressions.map_or(&[][..], |list| &list.items) {
            let text = |key: &str| expression.get(key).and_then(Node::as_str);
            let values = expression.get("values").and_then(Node::as_list).filter(|list| list.open.is_none());
            let values = values.and_then(|list| list.items.iter().map(|it| it.as_str().map(str::to_owned)).collect());
            if let (Some(key), Some("In"), Some(values)) = (text("key"), text("operator"), values) {
                self.wants.push((key.to_owned(), values));
            }
        }
    }

    /// Whether nodes of a pool are what it asks for.
    fn fits(&self, pool: &Pool) -> Truth {
        let labels = self.wants.iter().map(|(key, values)| has(pool, key, values)).fold(Truth::Yes, Truth::and);
        labels.and(self.tolerates(pool))
    }

    /// Whether it asks for a pool by its name.
    fn names(&self, pool: &Pool) -> bool {
        let name = |key: &str| NAMES.contains(&key);
        self.wants.iter().any(|(key, values)| name(key) && has(pool, key, values) == Truth::Yes)
    }

    fn tolerates(&self, pool: &Pool) -> Truth {
        let mut taints: Vec<String> = Vec::new();
        let mut open = Truth::Yes;
        if let Some(node) = pool.body.get("nodeTaints").filter(|it| !it.is_null()) {
            match node.as_list() {
                Some(list) => {
                    taints.extend(list.items.iter().filter_map(|it| it.as_str().map(str::to_owned)));
                    let unread = list.open.is_some() || list.items.iter().any(|it| it.as_str().is_none());
                    open = if unread { Truth::Unknown } else { Truth::Yes };
                }
                None => open = Truth::Unknown,
            }
        }
        // What azurerm calls so is a taint of the provider's own making.
        match pool.body.get("onlyCriticalAddons").filter(|it| !it.is_null()) {
            Some(only) if only.as_bool() == Some(true) => taints.push("CriticalAddonsOnly=true:NoSchedule".to_owned()),
            Some(only) if only.as_bool().is_none() => open = Truth::Unknown,
            _ => {}
        }
        if text(pool, "scaleSetPriority").is_some_and(|it| it.eq_ignore_ascii_case("Spot")) {
            taints.push("kubernetes.azure.com/scalesetpriority=spot:NoSchedule".to_owned());
        }
        let Some(tolerations) = &self.tolerations else { return if taints.is_empty() { open } else { Truth::Unknown } };
        taints.iter().map(|taint| tolerated(taint, tolerations)).fold(open, Truth::and)
    }
}

fn text<'p>(pool: &'p Pool, key: &str) -> Option<&'p str> {
    pool.body.get(key).and_then(Node::as_str)
}

/// Whether nodes of a pool have a label with one of these values.
fn has(pool: &Pool, key: &str, values: &[String]) -> Truth {
    let is = |own: Option<&str>| match own {
        Some(own) => Truth::of(values.iter().any(|value| value.eq_ignore_ascii_case(own))),
        None => Truth::Unknown,
    };
    let or = |name: &str, default: &'static str| match pool.body.get(name).filter(|it| !it.is_null()) {
        None => is(Some(default)),
        Some(node) => is(node.as_str()),
    };
    if NAMES.contains(&key) {
        return is(pool.name.as_str());
    }
    match key {
        "kubernetes.azure.com/mode" => return or("mode", "User"),
        "kubernetes.io/os" | "beta.kubernetes.io/os" => return or("osType", "Linux"),
        _ => {}
    }
    let labels = pool.body.get("nodeLabels").filter(|it| !it.is_null());
    match labels.map(|labels| (labels, labels.as_map())) {
        Some((_, Some(map))) => match map.get_exact(key) {
            Some(value) => is(value.as_str()),
            None if map.open.is_some() || is_given(key) => Truth::Unknown,
            None => Truth::No,
        },
        Some((_, None)) => Truth::Unknown,
        None if is_given(key) => Truth::Unknown,
        None => Truth::No,
    }
}

fn is_given(key: &str) -> bool {
    GIVEN.iter().any(|start| key.starts_with(start))
}

/// Whether a taint (`key=value:effect`) is tolerated. What is only to be avoided keeps nobody away.
fn tolerated(taint: &str, tolerations: &[Node]) -> Truth {
    let Some((pair, effect)) = taint.rsplit_once(':') else { return Truth::Unknown };
    if effect.eq_ignore_ascii_case("PreferNoSchedule") {
        return Truth::Yes;
    }
    let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
    let one = |toleration: &Node| {
        let Some(map) = toleration.as_map().filter(|map| map.open.is_none()) else { return Truth::Unknown };
        let part = |name: &str| match map.get_exact(name) {
            None => Some(""),
            Some(node) if node.is_null() => Some(""),
            Some(node) => node.as_str(),
        };
        let parts = (part("key"), part("operator"), part("value"), part("effect"));
        let (Some(own), Some(operator), Some(wanted), Some(only)) = parts else { return Truth::Unknown };
        let exists = operator == "Exists";
        let named = own == key || own.is_empty() && exists;
        Truth::of(named && (exists || wanted == value) && (only.is_empty() || only == effect))
    };
    tolerations.iter().map(one).fold(Truth::No, Truth::or)
}

/// The pools on which a pod can land.
#[derive(Clone, Debug, PartialEq)]
pub struct Landing {
    /// Their places in the cluster.
    pub pools: Vec<usize>,
    /// There can be no other: it asks for one by its name.
    pub closed: bool,
}

impl<'a> World<'a> {
    /// The pools on which the pods of a workload can land, where that leaves some out. That nothing fits says nothing:
    /// labels may be set by hand.
    pub fn landing(&self, workload: &Workload<'a>, cluster: &Cluster<'a>) -> Option<Landing> {
        let (placement, pools) = (&workload.placement, self.pools(cluster));
        if placement.open || pools.items.len() < 2 {
            return None;
        }
        let fits: Vec<Truth> = pools.items.iter().map(|pool| placement.fits(pool)).collect();
        let sure = fits.contains(&Truth::Yes);
        let chosen: Vec<usize> = (0..fits.len()).filter(|at| fits.get(*at) != Some(&Truth::No)).collect();
        let closed = pools.items.iter().any(|pool| placement.names(pool));
        (sure && chosen.len() < fits.len()).then_some(Landing { pools: chosen, closed })
    }
}

#[cfg(test)]
mod tests {
    use super::tolerated;
    use crate::ir::{Entry, Node, Truth};
    use crate::source::Span;

    fn toleration(parts: &[(&str, &str)]) -> Node {
        let span = Span::default();
        Node::map(parts.iter().map(|(key, value)| Entry::new(key, span, Node::text(*value, span))).collect(), span)
    }

    #[test]
    fn a_taint_is_tolerated_by_key_value_and_effect() {
        let taint = "CriticalAddonsOnly=true:NoSchedule";
        assert_eq!(tolerated(taint, &[]), Truth::No);
        assert_eq!(tolerated(taint, &[toleration(&[("operator", "Exists")])]), Truth::Yes);
        assert_eq!(
            tolerated(taint, &[toleration(&[("key", "CriticalAddonsOnly"), ("operator", "Exists")])]),
            Truth::Yes
        );
        assert_eq!(tolerated(taint, &[toleration(&[("key", "CriticalAddonsOnly"), ("value", "false")])]), Truth::No);
        let other = toleration(&[("key", "CriticalAddonsOnly"), ("operator", "Exists"), ("effect", "NoExecute")]);
        assert_eq!(tolerated(taint, &[other]), Truth::No);
        assert_eq!(tolerated("gpu=true:PreferNoSchedule", &[]), Truth::Yes);
    }
}
