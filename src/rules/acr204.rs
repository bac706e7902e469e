//! ACR204 `secret-payload-malformed`.

use super::{Reporter, Rule};
use crate::finding::Severity;
use crate::ir::Truth;
use crate::pull::{Case, Outcome};
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR204",
    name: "secret-payload-malformed",
    summary: "The document in a pull secret can't be read as registry credentials",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR204.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for (path, offer) in case.paths.iter().flat_map(|path| path.offers.iter().map(move |offer| (path, offer))) {
        let Outcome::Malformed(why) = &offer.what else { continue };
        let Some(workload) = path.workload.and_then(|at| case.world.workloads.get(at)) else { continue };
        let secret = offer.secret.and_then(|at| case.world.secrets.get(at));
        let severity = if path.truth() == Truth::No { Severity::Error } else { Severity::Warning };
        let place = secret.map_or(offer.named, |secret| secret.payload_span);
        let name = &offer.name;
        let key = format_args!("{}:{name}:{}", workload.label, path.image.as_ref().map(shown).unwrap_or_default());
        let told = reporter.report(severity, place, format!("pull secret `{name}`: {why}"), key).hidden();
        told.with(path.place, "the image that needs it")
            .with(offer.named, "the pod names the secret")
            .help("make the value with `kubectl create secret docker-registry … --dry-run=client -o yaml`");
    }
}
