//! ACR405 `service-principal-secret-dead`.

use super::{Reporter, Rule};
use crate::finding::Severity;
use crate::ir::Language;
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
        told.help(help(dead.language, &aks));
    }
}

fn help(language: Language, cluster: &str) -> String {
    match language {
        Language::Terraform | Language::Plan => {
            "give the cluster an `identity` block in the place of `service_principal`: nothing ends there; or renew the password"
                .to_owned()
        }
        Language::AzureCli => format!(
            "`az aks update --name {cluster} --enable-managed-identity`, or a new secret with `az aks update-credentials \
             --name {cluster} --reset-service-principal`"
        ),
        _ => "give the cluster an `identity` in the place of `servicePrincipalProfile`: nothing ends there; or read the \
              secret from a key vault"
            .to_owned(),
    }
}
