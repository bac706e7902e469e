//! ACR104 `role-without-pull`.

use super::{Key, Reporter, Rule, story};
use crate::finding::Severity;
use crate::pull::{Case, Cause, Tie};
use crate::world::grant::Granted;
use crate::world::knowledge::Truth;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR104",
    name: "role-without-pull",
    summary: "Every role that the pulling identity has on the registry lacks the right to pull",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR104.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for pair in case.pairs.iter().filter(|pair| matches!(pair.tie, Tie::Workload | Tie::Wired)) {
        for (_, grant) in case.causes(pair).filter(|(cause, _)| *cause == Cause::RoleWithoutPull) {
            let (Some(cluster), Some(registry)) = (case.cluster(pair), case.registry(pair)) else { continue };
            // A role without pull beside one that works is nobody's mistake.
            if pair.permission.truth == Truth::Yes || pair.permission.truth == Truth::Unknown {
                continue;
            }
            let severity = if case.fails(pair) { Severity::Error } else { Severity::Warning };
            let (role, acr) = (grant.role_name(), shown(&registry.name));
            let key = Key::of(&[&grant.resource.address, &registry.resource.address]);
            let told =
                reporter.report(severity, grant.role_span, format!("`{role}` does not let pull from `{acr}`"), key);
            let mut told = story::pull(told, case, pair).with(cluster.pulling_span, "the identity that pulls");
            if let Granted::Custom { declared, .. } = grant.role {
                told = told.with(declared, "the role, which has no `Microsoft.ContainerRegistry/registries/pull/read`");
            }
            told.help("grant AcrPull to the identity that pulls");
        }
    }
}
