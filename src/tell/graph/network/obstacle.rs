//! What stops a pull on its way, drawn where it stands.

use super::super::sketch::{Arrow, Spot, sentence};
use super::super::strand::said;
use super::Way;
use super::waypoint::{step, waypoint};
use crate::ir::Truth;
use crate::pull::Obstacle;
use crate::pull::reach::{Apart, Denial, FilterFault, Halt, Host, PrivateFault, PublicFault, Stop};
use crate::report::Verdict;
use crate::report::graph::Kind;
use crate::world::workload::shown;

/// The rules about what stands in the way.
pub(super) const RULES: [&str; 11] =
    ["ACR301", "ACR302", "ACR303", "ACR304", "ACR305", "ACR306", "ACR307", "ACR308", "ACR309", "ACR312", "ACR313"];

impl Way<'_, '_, '_, '_> {
    /// Whether only the layers are stopped, and the login server is reached past it.
    pub(super) fn is_of_layers(&self, obstacle: &Obstacle) -> bool {
        let twin = |is: &dyn Fn(&FilterFault) -> bool| {
            self.obstacles.iter().any(|(it, _)| matches!(it, Obstacle::Filter(fault) if is(fault)))
        };
        match obstacle {
            Obstacle::Filter(FilterFault::Kept(_)) => true,
            Obstacle::Filter(FilterFault::Stopped(stop)) => {
                stop.host == Host::Data
                    && !twin(
                        &|it| matches!(it, FilterFault::Stopped(it) if it.host == Host::Login && is_one_stop(it, stop)),
                    )
            }
            Obstacle::Filter(FilterFault::Denied(denial)) => {
                denial.host == Host::Data
                    && !denial.private
                    && !twin(
                        &|it| matches!(it, FilterFault::Denied(it) if it.host == Host::Login && is_one_denial(it, denial)),
                    )
            }
            _ => false,
        }
    }

    /// An obstacle, with the steps that lead to it and on from it.
    pub(super) fn stopped(&self, nodes: &Spot, obstacle: &Obstacle, proof: Truth, arrows: &mut Vec<Arrow>) {
        let bad = |from: &Spot, to: &Spot, text: &str| self.bad(from, to, text, obstacle, proof);
        match obstacle {
            Obstacle::Public(fault) => self.at_the_door(nodes, fault, &bad, arrows),
            Obstacle::Private(fault) => self.privately(nodes, fault, &bad, arrows),
            Obstacle::Filter(FilterFault::Denied(denial)) => self.denied(nodes, denial, &bad, arrows),
            Obstacle::Filter(FilterFault::Stopped(stop)) => self.halted(nodes, stop, &bad, arrows),
            Obstacle::Filter(FilterFault::Kept(keep)) => {
                let text = format!("not admitted by endpoint policy {}", keep.name);
                arrows.push(bad(nodes, &layers("blob storage"), &text));
            }
        }
    }

    /// A step that doesn't work, or may not.
    fn bad(&self, from: &Spot, to: &Spot, text: &str, obstacle: &Obstacle, proof: Truth) -> Arrow {
        let sure = proof == Truth::No && self.pull.verdict() == Verdict::Broken;
        let verdict = if sure { Verdict::Broken } else { Verdict::Unknown };
        let rules = self.pull.rules.iter().copied().filter(|rule| *rule == obstacle.rule()).collect();
        Arrow::new(from, to, verdict, sentence(text)).absent().told(rules)
    }

    fn at_the_door(&self, nodes: &Spot, fault: &PublicFault, bad: Bad<'_>, arrows: &mut Vec<Arrow>) {
        let registry = &self.pull.pen.target;
        match fault {
            PublicFault::Shut(..) => arrows.push(bad(nodes, registry, &said(self.whole).join(" "))),
            PublicFault::Outside(outside) => {
                let from = self.out(nodes, arrows);
                let from = self.leaving(&from, &outside.addresses, arrows);
                arrows.push(bad(&from, registry, "not admitted by the rules of the registry"));
            }
            PublicFault::Never(_) => {
                let from = self.out(nodes, arrows);
                arrows.push(bad(&from, registry, "no rule of the registry admits an address on the internet"));
            }
            PublicFault::Subnet(_, what) => arrows.push(bad(nodes, registry, what)),
            PublicFault::NoWayOut(kind, _) => {
                arrows.push(bad(nodes, registry, &format!("no way out: outbound type {kind}")));
            }
        }
    }

    fn privately(&self, nodes: &Spot, fault: &PrivateFault, bad: Bad<'_>, arrows: &mut Vec<Arrow>) {
        let network = &self.pull.pen.case.world.network;
        let place = |vnet: &Option<usize>| match vnet.and_then(|at| network.vnets.get(at)) {
            Some(vnet) => format!("network {}", shown(&vnet.name)),
            None => "the network that AKS makes".to_owned(),
        };
        match fault {
            PrivateFault::Unlinked { zone, vnet, endpoint } => {
                let zone = self.zone(*zone);
                arrows.push(bad(nodes, &zone, &format!("no link with {}", place(vnet))));
                self.on_from(&zone, *endpoint, arrows);
            }
            PrivateFault::OtherZone { linked, written, endpoint } => {
                let mut asked = self.zone(*linked);
                asked.lines.push("without the record".to_owned());
                arrows.push(step(nodes, &asked, "linked"));
                let zone = self.zone(*written);
                arrows.push(bad(nodes, &zone, "no link: nodes ask another zone of this name"));
                self.on_from(&zone, *endpoint, arrows);
            }
            PrivateFault::Misnamed { zone, wanted, endpoint } => {
                let zone = self.zone(*zone);
                arrows.push(bad(nodes, &zone, &format!("nodes look up {wanted}")));
                self.on_from(&zone, *endpoint, arrows);
            }
            PrivateFault::Foreign { zone, wanted, endpoint, .. } => {
                let zone = self.zone(*zone);
                arrows.push(bad(nodes, &zone, &format!("zone of another service: nodes look up {wanted}")));
                self.on_from(&zone, *endpoint, arrows);
            }
            PrivateFault::NoZone { wanted, vnet, endpoint } => {
                let text = format!("no zone {wanted} linked with {}", place(vnet));
                arrows.push(bad(nodes, &self.endpoint(*endpoint), &text));
                arrows.push(self.to_registry(*endpoint));
            }
            PrivateFault::NoRecord { zone, names, endpoint } => {
                let (zone, endpoint) = (self.zone(*zone), (*endpoint, self.endpoint(*endpoint)));
                arrows.push(step(nodes, &zone, "linked"));
                arrows.push(bad(&zone, &endpoint.1, &format!("no record {}", super::named(names))));
                arrows.push(self.to_registry(endpoint.0));
            }
            PrivateFault::Apart { endpoint, other, how, .. } => {
                let far = network.vnets.get(*other).map(|vnet| shown(&vnet.name)).unwrap_or_default();
                let text = match how {
                    Apart::Nothing => format!("no peering with network {far}"),
                    Apart::OneSide(_) => format!("peered with network {far} on one side only"),
                    Apart::Down(_) => format!("peering with network {far} is not connected"),
                    Apart::Closed(_) => format!("peering with network {far} lets no traffic through"),
                };
                arrows.push(bad(nodes, &self.endpoint(*endpoint), &text));
                arrows.push(self.to_registry(*endpoint));
            }
            PrivateFault::Group { endpoint, .. }
            | PrivateFault::Pending { endpoint, .. }
            | PrivateFault::Astray { endpoint, .. } => {
                let spot = self.endpoint(*endpoint);
                arrows.push(step(nodes, &spot, ""));
                arrows.push(bad(&spot, &self.pull.pen.target, &of_connection(fault)));
            }
            PrivateFault::Shared { endpoints } => {
                for at in endpoints {
                    let spot = self.endpoint(*at);
                    arrows.push(bad(nodes, &spot, "two endpoints keep their records in one zone"));
                    arrows.push(self.to_registry(*at));
                }
            }
        }
    }

    /// From the zone to the registry everything is there.
    fn on_from(&self, zone: &Spot, endpoint: usize, arrows: &mut Vec<Arrow>) {
        let at = |it: &usize| self.zone(*it) == *zone;
        let kept = if self.registered(endpoint).iter().any(at) { "record" } else { "" };
        arrows.push(step(zone, &self.endpoint(endpoint), kept));
        arrows.push(self.to_registry(endpoint));
    }

    /// From an endpoint to the registry, with what is wrong with the connection.
    pub(super) fn to_registry(&self, endpoint: usize) -> Arrow {
        let (spot, registry) = (self.endpoint(endpoint), &self.pull.pen.target);
        let own = |(obstacle, _): &&(Obstacle, Truth)| match obstacle {
            Obstacle::Private(
                PrivateFault::Group { endpoint: at, .. }
                | PrivateFault::Pending { endpoint: at, .. }
                | PrivateFault::Astray { endpoint: at, .. },
            ) => *at == endpoint,
            _ => false,
        };
        match self.pull.obstacles.iter().find(own) {
            Some((obstacle @ Obstacle::Private(fault), proof)) if self.pull.verdict() != Verdict::Fine => {
                self.bad(&spot, registry, &of_connection(fault), obstacle, *proof)
            }
            _ => step(&spot, registry, "private link"),
        }
    }

    fn denied(&self, nodes: &Spot, denial: &Denial, bad: Bad<'_>, arrows: &mut Vec<Arrow>) {
        let twins: Vec<&Denial> = self.obstacles.iter().filter_map(|(it, _)| of_group(it, denial)).collect();
        let endpoint = self.lead_endpoint().filter(|_| denial.private);
        let of = self.pull.pen.case.world.resolver.at(&denial.group).map(|group| group.declared);
        let group = waypoint("security group", denial.name.clone(), of);
        let text = match (&endpoint, twins.as_slice()) {
            (Some(_), _) => format!("rule {} denies it", denial.rule),
            (None, twins) => {
                format!("rule {} denies {}", denial.rule, hosts(twins.iter().map(|it| (it.host, &*it.to))))
            }
        };
        arrows.push(step(nodes, &group, ""));
        match endpoint {
            Some(at) => {
                arrows.push(bad(&group, &self.endpoint(at), &text));
                arrows.push(self.to_registry(at));
            }
            None if self.is_of_layers(&Obstacle::Filter(FilterFault::Denied(denial.clone()))) => {
                arrows.push(bad(&group, &layers(&denial.to), &text));
            }
            None => arrows.push(bad(&group, &self.pull.pen.target, &text)),
        }
    }

    fn lead_endpoint(&self) -> Option<usize> {
        match &self.lead {
            crate::pull::reach::Lead::Private { endpoints, .. } => endpoints.first().copied(),
            _ => None,
        }
    }

    fn halted(&self, nodes: &Spot, stop: &Stop, bad: Bad<'_>, arrows: &mut Vec<Arrow>) {
        let twins = self.obstacles.iter().filter_map(|(it, _)| match it {
            Obstacle::Filter(FilterFault::Stopped(it)) if is_one_stop(it, stop) => Some((it.host, &*it.to)),
            _ => None,
        });
        let only_layers = self.is_of_layers(&Obstacle::Filter(FilterFault::Stopped(stop.clone())));
        let to = if only_layers { layers(&stop.to) } else { self.pull.pen.target.clone() };
        let told = if only_layers { "this host".to_owned() } else { hosts(twins) };
        let meant = stop.misspelt.as_ref().map(|(written, _)| format!(", only {written}")).unwrap_or_default();
        let (from, text) = match stop.halt {
            Halt::NoRule => (self.wall(nodes, stop, arrows), format!("no rule for {told}{meant}")),
            Halt::DenyRule => (self.wall(nodes, stop, arrows), format!("a rule denies {told}")),
            Halt::Route => (nodes.clone(), format!("route {} drops {told}", stop.name)),
            Halt::Suspect => (nodes.clone(), format!("rule {} does not name {told}{meant}", stop.name)),
        };
        arrows.push(bad(&from, &to, &text));
    }

    /// The firewall that stops it.
    fn wall(&self, nodes: &Spot, stop: &Stop, arrows: &mut Vec<Arrow>) -> Spot {
        let found = self.out(nodes, arrows);
        if found != *nodes {
            return found;
        }
        let spot = waypoint("firewall", stop.name.clone(), None);
        arrows.push(step(nodes, &spot, "routed"));
        spot
    }
}

/// Makes an arrow of a step that doesn't work.
type Bad<'b> = &'b dyn Fn(&Spot, &Spot, &str) -> Arrow;

/// Where the layers of images are kept.
fn layers(what: &str) -> Spot {
    Spot::new(Kind::Registry, &[], vec!["image layers".to_owned(), what.to_owned()], None)
}

fn is_one_stop(one: &Stop, other: &Stop) -> bool {
    one.at == other.at && one.halt == other.halt && one.place == other.place
}

fn is_one_denial(one: &Denial, other: &Denial) -> bool {
    one.group == other.group && one.place == other.place && one.inbound == other.inbound
}

fn of_group<'o>(obstacle: &'o Obstacle, denial: &Denial) -> Option<&'o Denial> {
    match obstacle {
        Obstacle::Filter(FilterFault::Denied(it)) if is_one_denial(it, denial) => Some(it),
        _ => None,
    }
}

/// Hosts that are stopped, the login server first.
fn hosts<'h>(all: impl Iterator<Item = (Host, &'h str)>) -> String {
    let mut all: Vec<(Host, &str)> = all.collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter().map(|(_, to)| to).collect::<Vec<_>>().join(" and ")
}

fn of_connection(fault: &PrivateFault) -> String {
    match fault {
        PrivateFault::Group { group, .. } => format!("asks for {group}, not for registry"),
        PrivateFault::Pending { refused: true, .. } => "the connection is refused".to_owned(),
        PrivateFault::Pending { .. } => "nobody approves the connection".to_owned(),
        PrivateFault::Astray { other, .. } => format!("leads to {other} instead"),
        _ => String::new(),
    }
}
