//! ACR704 `public-image-without-egress`.

use super::{Reporter, Rule};
use crate::azure::image;
use crate::finding::Severity;
use crate::pull::Case;
use crate::world::Node;
use crate::world::World;
use crate::world::cluster::Cluster;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR704",
    name: "public-image-without-egress",
    summary: "A workload pulls from a public registry on a cluster that has no way out",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR704.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    // Virtual nodes are not in the network of the cluster's nodes.
    for workload in case.world.workloads.iter().filter(|workload| !workload.virtual_nodes) {
        let places = case.world.places_of(workload, case.store);
        let Some((cluster, severity)) = places.iter().find_map(|place| shut_in(case.world, &place.clusters)) else {
            continue;
        };
        let mut told: Vec<&Node> = Vec::new();
        for image in workload.images.iter().filter(|image| image::is_on_the_internet(image)) {
            if told.iter().any(|known| known.value == image.value) {
                continue;
            }
            told.push(image);
            let message = format!(
                "`{}` comes from a public registry, which `{}` can't reach",
                shown(image),
                shown(&cluster.name)
            );
            reporter
                .report(severity, image.span, message, format!("{}:{}", workload.label, shown(image)))
                .with(cluster.outbound_span, "the cluster has no way out")
                .help("import it into the registry, or pull it through a cache rule of the registry");
        }
    }
}

/// A cluster that could run the workload, where none of them reaches the internet.
fn shut_in<'w, 'a>(world: &'w World<'a>, clusters: &[usize]) -> Option<(&'w Cluster<'a>, Severity)> {
    let clusters: Vec<&Cluster<'a>> = clusters.iter().filter_map(|at| world.clusters.get(*at)).collect();
    let severity = |cluster: &&Cluster<'a>| match cluster.outbound.as_deref() {
        _ if cluster.proxied || !cluster.is_declared() => None,
        Some("block") => Some(Severity::Error),
        // With `none` somebody may bring a way out.
        Some("none") if !world.may_have_egress(cluster) => Some(Severity::Warning),
        _ => None,
    };
    let severities: Option<Vec<Severity>> = clusters.iter().map(severity).collect();
    Some((*clusters.first()?, severities?.into_iter().min()?))
}
