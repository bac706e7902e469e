//! The private way: endpoints, the zone that names them, its links and records, and the networks between.

mod connection;
mod endpoints;
mod fault;
mod link;
mod names;
mod record;
mod space;

pub use fault::{Apart, Fault};
pub(super) use space::refused;

use super::{Lead, Leg, Obstacle, Resolution, Way, clause, filter};
use crate::ir::{Origin, Resource, Truth, Why};
use crate::source::Span;
use crate::world::cluster::Cluster;
use crate::world::knowledge::{Evidence, Judgement};
use crate::world::network::pool::Standing;
use crate::world::registry::Registry;
use crate::world::{Completeness, World};
use endpoints::Found;
use link::Linked;
use record::Kept;

/// Where the name of the way's host leads from the network of its nodes.
///
/// The public name of a registry with a private endpoint is an alias of one in `privatelink.azurecr.io`: in a network that a
/// zone of that name is linked to, the zone answers, with "no such host" where it lacks the record; elsewhere the public
/// address is the answer (domain 4.3; ACR, "Connect privately to a registry").
pub(super) fn resolution(way: Way<'_, '_>) -> Resolution {
    let found = Found::of(way);
    if found.is_none() {
        return without_endpoint(way, &found);
    }
    if way.registry.plainly_public() && !link::may_answer(way) {
        return publicly(way, &found);
    }
    match link::linked(way, &found) {
        Linked::Unknown(span, text) => Resolution::Unknown(Leg::unknown(span, text)),
        Linked::Nothing => unlinked(way, &found),
        Linked::To { zone, link } => answered(way, &found, zone, link),
    }
}

/// No endpoint that works: the name leads to the public address.
fn without_endpoint(way: Way<'_, '_>, found: &Found) -> Resolution {
    match (found.faulty.first(), is_shut(way)) {
        (Some((_, fault)), Some((what, span))) => {
            let because = vec![clause(span, format!("{what}, and no private endpoint that works leads to it"))];
            Resolution::Nowhere(Leg::fails(Obstacle::Private(fault.clone()), because))
        }
        _ => Resolution::Public,
    }
}

/// The name leads to the public address, as far as can be seen: there may be an endpoint, and a link of its zone, elsewhere.
fn publicly(way: Way<'_, '_>, found: &Found) -> Resolution {
    match link::may_be_elsewhere(way, found) {
        Some((span, text)) => Resolution::Perhaps(span, text),
        None => Resolution::Public,
    }
}

/// No zone answers in the network of the nodes: the name leads to the public address.
fn unlinked(way: Way<'_, '_>, found: &Found) -> Resolution {
    let Some((what, span)) = is_shut(way) else { return publicly(way, found) };
    let Some(endpoint) = found.working.first().copied() else {
        let text = "whether a private endpoint leads to the registry can't be told";
        return Resolution::Unknown(Leg::unknown(span, text));
    };
    let because = |text: String| vec![clause(span, format!("{what}, and {text}"))];
    let leg = match link::why_unlinked(way, found, endpoint) {
        link::Why::Fault(fault, text) => Leg::fails(Obstacle::Private(fault), because(text)),
        link::Why::Absent(fault, text) => Leg::may_fail(Obstacle::Private(fault), because(text)),
        link::Why::Unknown(span, text) => return Resolution::Unknown(Leg::unknown(span, text)),
    };
    Resolution::Nowhere(also_apart(way, found, leg))
}

/// Nodes that found an endpoint would not come to it either: a second cause, that the repair of the first one would
/// only bring to light. Nobody peers the network that AKS makes, so there it is one cause.
fn also_apart(way: Way<'_, '_>, found: &Found, mut leg: Leg) -> Leg {
    let all = found.working.iter().chain(&found.maybe);
    let legs: Vec<Leg> = all.map(|&endpoint| connection::connected(way, endpoint)).collect();
    let closed = found.open.is_none() && !matches!(way.pool.standing, Standing::Managed);
    if closed && legs.iter().all(|leg| leg.truth() == Truth::No) {
        leg.obstacles.extend(legs.into_iter().next().map(|leg| leg.obstacles).unwrap_or_default());
    }
    leg
}

/// A zone answers in the network of the nodes.
fn answered(way: Way<'_, '_>, found: &Found, zone: usize, link: usize) -> Resolution {
    let told = link::proof(way, zone, link);
    match record::kept(way, found, zone) {
        Kept::Unknown(span, text) => Resolution::Unknown(Leg::unknown(span, text)),
        Kept::At { endpoints, proof } => {
            let lead = Lead::Private { zone, link, endpoints };
            Resolution::Private(lead, told.into_iter().chain(proof).collect())
        }
        Kept::Partly(fault, text, at) => {
            Resolution::Nowhere(Leg::may_fail(Obstacle::Private(fault), vec![clause(at, text)]))
        }
        Kept::Missing(fault, text, at) => {
            let redirects = way.world.network.links.get(link).map_or(Truth::Unknown, |link| link.redirects);
            match (redirects, is_shut(way)) {
                (Truth::Yes, None) => Resolution::Public,
                (Truth::Unknown, None) => {
                    Resolution::Unknown(Leg::unknown(at, "whether names without a record are asked for in public DNS"))
                }
                _ => {
                    let because = std::iter::once(clause(at, text)).chain(told).collect();
                    Resolution::Nowhere(Leg::fails(Obstacle::Private(fault), because))
                }
            }
        }
    }
}

/// Whether the addresses of endpoints can be reached: the name leads to one of them.
pub(super) fn through(way: Way<'_, '_>, endpoints: &[usize], proof: Vec<Evidence>) -> Leg {
    let mut legs: Vec<Leg> = endpoints.iter().map(|&endpoint| private_leg(way, endpoint)).collect();
    let named = Leg::proved(proof);
    let same = |truth: Truth| legs.iter().all(|leg| leg.truth() == truth);
    let shared = shared(way, endpoints).map(Obstacle::Private);
    if !same(Truth::Yes) && !same(Truth::No) {
        let doubtful = legs.iter().find(|leg| leg.truth() != Truth::Yes).cloned();
        let Some(Leg { judgement, .. }) = doubtful else { return untold(way) };
        let leg = Leg { judgement: Judgement { truth: Truth::Unknown, ..judgement }, obstacles: Vec::new() };
        return match shared {
            Some(fault) => Leg::may_fail(fault, leg.judgement.because),
            None => leg,
        };
    }
    if legs.is_empty() {
        return untold(way);
    }
    let mut leg = named.and(legs.swap_remove(0));
    leg.note(shared);
    leg
}

fn untold(way: Way<'_, '_>) -> Leg {
    Leg::unknown(way.registry.resource.declared, "which private endpoint the name leads to can't be told")
}

/// Two of these endpoints, which register in one zone, where it is proved that they are two.
fn shared(way: Way<'_, '_>, endpoints: &[usize]) -> Option<Fault> {
    let (&first, rest) = endpoints.split_first()?;
    let one = way.world.endpoints.get(first)?;
    let second = rest.iter().find(|at| way.world.endpoints.get(**at).is_some_and(|it| it.differs_from(one)))?;
    Some(Fault::Shared { endpoints: [first, *second] })
}

fn private_leg(way: Way<'_, '_>, endpoint: usize) -> Leg {
    connection::connected(way, endpoint).and(filter::private(way, endpoint))
}

/// Whether nodes know another network, by its place, and traffic passes to it: see there.
pub(super) fn passage(way: Way<'_, '_>, other: usize) -> [Truth; 2] {
    connection::passage(way, other)
}

/// The ways through all endpoints to which the name may lead; nothing where there may be others than those that are seen.
pub(super) fn every_way(way: Way<'_, '_>) -> Option<Vec<Leg>> {
    let found = Found::of(way);
    let all = found.working.iter().chain(&found.maybe).map(|&endpoint| private_leg(way, endpoint)).collect();
    (found.open.is_none() && way.world.outlook.completeness != Completeness::Open).then_some(all)
}

/// What is wrong with the endpoints of a registry, whichever way its name leads.
pub(super) fn malformed<'a>(
    world: &World<'a>,
    registry: &Registry<'a>,
    cluster: &Cluster<'a>,
) -> impl Iterator<Item = Obstacle> {
    endpoints::faults(world, registry, cluster).into_iter().map(|(_, fault)| Obstacle::Private(fault))
}

/// The only endpoint for a registry leads to another one, which nobody uses.
pub(super) fn mistaken<'a>(world: &World<'a>, registry: &Registry<'a>, cluster: &Cluster<'a>) -> Option<Leg> {
    let (what, span) = registry.is_shut().filter(|_| absence_counts(world, Some(registry.resource)))?;
    (world.has_endpoint(cluster, registry) == Truth::No).then_some(())?;
    let (fault, other) = endpoints::astray(world, registry, cluster)?;
    let because = vec![clause(span, format!("{what}, and the only private endpoint leads to `{other}`"))];
    Some(Leg::fails(Obstacle::Private(fault), because))
}

/// The public door is proved to be shut for everybody.
pub(super) fn is_shut(way: Way<'_, '_>) -> Option<(&'static str, Span)> {
    let read_back = way.registry.is_read_back() && way.world.outlook.completeness == Completeness::Repository;
    let proved = read_back || absence_counts(way.world, Some(way.registry.resource));
    way.registry.is_shut().filter(|_| proved)
}

/// Whether what the tree doesn't say of a resource is not so (`ARCHITECTURE.md`, "How absence is read").
fn absence_counts(world: &World<'_>, resource: Option<&Resource>) -> bool {
    match world.outlook.completeness {
        Completeness::Closed => true,
        Completeness::Open => false,
        Completeness::Repository => resource.is_some_and(|resource| resource.origin == Origin::Declared),
    }
}

/// Why there may be links, records or peerings between these that nobody sees.
fn hidden(way: Way<'_, '_>, between: &[Option<&Resource>]) -> Option<(Why, Span)> {
    let between: Vec<&Resource> = between.iter().copied().flatten().collect();
    let (cluster, registry) = (way.cluster, way.registry);
    let commands = way.world.endpoints_made(cluster, registry).or_else(|| way.world.networks_made(cluster, registry));
    commands.or_else(|| way.world.networks_open(&between))
}

#[cfg(test)]
mod tests;
