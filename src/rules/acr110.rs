//! ACR110 `colliding-role-assignments`.

use super::{Key, Reporter, Rule};
use crate::edit;
use crate::finding::Severity;
use crate::pull::Case;
use crate::world::collision::Kind;

pub(super) static RULE: Rule = Rule {
    id: "ACR110",
    name: "colliding-role-assignments",
    summary: "Two role assignments have one name for different principals, or grant the same thing twice",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR110.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for clash in &case.world.collisions {
        let grants = &case.world.grants;
        let (Some(first), Some(second)) = (grants.get(clash.first), grants.get(clash.second)) else { continue };
        let severity = if clash.certain { Severity::Error } else { Severity::Warning };
        let role = second.role_name();
        let (message, help) = match clash.kind {
            Kind::OneName => (
                format!("this grant of `{role}` has the name of another one, for another principal"),
                edit::own_name(second.resource),
            ),
            Kind::OneGrant => (
                format!("this grant of `{role}` is made a second time, under another name"),
                format!("remove one of the two: `{role}` for this principal on this scope is there already"),
            ),
        };
        let key = Key::of(&[&first.resource.address, &second.resource.address]);
        reporter
            .report(severity, second.resource.declared, message, key)
            .at("this role assignment is refused")
            .with(first.resource.declared, "where this one has been made")
            .help(help);
    }
}
