//! ACR314 `virtual-node-before-a-closed-registry`.

use super::{Reporter, Rule};
use crate::finding::Severity;
use crate::pull::{Case, Path};
use crate::source::Span;
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

/// More pods of one registry are not listed.
const MOST: usize = 8;

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for registry in &case.world.registries {
        let known = registry.is_declared() || registry.is_read_back();
        let Some((what, span)) = registry.is_shut().filter(|_| known) else { continue };
        let mut places: Vec<Span> = Vec::new();
        for path in case.paths.iter().filter(|path| path.registry == Some(registry.at) && is_stopped(case, path)) {
            if !places.contains(&path.place) {
                places.push(path.place);
            }
        }
        let Some((first, others)) = places.split_first() else { continue };
        let name = shown(&registry.name);
        let message = format!("virtual nodes may not reach `{name}`, which is closed to the public");
        let told = reporter
            .report(Severity::Warning, *first, message, &registry.resource.address)
            .at("pulled by Azure Container Instances, from outside of the network of the nodes");
        let told = others.iter().take(MOST).fold(told, |told, place| told.with(*place, "it pulls this one as well"));
        told.with(span, what).with(registry.resource.declared, format!("from registry `{name}`")).help(
            "run the pods on nodes of the cluster, or keep their images in a registry that is open to the network from which \
             container instances pull",
        );
    }
}

/// Whether a pod pulls on virtual nodes alone.
fn is_stopped(case: &Case<'_, '_>, path: &Path) -> bool {
    let workload = path.workload.and_then(|at| case.world.workloads.get(at)).filter(|it| it.virtual_nodes);
    workload.zip(path.image.as_ref()).is_some_and(|(workload, image)| !workload.never_pulls(image))
}
