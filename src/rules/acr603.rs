//! ACR603 `invalid-registry-name`.

use super::{Reporter, Rule};
use crate::azure::names::registry_name_fault;
use crate::finding::Severity;
use crate::pull::Case;

pub(super) static RULE: Rule = Rule {
    id: "ACR603",
    name: "invalid-registry-name",
    summary: "A registry's name is not one that Azure accepts",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR603.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for registry in case.world.registries.iter().filter(|registry| registry.is_declared()) {
        let Some((name, fault)) = registry.impossible_name() else { continue };
        let resource = registry.resource;
        let severity = if resource.is_unconditional() { Severity::Error } else { Severity::Warning };
        let place = case.place_of(&registry.name, resource.declared);
        reporter
            .report(severity, place, format!("registry name `{}` {fault}", short(name)), &resource.address)
            .at("a registry's name is 5 to 50 letters and digits")
            .help(help(name));
    }
}

/// A name that is too long is not shown whole.
fn short(name: &str) -> String {
    match name.char_indices().nth(50) {
        Some((at, _)) => format!("{}…", name.get(..at).unwrap_or_default()),
        None => name.to_owned(),
    }
}

/// The same name without the characters that can't stay, when that is enough.
fn help(name: &str) -> String {
    let kept: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    match name.is_ascii() && registry_name_fault(&kept).is_none() {
        true => format!("name it `{kept}`, here and in the images that are pulled from it"),
        false => "choose a name of 5 to 50 letters and digits".to_owned(),
    }
}
