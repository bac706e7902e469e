//! ACR213 `service-principal-without-grant`.

use super::{Reporter, Rule, story};
use crate::finding::Severity;
use crate::pull::{Case, Outcome};
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR213",
    name: "service-principal-without-grant",
    summary: "The service principal in a pull secret has no pull grant on the registry",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR213.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for offered in story::offered(case) {
        let Outcome::NotGranted(principal) = offered.what() else { continue };
        let Some(registry) = offered.path.registry.and_then(|at| case.world.registries.get(at)) else { continue };
        let acr = shown(&registry.name);
        let message =
            format!("the service principal in pull secret `{}` has no pull role on `{acr}`", offered.offer.name);
        let told = reporter
            .report(offered.severity(), offered.payload(), message, offered.key())
            .hidden()
            .with(*principal, "the service principal")
            .with(registry.resource.declared, "the registry");
        offered
            .tell(told)
            .help(format!("grant it AcrPull on `{acr}`, or grant the kubelet identity and drop the secret"));
    }
}
