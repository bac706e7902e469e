//! ACR101 `missing-pull-grant`.

use super::{Key, Reporter, Rule, story};
use crate::edit;
use crate::finding::Severity;
use crate::pull::{Case, Tie};
use crate::world::former::Fate;
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
    drift(case, reporter);
    for pair in case.pairs.iter().filter(|pair| pair.permission.truth == Truth::No) {
        // One finding for one cause: a grant that misses is told by its own rule.
        if case.causes(pair).next().is_some() || case.is_a_guess(pair) {
            continue;
        }
        if pair.tie != Tie::Sibling && (case.may_be_served_otherwise(pair) || case.relies_on_secrets(pair)) {
            continue;
        }
        let (Some(cluster), Some(registry)) = (case.cluster(pair), case.registry(pair)) else { continue };
        // No grant helps an identity that nobody knows there.
        if case.world.is_stranger(cluster, registry).is_some() {
            continue;
        }
        let severity = match pair.tie {
            Tie::Alone | Tie::LeftOut | Tie::Possible => Severity::Note,
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
        let mut told = story::pull(told, case, pair);
        let lost =
            case.world.former_grants.iter().filter(|former| former.is_lost() && former.served(cluster, registry));
        for former in lost {
            let role = former.grant.role_name();
            let text = match former.fate {
                Fate::Gone => format!("this grant of `{role}` was deleted outside of Terraform"),
                _ => format!("the plan deletes this grant of `{role}`"),
            };
            told = told.with(former.grant.resource.declared, text);
        }
        told.help(edit::grant_pull(cluster, registry));
    }
}

/// A grant that somebody deleted outside of Terraform and that the plan makes again: until then nothing pulls.
fn drift(case: &Case<'_, '_>, reporter: &mut Reporter) {
    let world = case.world;
    for former in world.former_grants.iter().filter(|former| former.fate == Fate::Gone && former.made_again) {
        let pairs = world.clusters.iter().flat_map(|cluster| world.registries.iter().map(move |it| (cluster, it)));
        let Some((cluster, registry)) = pairs.into_iter().find(|(cluster, it)| former.served(cluster, it)) else {
            continue;
        };
        let (aks, acr) = (shown(&cluster.name), shown(&registry.name));
        let message = format!("drift: `{aks}` can't pull from `{acr}` until this plan is applied");
        let now = world.grants.iter().find(|grant| grant.resource.address == former.grant.resource.address);
        let place = now.map_or(former.grant.resource.declared, |grant| grant.resource.declared);
        let key = Key::of(&[&former.grant.resource.address, &cluster.resource.address]).and("drift");
        let told = reporter.report(Severity::Note, place, message, key);
        let told = told.at("the plan makes this grant again");
        told.with(former.grant.resource.declared, "somebody deleted it outside of Terraform");
    }
}
