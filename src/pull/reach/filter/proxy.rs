//! Nodes that ask a proxy for what they pull.

use super::target;
use crate::ir::Truth;
use crate::pull::reach::{Leg, Way};
use crate::world::network::proxy;

/// The way of nodes that go through a proxy: what the proxy lets pass is not written anywhere. Nothing where they don't.
pub(in crate::pull::reach) fn through_proxy(way: Way<'_, '_>) -> Option<Leg> {
    let proxy = proxy::of(way.cluster, &way.world.resolver)?;
    let targets = target::targets(way);
    let spared = targets.iter().all(|target| target.spared(&proxy) == Truth::Yes);
    let text = match proxy.written {
        true => "nodes go through a proxy, and what it lets pass is not in this tree",
        false => "whether nodes go through a proxy is not known",
    };
    (!spared).then(|| Leg::unknown(proxy.span, text))
}
