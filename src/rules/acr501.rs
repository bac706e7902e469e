//! ACR501 `admin-user-disabled`.

use super::{Reporter, Rule};
use crate::finding::Severity;
use crate::ir::Truth;
use crate::pull::{Case, Outcome};
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
    for (path, offer) in case.paths.iter().flat_map(|path| path.offers.iter().map(move |offer| (path, offer))) {
        if offer.what != Outcome::AdminDisabled {
            continue;
        }
        let Some(registry) = path.registry.and_then(|at| case.world.registries.get(at)) else { continue };
        let severity = if path.truth() == Truth::No { Severity::Error } else { Severity::Warning };
        let acr = shown(&registry.name);
        let message = format!("the admin user of `{acr}` is disabled, but pull secret `{}` uses it", offer.name);
        let told = reporter.report(
            severity,
            registry.admin.span(),
            message,
            format_args!("{}:{}", registry.resource.address, offer.name),
        );
        told.with(path.place, "the image that needs it")
            .with(offer.named, "the pod names the secret")
            .help("grant the kubelet identity AcrPull and drop the pull secret, or enable the admin user");
    }
}
