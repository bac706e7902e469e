//! ACR309 `no-way-out`.

use super::blocked::blocked;
use super::{Key, Reporter, Rule};
use crate::finding::Severity;
use crate::pull::reach::PublicFault as Fault;
use crate::pull::{Case, Obstacle};
use crate::world::knowledge::Truth;
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
            "block" => "nothing goes out to the internet, and no private way leads to the registry",
            _ => "no way out is made, and no private way leads to the registry",
        };
        let endpoint = case.world.endpoints.iter().zip(&case.world.network.attached);
        let mut endpoint = endpoint.filter(|(_, attached)| attached.leads_to(blocked.registry.at) == Truth::Yes);
        let help = match endpoint.next() {
            Some((endpoint, _)) => format!(
                "link the zone `privatelink.azurecr.io`, in which endpoint `{}` keeps its records, to the network of the nodes; \
                 or let the cluster out",
                shown(&endpoint.name)
            ),
            None => format!(
                "{}\nand link the zone to the network of the nodes; or let the cluster out",
                blocked.private_way(case)
            ),
        };
        let key = Key::of(&[&blocked.cluster.resource.address, &blocked.registry.resource.address]);
        blocked.report(case, reporter, *place, [&message, at], key, Vec::new()).help(help);
    }
}
