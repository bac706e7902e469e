//! ACR405 `service-principal-secret-dead`.

use super::{Reporter, Rule};
use crate::edit;
use crate::finding::Severity;
use crate::pull::Case;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR405",
    name: "service-principal-secret-dead",
    summary: "The secret of a cluster's service principal is a placeholder, or has ended",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR405.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for cluster in &case.world.clusters {
        let Some(dead) = case.world.dead_secret(cluster) else { continue };
        let severity = if dead.sure { Severity::Error } else { Severity::Warning };
        let place = case.place_of(&dead.value, dead.declared);
        let aks = shown(&cluster.name);
        let message = format!("the secret of the service principal of `{aks}` {}", dead.what);
        let told = reporter.report(severity, place, message, &cluster.resource.address);
        let told = if dead.value.secret { told.hidden() } else { told };
        let told = told.with(cluster.pulling_span, format!("`{aks}` pulls as this service principal"));
        told.help(edit::principal_without_end(dead.language, &aks));
    }
}
