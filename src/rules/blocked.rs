//! What stands between nodes and registries, for the rules about networks.

use super::reporter::Told;
use super::{Key, Reporter, story};
use crate::edit;
use crate::finding::Severity;
use crate::pull::{Case, Obstacle, Pair, Reach, Tie};
use crate::source::Span;
use crate::world::cluster::Cluster;
use crate::world::knowledge::Truth;
use crate::world::network::peers::Place;
use crate::world::network::pool::Pool;
use crate::world::registry::Registry;
use crate::world::workload::shown;

/// A pair whose nodes have something in their way to the registry.
pub(super) struct Blocked<'s, 'a> {
    pub(super) pair: &'s Pair,
    pub(super) cluster: &'s Cluster<'a>,
    pub(super) registry: &'s Registry<'a>,
    pub(super) obstacle: &'s Obstacle,
    pub(super) reach: &'s Reach,
    pub(super) severity: Severity,
}

/// Everything that stands in the way of a pair: an error where it alone stops the pull and nobody is told to open the way.
pub(super) fn blocked<'s, 'a>(case: &'s Case<'_, 'a>) -> impl Iterator<Item = Blocked<'s, 'a>> {
    // That a deployment has one of each says nothing yet.
    let meant = |pair: &&Pair| matches!(pair.tie, Tie::Workload | Tie::Wired) && !case.is_a_guess(pair);
    case.pairs.iter().filter(meant).flat_map(move |pair| {
        let ends = case.cluster(pair).zip(case.registry(pair)).zip(case.reach(pair));
        ends.into_iter().flat_map(move |((cluster, registry), reach)| {
            let told = !case.opened_by_hand(pair).is_empty();
            reach.obstacles.iter().map(move |(obstacle, proof)| {
                let stops = *proof == Truth::No && !told;
                let severity = if stops { Severity::Error } else { Severity::Warning };
                Blocked { pair, cluster, registry, obstacle, reach, severity }
            })
        })
    })
}

impl<'a> Blocked<'_, 'a> {
    /// Reports it at a place and tells the way of the pull: the image, the cluster and where its nodes stand, what proves the
    /// fault, the registry. `labels` are what the rule itself has to say of places.
    pub(super) fn report<'f>(
        &self,
        case: &Case<'_, 'a>,
        reporter: &'f mut Reporter,
        place: Span,
        texts: [&str; 2],
        key: Key,
        labels: Vec<(Span, String)>,
    ) -> Told<'f> {
        let [message, at] = texts;
        let told = reporter.report(self.severity, place, message, key).at(at);
        let told = story::by_hand(told, &case.opened_by_hand(self.pair));
        let labels = self.labels(case, place, labels);
        story::pull_through(told, case, self.pair, |told| {
            labels.into_iter().fold(told, |told, (span, text)| told.with(span, text))
        })
    }

    /// What is told between the cluster and the registry: one label for each place.
    fn labels(&self, case: &Case<'_, 'a>, place: Span, own: Vec<(Span, String)>) -> Vec<(Span, String)> {
        let shut =
            self.registry.is_shut().map(|(what, span)| (span, format!("{what}: only private endpoints lead in")));
        // A fault of the public way is told at the door itself.
        let shut = shut.filter(|_| matches!(self.obstacle, Obstacle::Private(_)));
        let evidence = self.reach.judgement.because.iter().map(|evidence| (evidence.span, evidence.text.clone()));
        let said = |span: Span, own: &[(Span, String)]| own.iter().find(|(other, _)| *other == span).cloned();
        let mut told: Vec<(Span, String)> = Vec::new();
        let stand = self.stand(case);
        for (span, text) in stand.iter().cloned().chain(own.clone()).chain(evidence) {
            // The rule's own words come first, and stand where the proof has the place.
            let (span, text) =
                said(span, &own).or_else(|| shut.clone().filter(|it| it.0 == span)).unwrap_or((span, text));
            let known = told.iter().any(|(other, _)| *other == span);
            if span != place && !known && !text.is_empty() {
                told.push((span, text));
            }
        }
        told
    }

    /// Where the nodes stand; of many pools the first ones.
    fn stand(&self, case: &Case<'_, 'a>) -> Vec<(Span, String)> {
        const TOLD: usize = 2;
        let of = |pool: &Pool| {
            let name = shown(&pool.name);
            let vnet = shown(&case.world.vnet_of(pool)?.name);
            let text = match case.world.subnet_of(pool) {
                Some(subnet) => format!("nodes of pool `{name}` stand in subnet `{}` of `{vnet}`", shown(&subnet.name)),
                None => format!("nodes of pool `{name}` stand in network `{vnet}`"),
            };
            Some((pool.span, text))
        };
        case.world.pools(self.cluster).items.into_iter().filter_map(of).take(TOLD).collect()
    }

    /// How to give the registry a private way in, with the names that things have.
    pub(super) fn private_way(&self, case: &Case<'_, 'a>) -> String {
        let pools = case.world.pools(self.cluster).items;
        let subnet = pools.iter().find_map(|pool| case.world.subnet_of(pool));
        let is_one = |name: &str| name.to_ascii_lowercase().starts_with("privatelink.azurecr.");
        let mut zones = case.world.network.zones.iter().filter(|zone| zone.name.as_str().is_some_and(is_one));
        let zone = zones.next().filter(|_| zones.next().is_none()).and_then(|zone| zone.resource);
        edit::private_endpoint(self.registry, subnet, zone)
    }

    /// The ranges of the subnets in which the nodes stand, where they are known.
    pub(super) fn ranges(&self, case: &Case<'_, 'a>) -> Vec<String> {
        let mut ranges: Vec<String> = Vec::new();
        for pool in case.world.pools(self.cluster).items {
            let subnet = case.world.subnet_of(pool).map(|subnet| Place::of_subnet(subnet, &case.world.resolver));
            let Some(Place::In(nets)) = subnet else { return Vec::new() };
            ranges.extend(nets.iter().map(ToString::to_string));
        }
        ranges.sort();
        ranges.dedup();
        ranges
    }
}
