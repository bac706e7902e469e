//! The endpoints of a registry: those that work, those that may, and those that can't.

use super::super::Way;
use super::{Fault, absence_counts};
use crate::ir::{Truth, Why};
use crate::source::Span;
use crate::world::World;
use crate::world::cluster::Cluster;
use crate::world::endpoint::Endpoint;
use crate::world::network::deployed::stands_with;
use crate::world::registry::Registry;
use crate::world::workload::shown;

/// The endpoints of a registry, by their places in the world.
pub(super) struct Found {
    /// They lead to it, and nothing speaks against them.
    pub(super) working: Vec<usize>,
    /// They may lead to it, or may work.
    pub(super) maybe: Vec<usize>,
    /// They are meant for it and can't work.
    pub(super) faulty: Vec<(usize, Fault)>,
    /// Why there may be others.
    pub(super) open: Option<(Why, Span)>,
}

impl Found {
    pub(super) fn of(way: Way<'_, '_>) -> Found {
        let (world, registry, cluster) = (way.world, way.registry, way.cluster);
        let mut found = Found {
            working: Vec::new(),
            maybe: Vec::new(),
            faulty: faults(world, registry, cluster),
            open: world.endpoints_open(cluster, registry),
        };
        let lost = registry.connected == Some(Truth::No);
        for (at, endpoint, leads) in leading(world, registry) {
            let fault = found.faulty.iter().find(|(faulty, _)| *faulty == at).map(|(_, fault)| fault);
            let stands = stands_with(endpoint.resource, cluster, registry);
            let connection = endpoint.connection_to(registry, &world.resolver);
            let works = connection.map_or(Truth::Unknown, |it| it.asks_for_registry().and(it.approved));
            let works = if lost { works.and(Truth::Unknown) } else { works };
            match (fault, stands.and(leads).and(works)) {
                (Some(Fault::Group { .. } | Fault::Pending { refused: true, .. }), _) | (_, Truth::No) => {}
                (_, Truth::Yes) => found.working.push(at),
                (_, Truth::Unknown) => found.maybe.push(at),
            }
        }
        found
    }

    /// None works, and there can be no others.
    pub(super) fn is_none(&self) -> bool {
        self.working.is_empty() && self.maybe.is_empty() && self.open.is_none()
    }
}

/// The endpoints that lead, or may lead, to a registry.
fn leading<'w, 'a>(
    world: &'w World<'a>,
    registry: &'w Registry<'a>,
) -> impl Iterator<Item = (usize, &'w Endpoint<'a>, Truth)> {
    let all = world.endpoints.iter().zip(&world.network.attached).enumerate();
    let all = all.map(|(at, (endpoint, attached))| (at, endpoint, attached.leads_to(registry.at)));
    all.filter(|(.., leads)| *leads != Truth::No)
}

/// What is wrong with endpoints that are surely meant for a registry.
pub(super) fn faults<'a>(world: &World<'a>, registry: &Registry<'a>, cluster: &Cluster<'a>) -> Vec<(usize, Fault)> {
    let fault = |(at, endpoint, leads): (usize, &Endpoint<'a>, Truth)| {
        let connection = endpoint.connection_to(registry, &world.resolver)?;
        (leads == Truth::Yes && stands_with(endpoint.resource, cluster, registry) != Truth::No).then_some(())?;
        if connection.asks_for_registry() == Truth::No {
            let group = connection.group()?;
            return Some((at, Fault::Group { endpoint: at, span: group.span, group: shown(group) }));
        }
        let refused = connection.approved == Truth::No;
        let waits = connection.waits() && !may_be_approved(world, cluster, registry);
        (refused || waits).then_some((at, Fault::Pending { endpoint: at, span: connection.span, refused }))
    };
    leading(world, registry).filter_map(fault).collect()
}

/// Whether something may approve what waits: a command, or what was read back of the registry.
fn may_be_approved<'a>(world: &World<'a>, cluster: &Cluster<'a>, registry: &Registry<'a>) -> bool {
    let approvals = "Microsoft.ContainerRegistry/registries/privateEndpointConnections";
    // What was read back of the registry says that no connection is approved, or that this one may be.
    let unsure = registry.connected.is_some_and(|it| !registry.is_read_back() || it != Truth::Unknown);
    unsure
        || world.endpoints_made(cluster, registry).is_some()
        || world.networks_made(cluster, registry).is_some()
        || !world.resolver.of_kind(approvals).is_empty()
}

/// The only endpoint for registries that the tree has, when it leads to one that nobody pulls from while this one has none.
pub(super) fn astray<'a>(world: &World<'a>, registry: &Registry<'a>, cluster: &Cluster<'a>) -> Option<(Fault, String)> {
    let for_registries = |endpoint: &&Endpoint<'a>| {
        let connections = endpoint.connections.as_deref().unwrap_or_default();
        endpoint.resource.address.root == registry.resource.address.root
            && connections.iter().any(|it| it.asks_for_registry() == Truth::Yes)
    };
    let mut all = world.endpoints.iter().enumerate().filter(|(_, endpoint)| for_registries(endpoint));
    let ((at, endpoint), None) = (all.next()?, all.next()) else { return None };
    let connection = endpoint.connections.as_deref()?.first()?;
    let id = world.resolver.id_of(&connection.to).filter(|id| id.is_kind(crate::azure::kinds::REGISTRY))?;
    let name = id.names.last()?.as_str()?.to_owned();
    // One that somebody uses has its endpoint for good reason.
    let own =
        |other: &&Registry<'a>| world.network.attached.get(at).is_some_and(|it| it.leads_to(other.at) != Truth::No);
    let used = world.registries.iter().filter(own).any(|other| world.grants_on(other).next().is_some());
    let host = format!("{}.azurecr.", name.to_ascii_lowercase());
    let mut images = world.workloads.iter().flat_map(|workload| &workload.images);
    let pulled = images.any(|image| image.as_str().is_none_or(|image| image.to_ascii_lowercase().starts_with(&host)));
    let certain = stands_with(endpoint.resource, cluster, registry) == Truth::Yes;
    let sure = certain && absence_counts(world, Some(endpoint.resource)) && !used && !pulled;
    sure.then(|| (Fault::Astray { endpoint: at, span: connection.to.span, other: name.clone() }, name))
}
