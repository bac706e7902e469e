//! What security groups say of the traffic of nodes.

use super::decide::{Decision, Met, decide};
use super::target::{Target, origin};
use super::{Denial, Fault, silent, unplaced};
use crate::ir::{Node, Truth, Why};
use crate::pull::reach::{Host, Leg, Obstacle, Way, clause};
use crate::source::Span;
use crate::world::network::peers::Place;
use crate::world::network::pool::Standing;
use crate::world::network::security_group::{Rule, SecurityGroup};
use crate::world::network::subnet::Subnet;
use crate::world::workload::shown;

/// Traffic as a group sees it: who sends, who gets it.
struct Traffic<'t> {
    from: &'t Place,
    to: &'t Place,
    /// Whether a tag stands for who gets it.
    tagged: &'t dyn Fn(&str) -> Truth,
    inbound: bool,
    /// How who gets it is told.
    told: String,
    private: bool,
}

/// Whether the group of the nodes' subnet lets them go to the public address of a host.
pub(super) fn outbound(way: Way<'_, '_>, target: &Target) -> Leg {
    let sent = |from: Place, routed: bool, judge: &dyn Fn(&Traffic<'_>) -> Leg| {
        // Where a route for all addresses is written, its addresses belong to the network.
        let tagged = |tag: &str| match tag.eq_ignore_ascii_case("VirtualNetwork") {
            true if routed => Truth::Unknown,
            true => Truth::No,
            false => target.tagged(tag),
        };
        let (to, told) = (&Place::Public, target.told());
        judge(&Traffic { from: &from, to, tagged: &tagged, inbound: false, told, private: false })
    };
    let at = |subnet: &Subnet<'_>| {
        let routed = subnet.at(&["routeTable", "id"], &way.world.resolver).is_some();
        let from = Place::of_subnet(subnet, &way.world.resolver);
        sent(from, routed, &|traffic| at_border(way, subnet, traffic))
    };
    let by = |group: &SecurityGroup<'_>| {
        sent(Place::Unknown, true, &|traffic| judged(way, group, &group.resource.id, traffic))
    };
    guarded(way, &at, &by)
}

/// What the group of the nodes' subnet says; where that can't be told, what all those say behind which they may be.
fn guarded(way: Way<'_, '_>, at: &dyn Fn(&Subnet<'_>) -> Leg, by: &dyn Fn(&SecurityGroup<'_>) -> Leg) -> Leg {
    let Some(around) = way.world.around(way.pool, way.cluster) else {
        return way.world.subnet_of(way.pool).map_or_else(|| silent(way), at);
    };
    let all = |groups: &[&SecurityGroup<'_>]| groups.iter().map(|group| Some(by(group))).collect();
    match unplaced::each(&around, |subnet| Some(at(subnet)), |groups, _| all(groups)) {
        true => silent(way),
        false => Leg::unknown(way.pool.span, "behind which security group the nodes stand is not known"),
    }
}

/// Whether the groups of the nodes' subnet and of the endpoint's let them go to its address.
pub(super) fn to_endpoint(way: Way<'_, '_>, endpoint: usize) -> Leg {
    let world = way.world;
    let subnet = endpoint_subnet(way, endpoint);
    let to = subnet.map_or(Place::Unknown, |subnet| Place::of_subnet(subnet, &world.resolver));
    let tagged = |tag: &str| Truth::of(tag.eq_ignore_ascii_case("VirtualNetwork"));
    let name = world.endpoints.get(endpoint).map(|it| shown(&it.name)).unwrap_or_default();
    let sent = |from: Place, inbound, judge: &dyn Fn(&Traffic<'_>) -> Leg| {
        let told = format!("private endpoint `{name}`");
        judge(&Traffic { from: &from, to: &to, tagged: &tagged, inbound, told, private: true })
    };
    let at =
        |own: &Subnet<'_>| sent(Place::of_subnet(own, &world.resolver), false, &|traffic| at_border(way, own, traffic));
    let by = |group: &SecurityGroup<'_>| {
        sent(Place::Unknown, false, &|traffic| judged(way, group, &group.resource.id, traffic))
    };
    let out = guarded(way, &at, &by);
    let Some(subnet) = subnet.filter(|_| way.pool.standing != Standing::Managed) else { return out };
    let incoming = || sent(origin(way), true, &|traffic| at_border(way, subnet, traffic));
    match guards_endpoints(subnet, way) {
        Truth::Yes => out.and(incoming()),
        Truth::No => out,
        Truth::Unknown => {
            let inner = incoming();
            match inner.truth() {
                Truth::Yes => out.and(inner),
                _ => out.and(Leg::unknown(
                    subnet.declared,
                    format!("whether security groups guard endpoints in subnet `{}` is not known", shown(&subnet.name)),
                )),
            }
        }
    }
}

/// The subnet in which a private endpoint stands.
pub(super) fn endpoint_subnet<'s, 'a>(way: Way<'s, 'a>, endpoint: usize) -> Option<&'s Subnet<'a>> {
    let (world, network) = (way.world, &way.world.network);
    let id = world.endpoints.get(endpoint)?.resource.body.at(&["properties", "subnet", "id"])?;
    match network.standing(id, &world.resolver) {
        Standing::In(at) => network.subnets.get(at),
        _ => None,
    }
}

/// Whether the group of a subnet guards private endpoints too: only where policies for them are switched on. What holds
/// where nobody wrote it has changed between versions of the API.
fn guards_endpoints(subnet: &Subnet<'_>, way: Way<'_, '_>) -> Truth {
    match subnet.at(&["privateEndpointNetworkPolicies"], &way.world.resolver) {
        None => Truth::Unknown,
        Some(word) => match word.as_str().map(str::to_ascii_lowercase).as_deref() {
            Some("disabled" | "routetableenabled") => Truth::No,
            Some("enabled" | "networksecuritygroupenabled") => Truth::Yes,
            _ => Truth::Unknown,
        },
    }
}

fn at_border(way: Way<'_, '_>, subnet: &Subnet<'_>, traffic: &Traffic<'_>) -> Leg {
    let resolver = &way.world.resolver;
    let Some(id) = subnet.at(&["networkSecurityGroup", "id"], resolver) else { return silent(way) };
    let Some(group) = way.world.network.security_group(&id, resolver) else {
        let text = format!("the security group of subnet `{}` is not in this tree", shown(&subnet.name));
        return Leg::unknown(id.span, text);
    };
    judged(way, group, &id, traffic)
}

fn judged(way: Way<'_, '_>, group: &SecurityGroup<'_>, id: &Node, traffic: &Traffic<'_>) -> Leg {
    let name = shown(&group.name);
    let unclear = |(why, span): &(Why, Span)| {
        Leg::unknown(*span, format!("security group `{name}` may have further rules: {why}"))
    };
    let rules = group.rules.iter().map(|rule| met(rule, traffic)).collect();
    // What every group has besides lets everything out, and everything in from within the network.
    match (decide(rules, true), &group.open) {
        // Nothing comes before the lowest number.
        (Decision::By(_, rule), Some(open)) if rule.priority > Some(100) => unclear(open),
        (Decision::By(true, rule), _) => {
            let text = format!("security group `{name}` lets it pass by rule `{}`", shown(&rule.name));
            Leg::works(rule.place, text)
        }
        (Decision::By(false, rule), _) => {
            super::unless_hidden(way, denied(way, group, rule, id, traffic), &[group.resource])
        }
        (Decision::Nothing, Some(open)) => unclear(open),
        // The rules that every group has let traffic out, and within the network.
        (Decision::Nothing, None) => {
            Leg::works(group.resource.declared, format!("no rule of security group `{name}` keeps it from passing"))
        }
        (Decision::Unclear(rule), _) => {
            let rule_name = shown(&rule.name);
            Leg::unknown(
                rule.span,
                format!("whether rule `{rule_name}` of security group `{name}` decides is not known"),
            )
        }
    }
}

fn met<'r>(rule: &'r Rule, traffic: &Traffic<'_>) -> Met<&'r Rule> {
    let direction = if traffic.inbound { rule.inbound } else { rule.inbound.not() };
    let mut fits = rule.applies.and(direction);
    if fits != Truth::No {
        let own = |tag: &str| Truth::of(tag.eq_ignore_ascii_case("VirtualNetwork"));
        fits = fits.and(rule.source.cover(traffic.from, &own));
    }
    if fits != Truth::No {
        fits = fits.and(rule.destination.cover(traffic.to, traffic.tagged));
    }
    Met { rank: rule.priority.map(|priority| (0, 0, priority)), fits, allows: rule.allows, rule }
}

fn denied(way: Way<'_, '_>, group: &SecurityGroup<'_>, rule: &Rule, id: &Node, traffic: &Traffic<'_>) -> Leg {
    let (name, number) = (shown(&group.name), rule.priority.unwrap_or_default());
    let subnet = way.world.subnet_of(way.pool).map(|subnet| shown(&subnet.name)).unwrap_or_default();
    let whose = match traffic.inbound {
        true => "the subnet of the private endpoint".to_owned(),
        false => format!("node subnet `{subnet}`"),
    };
    let because = vec![
        clause(rule.place, format!("rule `{}` of security group `{name}` denies it", shown(&rule.name))),
        clause(id.span, format!("{whose} is behind security group `{name}`")),
    ];
    let denial = Denial {
        host: way.host,
        to: traffic.told.clone(),
        group: group.resource.address.clone(),
        name,
        rule: shown(&rule.name),
        priority: number,
        place: rule.place,
        inbound: traffic.inbound,
        private: traffic.private,
    };
    let obstacle = Obstacle::Filter(Fault::Denied(denial));
    // Layers have addresses of their own, of which not all are documented.
    match way.host == Host::Data && !traffic.private {
        true => Leg::may_fail(obstacle, because),
        false => Leg::fails(obstacle, because),
    }
}
