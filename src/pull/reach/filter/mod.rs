//! What filters traffic on the way: security groups, routes and firewalls, proxies, policies of service endpoints.

mod decide;
mod egress;
mod firewall;
mod proxy;
mod security_group;
mod storage;
mod suspect;
mod target;
mod unplaced;

use std::sync::Arc;

use super::{Host, Leg, Way};
use crate::ir::{Resource, Truth};
use crate::source::Span;
use crate::world::Address;

pub(super) use proxy::through_proxy;

/// What is wrong with a filter.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// A security group denies the traffic (ACR307).
    Denied(Denial),
    /// A firewall doesn't let it pass, or a route drops it (ACR308).
    Stopped(Stop),
    /// A policy keeps the nodes from the storage of the layers (ACR313).
    Kept(Keep),
}

/// A security group that denies traffic.
#[derive(Clone, Debug, PartialEq)]
pub struct Denial {
    /// To which of the hosts.
    pub host: Host,
    /// How the host is told.
    pub to: String,
    /// The group.
    pub group: Arc<Address>,
    /// Its name.
    pub name: String,
    /// The name of the rule that decides.
    pub rule: String,
    /// Its number.
    pub priority: i64,
    /// Where the rule denies.
    pub place: Span,
    /// The traffic is denied where it comes in, at the subnet of the private endpoint.
    pub inbound: bool,
    /// It goes to the address of a private endpoint.
    pub private: bool,
}

/// Why traffic ends on its way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halt {
    /// No rule of the firewall lets it pass.
    NoRule,
    /// A rule of the firewall denies it.
    DenyRule,
    /// A route hands it to nobody.
    Route,
    /// A rule that lets the other host pass has a name for this one that is not Azure's; other rules are made elsewhere.
    Suspect,
}

/// Traffic that ends on its way out.
#[derive(Clone, Debug, PartialEq)]
pub struct Stop {
    /// To which of the hosts.
    pub host: Host,
    /// How the host is told.
    pub to: String,
    /// Why.
    pub halt: Halt,
    /// The firewall, its policy, or the route table.
    pub at: Arc<Address>,
    /// Its name.
    pub name: String,
    /// The rule that denies, or the place where one that allows would stand.
    pub place: Span,
    /// A name that was meant for the host and is none of Azure's: as written, and as meant.
    pub misspelt: Option<(String, String)>,
}

/// A policy that keeps nodes from storage.
#[derive(Clone, Debug, PartialEq)]
pub struct Keep {
    /// The policy.
    pub policy: Arc<Address>,
    /// Its name.
    pub name: String,
    /// Where it says what it admits.
    pub place: Span,
    /// The name of the subnet.
    pub subnet: String,
}

/// Whether what filters the traffic of the nodes lets it pass to the public address of the host.
pub(super) fn public(way: Way<'_, '_>) -> Leg {
    let one = |target: &target::Target| {
        let group = security_group::outbound(way, target);
        group.and(egress::leg(way, target)).and(storage::leg(way, target))
    };
    let whole = target::targets(way).iter().map(one).reduce(Leg::agree).unwrap_or_else(|| silent(way));
    // What is written may be right in the cloud that it is for.
    let foreign = || target::foreign(way).iter().map(one).any(|leg| leg.truth() != Truth::No);
    match whole.truth() == Truth::No && foreign() {
        true => Leg::unknown(way.registry.region.span(), "in which cloud the registry is, is not known"),
        false => whole,
    }
}

/// A leg that is proved not to work stays so only where nothing that can't be seen may change these resources.
fn unless_hidden(way: Way<'_, '_>, leg: Leg, resources: &[&Resource]) -> Leg {
    let made = || way.world.networks_made(way.cluster, way.registry);
    match way.world.hidden_from(resources).or_else(made).filter(|_| !leg.obstacles.is_empty()) {
        Some((why, span)) => Leg::unknown(span, format!("something that can't be read may let it pass: {why}")),
        None => leg,
    }
}

/// Whether it lets it pass to the private address of an endpoint.
pub(super) fn private(way: Way<'_, '_>, endpoint: usize) -> Leg {
    security_group::to_endpoint(way, endpoint).and(egress::to_endpoint(way, endpoint))
}

/// It works, and there is nothing to tell.
fn silent(way: Way<'_, '_>) -> Leg {
    Leg::works(way.registry.public.span(), "")
}
