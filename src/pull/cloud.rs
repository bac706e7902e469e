//! Images from another cloud than the one that the cluster is in.

use super::demand::Demand;
use super::elsewhere::anonymous_elsewhere;
use super::path::{Path, Step, best_offer, pulls_as_another, secrets_open};
use crate::azure::cloud::Cloud;
use crate::azure::image;
use crate::ir::Truth;
use crate::source::Store;
use crate::world::World;
use crate::world::knowledge::{Fact, Judgement};
use crate::world::stranger::of_another_cloud;

/// The first of the clusters that could run it, where each of them is in another cloud than the registry of the image. The
/// host has to be written: what a template puts together for the cloud that it is deployed to is right there.
pub(super) fn apart(world: &World<'_>, store: &Store, demand: &Demand) -> Option<usize> {
    let host = image::parse(&demand.image).host?;
    let cloud = Cloud::of_host(host.as_str()?)?;
    let elsewhere = |at: &usize| match world.clusters.get(*at).map(|cluster| &cluster.region) {
        Some(Fact::Known(region, _)) => Cloud::of_region(region) != cloud,
        _ => false,
    };
    let first = demand.place.clusters.first().copied().filter(|_| demand.place.clusters.iter().all(elsewhere))?;
    let text = &store.source(demand.image.span.source).text;
    (!demand.image.secret && text.to_ascii_lowercase().contains(cloud.suffix())).then_some(first)
}

/// The steps of an image from another cloud, of a registry that the tree doesn't have; false where it is none. The node
/// identity is nobody there, so that pull secrets and anonymous pull are what is left.
pub(super) fn judge(world: &World<'_>, demand: &Demand, host: &str, text: &str, path: &mut Path) -> bool {
    let Some(cluster) = demand.apart.and_then(|at| world.clusters.get(at)) else { return false };
    let (Some(far), Some(near)) = (Cloud::of_host(host), cluster.region.value().map(|it| Cloud::of_region(it))) else {
        return false;
    };
    let open = secrets_open(world, demand) || pulls_as_another(world, demand);
    let mut answer = match path.offers.is_empty() && !open {
        true => Judgement::new(Truth::No, cluster.region.span(), of_another_cloud(cluster, near, far)),
        false => best_offer(world, path, demand),
    };
    answer.truth = answer.truth.or(anonymous_elsewhere(world, host));
    path.cluster = Some(cluster.at).filter(|_| demand.place.clusters.len() == 1);
    path.node = Some(Truth::No);
    let registry = Judgement::new(Truth::Unknown, demand.image.span, text);
    path.steps.push(Step { name: "registry", judgement: registry });
    path.steps.push(Step { name: "credential", judgement: answer });
    true
}
