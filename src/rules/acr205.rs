//! ACR205 `secret-for-other-host`.

use super::story::Offered;
use super::{Reporter, Rule, story};
use crate::finding::Severity;
use crate::pull::{Case, Outcome};
use crate::world::knowledge::Truth;

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
    for offered in story::offered(case) {
        let Outcome::OtherHost(hosts) = offered.what() else { continue };
        // Another secret of the pod may be the one for this host.
        let others = offered.path.offers.iter().any(|other| other.what.truth() != Truth::No);
        // That the service account has one for it is told by ACR209.
        if others || case.shadowed(offered.path).is_some() || case.world.secrets_of(offered.workload).open {
            continue;
        }
        let (name, image) = (&offered.offer.name, offered.image());
        let message = format!("pull secret `{name}` has no entry for the host of `{image}`");
        let severity = severity(&offered, hosts);
        let (place, secret) = offered.document();
        let told = reporter.report(severity, place, message, offered.key());
        let told = if secret { told.hidden() } else { told };
        let own: Vec<&str> = hosts.iter().map(String::as_str).filter(|host| !host.is_empty()).collect();
        let own = if own.is_empty() { "an empty host".to_owned() } else { own.join(", ") };
        offered.tell(told).help(format!("make an entry for the login server of the registry; the secret has {own}"));
    }
}

/// A secret for another of Azure's registries was meant for pulls; one for a foreign host may serve another image.
fn severity(offered: &Offered<'_, '_>, hosts: &[String]) -> Severity {
    let served = offered.path.step("permission").is_some_and(|step| step.truth == Truth::Yes);
    let other_registry = hosts.iter().any(|host| host.contains(".azurecr."));
    match offered.path.truth() {
        // The pod never relied on it for this image: what is missing is told by the rules on grants.
        Truth::No if !other_registry && offered.path.node == Some(Truth::No) => Severity::Note,
        Truth::No => offered.failure(),
        _ if other_registry && !served => Severity::Warning,
        _ => Severity::Note,
    }
}
