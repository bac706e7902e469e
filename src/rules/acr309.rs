//! ACR309 `no-way-out`.

use super::blocked::blocked;
use super::{Key, Reporter, Rule};
use crate::finding::Severity;
use crate::pull::reach::PublicFault as Fault;
use crate::pull::{Case, Obstacle};
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR309",
    name: "no-way-out",
    summary: "The cluster has no way out, and no private way leads to the registry",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR309.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for blocked in blocked(case) {
        let Obstacle::Public(Fault::NoWayOut(kind, place)) = blocked.obstacle else { continue };
        let (registry, cluster) = (shown(&blocked.registry.name), shown(&blocked.cluster.name));
        let message = format!("nodes of `{cluster}` can't get to `{registry}`: the outbound type is `{kind}`");
        let at = match *kind {
            "block" => "nothing goes out to the internet, and the registry has no private endpoint",
            _ => "no way out is made, and the registry has no private endpoint",
        };
        let help = "give the registry a private endpoint (group `registry`) in a network that the nodes reach, with the zone \
                    `privatelink.azurecr.io` linked to the nodes' network; or let the cluster out";
        let key = Key::of(&[&blocked.cluster.resource.address, &blocked.registry.resource.address]);
        blocked.report(case, reporter, *place, [&message, at, help], key);
    }
}
