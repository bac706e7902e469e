//! ACR109 `registry-in-other-tenant`.

use super::{Key, Reporter, Rule, story};
use crate::finding::Severity;
use crate::pull::{Case, Pair, Tie};
use crate::world::knowledge::Truth;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR109",
    name: "registry-in-other-tenant",
    summary: "The registry is in another tenant than the cluster, whose managed identity nobody knows there",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR109.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    let meant = |pair: &&Pair| matches!(pair.tie, Tie::Workload | Tie::Wired) && !case.is_a_guess(pair);
    for pair in case.pairs.iter().filter(meant) {
        let (Some(cluster), Some(registry)) = (case.cluster(pair), case.registry(pair)) else { continue };
        let Some(tenants) = case.world.tenants_apart(cluster, registry) else { continue };
        let Some(severity) = severity(case, pair) else { continue };
        let (aks, acr) = (shown(&cluster.name), shown(&registry.name));
        let message = format!("`{aks}` pulls with a managed identity, which the tenant of `{acr}` does not know");
        let key = Key::of(&[&cluster.resource.address, &registry.resource.address]);
        let told = reporter.report(severity, cluster.resource.declared, message, key);
        let told = told
            .at(format!("the cluster is in tenant `{}`", tenants.cluster.0))
            .with(tenants.cluster.1, "its tenant")
            .with(tenants.registry.1, format!("the registry is in tenant `{}`", tenants.registry.0));
        story::pull(told, case, pair).help(
            "pull with a service principal of a multitenant application that is granted AcrPull there, or with a pull secret",
        );
    }
}

/// Nothing where every workload of the pair has a credential of its own.
fn severity(case: &Case<'_, '_>, pair: &Pair) -> Option<Severity> {
    let own = case.paths.iter().filter(|it| it.cluster == Some(pair.cluster) && it.registry == Some(pair.registry));
    let answers: Vec<Truth> = own.filter_map(|path| Some(path.step("permission")?.truth)).collect();
    match () {
        () if answers.contains(&Truth::No) || answers.is_empty() && case.fails(pair) => Some(Severity::Error),
        () if !answers.is_empty() && answers.iter().all(|answer| *answer == Truth::Yes) => None,
        () => Some(Severity::Warning),
    }
}
