//! The private way: endpoints, the zone that names them, its links and records, and the networks between.

use super::{Leg, Resolution, Way};

/// What is wrong on the private way.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {}

/// Where the name of the way's host leads from the network of its nodes.
pub(super) fn resolution(way: Way<'_, '_>) -> Resolution {
    match way.world.has_endpoint(way.cluster, way.registry) {
        crate::ir::Truth::No => Resolution::Public,
        _ => Resolution::Unknown(Leg::unknown(way.registry.public.span(), "private endpoints are not analysed yet")),
    }
}

/// The endpoints to which the name may lead.
pub(super) fn candidates(_: Way<'_, '_>) -> Vec<usize> {
    Vec::new()
}

/// Whether no other endpoint than the candidates can be meant.
pub(super) fn all_known(_: Way<'_, '_>) -> bool {
    false
}

/// Whether nodes reach the address of an endpoint.
pub(super) fn connected(way: Way<'_, '_>, _endpoint: usize) -> Leg {
    Leg::unknown(way.registry.public.span(), "private endpoints are not analysed yet")
}
