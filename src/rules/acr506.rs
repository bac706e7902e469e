//! ACR506 `property-not-in-api-version`.

use super::{Key, Reporter, Rule};
use crate::edit::Repair;
use crate::finding::Severity;
use crate::pull::Case;

pub(super) static RULE: Rule = Rule {
    id: "ACR506",
    name: "property-not-in-api-version",
    summary: "A registry's property is written under an API version that does not have it",
    severity: Severity::Warning,
    docs: include_str!("../../rules/ACR506.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for registry in &case.world.registries {
        let resource = registry.resource;
        let Some(version) = &resource.api_version else { continue };
        for property in &registry.unversioned {
            let name = property.path.join(".");
            let place = case.place_of(&property.value, resource.declared);
            let message = format!("`{name}` is not in API version `{version}`");
            // The version is written once, unless something within has one as well.
            let fix = Repair::Name { place: resource.extent, from: version, to: property.version }.fix(case.store);
            reporter
                .report(Severity::Warning, place, message, Key::of(&[&resource.address]).and(&name))
                .at("whether this is refused or ignored is not documented")
                .with(resource.declared, format!("the registry is declared with `{version}`"))
                .help(format!("declare it with `Microsoft.ContainerRegistry/registries@{}`", property.version))
                .fix(fix);
        }
    }
}
