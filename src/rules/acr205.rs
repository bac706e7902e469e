//! ACR205 `secret-for-other-host`.

use super::{Reporter, Rule};
use crate::finding::Severity;
use crate::ir::Truth;
use crate::pull::{Case, Outcome};
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR205",
    name: "secret-for-other-host",
    summary: "No entry of the listed pull secrets is for the registry of the image",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR205.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for (path, offer) in case.paths.iter().flat_map(|path| path.offers.iter().map(move |offer| (path, offer))) {
        let Outcome::OtherHost(hosts) = &offer.what else { continue };
        let Some(workload) = path.workload.and_then(|at| case.world.workloads.get(at)) else { continue };
        let secret = offer.secret.and_then(|at| case.world.secrets.get(at));
        let all: Vec<Truth> = path.offers.iter().map(|offer| offer.what.truth()).collect();
        // Another secret of the pod may be the one for this host.
        if all.iter().any(|truth| *truth != Truth::No) || case.world.secrets_of(workload).open {
            continue;
        }
        let served = path.step("permission").is_some_and(|step| step.truth == Truth::Yes);
        let dead = path.truth() == Truth::No;
        let other_registry = hosts.iter().any(|host| host.contains(".azurecr."));
        let severity = match () {
            () if dead => Severity::Error,
            () if served => Severity::Note,
            () if other_registry => Severity::Warning,
            () => Severity::Note,
        };
        let place = secret.map_or(offer.named, |secret| secret.payload_span);
        let name = &offer.name;
        let key = format_args!("{}:{name}:{}", workload.label, path.image.as_ref().map(shown).unwrap_or_default());
        let told = reporter
            .report(
                severity,
                place,
                format!(
                    "pull secret `{name}` has no entry for the host of `{}`",
                    path.image.as_ref().map(shown).unwrap_or_default()
                ),
                key,
            )
            .hidden();
        told.with(path.place, "the image that needs it")
            .with(offer.named, "the pod names the secret")
            .help(format!("make an entry for the login server of the registry; the secret has {}", hosts.join(", ")));
    }
}
