//! ACR312 `private-zone-shared`.

use super::blocked::blocked;
use super::{Key, Reporter, Rule};
use crate::finding::Severity;
use crate::pull::reach::PrivateFault as Fault;
use crate::pull::{Case, Obstacle};
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR312",
    name: "private-zone-shared",
    summary: "Two private endpoints of one registry keep their records in one zone, so that one overwrites the other's",
    severity: Severity::Warning,
    docs: include_str!("../../rules/ACR312.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for blocked in blocked(case) {
        let Obstacle::Private(Fault::Shared { endpoints: [first, second] }) = blocked.obstacle else { continue };
        let endpoints = (case.world.endpoints.get(*first), case.world.endpoints.get(*second));
        let (Some(first), Some(second)) = endpoints else { continue };
        let (one, other) = (shown(&first.name), shown(&second.name));
        let message = format!("endpoints `{one}` and `{other}` overwrite each other's records in one zone");
        let at = format!("registers in the same zone as `{one}`");
        let help = "give each of the networks a zone of its own (in another resource group) that only its endpoint registers \
                    in and that is linked to its network only, or use one endpoint that all of them reach";
        let ends = [&second.resource.address, &blocked.cluster.resource.address, &blocked.registry.resource.address];
        let key = Key::of(&ends.map(|end| &**end));
        let labels = vec![(first.resource.declared, format!("endpoint `{one}` registers there as well"))];
        blocked.report(case, reporter, second.resource.declared, [&message, &at], key, labels).help(help);
    }
}
