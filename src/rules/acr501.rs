//! ACR501 `admin-user-disabled`.

use super::{Key, Reporter, Rule, story};
use crate::edit::Repair;
use crate::finding::Severity;
use crate::pull::{Case, Outcome};
use crate::world::knowledge::{Fact, Truth};
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR501",
    name: "admin-user-disabled",
    summary: "A pull secret signs in as the registry's admin user, which is disabled",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR501.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for offered in story::offered(case).filter(|offered| *offered.what() == Outcome::AdminDisabled) {
        let Some(registry) = offered.path.registry.and_then(|at| case.world.registries.get(at)) else { continue };
        let (acr, name) = (shown(&registry.name), &offered.offer.name);
        let message = format!("the admin user of `{acr}` is disabled, but pull secret `{name}` uses it");
        let key = Key::of(&[&registry.resource.address]).and(name);
        let told = reporter.report(offered.severity(), registry.admin.span(), message, key);
        let fix = match registry.admin {
            // Where the nodes may pull by themselves, nobody needs the admin user.
            Fact::Known(false, place) if offered.path.node != Some(Truth::Yes) => {
                let owner = registry.resource;
                Repair::Word { owner, place, from: "false", to: "true", safe: false }.fix(case.store)
            }
            _ => None,
        };
        let help = "grant the kubelet identity a pull role and drop the pull secret; enabling the admin user works too, but \
                    checks that ask to switch it off will break this pull again";
        offered.tell(told).help(help).fix(fix);
    }
}
