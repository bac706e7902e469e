//! ACR503 `admin-user-enabled`.

use super::{Reporter, Rule};
use crate::finding::Severity;
use crate::pull::Case;
use crate::world::knowledge::Fact;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR503",
    name: "admin-user-enabled",
    summary: "The registry's admin user is enabled",
    severity: Severity::Note,
    docs: include_str!("../../rules/ACR503.md"),
    security: Some("4.0"),
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for registry in case.world.registries.iter().filter(|registry| registry.is_declared()) {
        let Fact::Known(true, span) = registry.admin else { continue };
        let message = format!(
            "the admin user of `{}` is enabled: one shared account that may push and pull",
            shown(&registry.name)
        );
        let told = reporter.report(Severity::Note, span, message, &registry.resource.address);
        told.help("grant identities roles instead; check first that no pull secret uses the admin user");
    }
}
