//! ACR503 `admin-user-enabled`.

use super::{Reporter, Rule};
use crate::edit::Repair;
use crate::finding::Severity;
use crate::pull::{Case, Path};
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
    let logins = case.admin_logins();
    for registry in case.world.registries.iter().filter(|registry| registry.is_declared()) {
        let Fact::Known(true, span) = registry.admin else { continue };
        let message = format!(
            "the admin user of `{}` is enabled: one shared account that may push and pull",
            shown(&registry.name)
        );
        let told = reporter.report(Severity::Note, span, message, &registry.resource.address);
        let mut users = case.admin_users(registry);
        users.extend(logins.of(registry));
        let told =
            users.iter().fold(told, |told, user| told.with(user.place, format!("{} signs in with it", user.who)));
        // A pull secret for the registry may be the admin user's.
        let named = |at: usize| case.world.registries.get(at).and_then(|other| other.name.as_str());
        // One registry may be made by several deployments, or with several files of parameters.
        let same = |at: usize| at == registry.at || named(at).is_some_and(|name| registry.name.as_str() == Some(name));
        let signs_in = |path: &Path| path.registry.is_some_and(same) && !path.offers.is_empty();
        let owner = registry.resource;
        let repair = Repair::Word { owner, place: span, from: "true", to: "false", safe: false };
        let used = !users.is_empty() || logins.may_be_of(registry) || case.paths.iter().any(signs_in);
        let fix = repair.fix(case.store).filter(|_| !used);
        let help = match users.first() {
            Some(first) => format!(
                "grant identities roles instead, and move {} to one before the admin user goes: what signs in with it \
                 fails on that day",
                first.who
            ),
            None => "grant identities roles instead; check first that no pull secret uses the admin user".to_owned(),
        };
        told.help(help).fix(fix);
    }
}
