//! ACR101 `missing-pull-grant`.

use super::{Key, Reporter, Rule, story};
use crate::edit;
use crate::finding::Severity;
use crate::pull::{Case, Tie};
use crate::world::knowledge::Truth;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR101",
    name: "missing-pull-grant",
    summary: "No role assignment lets the identity that pulls images read from the registry",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR101.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for pair in case.pairs.iter().filter(|pair| pair.permission.truth == Truth::No) {
        // One finding for one cause: a grant that misses is told by its own rule.
        if case.causes(pair).next().is_some() || case.is_a_guess(pair) {
            continue;
        }
        if pair.tie != Tie::Sibling && (case.may_be_served_otherwise(pair) || case.relies_on_secrets(pair)) {
            continue;
        }
        let (Some(cluster), Some(registry)) = (case.cluster(pair), case.registry(pair)) else { continue };
        let severity = match pair.tie {
            Tie::Alone | Tie::LeftOut => Severity::Note,
            Tie::Sibling => Severity::Warning,
            Tie::Workload | Tie::Wired if case.fails(pair) => Severity::Error,
            Tie::Workload | Tie::Wired => Severity::Warning,
        };
        let (aks, acr) = (shown(&cluster.name), shown(&registry.name));
        let key = Key::of(&[&cluster.resource.address, &registry.resource.address]);
        let told = reporter.report(
            severity,
            cluster.resource.declared,
            format!("`{aks}` has no role to pull from `{acr}`"),
            key,
        );
        story::pull(told, case, pair).help(edit::grant_pull(cluster, registry));
    }
}
