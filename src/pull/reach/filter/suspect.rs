//! Rules for the way out of a firewall that is not in the tree, or not known to be on the way: one that lets the registry
//! pass and has a name for its layers that is no name of Azure's was meant for it and is wrong.

use super::firewall::{fits, names};
use super::target::{Target, origin, targets};
use super::{Fault, Halt, Stop, silent};
use crate::ir::{Node, Truth};
use crate::pull::reach::{Host, Leg, Obstacle, Way, clause};
use crate::world::network::firewall::{Collection, Rule};
use crate::world::workload::shown;

/// What the rules of the tree have against the way to a host: a statement about them, no proof that pulls fail.
pub(super) fn leg(way: Way<'_, '_>, target: &Target) -> Leg {
    let routed = way.cluster.outbound.as_deref() == Some("userdefinedrouting");
    let found = way.world.network.policies.iter().filter(|_| routed).find_map(|policy| {
        let (rule, name, meant) = suspicion(&policy.rules, way, target)?;
        let stop = Stop {
            host: way.host,
            to: target.told(),
            halt: Halt::Suspect,
            at: policy.resource.address.clone(),
            name: shown(&rule.name),
            place: name.span,
            misspelt: Some((shown(name), meant)),
        };
        let because = vec![clause(rule.span, format!("rule `{}` was meant to let it pass", shown(&rule.name)))];
        Some(Leg::may_fail(Obstacle::Filter(Fault::Stopped(stop)), because))
    });
    found.unwrap_or_else(|| silent(way))
}

/// A rule with a misspelt name beside one that is right for the registry, where no rule of the tree has the right one.
fn suspicion<'r>(rules: &'r [Collection], way: Way<'_, '_>, target: &Target) -> Option<(&'r Rule, &'r Node, String)> {
    let allowing = || rules.iter().filter(|it| it.allows == Some(true)).flat_map(|it| &it.rules);
    let from = origin(way);
    if allowing().any(|rule| fits(rule, &from, way, target) != Truth::No) {
        return None;
    }
    let other = if way.host == Host::Login { Host::Data } else { Host::Login };
    let others = targets(Way { host: other, ..way });
    let resolver = &way.world.resolver;
    let is_near =
        |rule: &&Rule| names(rule).iter().any(|name| others.iter().any(|it| it.named(name, resolver) == Truth::Yes));
    allowing().filter(is_near).find_map(|rule| {
        let (name, meant) = names(rule).iter().find_map(|name| Some((name, target.misspelt(name)?)))?;
        Some((rule, name, meant))
    })
}
