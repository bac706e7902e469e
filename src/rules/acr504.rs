//! ACR504 `quarantine-enabled`.

use super::{Reporter, Rule};
use crate::edit::Repair;
use crate::finding::Severity;
use crate::pull::Case;
use crate::world::grant::{Grant, Granted};
use crate::world::knowledge::{Fact, Truth};
use crate::world::registry::Registry;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR504",
    name: "quarantine-enabled",
    summary: "The registry keeps pushed images back until a scanner releases them",
    severity: Severity::Warning,
    docs: include_str!("../../rules/ACR504.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for registry in case.world.registries.iter().filter(|it| it.is_declared() || it.is_read_back()) {
        let Fact::Known(true, span) = case.world.quarantine(registry) else { continue };
        if case.world.grants_on(registry).any(|grant| lets_see(case, grant, registry)) {
            continue;
        }
        let message = format!("`{}` keeps what is pushed in quarantine: nobody pulls it", shown(&registry.name));
        let word = |from: &str, to: &str| {
            Repair::Word { owner: registry.resource, place: span, from, to, safe: false }.fix(case.store)
        };
        let fix = word("enabled", "disabled").or_else(|| word("true", "false"));
        reporter
            .report(Severity::Warning, span, message, &registry.resource.address)
            .at("until something releases it, an image is as if it were not there")
            .help("disable the policy, or make sure that a scanner releases every image that is pushed")
            .fix(fix);
    }
}

/// Whether somebody who may pull for a cluster may see what is in quarantine.
fn lets_see<'a>(case: &Case<'_, 'a>, grant: &Grant<'a>, registry: &Registry<'a>) -> bool {
    let quarantine = matches!(&grant.role, Granted::BuiltIn(role) if role.name.starts_with("AcrQuarantine"));
    let puller = || case.world.clusters.iter().any(|cluster| grant.pulls_for(cluster) != Truth::No);
    quarantine && grant.covers(registry) != Truth::No && (case.world.clusters.is_empty() || puller())
}
