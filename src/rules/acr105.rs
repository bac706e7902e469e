//! ACR105 `legacy-role-on-abac-registry`.

use super::{Key, Reporter, Rule, story};
use crate::edit::{self, Repair};
use crate::finding::Severity;
use crate::pull::{Case, Cause, Tie};
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR105",
    name: "legacy-role-on-abac-registry",
    summary: "A role such as AcrPull is granted on a registry that honours repository roles only",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR105.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    let alike = case.alike(|cause| *cause == Cause::LegacyRole);
    for pair in case.pairs.iter().filter(|pair| matches!(pair.tie, Tie::Workload | Tie::Wired)) {
        for (_, grant) in case.causes(pair).filter(|(cause, _)| *cause == Cause::LegacyRole) {
            let (Some(cluster), Some(registry)) = (case.cluster(pair), case.registry(pair)) else { continue };
            let severity = if case.fails(pair) { Severity::Error } else { Severity::Warning };
            let fix = Repair::Role { grant, registry, resolver: &case.world.resolver }.fix(case.store);
            let fix = fix
                .filter(|_| alike.contains(&grant.resource.declared))
                .map(|fix| fix.only_safe_if(severity == Severity::Error));
            let (role, acr) = (grant.role_name(), shown(&registry.name));
            let key = Key::of(&[&grant.resource.address, &registry.resource.address]);
            let told = reporter.report(
                severity,
                grant.role_span,
                format!("`{role}` is ignored by `{acr}`, which is in ABAC mode"),
                key,
            );
            let help = format!(
                "{}\nanother AcrPull, as `--attach-acr` grants it, is ignored as well",
                edit::repository_role(grant.resource.language)
            );
            story::pull(told, case, pair).with(cluster.pulling_span, "the identity that pulls").help(help).fix(fix);
        }
    }
}
