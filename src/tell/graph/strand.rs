//! One workload on one cluster, or a tied pair without a workload: everything that its pulls touch.

use super::access;
use super::blame::Blame;
use super::network;
use super::sketch::{Arrow, Room, Spot, sentence};
use super::verdict;
use crate::ir::Truth;
use crate::pull::{Case, Path, Step};
use crate::report::Verdict;
use crate::report::graph::{Kind, Tally};
use crate::world::cluster::Cluster;
use crate::world::knowledge::{Fact, Judgement};
use crate::world::registry::{Registry, RoleMode};
use crate::world::workload::{Workload, shown};

/// A box shows at most so many images.
const MOST_IMAGES: usize = 3;

/// Everything that the pulls of one workload touch.
#[derive(Clone, Debug)]
pub(super) struct Strand {
    /// The workload's box; none for a tied pair without one.
    pub workload: Option<Spot>,
    pub arrows: Vec<Arrow>,
    /// The worst of its pulls.
    pub verdict: Verdict,
    pub pulls: Tally,
    /// How many workloads it stands for.
    pub workloads: usize,
}

/// What is drawn of one path.
pub(super) struct Pen<'c, 'a> {
    pub case: &'c Case<'c, 'a>,
    pub blame: &'c Blame<'c, 'a>,
    pub path: &'c Path,
    /// The workload's box.
    pub workload: Option<&'c Spot>,
    pub cluster: Option<&'c Cluster<'a>>,
    pub registry: Option<&'c Registry<'a>>,
    /// The box that the image comes from.
    pub target: Spot,
    pub arrows: Vec<Arrow>,
}

pub(super) fn of<'a>(case: &Case<'_, 'a>, blame: &Blame<'_, 'a>, paths: &[&Path]) -> Strand {
    let first = paths.first().copied();
    let cluster = first.and_then(|path| case.world.clusters.get(path.cluster?));
    let workload = first.and_then(|path| case.world.workloads.get(path.workload?));
    let worst = paths.iter().map(|path| path.truth()).fold(Truth::Yes, Truth::and);
    let workload = workload.map(|workload| spot(workload, cluster, paths, verdict(worst)));
    let (mut arrows, mut pulls) = (Vec::new(), Tally::default());
    for path in paths {
        pulls.add(verdict(path.truth()));
        let registry = path.registry.and_then(|at| case.world.registries.get(at));
        let target = target(path, registry);
        let mut pen = Pen { case, blame, path, workload: workload.as_ref(), cluster, registry, target, arrows };
        obstacles(&mut pen);
        access::draw(&mut pen);
        network::draw(&mut pen);
        arrows = pen.arrows;
    }
    let workloads = usize::from(workload.is_some());
    Strand { workload, arrows, verdict: verdict(worst), pulls, workloads }
}

/// The frames that a workload stands in.
fn rooms(workload: &Workload<'_>, cluster: Option<&Cluster<'_>>) -> Vec<Room> {
    let cluster = cluster.map_or_else(|| Room { title: "a cluster that is not known".to_owned(), of: None }, room);
    let title = match workload.namespace.name() {
        Some(name) => format!("namespace {name}"),
        None => "no namespace written".to_owned(),
    };
    vec![cluster, Room { title, of: None }]
}

/// The frame of a cluster.
pub(super) fn room(cluster: &Cluster<'_>) -> Room {
    Room { title: format!("cluster {}", shown(&cluster.name)), of: Some(cluster.resource.declared) }
}

fn spot(workload: &Workload<'_>, cluster: Option<&Cluster<'_>>, paths: &[&Path], verdict: Verdict) -> Spot {
    let mut lines = vec![workload.label.clone()];
    let mut images: Vec<String> = paths.iter().filter_map(|path| path.image.as_ref()).map(shown).collect();
    images.dedup();
    let more = images.len().saturating_sub(MOST_IMAGES);
    lines.extend(images.into_iter().take(MOST_IMAGES));
    if more > 0 {
        lines.push(format!("and {more} more images"));
    }
    let spot = Spot::new(Kind::Workload, &rooms(workload, cluster), lines, Some(workload.resource.declared));
    Spot { verdict: Some(verdict), ..spot }
}

fn target(path: &Path, registry: Option<&Registry<'_>>) -> Spot {
    match registry {
        Some(registry) => of_registry(registry),
        None => {
            let host = path.host.clone().unwrap_or_else(|| "a registry that is not known".to_owned());
            Spot::new(Kind::Registry, &[], vec![host], None)
        }
    }
}

/// The box of a registry, with what is special about it.
pub(super) fn of_registry(registry: &Registry<'_>) -> Spot {
    let mut lines = vec![format!("registry {}", shown(&registry.name))];
    if matches!(registry.mode, Fact::Known(RoleMode::Abac, _)) {
        lines.push("repository roles only (ABAC)".to_owned());
    }
    lines.extend(registry.is_shut().map(|(what, _)| what.to_owned()));
    Spot::new(Kind::Registry, &[], lines, Some(registry.resource.declared))
}

/// Steps that are neither about permission nor about the network: a manifest or a cluster that is refused, a host that no
/// registry has, a tag that is not there.
fn obstacles(pen: &mut Pen<'_, '_>) {
    let (case, path) = (pen.case, pen.path);
    // What no workload is drawn for still has a cluster that may be refused.
    let refused = pen.cluster.filter(|_| pen.workload.is_none() && path.step("cluster").is_some());
    let cluster = refused.map(|cluster| access::holder(cluster, "control plane"));
    let Some(workload) = pen.workload.cloned().or(cluster) else { return };
    let own = |step: &&Step| matches!(step.name, "cluster" | "pod" | "registry" | "image");
    for step in path.steps.iter().filter(own).filter(|step| step.judgement.truth != Truth::Yes) {
        // What is only not known of the registry is told by what the pod offers to it.
        if step.judgement.truth == Truth::Unknown && !path.offers.is_empty() {
            continue;
        }
        let refused = pen.cluster.filter(|_| step.name == "cluster");
        let to = refused.map_or_else(|| pen.target.clone(), |cluster| access::puller(case, cluster));
        let arrow = Arrow::new(&workload, &to, verdict(step.judgement.truth), said(&step.judgement));
        pen.arrows.push(arrow.absent().blamed(pen.blame.step(path, step)));
    }
}

/// What a judgement rests on, to be written on an arrow.
pub(super) fn said(judgement: &Judgement) -> Vec<String> {
    judgement.because.first().map(|evidence| sentence(&evidence.text)).unwrap_or_default()
}
