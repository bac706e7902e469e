//! ACR301 `no-network-admitted`.

use super::blocked::blocked;
use super::{Key, Reporter, Rule, story};
use crate::finding::Severity;
use crate::pull::reach::PublicFault as Fault;
use crate::pull::{Case, Obstacle};
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
    for blocked in blocked(case) {
        let (Obstacle::Public(Fault::Shut(what, place)), registry) = (blocked.obstacle, blocked.registry) else {
            continue;
        };
        let message = format!("`{}` admits no network: {what}, and it has no private endpoint", shown(&registry.name));
        let key = Key::of(&[&registry.resource.address, &blocked.cluster.resource.address]);
        let told = reporter.report(blocked.severity, *place, message, key).at(*what);
        let mut told = story::by_hand(told, &case.opened_by_hand(blocked.pair));
        if let Some(closing) = registry.closing {
            told = told.with(closing, "the plan closes it: it is open now");
        }
        for lost in case.world.lost_endpoints(registry) {
            told = told.with(lost, "the plan deletes its private endpoint");
        }
        let evidence = blocked.reach.judgement.because.iter().filter(|evidence| evidence.span != *place);
        told = evidence.fold(told, |told, evidence| told.with(evidence.span, evidence.text.clone()));
        story::pull(told, case, blocked.pair).help(
            "give the registry a private endpoint (group `registry`) in a network that the nodes reach, with the zone \
             `privatelink.azurecr.io` linked to the nodes' network; or admit the addresses from which the cluster goes out. \
             Checks that ask to close a registry don't say that nobody pulls from a closed one without an endpoint",
        );
    }
}
