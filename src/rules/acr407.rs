//! ACR407 `no-kubelet-identity`.

use super::{Key, Reporter, Rule};
use crate::finding::Severity;
use crate::pull::Case;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR407",
    name: "no-kubelet-identity",
    summary: "The kubelet identity is read of a cluster that has a service principal and no such identity",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR407.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for reading in &case.world.kubelet_readings {
        let Some(cluster) = case.world.clusters.get(reading.cluster) else { continue };
        let place = case.place_of(&reading.value, reading.resource.declared);
        let severity = if reading.certain { Severity::Error } else { Severity::Warning };
        let aks = shown(&cluster.name);
        let message = format!("`{aks}` has a service principal, so there is no kubelet identity to read");
        let key = Key::of(&[&reading.resource.address, &cluster.resource.address]);
        reporter
            .report(severity, place, message, key)
            .at("this is read of a cluster without one")
            .with(cluster.pulling_span, format!("`{aks}` pulls as this service principal"))
            .help("grant the role to the object id of the service principal, or give the cluster a managed identity");
    }
}
