//! Judging: the world is joined, pulls are judged in it, rules look at the judgements.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::clock::Clock;
use super::failure::internal;
use super::reading::Read;
use crate::azure::image;
use crate::discover::Discovered;
use crate::finding::Finding;
use crate::ir::Node;
use crate::pull::Case;
use crate::report;
use crate::report::graph::Graph;
use crate::rules::{self, Found};
use crate::source::{SourceId, Store};
use crate::suggestion::nearest;
use crate::tell;
use crate::world::{Assumed, Outlook, World};

/// What was judged.
pub(super) struct Judged {
    /// In no order, each fault of each deployment by itself.
    pub found: Vec<Found>,
    pub pulls: Vec<report::Pull>,
    pub graph: Graph,
    pub joins: tell::Joins,
    pub strangers: Vec<Stranger>,
}

pub(super) fn judge(store: &Store, found: &Discovered, read: &Read, outlook: Outlook, clock: &mut Clock) -> Judged {
    let examples = store.sources().into_iter().filter(|(_, source)| crate::pull::is_example_file(&source.path));
    let outlook = Outlook { examples: examples.map(|(id, _)| id).collect(), ..outlook };
    let by_itself = |finding: Finding| Found { finding, about: Vec::new() };
    let mut all: Vec<Found> = read.failures.iter().cloned().map(by_itself).collect();
    let first = found.sources.first().copied();
    let judged = catch_unwind(AssertUnwindSafe(|| {
        let world = clock.step("world", || World::new(&read.lowered.deployments, read.imperative.clone(), outlook));
        let case = clock.step("pulls", || Case::judge(&world, store));
        let found: Vec<Found> =
            clock.step("rules", || rules::all().iter().flat_map(|rule| checked(rule, &case, first)).collect());
        let graph = clock.step("graph", || tell::graph(&case, &found));
        (found, tell::pulls(&case, &read.lowered.deployments), graph, tell::joins(&world), strangers(&world))
    }));
    let (pulls, graph, joins, strangers) = match judged {
        Ok((found, pulls, graph, joins, strangers)) => {
            all.extend(found);
            (pulls, graph, joins, strangers)
        }
        Err(_) => {
            all.push(by_itself(internal(first, "joining the resources failed")));
            (Vec::new(), Graph::default(), tell::Joins::default(), Vec::new())
        }
    };
    Judged { found: all, pulls, graph, joins, strangers }
}

/// What the configuration names and the tree doesn't have.
pub(super) struct Stranger {
    pub what: &'static str,
    pub name: String,
    /// The nearest one that it has.
    pub nearest: Option<String>,
}

/// Clusters and registries that only the configuration knows: a slip there would silently make every pull of theirs
/// unknown.
fn strangers(world: &World<'_>) -> Vec<Stranger> {
    let clusters: Vec<&str> = world.clusters.iter().filter_map(|cluster| cluster.name.as_str()).collect();
    let registries = world.registries.iter().filter_map(|registry| registry.name.as_str());
    let images = world.workloads.iter().flat_map(|workload| &workload.images);
    let hosts: Vec<String> = images.filter_map(|image| azure_name(&image::parse(image).host?)).collect();
    let registries: Vec<&str> = registries.chain(hosts.iter().map(String::as_str)).collect();
    let (mut named, mut origins) = (BTreeSet::new(), BTreeSet::new());
    named.extend(world.outlook.clusters.values());
    for fact in &world.outlook.assumed {
        if let Assumed::Grant { cluster, registry } | Assumed::Reachable { cluster, registry } = fact {
            named.insert(cluster);
            origins.insert(registry);
        }
    }
    let mut found = Vec::new();
    for (what, named, known) in [("cluster", named, clusters), ("registry", origins, registries)] {
        let strange = named.into_iter().filter(|name| !known.iter().any(|own| own.eq_ignore_ascii_case(name)));
        found.extend(strange.map(|name| Stranger {
            what,
            name: name.clone(),
            nearest: nearest(name, known.iter().copied()).map(str::to_owned),
        }));
    }
    found
}

/// The name of the registry that has a host of Azure's.
fn azure_name(host: &Node) -> Option<String> {
    let (label, _) = host.as_str()?.split_once(".azurecr.")?;
    label.split(['.', '-']).next().map(str::to_owned)
}

fn checked(rule: &'static rules::Rule, case: &Case<'_, '_>, first: Option<SourceId>) -> Vec<Found> {
    let found = catch_unwind(AssertUnwindSafe(|| rules::run(rule, case)));
    let failed = || Found { finding: internal(first, &format!("rule {} failed", rule.id)), about: Vec::new() };
    found.unwrap_or_else(|_| vec![failed()])
}
