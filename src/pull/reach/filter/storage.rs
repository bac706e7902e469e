//! Policies of service endpoints that keep nodes from the storage of layers.

use super::target::Target;
use super::{Fault, Keep, silent, unplaced};
use crate::azure::service_tags::Service;
use crate::ir::{Case, Resource, Truth, same_in};
use crate::pull::reach::{Leg, Obstacle, Way, clause};
use crate::world::Completeness;
use crate::world::network::subnet::Subnet;
use crate::world::workload::shown;

/// Whether the policies of the nodes' subnet let them go to blob storage.
pub(super) fn leg(way: Way<'_, '_>, target: &Target) -> Leg {
    if target.service != Service::Storage {
        return silent(way);
    }
    match way.world.around(way.pool, way.cluster) {
        Some(around) if unplaced::each(&around, |subnet| Some(from_subnet(way, subnet)), |_, _| Vec::new()) => {
            silent(way)
        }
        Some(_) => Leg::unknown(way.pool.span, "which service endpoint policies the nodes are under is not known"),
        None => way.world.subnet_of(way.pool).map_or_else(|| silent(way), |subnet| from_subnet(way, subnet)),
    }
}

fn from_subnet(way: Way<'_, '_>, subnet: &Subnet<'_>) -> Leg {
    let (resolver, at) = (&way.world.resolver, subnet.declared);
    let Some(policies) = subnet.storage_policies(resolver, &|resource| resource.body.clone()) else {
        return Leg::unknown(at, "a service endpoint policy of the node subnet is not in this tree");
    };
    let Some(first) = policies.first() else { return silent(way) };
    let endpoint = subnet.has_endpoint_of("Microsoft.Storage", resolver);
    let admits = policies.iter().map(|policy| policy.admits_foreign).fold(Truth::No, Truth::or);
    match (endpoint, admits) {
        (Truth::No, _) => silent(way),
        (Truth::Yes, Truth::No) => {
            let keep = Keep {
                policy: first.resource.address.clone(),
                name: shown(&first.name),
                place: first.place,
                subnet: shown(&subnet.name),
            };
            let text = format!("service endpoint policy `{}` admits no storage but the user's own", keep.name);
            let because = vec![
                clause(first.place, text),
                clause(at, format!("node subnet `{}` goes to storage by a service endpoint under it", keep.subnet)),
            ];
            let obstacle = Obstacle::Filter(Fault::Kept(keep));
            let sure = is_in_reach(way, subnet.vnet) && way.world.outlook.completeness != Completeness::Open;
            let leg = if sure { Leg::fails(obstacle, because) } else { Leg::may_fail(obstacle, because) };
            let concerned: Vec<&Resource> = policies.iter().map(|policy| policy.resource).collect();
            super::unless_hidden(way, leg, &concerned)
        }
        _ => Leg::unknown(first.place, "whether the service endpoint policy of the node subnet admits it is not known"),
    }
}

/// Whether the registry's storage is in the region of the network: an endpoint is for the storage of its own region.
fn is_in_reach(way: Way<'_, '_>, vnet: usize) -> bool {
    let resolver = &way.world.resolver;
    let location = |resource: &Resource| resource.body.get("location").map(|it| resolver.node(it));
    let network = way.world.network.vnets.get(vnet).and_then(|vnet| vnet.resource).and_then(location);
    let region = network.as_ref().and_then(|location| crate::azure::regions::region(location.as_str()?));
    let named = region.is_some() && region == way.registry.region.value().copied();
    // Whichever region it is: what both say is the same.
    let same = || match (&network, location(way.registry.resource)) {
        (Some(one), Some(other)) => same_in(resolver, Case::Ignored, one, &other) == Truth::Yes,
        _ => false,
    };
    (named || same()) && way.world.is_in_one_region(way.registry)
}
