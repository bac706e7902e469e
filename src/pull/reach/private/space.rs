//! Address spaces that Azure refuses: what stands in such a network is not there.

use super::super::Way;
use crate::azure::cidr::{self, Range};
use crate::ir::Node;
use crate::source::Span;
use crate::world::network::vnet::Vnet;
use crate::world::workload::shown;

/// A range of the nodes' network or subnet that is none.
pub(in super::super) fn refused(way: Way<'_, '_>) -> Option<(Span, String)> {
    let world = way.world;
    let subnet = world.subnet_of(way.pool);
    let prefixes = subnet.map(|subnet| subnet.prefixes(&world.resolver)).unwrap_or_default();
    let space = world.vnet_of(way.pool).and_then(|vnet| vnet.space.as_deref()).unwrap_or_default();
    malformed(&prefixes).or_else(|| malformed(space))
}

fn malformed(prefixes: &[Node]) -> Option<(Span, String)> {
    let wrong = |node: &&Node| node.as_str().is_some_and(|text| cidr::range(text) == Range::Malformed);
    let node = prefixes.iter().find(wrong)?;
    Some((node.span, format!("`{}` is no range of addresses, and Azure refuses the network", shown(node))))
}

/// Two networks have addresses in common, or one of their ranges is none: Azure refuses to peer them.
pub(super) fn overlap(one: &Vnet<'_>, other: &Vnet<'_>) -> Option<(Span, String)> {
    let of = |vnet: &Vnet<'_>| vnet.space.clone().unwrap_or_default();
    let (own, theirs) = (of(one), of(other));
    if let Some(wrong) = malformed(&own).or_else(|| malformed(&theirs)) {
        return Some(wrong);
    }
    let net = |node: &Node| node.as_str().and_then(cidr::net);
    let meets = |node: &&Node| {
        net(node).is_some_and(|net_of| theirs.iter().filter_map(net).any(|their| cidr::meet(net_of, their)))
    };
    let node = own.iter().find(meets)?;
    let names = (shown(&one.name), shown(&other.name));
    Some((
        node.span,
        format!("the addresses of `{}` and `{}` overlap, and Azure refuses to peer them", names.0, names.1),
    ))
}
