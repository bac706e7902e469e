//! ACR401 `cluster-identity-missing`.

use super::{Reporter, Rule};
use crate::azure::kinds::CLUSTER;
use crate::finding::Severity;
use crate::pull::Case;
use crate::world::cluster::Stated;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR401",
    name: "cluster-identity-missing",
    summary: "A cluster declares neither or both of a managed identity and a service principal",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR401.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for cluster in case.world.clusters.iter().filter(|cluster| cluster.is_declared()) {
        let what = match cluster.stated {
            Stated::Neither => "neither a managed identity nor a service principal",
            Stated::Both => "both a managed identity and a service principal",
            Stated::Managed | Stated::ServicePrincipal | Stated::Unknown => continue,
        };
        // The provider refuses it; what Resource Manager does is not documented.
        let resource = cluster.resource;
        let refused = resource.language.is_terraform() && resource.is_kind(CLUSTER) && resource.is_unconditional();
        let severity = if refused { Severity::Error } else { Severity::Warning };
        let message = format!("cluster `{}` states {what}", shown(&cluster.name));
        reporter
            .report(severity, cluster.resource.declared, message, &cluster.resource.address)
            .help("state one: a managed identity is what AKS recommends (`identity` of type `SystemAssigned`)");
    }
}
