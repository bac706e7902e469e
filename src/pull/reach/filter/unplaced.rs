//! Nodes whose subnet can't be told: what guards those in which they may stand.

use crate::ir::Truth;
use crate::pull::reach::Leg;
use crate::world::network::route::RouteTable;
use crate::world::network::security_group::SecurityGroup;
use crate::world::network::subnet::Subnet;
use crate::world::network::unplaced::Around;

/// Whether traffic passes wherever the nodes stand, as far as the tree says: in each of the subnets, or by all of what their
/// deployment declares. Where nothing is said it passes.
pub(super) fn each<'s, 'a>(
    around: &Around<'s, 'a>,
    subnet: impl Fn(&'s Subnet<'a>) -> Option<Leg>,
    declared: impl Fn(&[&'s SecurityGroup<'a>], &[&'s RouteTable<'a>]) -> Vec<Option<Leg>>,
) -> bool {
    let passes = |leg: Option<Leg>| leg.is_none_or(|leg| leg.truth() == Truth::Yes);
    match around {
        Around::Subnets(all) => all.iter().all(|it| passes(subnet(it))),
        Around::Deployment(groups, tables) => declared(groups, tables).into_iter().all(passes),
        Around::TooMany => false,
    }
}
