//! What filters traffic on the way: security groups, routes and firewalls, proxies, policies of service endpoints.

use super::{Leg, Way};

/// What is wrong with a filter.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {}

/// Whether what filters the traffic of the nodes lets it pass to the public address of the host.
pub(super) fn public(way: Way<'_, '_>) -> Leg {
    let (cluster, outbound) = (way.cluster, way.cluster.outbound.as_deref());
    match outbound {
        None | Some("loadbalancer" | "managednatgateway" | "userassignednatgateway") => {
            Leg::works(way.registry.public.span(), "")
        }
        Some(_) => Leg::unknown(cluster.outbound_span, "the way out of the cluster is not analysed yet"),
    }
}

/// Whether it lets it pass to the private address of an endpoint.
pub(super) fn private(way: Way<'_, '_>, _endpoint: usize) -> Leg {
    Leg::works(way.registry.public.span(), "")
}
