//! ACR208 `credential-in-clear-text`.

use std::collections::BTreeSet;

use super::{Key, Reporter, Rule};
use crate::azure::image::is_registry_host;
use crate::finding::Severity;
use crate::pull::Case;
use crate::source::Span;
use crate::world::secret::{Credential, Password, Secret, spoken};
use crate::world::workload::shown;
use crate::world::written::is_written;

pub(super) static RULE: Rule = Rule {
    id: "ACR208",
    name: "credential-in-clear-text",
    summary: "A credential of a registry, or the secret of a service principal, is written out in the tree",
    severity: Severity::Warning,
    docs: include_str!("../../rules/ACR208.md"),
    security: Some("7.5"),
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    // Several secrets may have one password: the run tells a place once, unless each of them is allowed to have it there.
    let mut told: BTreeSet<Span> = BTreeSet::new();
    for secret in case.world.secrets.iter().filter(|secret| secret.maker.is_none() && is_written(secret.resource)) {
        let Some(place) = written_out(secret) else { continue };
        told.insert(place);
        let name = spoken(&shown(&secret.name), secret.resource);
        let message = format!("pull secret `{name}` has a password of a registry in clear text");
        reporter
            .report(RULE.severity, place, message, Key::from(&secret.resource.address))
            .hidden()
            .help("revoke it, grant the kubelet identity AcrPull, or let something make the secret that knows it");
    }
    for cluster in &case.world.clusters {
        let place = case.world.written_principal_secret(cluster);
        let Some(place) = place.filter(|place| told.insert(*place)) else { continue };
        let message = format!("the secret of the service principal of `{}` stands in clear text", shown(&cluster.name));
        reporter
            .report(RULE.severity, place, message, Key::from(&cluster.resource.address).and("service principal"))
            .hidden()
            .help("revoke it, and use a managed identity or read the secret from a key vault");
    }
}

/// Where the password of an entry for one of Azure's registries is written out. Base64 hides nothing.
fn written_out(secret: &Secret<'_>) -> Option<Span> {
    let azure = |entry: &&Credential| {
        let host = entry.bare_host();
        let host = host.strip_prefix("https://").or(host.strip_prefix("http://")).unwrap_or(&host);
        is_registry_host(host.split('/').next().unwrap_or_default())
    };
    let real = |entry: &&Credential| matches!(entry.password, Password::Literal { real: true, .. });
    secret.entries().iter().find(|entry| azure(entry) && real(entry)).map(|entry| entry.password_span)
}
