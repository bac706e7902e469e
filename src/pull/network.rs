//! Do the nodes of a cluster reach the registry?

use crate::ir::{Node, Truth};
use crate::source::Span;
use crate::world::cluster::Cluster;
use crate::world::knowledge::Judgement;
use crate::world::registry::Registry;
use crate::world::{Assumed, Completeness, World};

/// Whether the registry lets the nodes of a cluster in.
pub(super) fn network<'a>(world: &World<'a>, registry: &Registry<'a>, cluster: Option<&Cluster<'a>>) -> Judgement {
    let at = registry.public.span();
    let is = |node: &Node, name: &str| node.as_str().is_some_and(|own| own.eq_ignore_ascii_case(name));
    let assumed = world.outlook.assumed.iter().any(|fact| match fact {
        Assumed::Reachable { registry: r, cluster: c } => {
            is(&registry.name, r) && cluster.is_some_and(|cluster| is(&cluster.name, c))
        }
        _ => false,
    });
    if assumed {
        return Judgement::new(Truth::Yes, at, "reachable, says the configuration");
    }
    if let Some((span, text)) = cluster.and_then(|cluster| shut(world, registry, cluster)) {
        return Judgement::new(Truth::No, span, text);
    }
    let routed = cluster.and_then(|cluster| cluster.outbound.as_deref());
    let free = matches!(routed, None | Some("loadbalancer" | "managednatgateway" | "userassignednatgateway"));
    match registry.plainly_public() && free {
        true => Judgement::new(Truth::Yes, at, "public access is open to all networks"),
        // Something only names it.
        false if !registry.is_declared() && !registry.is_read_back() => {
            Judgement::new(Truth::Unknown, at, "whom the registry lets in is not in this tree")
        }
        false => Judgement::new(Truth::Unknown, at, "network not analysed yet"),
    }
}

/// Why nobody at all reaches the registry: its public door is shut, and no private endpoint leads to it.
fn shut<'a>(world: &World<'a>, registry: &Registry<'a>, cluster: &Cluster<'a>) -> Option<(Span, String)> {
    let proved = match world.outlook.completeness {
        Completeness::Repository => registry.is_declared() || registry.is_read_back(),
        Completeness::Open => false,
        Completeness::Closed => true,
    };
    let (what, span) = registry.is_shut().filter(|_| proved)?;
    let none = world.has_endpoint(cluster, registry) == Truth::No;
    none.then(|| (span, format!("{what}, and no private endpoint leads to it")))
}
