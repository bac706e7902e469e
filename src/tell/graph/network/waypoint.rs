//! What a pull passes on its way: zones and endpoints, firewalls, the addresses with which it leaves.

use super::super::sketch::{Arrow, Spot};
use super::super::strand::said;
use super::super::verdict;
use super::{Way, named};
use crate::ir::Truth;
use crate::pull::reach::Lead;
use crate::report::Verdict;
use crate::report::graph::Kind;
use crate::source::Span;
use crate::world::knowledge::Judgement;
use crate::world::network::firewall::{Firewall, Standing};
use crate::world::network::route::Hop;
use crate::world::workload::shown;

/// No picture shows more endpoints of a registry for one cluster.
const MOST_ENDPOINTS: usize = 3;

impl<'a> Way<'_, '_, '_, 'a> {
    /// The way from these nodes, step by step.
    pub(super) fn arrows(&self, nodes: &Spot) -> Vec<Arrow> {
        let mut arrows = Vec::new();
        if self.pull.verdict() == Verdict::Fine || self.whole.truth == Truth::Yes {
            self.main(nodes, self.whole, Verdict::Fine, &mut arrows);
            return arrows;
        }
        let (layers, others): (Vec<_>, Vec<_>) = self.obstacles.iter().partition(|(it, _)| self.is_of_layers(it));
        for (obstacle, proof) in &others {
            self.stopped(nodes, obstacle, *proof, &mut arrows);
        }
        if others.is_empty() {
            let judgement = if layers.is_empty() { self.whole } else { self.login };
            let own = verdict(judgement.truth);
            // Where pools differ, nobody knows on which one a pod lands.
            let sure = own != Verdict::Broken || self.pull.verdict() == Verdict::Broken;
            self.main(nodes, judgement, if sure { own } else { Verdict::Unknown }, &mut arrows);
        }
        for (obstacle, proof) in &layers {
            self.stopped(nodes, obstacle, *proof, &mut arrows);
        }
        let mut once: Vec<Arrow> = Vec::new();
        for arrow in arrows {
            if !once.contains(&arrow) {
                once.push(arrow);
            }
        }
        once
    }

    /// The way as it leads, with a judgement on the step that decides.
    fn main(&self, nodes: &Spot, judgement: &Judgement, verdict: Verdict, arrows: &mut Vec<Arrow>) {
        let lines = |fine: &str| match verdict {
            Verdict::Fine => vec![fine.to_owned()],
            _ => said(judgement),
        };
        match &self.lead {
            Lead::Private { zone, endpoints, .. } => {
                let zone = self.zone(*zone);
                arrows.push(step(nodes, &zone, "linked"));
                for &at in endpoints.iter().take(MOST_ENDPOINTS) {
                    let endpoint = self.endpoint(at);
                    arrows.push(Arrow::new(&zone, &endpoint, verdict, lines("record")));
                    if self.foreign_network(at).is_some() && verdict == Verdict::Fine {
                        arrows.push(step(nodes, &endpoint, "peered"));
                    }
                    arrows.push(self.to_registry(at));
                }
            }
            Lead::Unknown if !self.leading().is_empty() => {
                for at in self.leading().into_iter().take(MOST_ENDPOINTS) {
                    let endpoint = self.endpoint(at);
                    match self.registered(at).first() {
                        Some(zone) => {
                            let zone = self.zone(*zone);
                            arrows.push(Arrow::new(nodes, &zone, verdict, said(judgement)));
                            arrows.push(step(&zone, &endpoint, ""));
                        }
                        None => arrows.push(Arrow::new(nodes, &endpoint, verdict, said(judgement))),
                    }
                    arrows.push(self.to_registry(at));
                }
            }
            Lead::Public => self.publicly(nodes, judgement, verdict, arrows),
            _ => {
                let arrow = Arrow::new(nodes, &self.pull.pen.target, verdict, said(judgement));
                arrows.push(arrow.absent());
            }
        }
    }

    /// Through the public door.
    fn publicly(&self, nodes: &Spot, judgement: &Judgement, verdict: Verdict, arrows: &mut Vec<Arrow>) {
        let from = self.out(nodes, arrows);
        let routed = from != *nodes;
        let from = self.leaving(&from, &self.admitted(judgement), arrows);
        let plain = self.pull.registry.plainly_public();
        let lines = match verdict {
            Verdict::Fine if routed && plain => vec!["lets it pass".to_owned()],
            Verdict::Fine if plain => vec!["public access".to_owned()],
            Verdict::Fine if from.lines.first().is_some_and(|it| it == LEAVING) => vec!["admitted".to_owned()],
            _ => said(judgement),
        };
        arrows.push(Arrow::new(&from, &self.pull.pen.target, verdict, lines).absent());
    }

    /// What the traffic of the nodes comes to before it leaves: a firewall, or nothing.
    pub(super) fn out(&self, nodes: &Spot, arrows: &mut Vec<Arrow>) -> Spot {
        let Some(firewall) = self.firewall() else { return nodes.clone() };
        let spot = waypoint("firewall", shown(&firewall.name), Some(firewall.resource.declared));
        arrows.push(step(nodes, &spot, "routed"));
        spot
    }

    /// The addresses with which traffic leaves, where they count.
    pub(super) fn leaving(&self, from: &Spot, addresses: &[(String, Span)], arrows: &mut Vec<Arrow>) -> Spot {
        let Some((_, span)) = addresses.first() else { return from.clone() };
        let names: Vec<String> = addresses.iter().map(|(name, _)| name.clone()).collect();
        let spot = waypoint(LEAVING, named(&names), Some(*span));
        arrows.push(step(from, &spot, "leave with"));
        spot
    }

    /// The addresses of which a proof speaks.
    fn admitted(&self, judgement: &Judgement) -> Vec<(String, Span)> {
        let egress = self.pull.pen.case.world.egress(self.pull.cluster, self.pool);
        let told = |span: Span| judgement.because.iter().any(|evidence| evidence.span == span);
        let all = egress.map_or(&[][..], |egress| &egress.addresses.items);
        let plain = self.pull.registry.plainly_public();
        all.iter().filter(|it| !plain && told(it.span)).map(|it| (it.name.clone(), it.span)).collect()
    }

    /// The firewall to which the nodes' subnet hands all traffic.
    pub(super) fn firewall(&self) -> Option<&Firewall<'a>> {
        let world = self.pull.pen.case.world;
        let subnet = world.subnet_of(self.pool?)?;
        if subnet.has_endpoint_of("Microsoft.ContainerRegistry", &world.resolver) == Truth::Yes {
            return None;
        }
        let table = world.network.route_table(&subnet.at(&["routeTable", "id"], &world.resolver)?, &world.resolver)?;
        let mut hops = table.routes.iter().filter(|route| route.is_default == Truth::Yes).map(|route| &route.hop);
        match (hops.next()?, hops.next()) {
            (Hop::Appliance(address), None) => match world.network.firewall_at(address, &world.resolver)? {
                Standing::This(firewall) => Some(firewall),
                Standing::OneOf(all) => all.first().copied().filter(|_| all.len() == 1),
            },
            _ => None,
        }
    }

    /// The endpoints that surely lead to the registry.
    fn leading(&self) -> Vec<usize> {
        let attached = self.pull.pen.case.world.network.attached.iter().enumerate();
        let leads = attached.filter(|(_, it)| it.leads_to(self.pull.registry.at) == Truth::Yes);
        leads.map(|(at, _)| at).collect()
    }

    /// The zones in which an endpoint keeps its records.
    pub(super) fn registered(&self, endpoint: usize) -> Vec<usize> {
        let attached = self.pull.pen.case.world.network.attached.get(endpoint);
        attached.into_iter().flat_map(|it| &it.registrations).filter_map(|it| it.zone).collect()
    }

    /// The name of the network that an endpoint stands in, where that is not the nodes' own.
    pub(super) fn foreign_network(&self, endpoint: usize) -> Option<String> {
        let world = self.pull.pen.case.world;
        let vnet = world.network.vnets.get(world.network.attached.get(endpoint)?.vnet?)?;
        let own = self.pool.and_then(|pool| world.vnet_of(pool));
        let same = own.is_some_and(|own| own.is_same(vnet, &world.resolver) == Truth::Yes || own.name == vnet.name);
        (!same).then(|| shown(&vnet.name))
    }

    pub(super) fn zone(&self, at: usize) -> Spot {
        let zone = self.pull.pen.case.world.network.zones.get(at);
        let name = zone.map(|zone| shown(&zone.name)).unwrap_or_default();
        waypoint("private zone", name, zone.map(|zone| zone.declared))
    }

    pub(super) fn endpoint(&self, at: usize) -> Spot {
        let endpoint = self.pull.pen.case.world.endpoints.get(at);
        let name = endpoint.map(|endpoint| shown(&endpoint.name)).unwrap_or_default();
        let mut spot = waypoint("private endpoint", name, endpoint.map(|endpoint| endpoint.resource.declared));
        spot.lines.extend(self.foreign_network(at).map(|network| format!("in network {network}")));
        spot
    }
}

/// The first line of the box of outgoing addresses.
const LEAVING: &str = "outgoing address";

pub(super) fn waypoint(what: &str, name: String, of: Option<Span>) -> Spot {
    Spot::new(Kind::Waypoint, &[], vec![what.to_owned(), name], of)
}

/// A step that works.
pub(super) fn step(from: &Spot, to: &Spot, what: &str) -> Arrow {
    let lines = if what.is_empty() { Vec::new() } else { vec![what.to_owned()] };
    Arrow::new(from, to, Verdict::Fine, lines)
}
