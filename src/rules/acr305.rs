//! ACR305 `private-network-not-connected`.

use super::blocked::blocked;
use super::{Key, Reporter, Rule};
use crate::edit;
use crate::finding::Severity;
use crate::pull::reach::{Apart, PrivateFault as Fault};
use crate::pull::{Case, Obstacle};
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR305",
    name: "private-network-not-connected",
    summary: "The network of the registry's private endpoint is not peered with that of the nodes, or on one side only",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR305.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for blocked in blocked(case) {
        let Obstacle::Private(Fault::Apart { endpoint, nodes, other, how }) = blocked.obstacle else { continue };
        let network = &case.world.network;
        let (Some(endpoint), Some(far)) = (case.world.endpoints.get(*endpoint), network.vnets.get(*other)) else {
            continue;
        };
        let near = nodes.and_then(|at| network.vnets.get(at));
        let (from, to) = (near.map(|vnet| format!("`{}`", shown(&vnet.name))), shown(&far.name));
        let from = from.unwrap_or_else(|| "the network that AKS makes for the nodes".to_owned());
        let peering = match how {
            Apart::OneSide(at) | Apart::Down(at) | Apart::Closed(at) => network.peerings.get(*at),
            Apart::Nothing => None,
        };
        let (end, at) = match how {
            Apart::Nothing => ("are not connected", "no peering leads to the network of the private endpoint"),
            Apart::OneSide(_) => ("are peered on one side only", "the other network has no peering back"),
            Apart::Down(_) => ("have a peering that is not connected", "not connected"),
            Apart::Closed(_) => ("have a peering that lets no traffic through", "lets no traffic through"),
        };
        let message = format!("{from} and `{to}` with the endpoint of `{}` {end}", shown(&blocked.registry.name));
        let resources = near.and_then(|near| near.resource).zip(far.resource);
        let help = match (how, near, resources) {
            (Apart::Nothing, _, Some((near, far))) => edit::peer_both(near, far),
            (Apart::OneSide(at), _, Some((near, far))) => {
                let there = network.peerings.get(*at).is_some_and(|it| Some(it.from) == *nodes);
                if there { edit::peer_back(far, near) } else { edit::peer_back(near, far) }
            }
            (_, None, _) => {
                format!("give the node pools a subnet of `{to}` or of a network that is peered with it on both sides")
            }
            _ => format!("peer {from} and `{to}` on both sides, with `allowVirtualNetworkAccess`"),
        };
        let vnet = near.and_then(|vnet| Some((vnet.resource?, vnet.declared)));
        let own = (blocked.cluster.resource, blocked.cluster.resource.declared);
        let (changed, place) = peering.map(|it| (it.resource, it.declared)).or(vnet).unwrap_or(own);
        let ends = [&changed.address, &endpoint.resource.address, &blocked.cluster.resource.address];
        let key = Key::of(&[ends[0], ends[1], ends[2], &blocked.registry.resource.address]);
        let registry = shown(&blocked.registry.name);
        let stands = format!("private endpoint `{}` of `{registry}` stands in `{to}`", shown(&endpoint.name));
        let labels = vec![
            (endpoint.resource.declared, stands),
            (far.declared, format!("network `{to}`, where the endpoint stands")),
        ];
        blocked.report(case, reporter, place, [&message, at], key, labels).help(help);
    }
}
