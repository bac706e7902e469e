//! ACR704 `public-image-without-egress`.

use super::{Reporter, Rule, story};
use crate::azure::image;
use crate::finding::Severity;
use crate::pull::Case;
use crate::world::Node;
use crate::world::World;
use crate::world::cluster::Cluster;
use crate::world::network::egress::Exit;
use crate::world::place::Place;
use crate::world::workload::{Workload, shown};

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
        let shut_in = |place: &Place| shut_in(case.world, workload, &place.clusters);
        let Some((cluster, severity)) = places.iter().find_map(shut_in) else {
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
                .report(
                    severity,
                    image.span,
                    message,
                    story::of_workload(format!("{}:{}", workload.label, shown(image)), Some(workload)),
                )
                .with(cluster.outbound_span, "the cluster has no way out")
                .help("import it into the registry, or pull it through a cache rule of the registry");
        }
    }
}

/// A cluster that could run the workload, where none of them lets its pods out to the internet.
fn shut_in<'w, 'a>(
    world: &'w World<'a>,
    workload: &Workload<'a>,
    clusters: &[usize],
) -> Option<(&'w Cluster<'a>, Severity)> {
    let clusters: Vec<&Cluster<'a>> = clusters.iter().filter_map(|at| world.clusters.get(*at)).collect();
    let severity = |cluster: &&Cluster<'a>| {
        let closed = |exit: &Exit| match exit {
            Exit::Blocked => Some(Severity::Error),
            // With `none` somebody may bring a way out.
            Exit::Unmade if !world.may_have_egress(cluster) => Some(Severity::Warning),
            _ => None,
        };
        let exits = exits(world, workload, cluster);
        let severities: Option<Vec<Severity>> = exits.iter().map(closed).collect();
        severities?.into_iter().min().filter(|_| !cluster.proxied && cluster.is_declared())
    };
    let severities: Option<Vec<Severity>> = clusters.iter().map(severity).collect();
    Some((*clusters.first()?, severities?.into_iter().min()?))
}

/// The ways out of the pools on which the pods of a workload land.
fn exits<'a>(world: &World<'a>, workload: &Workload<'a>, cluster: &Cluster<'a>) -> Vec<Exit> {
    let pools = world.pools(cluster);
    let of = |pool| world.egress(cluster, pool).map_or(Exit::Unknown, |egress| egress.exit);
    if pools.items.is_empty() || pools.open.is_some() {
        return vec![of(None)];
    }
    let landing = world.landing(workload, cluster);
    let lands = |at: &usize| landing.as_ref().is_none_or(|landing| landing.pools.contains(at));
    pools.items.iter().enumerate().filter(|(at, _)| lands(at)).map(|(_, pool)| of(Some(*pool))).collect()
}
