//! ACR301 `no-network-admitted`.

use super::blocked::blocked;
use super::{Key, Reporter, Rule};
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
        // Azure refuses the whole registry for its tier: that has a rule of its own.
        if !case.world.refused_settings(registry).is_empty() {
            continue;
        }
        let message = format!("`{}` admits no network: {what}, and it has no private endpoint", shown(&registry.name));
        let key = Key::of(&[&registry.resource.address, &blocked.cluster.resource.address]);
        let mut labels = Vec::new();
        if let Some(closing) = registry.closing {
            labels.push((closing, "the plan closes it: it is open now".to_owned()));
        }
        labels.extend(case.world.lost_endpoints(registry).map(|lost| (lost, LOST.to_owned())));
        let help = format!("{}\n{ALSO}", blocked.private_way(case));
        blocked.report(case, reporter, *place, [&message, what], key, labels).help(help);
    }
}

const LOST: &str = "the plan deletes its private endpoint";
const ALSO: &str = "link the zone to the network of the nodes as well; or admit the addresses from which the cluster goes out. \
                    Checks that ask to close a registry don't say that nobody pulls from a closed one without an endpoint";
