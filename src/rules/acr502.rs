//! ACR502 `admin-credentials-of-disabled-user`.

use super::{Key, Reporter, Rule, story};
use crate::edit;
use crate::finding::Severity;
use crate::pull::{Case, Outcome};
use crate::world::knowledge::Truth;
use crate::world::reading::Reading;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR502",
    name: "admin-credentials-of-disabled-user",
    summary: "The admin credentials of a registry are read although its admin user is disabled",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR502.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for reading in &case.world.readings {
        let Some(registry) = case.world.registries.get(reading.registry) else { continue };
        if registry.admin.is(&false) != Truth::Yes || is_told_of_the_secret(case, reading) {
            continue;
        }
        // Resource Manager refuses to list them; the Terraform provider gives empty texts.
        let refused = reading.certain && !reading.language.is_terraform();
        let by_hand = case.admin_by_hand(registry);
        let severity = if refused && by_hand.is_empty() { Severity::Error } else { Severity::Warning };
        let place = case.place_of(&reading.value, reading.resource.map_or(reading.value.span, |it| it.declared));
        let message = format!("admin credentials of `{}` are read, but its admin user is off", shown(&registry.name));
        let address = &registry.resource.address;
        let key = match reading.resource {
            Some(resource) => Key::of(&[&resource.address, address]),
            None => Key::of(&[address]),
        };
        let told = reporter
            .report(severity, place, message, key)
            .at("there is no credential to read")
            .with(registry.admin.span(), "the admin user is off here");
        story::by_hand(told, &by_hand).help(edit::admin_user(registry));
    }
}

/// A pull secret of a pod that holds the credential is told by ACR501, with what becomes of the pull.
fn is_told_of_the_secret(case: &Case<'_, '_>, reading: &Reading<'_>) -> bool {
    let mut offers = case.paths.iter().flat_map(|path| &path.offers);
    offers.any(|offer| {
        let secret = offer.secret.and_then(|at| case.world.secrets.get(at));
        offer.what == Outcome::AdminDisabled
            && secret.zip(reading.resource).is_some_and(|(secret, reader)| secret.resource.address == reader.address)
    })
}
