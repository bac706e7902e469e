//! What stands between nodes and registries, for the rules about networks.

use super::{Key, Reporter, story};
use crate::finding::Severity;
use crate::pull::{Case, Obstacle, Pair, Reach, Tie};
use crate::source::Span;
use crate::world::cluster::Cluster;
use crate::world::knowledge::Truth;
use crate::world::registry::Registry;

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

impl Blocked<'_, '_> {
    /// Reports it at a place, tells what proves it and the way of the pull, and how to repair it.
    pub(super) fn report(&self, case: &Case<'_, '_>, reporter: &mut Reporter, place: Span, texts: [&str; 3], key: Key) {
        let [message, at, help] = texts;
        let told = reporter.report(self.severity, place, message, key).at(at);
        let told = story::by_hand(told, &case.opened_by_hand(self.pair));
        let evidence = self.reach.judgement.because.iter().filter(|evidence| evidence.span != place);
        let told = evidence.fold(told, |told, evidence| told.with(evidence.span, evidence.text.clone()));
        story::pull(told, case, self.pair).help(help);
    }
}
