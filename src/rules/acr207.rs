//! ACR207 `placeholder-credential`.

use super::{Reporter, Rule};
use crate::finding::Severity;
use crate::ir::Truth;
use crate::pull::{Case, Outcome};
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR207",
    name: "placeholder-credential",
    summary: "The credential in a pull secret is empty or a placeholder",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR207.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for (path, offer) in case.paths.iter().flat_map(|path| path.offers.iter().map(move |offer| (path, offer))) {
        let Outcome::Placeholder = &offer.what else { continue };
        let Some(workload) = path.workload.and_then(|at| case.world.workloads.get(at)) else { continue };
        let secret = offer.secret.and_then(|at| case.world.secrets.get(at));
        let severity = if path.truth() == Truth::No { Severity::Error } else { Severity::Warning };
        let place = secret.map_or(offer.named, |secret| secret.payload_span);
        let name = &offer.name;
        let key = format_args!("{}:{name}:{}", workload.label, path.image.as_ref().map(shown).unwrap_or_default());
        let told = reporter
            .report(severity, place, format!("pull secret `{name}` holds a placeholder instead of a credential"), key)
            .hidden();
        told.with(path.place, "the image that needs it")
            .with(offer.named, "the pod names the secret")
            .help("put the real credential in, from a secret store and not in clear text");
    }
}
