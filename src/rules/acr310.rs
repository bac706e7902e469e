//! ACR310 `feature-beyond-tier`.

use super::{Key, Reporter, Rule};
use crate::edit::Repair;
use crate::finding::Severity;
use crate::pull::Case;
use crate::world::registry::Registry;
use crate::world::tier::{Beyond, Tier};
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
        let (settings, parts) = (case.world.refused_settings(registry), case.world.refused_parts(registry));
        let (later, first): (Vec<_>, Vec<_>) = settings.into_iter().chain(parts).partition(|beyond| beyond.afterwards);
        tell(case, registry, Severity::Error, &first, reporter);
        // The registry is there when such a change is refused, and so may be all that pulls need.
        tell(case, registry, Severity::Warning, &later, reporter);
    }
}

/// All that one tier does not offer has one cause: the tier.
fn tell(
    case: &Case<'_, '_>,
    registry: &Registry<'_>,
    severity: Severity,
    asked: &[Beyond<'_>],
    reporter: &mut Reporter,
) {
    let Some(needs) = asked.iter().map(|beyond| beyond.needs).max() else { return };
    let Some(beyond) = asked.first() else { return };
    let acr = shown(&registry.name);
    let what = named(asked);
    let message = format!("`{acr}` is {}, which does not offer {what}", beyond.tier.name());
    let mut about: Vec<_> = vec![&*registry.resource.address];
    about.extend(asked.iter().map(|beyond| &*beyond.resource.address).filter(|it| **it != *registry.resource.address));
    about.dedup();
    let key = Key::of(&about).and(if beyond.afterwards { "later" } else { "tier" });
    let told = reporter.report(severity, beyond.sku, message, key).at(format!("its tier is {}", beyond.tier.name()));
    let told = asked.iter().fold(told, |told, beyond| {
        let declared = beyond.resource.declared;
        let place = beyond.value.as_ref().map_or(declared, |value| case.place_of(value, declared));
        told.with(place, format!("{}: from tier {} on", beyond.what, beyond.needs.name()))
    });
    let (owner, from) = (registry.resource, beyond.tier.name());
    let fix = Repair::Word { owner, place: beyond.sku, from, to: needs.name(), safe: false }.fix(case.store);
    told.help(help(asked, needs, &what)).fix(fix);
}

/// Each once, in one clause.
fn named(asked: &[Beyond<'_>]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for beyond in asked {
        if !names.contains(&beyond.what) {
            names.push(beyond.what);
        }
    }
    match names.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

fn help(asked: &[Beyond<'_>], needs: Tier, what: &str) -> String {
    let needs = needs.name();
    let asks = |what: &str| asked.iter().any(|beyond| beyond.what == what);
    match () {
        () if asks("closed public access") && !asks("a private endpoint") => format!(
            "make the tier `{needs}`, and give the registry a private endpoint, without which nobody pulls from it; or leave \
             it open: then only identities decide who may pull"
        ),
        () if asks("closed public access") || asks("network rules") => {
            format!("make the tier `{needs}`, or leave the registry open: then only identities decide who may pull")
        }
        () => format!("make the tier `{needs}`, or do without {what}"),
    }
}
