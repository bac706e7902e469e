//! Whether the public door of a registry opens: to everybody, to addresses, to subnets.

use super::{Caller, Fault, Leg, Obstacle, Outside, absence_counts, clause, from_anywhere};
use crate::ir::Truth;
use crate::source::Span;
use crate::world::network::address::Outgoing;
use crate::world::network::door::{Door, What};
use crate::world::network::egress::Exit;
use crate::world::network::pool::Standing;
use crate::world::workload::shown;

/// Whether the door opens to the nodes.
pub(super) fn opens(caller: Caller<'_, '_>) -> Leg {
    let registry = caller.registry;
    let plain = from_anywhere(caller.world, registry);
    let known = (registry.public.value(), registry.admits_all.value());
    match (known, caller.world.door(registry)) {
        ((Some(true), Some(false)), Some(door)) => by_rules(caller, door),
        // Only the private way is left; what is wrong with that is told there.
        ((Some(false), _), _) if !registry.is_in_a_perimeter() && absence_counts(caller.world, registry) => {
            let because = vec![clause(registry.public.span(), "public access is disabled")];
            let judgement = crate::world::knowledge::Judgement { truth: Truth::No, because };
            Leg { judgement, obstacles: Vec::new() }
        }
        _ => Leg { judgement: plain, obstacles: Vec::new() },
    }
}

/// Whether a rule about addresses or subnets admits the nodes.
fn by_rules(caller: Caller<'_, '_>, door: &Door) -> Leg {
    let place = caller.registry.admits_all.span();
    let addresses = by_address(caller, door);
    let Some(pool) = caller.pool else { return addresses };
    let relies = !door.subnets.is_empty() || door.subnets_open.is_some();
    let Some(subnet) = caller.world.subnet_of(pool) else {
        // In a network of its own it has no rule.
        let told = relies && pool.standing != Standing::Managed && addresses.truth() != Truth::Yes;
        return if told { Leg::unknown(place, "whether the node subnet is admitted is not known") } else { addresses };
    };
    let name = shown(&subnet.name);
    let (listed, proved) = (listed(caller, door), absence_counts(caller.world, caller.registry));
    match (caller.world.has_service_endpoint(subnet), listed) {
        (Truth::Yes, Truth::Yes) => {
            let span = door.subnets_span.unwrap_or(place);
            Leg::works(span, format!("the registry admits subnet `{name}` by its service endpoint"))
        }
        (Truth::No, _) if !relies || addresses.truth() == Truth::Yes => addresses,
        (Truth::No, Truth::Yes) if proved => {
            told_of(addresses, subnet.declared, "the subnet of the nodes lacks the service endpoint for registries")
        }
        (Truth::No, Truth::No) if proved => {
            let span = door.subnets_span.unwrap_or(place);
            told_of(addresses, span, "the subnet of the nodes is not among those that are admitted")
        }
        (Truth::Yes, Truth::No) if relies && proved => {
            let span = door.subnets_span.unwrap_or(place);
            let text = "the subnet of the nodes is not among those that are admitted";
            Leg::may_fail(Obstacle::Public(Fault::Subnet(span, text)), vec![clause(span, text)])
        }
        // It may be admitted as a subnet, whatever the addresses are.
        (_, Truth::Yes | Truth::Unknown) if relies => {
            Leg::unknown(subnet.declared, format!("whether subnet `{name}` is admitted is not known"))
        }
        // Whether rules about addresses still count where a service endpoint leads to the registry is not documented.
        (Truth::Yes, _) => addresses.doubt(subnet.declared, format!("subnet `{name}` has a service endpoint")),
        _ => addresses.doubt(subnet.declared, format!("how subnet `{name}` comes to the registry is not known")),
    }
}

/// The same answer, told as a fault of the subnet.
fn told_of(addresses: Leg, span: Span, text: &'static str) -> Leg {
    let proof = addresses.truth();
    let mut because = vec![clause(span, text)];
    because.extend(addresses.judgement.because);
    match proof {
        Truth::No => Leg::fails(Obstacle::Public(Fault::Subnet(span, text)), because),
        _ => Leg::may_fail(Obstacle::Public(Fault::Subnet(span, text)), because),
    }
}

/// Whether the subnet of the nodes is among those that the registry admits.
fn listed(caller: Caller<'_, '_>, door: &Door) -> Truth {
    let Some(Standing::In(own)) = caller.pool.map(|pool| &pool.standing) else { return Truth::Unknown };
    let is_it = |id| match caller.world.network.standing(id, &caller.world.resolver) {
        Standing::In(at) => Truth::of(at == *own),
        _ => Truth::Unknown,
    };
    let open = if door.subnets_open.is_some() { Truth::Unknown } else { Truth::No };
    door.subnets.iter().map(is_it).fold(open, Truth::or)
}

/// Whether the addresses with which the nodes leave are admitted.
fn by_address(caller: Caller<'_, '_>, door: &Door) -> Leg {
    let (world, registry, egress) = (caller.world, caller.registry, caller.egress);
    let resolver = &world.resolver;
    let rules = door.rules.first().map_or(registry.admits_all.span(), |rule| rule.value.span);
    if door.admits_the_world() {
        return Leg::works(rules, "a rule of the registry admits all addresses");
    }
    let proved =
        absence_counts(world, registry) && (caller.cluster.is_declared() || caller.cluster.resource.is_read_back());
    if proved && door.admits_nobody() && comes_from_outside(caller) {
        let because = vec![clause(rules, "no rule of the registry admits an address on the internet")];
        let fault = match door.rules.is_empty() {
            true => Fault::Subnet(door.subnets_span.unwrap_or(rules), "the nodes are in no subnet that is admitted"),
            false => Fault::Never(never(door)),
        };
        return Leg::fails(Obstacle::Public(fault), because);
    }
    let answers: Vec<(&Outgoing, Truth)> =
        egress.addresses.items.iter().map(|it| (it, door.admits(it, resolver))).collect();
    let all = |truth| !answers.is_empty() && answers.iter().all(|(_, answer)| *answer == truth);
    let closed = egress.addresses.open.is_none();
    let said = |it: &Outgoing, what: &str| {
        clause(it.span, format!("nodes leave {} with `{}`, which the registry {what}", egress.through, it.name))
    };
    if all(Truth::Yes) && closed && egress.certain {
        let because = answers.iter().map(|(it, _)| said(it, "admits")).collect();
        let judgement = crate::world::knowledge::Judgement { truth: Truth::Yes, because };
        return Leg { judgement, obstacles: Vec::new() };
    }
    let outside = |left_out: Vec<&Outgoing>| {
        let some = answers.iter().any(|(_, answer)| *answer == Truth::Yes);
        let because = left_out.iter().map(|it| said(it, "does not admit")).collect();
        let addresses = left_out.iter().map(|it| (it.name.clone(), it.span)).collect();
        let fault = Fault::Outside(Outside { place: rules, addresses, some, through: egress.through.clone() });
        (Obstacle::Public(fault), because)
    };
    let left_out = |wanted: &dyn Fn(&Outgoing, Truth) -> bool| -> Vec<&Outgoing> {
        answers.iter().filter(|(it, answer)| wanted(it, *answer)).map(|(it, _)| *it).collect()
    };
    if all(Truth::No) && closed && egress.certain && proved && egress.exit == Exit::Open {
        let (obstacle, because) = outside(left_out(&|_, _| true));
        return Leg::fails(obstacle, because);
    }
    // An address of the tree that no rule refers to: whoever wrote the rules knew others.
    let forgotten = left_out(&|it, answer| {
        answer == Truth::No || answer == Truth::Unknown && it.is_declared && door.ignores(it, resolver)
    });
    if proved && !forgotten.is_empty() {
        let (obstacle, because) = outside(forgotten);
        return Leg::may_fail(obstacle, because);
    }
    let why = egress.addresses.open.as_ref().or(door.open.as_ref()).map(|(why, _)| format!(": {why}"));
    let text = format!(
        "the registry admits only some, and whether nodes come with these addresses is not known{}",
        why.unwrap_or_default()
    );
    let never = never(door);
    match proved && !never.is_empty() {
        true => Leg::may_fail(Obstacle::Public(Fault::Never(never)), vec![clause(rules, text)]),
        false => Leg::unknown(rules, text),
    }
}

/// Whether the nodes come with addresses of the internet, whichever they are.
fn comes_from_outside(caller: Caller<'_, '_>) -> bool {
    let subnet = caller.pool.and_then(|pool| caller.world.subnet_of(pool));
    let direct = match (subnet, caller.pool.map(|pool| &pool.standing)) {
        (Some(subnet), _) => subnet.is_declared && caller.world.has_service_endpoint(subnet) == Truth::No,
        (None, standing) => standing == Some(&Standing::Managed),
    };
    direct && caller.egress.exit == Exit::Open && !caller.cluster.proxied
}

/// The rules that admit nobody who could come.
fn never(door: &Door) -> Vec<(Span, &'static str)> {
    let one = |rule: &crate::world::network::door::Rule| match rule.what {
        What::Never(why) => Some((rule.value.span, why)),
        _ => None,
    };
    door.rules.iter().filter_map(one).collect()
}
