//! ACR111 `principal-type-missing`.

use super::{Reporter, Rule};
use crate::edit::{self, Repair};
use crate::finding::Severity;
use crate::pull::Case;
use crate::world::World;
use crate::world::grant::Grant;

pub(super) static RULE: Rule = Rule {
    id: "ACR111",
    name: "principal-type-missing",
    summary: "A role assignment for an identity of the same deployment does not say `principalType`",
    severity: Severity::Note,
    docs: include_str!("../../rules/ACR111.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for grant in case.world.grants.iter().filter(|grant| is_looked_up_too_early(grant, case.world)) {
        let resource = grant.resource;
        let within = |at| resource.extent.source == at && resource.extent.start <= grant.principal_span.start;
        let written = within(grant.principal_span.source) && grant.principal_span.end <= resource.extent.end;
        let place = if written { grant.principal_span } else { resource.declared };
        let message = format!("this grant of `{}` to a new identity has no `principalType`", grant.role_name());
        reporter
            .report(Severity::Note, place, message, &resource.address)
            .at("this identity may not have reached the directory yet")
            .help(edit::principal_type(resource.language))
            .fix(Repair::PrincipalType { grant }.fix(case.store));
    }
}

/// The principal is new in every case that a condition may pick; one finding for a declaration.
fn is_looked_up_too_early<'a>(grant: &Grant<'a>, world: &World<'a>) -> bool {
    let own = |other: &&Grant<'a>| other.resource.address == grant.resource.address;
    let mut all = world.grants.iter().filter(own);
    let first = world.grants.iter().find(own).is_some_and(|first| std::ptr::eq(first, grant));
    first && grant.untyped && grant.means_pull() && all.all(|each| each.is_to_its_own(&world.resolver))
}
