//! ACR105 `legacy-role-on-abac-registry`.

use super::{Key, Reporter, Rule, story};
use crate::edit::{self, Repair};
use crate::finding::Severity;
use crate::pull::{Case, Cause, Tie};
use crate::world::grant::Grant;
use crate::world::knowledge::Truth;
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
    in_the_mode_that_is_asked_for(case, reporter);
    let alike = case.alike(|cause| *cause == Cause::LegacyRole);
    for pair in case.pairs.iter().filter(|pair| matches!(pair.tie, Tie::Workload | Tie::Wired)) {
        for (_, grant) in case.causes(pair).filter(|(cause, _)| *cause == Cause::LegacyRole) {
            let (Some(cluster), Some(registry)) = (case.cluster(pair), case.registry(pair)) else { continue };
            let severity = if case.fails(pair) { Severity::Error } else { Severity::Warning };
            let fix = Repair::Role { grant, registry, resolver: &case.world.resolver }.fix(case.store);
            let fix = fix
                .filter(|_| alike.contains(&grant.resource.declared) && case.may_change_role(pair, grant, registry))
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
            let help = match case.serves_another(grant, registry) {
                true => format!(
                    "{help}\nin a second grant, on this registry alone: another one that this grant reaches needs it as it is"
                ),
                false => help,
            };
            story::pull(told, case, pair).with(cluster.pulling_span, "the identity that pulls").help(help).fix(fix);
        }
    }
}

/// Grants that are ignored in the mode that is written, whether the API version knows it or not: what is written for the
/// registry contradicts what is written for the grant.
fn in_the_mode_that_is_asked_for(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for pair in case.pairs.iter().filter(|pair| matches!(pair.tie, Tie::Workload | Tie::Wired)) {
        let (Some(cluster), Some(registry)) = (case.cluster(pair), case.registry(pair)) else { continue };
        let Some(mode) = registry.asks_for_abac() else { continue };
        let ignored = |grant: &Grant<'_>| {
            let pulls = grant.covers(registry).and(grant.pulls_for(cluster));
            pulls == Truth::Yes && grant.means_pull() && grant.lets_pull_by_repository() == Truth::No
        };
        for (_, grant) in case.world.grants_for(cluster).filter(|(_, grant)| ignored(grant)) {
            let (role, acr) = (grant.role_name(), shown(&registry.name));
            let key = Key::of(&[&grant.resource.address, &registry.resource.address]);
            let message = format!("`{role}` is ignored in ABAC mode, which is written for `{acr}`");
            let told = reporter.report(Severity::Warning, grant.role_span, message, key);
            let told = told.with(mode.span, "the mode; this API version does not have the property");
            let help = edit::repository_role(grant.resource.language);
            story::pull(told, case, pair).with(cluster.pulling_span, "the identity that pulls").help(help);
        }
    }
}
