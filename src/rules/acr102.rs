//! ACR102 `control-plane-grant`.

use super::{Key, Reporter, Rule, story};
use crate::edit::{self, Repair};
use crate::finding::{Fix, Severity};
use crate::pull::{Case, Cause};
use crate::world::knowledge::Truth;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR102",
    name: "control-plane-grant",
    summary: "The pull role is granted to the control plane's identity instead of the kubelet's",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR102.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    let alike = case.alike(|cause| *cause == Cause::ControlPlane);
    let single = case.of_one_cluster(|cause| *cause == Cause::ControlPlane);
    for pair in &case.pairs {
        // Two grants to the control plane would become the same one twice.
        let mut repaired = None;
        for (_, grant) in case.causes(pair).filter(|(cause, _)| *cause == Cause::ControlPlane) {
            let (Some(cluster), Some(registry)) = (case.cluster(pair), case.registry(pair)) else { continue };
            let severity = match pair.permission.truth {
                Truth::Yes => Severity::Note,
                _ if case.has_candidate(pair) => Severity::Note,
                _ if case.fails(pair) => Severity::Error,
                _ => Severity::Warning,
            };
            let place = case.place_of(&grant.principal, grant.resource.declared);
            let (role, aks) = (grant.role_name(), shown(&cluster.name));
            let message = format!("`{role}` goes to the control-plane identity of `{aks}`, which never pulls");
            let key = Key::of(&[&grant.resource.address, &cluster.resource.address]);
            let told = reporter.report(severity, place, message, key).at("this is the identity of the control plane");
            let told = story::pull(told, case, pair);
            let acr = shown(&registry.name);
            let on = match grant.covers(registry) {
                Truth::Yes => format!("the grant on `{acr}`"),
                _ => format!("the grant, which may reach `{acr}`"),
            };
            let (served, resolver) = (pair.permission.truth == Truth::Yes, &case.world.resolver);
            let repair = Repair::Principal { grant, cluster: Some(cluster), refused: false, served, resolver };
            let declared = grant.resource.declared;
            let own = |_: &Fix| alike.contains(&declared) && single.contains(&declared);
            let fix = repair.fix(case.store).filter(own);
            let fix = fix.filter(|_| *repaired.get_or_insert(declared) == declared);
            // Where the pull may work, the puller may have such a grant, and Azure makes none twice.
            let fix = fix.map(|fix| fix.only_safe_if(severity == Severity::Error));
            told.with(grant.resource.declared, on).help(edit::principal_of_puller(grant.resource, cluster)).fix(fix);
        }
    }
}
