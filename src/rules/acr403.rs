//! ACR403 `custom-kubelet-without-user-assigned`.

use super::{Reporter, Rule};
use crate::edit;
use crate::finding::Severity;
use crate::pull::Case;
use crate::world::fault::What;
use crate::world::knowledge::is_certain;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR403",
    name: "custom-kubelet-without-user-assigned",
    summary: "A cluster brings its own kubelet identity but its control plane is system-assigned",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR403.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for cluster in &case.world.clusters {
        for fault in cluster.faults.iter().filter(|fault| fault.what == What::CustomKubelet) {
            let resource = cluster.resource;
            let severity = if is_certain(resource) { Severity::Error } else { Severity::Warning };
            let place = fault.value.as_ref().map_or(fault.span, |value| case.place_of(value, resource.declared));
            let message = format!(
                "`{}` is given a kubelet identity, but its control plane is `SystemAssigned`",
                shown(&cluster.name)
            );
            reporter
                .report(severity, place, message, &resource.address)
                .at("a kubelet identity of your own needs a user-assigned control plane")
                .with(resource.declared, "the cluster that is refused")
                .help(edit::user_assigned(resource.language));
        }
    }
}
