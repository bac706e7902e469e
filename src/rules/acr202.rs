//! ACR202 `secret-not-created`.

use super::{Reporter, Rule};
use crate::finding::Severity;
use crate::ir::Truth;
use crate::pull::{Case, Outcome};
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR202",
    name: "secret-not-created",
    summary: "A pod lists a pull secret that nothing in the tree creates",
    severity: Severity::Warning,
    docs: include_str!("../../rules/ACR202.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for (path, offer) in case.paths.iter().flat_map(|path| path.offers.iter().map(move |offer| (path, offer))) {
        let Outcome::Missing = &offer.what else { continue };
        let Some(workload) = path.workload.and_then(|at| case.world.workloads.get(at)) else { continue };
        let secret = offer.secret.and_then(|at| case.world.secrets.get(at));
        let _ = secret;
        // Where the node identity serves, or the tree makes no secrets at all, it is only worth a note.
        let served = path.step("permission").is_some_and(|step| step.truth == Truth::Yes);
        let makes_others = case.world.secrets.iter().any(|other| other.namespace.may_be(&workload.namespace));
        let alone = path.step("permission").is_none_or(|step| step.truth == Truth::No);
        let severity = match () {
            () if path.truth() == Truth::No => Severity::Error,
            () if !served && (makes_others || alone && path.registry.is_some()) => Severity::Warning,
            () => Severity::Note,
        };
        let place = offer.named;
        let name = &offer.name;
        let key = format_args!("{}:{name}:{}", workload.label, path.image.as_ref().map(shown).unwrap_or_default());
        let told =
            reporter.report(severity, place, format!("pull secret `{name}` is created nowhere in this tree"), key);
        told.with(path.place, "the image that needs it").with(offer.named, "the pod names the secret").help(format!(
            "create `{name}` as a secret of type `kubernetes.io/dockerconfigjson` in the pod's namespace"
        ));
    }
}
