//! ACR201 `secret-in-other-namespace`.

use super::{Reporter, Rule};
use crate::finding::Severity;
use crate::ir::Truth;
use crate::pull::{Case, Outcome};
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR201",
    name: "secret-in-other-namespace",
    summary: "A pod lists a pull secret that exists only in another namespace",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR201.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for (path, offer) in case.paths.iter().flat_map(|path| path.offers.iter().map(move |offer| (path, offer))) {
        let Outcome::OtherNamespace(namespace) = &offer.what else { continue };
        let Some(workload) = path.workload.and_then(|at| case.world.workloads.get(at)) else { continue };
        let secret = offer.secret.and_then(|at| case.world.secrets.get(at));
        let severity = if path.truth() == Truth::No { Severity::Error } else { Severity::Warning };
        let place = offer.named;
        let name = &offer.name;
        let key = format_args!("{}:{name}:{}", workload.label, path.image.as_ref().map(shown).unwrap_or_default());
        let told = reporter
            .report(severity, place, format!("pull secret `{name}` exists only in namespace `{namespace}`"), key)
            .with(secret.map_or(offer.named, |secret| secret.resource.declared), "the secret is here");
        told.with(path.place, "the image that needs it").with(offer.named, "the pod names the secret").help(format!(
            "create `{name}` in the namespace of `{}` too: pods read secrets of their own namespace only",
            workload.label
        ));
    }
}
