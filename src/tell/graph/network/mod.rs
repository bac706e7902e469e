//! The way from the nodes of a cluster to a registry: what a pull passes on it, and what stops it.

mod obstacle;
mod waypoint;

use std::collections::BTreeSet;

use super::sketch::{Arrow, Spot, moved};
use super::strand::{Pen, room, said};
use super::{urgency, verdict};
use crate::ir::Truth;
use crate::pull::Obstacle;
use crate::pull::reach::{Lead, Road};
use crate::report::Verdict;
use crate::report::graph::Kind;
use crate::world::World;
use crate::world::cluster::Cluster;
use crate::world::knowledge::Judgement;
use crate::world::network::pool::{Pool, Standing};
use crate::world::registry::Registry;
use crate::world::workload::shown;

/// A box names at most so many subnets, pools or addresses.
const MOST_NAMED: usize = 2;
/// Pools of a cluster with the same fate are one box; no more fates than this are drawn.
const MOST_FATES: usize = 4;

pub(super) fn draw(pen: &mut Pen<'_, '_>) {
    let Some(judgement) = pen.path.step("network") else { return };
    if pen.workload.is_some() && is_on_virtual_nodes(pen) {
        return virtually(pen);
    }
    let (Some(cluster), target) = (pen.cluster, pen.target.clone()) else { return };
    let Some(registry) = pen.registry else {
        let nodes = nodes(pen.case.world, cluster, &Group::default());
        let arrow = Arrow::new(&nodes, &target, verdict(judgement.truth), said(judgement));
        return pen.arrows.push(arrow.absent());
    };
    let arrows = Pull::new(pen, cluster, registry, judgement).arrows();
    // Where the way is at fault, it is seen whose way that is.
    if let Some(workload) = pen.workload.filter(|_| judgement.truth != Truth::Yes) {
        let ends: BTreeSet<&Spot> =
            arrows.iter().map(|arrow| &arrow.from).filter(|it| it.kind == Kind::Nodes).collect();
        pen.arrows
            .extend(ends.into_iter().map(|nodes| Arrow::new(workload, nodes, Verdict::Fine, vec!["runs on".into()])));
    }
    pen.arrows.extend(arrows);
}

/// No node of the cluster pulls for a pod on virtual nodes.
fn virtually(pen: &mut Pen<'_, '_>) {
    let rules = pen.blame.image(pen.path, &["ACR314"]);
    let rooms: Vec<_> = pen.cluster.map(room).into_iter().collect();
    let spot = Spot::new(Kind::Nodes, &rooms, vec!["virtual nodes".to_owned(), "container instances".to_owned()], None);
    let said = if rules.is_empty() { Vec::new() } else { vec!["closed to the public".to_owned()] };
    pen.arrows.push(Arrow::new(&spot, &pen.target, Verdict::Unknown, said).told(rules));
}

fn is_on_virtual_nodes(pen: &Pen<'_, '_>) -> bool {
    let workload = pen.path.workload.and_then(|at| pen.case.world.workloads.get(at));
    workload.is_some_and(|workload| workload.virtual_nodes)
}

/// Pools whose pulls go the same way.
#[derive(Default)]
struct Group<'p> {
    pools: Vec<&'p Pool>,
    /// There are others, whose pulls go another way.
    is_one_of_several: bool,
    /// It matters in whose network they stand.
    is_private: bool,
}

/// What is known of the pull of one cluster from one registry.
struct Pull<'p, 'c, 'a> {
    pen: &'p Pen<'c, 'a>,
    cluster: &'p Cluster<'a>,
    registry: &'p Registry<'a>,
    judgement: &'p Judgement,
    /// What stands in the way of some pool.
    obstacles: &'p [(Obstacle, Truth)],
    /// The rules that speak of the way.
    rules: Vec<&'static str>,
}

/// The way of one pool.
struct Way<'w, 'p, 'c, 'a> {
    pull: &'w Pull<'p, 'c, 'a>,
    /// The pool; none where the way is the same for all.
    pool: Option<&'w Pool>,
    lead: Lead,
    /// Whether the login server is reached.
    login: &'w Judgement,
    /// Whether everything is.
    whole: &'w Judgement,
    obstacles: &'w [(Obstacle, Truth)],
}

impl<'p, 'c, 'a> Pull<'p, 'c, 'a> {
    fn new(
        pen: &'p Pen<'c, 'a>,
        cluster: &'p Cluster<'a>,
        registry: &'p Registry<'a>,
        judgement: &'p Judgement,
    ) -> Pull<'p, 'c, 'a> {
        let pair = pen.case.pair(cluster.at, registry.at);
        let rules = pair.map(|pair| pen.blame.network(pair)).unwrap_or_default();
        let reach = pair.and_then(|pair| pen.case.reach(pair));
        Pull { pen, cluster, registry, judgement, obstacles: reach.map_or(&[], |reach| &reach.obstacles), rules }
    }

    fn verdict(&self) -> Verdict {
        verdict(self.judgement.truth)
    }

    fn arrows(&self) -> Vec<Arrow> {
        let pools = self.pen.case.world.pools(self.cluster).items;
        let roads = self.pen.case.roads(self.pen.path);
        let blank = Spot::new(Kind::Nodes, &[room(self.cluster)], Vec::new(), None);
        if roads.is_empty() {
            let way = self.way_of_all();
            let group = Group { pools, is_one_of_several: false, is_private: way.is_private() };
            let nodes = nodes(self.pen.case.world, self.cluster, &group);
            let arrows = way.arrows(&nodes);
            return self.with_others(arrows, &nodes);
        }
        let mut fates: Vec<(Vec<Arrow>, Group<'_>)> = Vec::new();
        for road in &roads {
            let way = self.way_of(road, pools.get(road.pool).copied());
            let (arrows, is_private) = (way.arrows(&blank), way.is_private());
            match fates.iter_mut().find(|(other, _)| *other == arrows) {
                Some((_, group)) => group.pools.extend(way.pool),
                None => {
                    let group = Group { pools: way.pool.into_iter().collect(), is_one_of_several: false, is_private };
                    fates.push((arrows, group));
                }
            }
        }
        self.drawn(fates, &blank)
    }

    /// The ways of all groups of pools, those that don't work first.
    fn drawn(&self, mut fates: Vec<(Vec<Arrow>, Group<'_>)>, blank: &Spot) -> Vec<Arrow> {
        fates.sort_by_key(|(arrows, _)| worst(arrows));
        let several = fates.len() > 1;
        let mut all = Vec::new();
        let rest: usize = fates.iter().skip(MOST_FATES).map(|(_, group)| group.pools.len()).sum();
        let mut first = None;
        for (arrows, group) in fates.into_iter().take(MOST_FATES) {
            let group = Group { is_one_of_several: several, ..group };
            let nodes = nodes(self.pen.case.world, self.cluster, &group);
            all.extend(arrows.iter().map(|arrow| moved(arrow, blank, &nodes)));
            first.get_or_insert(nodes);
        }
        if rest > 0 {
            let lines = vec![format!("{rest} more node pools"), "not drawn".to_owned()];
            let others = Spot { lines, ..blank.clone() };
            all.push(Arrow::new(&others, &self.pen.target, self.verdict(), Vec::new()));
        }
        self.with_others(all, &first.unwrap_or_else(|| blank.clone()))
    }

    /// Rules that speak of something else than what stands in the way.
    fn with_others(&self, mut arrows: Vec<Arrow>, nodes: &Spot) -> Vec<Arrow> {
        let drawn = |rule: &&'static str| {
            obstacle::RULES.contains(rule) || arrows.iter().any(|arrow| arrow.rules.contains(rule))
        };
        let others: Vec<&'static str> = self.rules.iter().copied().filter(|rule| !drawn(rule)).collect();
        if !others.is_empty() {
            let verdict = if self.verdict() == Verdict::Broken { Verdict::Broken } else { Verdict::Unknown };
            let arrow = Arrow::new(nodes, &self.pen.target, verdict, vec!["what nodes need".to_owned()]);
            arrows.push(arrow.absent().told(others));
        }
        arrows
    }

    fn way_of<'w>(&'w self, road: &Road<'w>, pool: Option<&'w Pool>) -> Way<'w, 'p, 'c, 'a> {
        let (leg, course) = (road.leg, road.course);
        Way {
            pull: self,
            pool,
            lead: course.lead.clone(),
            login: &course.login,
            whole: &leg.judgement,
            obstacles: &leg.obstacles,
        }
    }

    /// The way where no pool was looked at: it is the same for all, or not known.
    fn way_of_all(&self) -> Way<'_, 'p, 'c, 'a> {
        let lead = match self.verdict() {
            Verdict::Fine => Lead::Public,
            Verdict::Broken => Lead::Nowhere,
            Verdict::Unknown => Lead::Unknown,
        };
        let (login, whole) = (self.judgement, self.judgement);
        Way { pull: self, pool: None, lead, login, whole, obstacles: self.obstacles }
    }
}

impl Way<'_, '_, '_, '_> {
    /// It leads, or should lead, to a private endpoint.
    fn is_private(&self) -> bool {
        matches!(self.lead, Lead::Private { .. })
            || self.obstacles.iter().any(|(obstacle, _)| matches!(obstacle, Obstacle::Private(_)))
    }
}

/// How early a way is drawn.
fn worst(arrows: &[Arrow]) -> u8 {
    arrows.iter().map(|arrow| urgency(arrow.verdict)).min().unwrap_or(u8::MAX)
}

/// The box of nodes: which they are, where they stand, and how they go out.
fn nodes<'a>(world: &World<'a>, cluster: &Cluster<'a>, group: &Group<'_>) -> Spot {
    let mut lines = vec!["nodes".to_owned()];
    if group.is_one_of_several {
        let names: Vec<String> = group.pools.iter().map(|pool| shown(&pool.name)).collect();
        let what = if names.len() == 1 { "pool" } else { "pools" };
        lines.push(format!("{what} {}", named(&names)));
    }
    let mut places: Vec<String> = Vec::new();
    for pool in &group.pools {
        let place = place(world, pool).filter(|_| group.is_private || pool.standing != Standing::Managed);
        places.extend(place.filter(|place| !places.contains(place)));
    }
    let more = places.len().saturating_sub(MOST_NAMED);
    lines.extend(places.into_iter().take(MOST_NAMED));
    if more > 0 {
        lines.push(format!("and {more} more subnets"));
    }
    lines.extend(cluster.outbound.as_ref().map(|outbound| format!("outbound: {outbound}")));
    if cluster.proxied {
        lines.push("through a proxy".to_owned());
    }
    Spot::new(Kind::Nodes, &[room(cluster)], lines, None)
}

fn place(world: &World<'_>, pool: &Pool) -> Option<String> {
    let vnet = world.vnet_of(pool).map(|vnet| shown(&vnet.name)).unwrap_or_default();
    match (&pool.standing, world.subnet_of(pool)) {
        (Standing::Managed, _) => Some("network made by AKS".to_owned()),
        (_, Some(subnet)) => Some(format!("subnet {vnet}/{}", shown(&subnet.name))),
        (Standing::Beyond(..), None) => Some(format!("a subnet of {vnet}")),
        _ => None,
    }
}

/// A few of many names.
fn named(names: &[String]) -> String {
    let more = names.len().saturating_sub(MOST_NAMED);
    let some = names.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{some} and {more} more") } else { some }
}
