//! ACR301 `no-network-admitted`.

use super::{Key, Reporter, Rule, story};
use crate::finding::Severity;
use crate::pull::{Case, Tie};
use crate::world::knowledge::Truth;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR301",
    name: "no-network-admitted",
    summary: "The registry admits no network: its public access is off, and no private endpoint leads to it",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR301.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    // That a deployment has one of each says nothing yet.
    let meant = |tie: Tie| matches!(tie, Tie::Workload | Tie::Wired);
    for pair in case.pairs.iter().filter(|pair| meant(pair.tie) && !case.is_a_guess(pair)) {
        let (Some(cluster), Some(registry)) = (case.cluster(pair), case.registry(pair)) else { continue };
        let Some(network) = case.network(pair).filter(|network| network.truth == Truth::No) else { continue };
        let Some((what, place)) = registry.is_shut() else { continue };
        let message = format!("`{}` admits no network: {what}, and it has no private endpoint", shown(&registry.name));
        let key = Key::of(&[&registry.resource.address, &cluster.resource.address]);
        let by_hand = case.opened_by_hand(pair);
        let severity = if by_hand.is_empty() { Severity::Error } else { Severity::Warning };
        let told = reporter.report(severity, place, message, key).at(what);
        let mut told = story::by_hand(told, &by_hand);
        if let Some(closing) = registry.closing {
            told = told.with(closing, "the plan closes it: it is open now");
        }
        for lost in case.world.lost_endpoints(registry) {
            told = told.with(lost, "the plan deletes its private endpoint");
        }
        let evidence = network.because.iter().filter(|evidence| evidence.span != place);
        told = evidence.fold(told, |told, evidence| told.with(evidence.span, evidence.text.clone()));
        story::pull(told, case, pair).help(
            "give the registry a private endpoint (group `registry`) in a network that the nodes reach, with the zone \
             `privatelink.azurecr.io` linked to the nodes' network; or admit the addresses from which the cluster goes out",
        );
    }
}
