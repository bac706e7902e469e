//! ACR310 `feature-beyond-tier`.

use super::{Key, Reporter, Rule};
use crate::edit::Repair;
use crate::finding::Severity;
use crate::pull::Case;
use crate::world::tier::Beyond;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR310",
    name: "feature-beyond-tier",
    summary: "A registry has something that its tier does not offer",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR310.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for registry in &case.world.registries {
        let acr = shown(&registry.name);
        for beyond in case.world.refused_settings(registry).iter().chain(&case.world.refused_parts(registry)) {
            let declared = beyond.resource.declared;
            let place = beyond.value.as_ref().map_or(declared, |value| case.place_of(value, declared));
            let message = format!("`{acr}` is {}, which does not offer {}", beyond.tier.name(), beyond.what);
            let key = Key::of(&[&beyond.resource.address, &registry.resource.address]).and(beyond.what);
            let (owner, sku) = (registry.resource, beyond.sku);
            let (from, to) = (beyond.tier.name(), beyond.needs.name());
            let fix = Repair::Word { owner, place: sku, from, to, safe: false }.fix(case.store);
            reporter
                .report(Severity::Error, place, message, key)
                .at(format!("{} needs {}", beyond.what, beyond.needs.name()))
                .with(beyond.sku, format!("its tier is {}", beyond.tier.name()))
                .help(help(beyond))
                .fix(fix);
        }
    }
}

fn help(beyond: &Beyond<'_>) -> String {
    let needs = beyond.needs.name();
    match beyond.what {
        "closed public access" | "network rules" => {
            format!("make the tier `{needs}`, or leave the registry open: then only identities decide who may pull")
        }
        what => format!("make the tier `{needs}`, or do without {what}"),
    }
}
