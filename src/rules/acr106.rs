//! ACR106 `repository-role-on-legacy-registry`.

use super::{Key, Reporter, Rule, story};
use crate::edit::{self, Repair};
use crate::finding::Severity;
use crate::pull::{Case, Cause, Pair, Tie};
use crate::world::knowledge::{Fact, Truth};
use crate::world::registry::Registry;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR106",
    name: "repository-role-on-legacy-registry",
    summary: "A repository role is granted on a registry that honours legacy roles such as AcrPull only",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR106.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    let alike = case.alike(|cause| *cause == Cause::RepositoryRole);
    for pair in case.pairs.iter().filter(|pair| matches!(pair.tie, Tie::Workload | Tie::Wired)) {
        for (_, grant) in case.causes(pair).filter(|(cause, _)| *cause == Cause::RepositoryRole) {
            let (Some(cluster), Some(registry)) = (case.cluster(pair), case.registry(pair)) else { continue };
            let Some(severity) = severity(case, pair, registry) else { continue };
            let fix = Repair::Role { grant, registry, resolver: &case.world.resolver }.fix(case.store);
            let fix = fix
                .filter(|_| alike.contains(&grant.resource.declared) && case.may_change_role(pair, grant, registry))
                .map(|fix| fix.only_safe_if(severity == Severity::Error));
            let (role, acr) = (grant.role_name(), shown(&registry.name));
            let message = match severity {
                Severity::Note => format!("`{role}` needs ABAC mode, and `{acr}` states no mode"),
                _ => format!("`{role}` is ignored by `{acr}`, which is in legacy mode"),
            };
            let help = match (case.serves_another(grant, registry), edit::legacy_role(grant.resource.language)) {
                (true, help) => format!(
                    "{help}\nin a second grant, on this registry alone: another one that this grant reaches needs it as it is"
                ),
                (false, help) => help,
            };
            let key = Key::of(&[&grant.resource.address, &registry.resource.address]);
            let told = reporter.report(severity, grant.role_span, message, key);
            story::pull(told, case, pair)
                .with(cluster.pulling_span, "the identity that pulls")
                .with(registry.mode.span(), "the mode is decided here")
                .help(help)
                .fix(fix);
        }
    }
}

/// A mode that nobody wrote is legacy today and may be another one tomorrow: a note, and none beside a role that works.
fn severity(case: &Case<'_, '_>, pair: &Pair, registry: &Registry<'_>) -> Option<Severity> {
    match registry.mode {
        Fact::Known(..) if case.fails(pair) => Some(Severity::Error),
        Fact::Known(..) => Some(Severity::Warning),
        _ if pair.permission.truth == Truth::Yes => None,
        _ => Some(Severity::Note),
    }
}
