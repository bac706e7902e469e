//! What can be wrong on the private way.

use crate::source::Span;

/// What is wrong on the private way. Numbers are places in the world.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// The zone is there, and not linked to the network of the nodes (ACR303); no network where AKS makes it.
    Unlinked {
        /// The zone.
        zone: usize,
        /// The network of the nodes.
        vnet: Option<usize>,
        /// The endpoint that the nodes don't find.
        endpoint: usize,
    },
    /// The zone that is linked is not the one in which the endpoint registers (ACR303).
    OtherZone {
        /// The zone that is linked.
        linked: usize,
        /// The zone that has the records.
        written: usize,
        /// The endpoint.
        endpoint: usize,
    },
    /// The zone has another name than registries look up (ACR303).
    Misnamed {
        /// The zone.
        zone: usize,
        /// The name that it should have.
        wanted: String,
        /// The endpoint.
        endpoint: usize,
    },
    /// The endpoint registers in the zone of another service (ACR303).
    Foreign {
        /// The zone.
        zone: usize,
        /// The name of the zone in which it should.
        wanted: String,
        /// The endpoint.
        endpoint: usize,
        /// Where that is written.
        at: Span,
    },
    /// There is no zone (ACR303).
    NoZone {
        /// The name that it should have.
        wanted: String,
        /// The network of the nodes.
        vnet: Option<usize>,
        /// The endpoint.
        endpoint: usize,
    },
    /// The zone lacks records (ACR304).
    NoRecord {
        /// The zone.
        zone: usize,
        /// Their names below the zone.
        names: Vec<String>,
        /// The endpoint.
        endpoint: usize,
    },
    /// The network of the endpoint is not connected to that of the nodes (ACR305).
    Apart {
        /// The endpoint.
        endpoint: usize,
        /// The network of the nodes; none where AKS makes it.
        nodes: Option<usize>,
        /// The network of the endpoint.
        other: usize,
        /// What there is instead of a connection.
        how: Apart,
    },
    /// The endpoint asks for a part that registries don't have (ACR306).
    Group {
        /// The endpoint.
        endpoint: usize,
        /// Where.
        span: Span,
        /// What it asks for.
        group: String,
    },
    /// Somebody has to approve the endpoint, or has refused it (ACR306).
    Pending {
        /// The endpoint.
        endpoint: usize,
        /// Where.
        span: Span,
        /// It was refused.
        refused: bool,
    },
    /// The only endpoint leads to another registry (ACR306).
    Astray {
        /// The endpoint.
        endpoint: usize,
        /// Where.
        span: Span,
        /// The other registry's name.
        other: String,
    },
    /// Two endpoints keep their records in one zone (ACR312).
    Shared {
        /// The endpoints.
        endpoints: [usize; 2],
    },
}

/// What there is between two networks that are not connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Apart {
    /// Nothing.
    Nothing,
    /// A peering on one side only: its place.
    OneSide(usize),
    /// A peering that was read back as not connected: its place.
    Down(usize),
    /// A peering that lets no traffic through: its place.
    Closed(usize),
}
