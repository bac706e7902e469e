//! ACR406 `pulling-identity-replaced`.

use super::{Key, Reporter, Rule, story};
use crate::edit;
use crate::finding::Severity;
use crate::pull::{Case, Cause};
use crate::world::knowledge::Truth;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR406",
    name: "pulling-identity-replaced",
    summary: "A plan gives the cluster another identity to pull with, and the grant stays with the former one",
    severity: Severity::Warning,
    docs: include_str!("../../rules/ACR406.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for pair in case.pairs.iter().filter(|pair| pair.permission.truth == Truth::No) {
        let Some((_, grant)) = case.causes(pair).find(|(cause, _)| *cause == Cause::FormerIdentity) else { continue };
        let (Some(cluster), Some(registry)) = (case.cluster(pair), case.registry(pair)) else { continue };
        let Some(switch) = case.world.switch(cluster) else { continue };
        // In place, nodes keep the identity that they have until their pool is upgraded.
        let severity = if switch.at_once && case.fails(pair) { Severity::Error } else { Severity::Warning };
        let place = case.place_of(&grant.principal, grant.resource.declared);
        let (aks, acr) = (shown(&cluster.name), shown(&registry.name));
        let message = format!("`{aks}` {}, which has no role on `{acr}`", switch.what);
        let key = Key::of(&[&grant.resource.address, &cluster.resource.address]);
        let told = reporter.report(severity, place, message, key).at("this is the identity that it has now");
        let told = told.with(switch.span, "the plan changes it here");
        story::pull(told, case, pair).help(edit::principal_of_puller(grant.resource, cluster));
    }
}
