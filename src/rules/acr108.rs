//! ACR108 `grant-scope-misses-registry`.

use super::{Key, Reporter, Rule, story};
use crate::edit::Repair;
use crate::finding::Severity;
use crate::pull::{Case, Cause, Tie};
use crate::world::knowledge::Truth;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR108",
    name: "grant-scope-misses-registry",
    summary: "The pull grant's scope is not the registry that the images come from, nor above it",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR108.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for pair in case.pairs.iter().filter(|pair| pair.permission.truth != Truth::Yes) {
        for (_, grant) in case.causes(pair).filter(|(cause, _)| *cause == Cause::Scope) {
            let Some(registry) = case.registry(pair) else { continue };
            if matches!(pair.tie, Tie::Sibling | Tie::LeftOut | Tie::Possible) || case.is_a_guess(pair) {
                continue;
            }
            // Where every workload runs on a cluster that may pull, the grant is right for its own registry.
            if case.may_be_served_otherwise(pair) && !grant.misplaces(registry) {
                continue;
            }
            // Without proof that the pull fails, only a scope that names the registry in the wrong place is told.
            if pair.permission.truth != Truth::No && !grant.misplaces(registry) {
                continue;
            }
            let severity = match case.fails(pair) {
                true if pair.tie != Tie::Alone => Severity::Error,
                _ => Severity::Warning,
            };
            let place = case.place_of(&grant.written_scope(), grant.resource.declared);
            let message = format!("the scope of `{}` does not cover `{}`", grant.role_name(), shown(&registry.name));
            let key = Key::of(&[&grant.resource.address, &registry.resource.address]);
            let told = reporter.report(severity, place, message, key).at("the scope");
            story::pull(told, case, pair)
                .help(format!("make the registry `{}` the scope of the grant", shown(&registry.name)))
                .fix(Repair::Scope { grant, registry }.fix(case.store));
        }
    }
}
