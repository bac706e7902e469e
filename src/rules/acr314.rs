//! ACR314 `virtual-node-before-a-closed-registry`.

use super::{Reporter, Rule};
use crate::finding::Severity;
use crate::pull::Case;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR314",
    name: "virtual-node-before-a-closed-registry",
    summary: "A pod that runs only on virtual nodes pulls from a registry that is closed to the public",
    severity: Severity::Warning,
    docs: include_str!("../../rules/ACR314.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for path in &case.paths {
        let workload = path.workload.and_then(|at| case.world.workloads.get(at)).filter(|it| it.virtual_nodes);
        let registry = path.registry.and_then(|at| case.world.registries.get(at));
        let (Some(workload), Some(registry), Some(image)) = (workload, registry, &path.image) else { continue };
        let known = registry.is_declared() || registry.is_read_back();
        let Some((what, span)) = registry.is_shut().filter(|_| known) else { continue };
        if workload.never_pulls(image) {
            continue;
        }
        let name = shown(&registry.name);
        let message = format!("virtual nodes may not reach `{name}`, which is closed to the public");
        reporter
            .report(Severity::Warning, path.place, message, format!("{}:{}", workload.label, shown(image)))
            .at("no node of the cluster pulls it, but Azure Container Instances")
            .with(span, what)
            .with(registry.resource.declared, format!("from registry `{name}`"))
            .help(
                "run the pod on nodes of the cluster, or keep its image in a registry that is open to the network from \
                 which container instances pull",
            );
    }
}
