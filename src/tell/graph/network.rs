//! The way from the nodes of a cluster to a registry.

use super::sketch::{Arrow, Spot};
use super::strand::{Pen, room, said};
use super::verdict;
use crate::ir::{Resource, Truth};
use crate::report::Verdict;
use crate::report::graph::Kind;
use crate::world::World;
use crate::world::cluster::Cluster;
use crate::world::endpoint::Endpoint;
use crate::world::knowledge::Judgement;
use crate::world::workload::shown;

/// A box names at most so many subnets.
const MOST_SUBNETS: usize = 2;
/// The rules about names that lead nowhere: what is wrong then is wrong with the zone.
const OF_NAMES: [&str; 3] = ["ACR303", "ACR304", "ACR312"];

/// One thing on a way, and what is known of the step that leads to it.
struct Waypoint {
    spot: Spot,
    verdict: Verdict,
    /// What is written on the step that leads here.
    lines: Vec<String>,
    rules: Vec<&'static str>,
}

impl Waypoint {
    /// Nothing is known to be wrong with the step that leads here.
    fn passed(spot: Spot, lines: Vec<String>) -> Waypoint {
        Waypoint { spot, verdict: Verdict::Fine, lines, rules: Vec::new() }
    }
}

pub(super) fn draw(pen: &mut Pen<'_, '_>) {
    let Some(judgement) = pen.path.step("network") else { return };
    let Some(cluster) = pen.cluster else { return };
    let verdict = verdict(judgement.truth);
    let pair = pen.registry.and_then(|registry| pen.case.pair(cluster.at, registry.at));
    let broken = pair.filter(|_| verdict == Verdict::Broken);
    let rules = broken.map(|pair| pen.blame.network(pair)).unwrap_or_default();
    let ways = Road { pen, cluster, judgement, verdict, rules }.ways();
    let nodes = nodes(pen.case.world, cluster);
    for way in ways {
        let mut from = nodes.clone();
        for step in way {
            let arrow = Arrow::new(&from, &step.spot, step.verdict, step.lines);
            pen.arrows.push(arrow.absent().blamed(step.rules));
            from = step.spot;
        }
    }
}

/// What is known of the way of one cluster to one registry.
struct Road<'p, 'c, 'a> {
    pen: &'p Pen<'c, 'a>,
    cluster: &'p Cluster<'a>,
    judgement: &'p Judgement,
    verdict: Verdict,
    rules: Vec<&'static str>,
}

impl<'a> Road<'_, '_, 'a> {
    /// Each way that there is, step by step, the registry last; where there is none, the one that is missing.
    fn ways(&self) -> Vec<Vec<Waypoint>> {
        let Some(registry) = self.pen.registry else { return vec![self.public(false)] };
        let world = self.pen.case.world;
        let leading = world.endpoints.iter().filter(|it| it.leads_to(registry, &world.resolver) == Truth::Yes);
        let mut ways: Vec<Vec<Waypoint>> = leading.map(|endpoint| self.private(endpoint)).collect();
        // A shut door is a way only where it is the one that is missing.
        if registry.is_shut().is_none() || ways.is_empty() {
            ways.push(self.public(registry.plainly_public()));
        }
        ways
    }

    fn public(&self, plainly: bool) -> Vec<Waypoint> {
        let mut last = self.judged(self.pen.target.clone());
        if self.verdict == Verdict::Fine {
            last.lines = if plainly { vec!["public access".to_owned()] } else { said(self.judgement) };
        }
        let firewall = self.pen.case.world.firewall_of(self.cluster);
        let routed =
            firewall.map(|firewall| Waypoint::passed(self.spot("firewall", firewall), vec!["routed".to_owned()]));
        routed.into_iter().chain([last]).collect()
    }

    /// By a name that is looked up in a private zone, to a private endpoint.
    fn private(&self, endpoint: &Endpoint<'_>) -> Vec<Waypoint> {
        let world = self.pen.case.world;
        let zones = world.registry_zones();
        let linked = zones.iter().find(|zone| world.is_linked(zone, self.cluster));
        let zone = linked.or(zones.first()).map(|zone| self.spot("private zone", zone));
        let endpoint = self.spot("private endpoint", endpoint.resource);
        let named = self.rules.is_empty() || self.rules.iter().any(|rule| OF_NAMES.contains(rule));
        let mut steps: Vec<Waypoint> = match zone {
            Some(zone) if linked.is_none() && named => vec![self.judged(zone), Waypoint::passed(endpoint, Vec::new())],
            Some(zone) => vec![Waypoint::passed(zone, Vec::new()), self.judged(endpoint)],
            None => vec![self.judged(endpoint)],
        };
        steps.push(Waypoint::passed(self.pen.target.clone(), vec!["private link".to_owned()]));
        steps
    }

    /// The step that the judgement is written on.
    fn judged(&self, spot: Spot) -> Waypoint {
        let lines = if self.verdict == Verdict::Fine { Vec::new() } else { said(self.judgement) };
        Waypoint { spot, verdict: self.verdict, lines, rules: self.rules.clone() }
    }

    fn spot(&self, what: &str, resource: &Resource) -> Spot {
        let name = shown(&self.pen.case.world.resolver.node(&resource.name));
        Spot::new(Kind::Waypoint, &[], vec![what.to_owned(), name], Some(resource.declared))
    }
}

/// The box of the nodes of a cluster: where they stand, and how they go out.
fn nodes<'a>(world: &World<'a>, cluster: &Cluster<'a>) -> Spot {
    let mut lines = vec!["nodes".to_owned()];
    let subnets = world.node_subnets(cluster);
    lines.extend(subnets.iter().take(MOST_SUBNETS).map(|it| format!("subnet {}/{}", shown(&it.vnet), shown(&it.name))));
    lines.extend(cluster.outbound.as_ref().map(|outbound| format!("outbound: {outbound}")));
    if cluster.proxied {
        lines.push("through a proxy".to_owned());
    }
    Spot::new(Kind::Nodes, &[room(cluster)], lines, None)
}
