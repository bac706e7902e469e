//! What a zone that is linked to the network of the nodes has to say of a registry.

use super::super::{Host, Way, clause};
use super::endpoints::Found;
use super::link::{misplaced, registrations};
use super::names::{Answers, Wanted, answers, wanted};
use super::{Fault, absence_counts, hidden};
use crate::azure::cidr;
use crate::ir::{Case, Node, Ref, Target, Truth, Value, same_in};
use crate::source::Span;
use crate::world::knowledge::Evidence;
use crate::world::network::deployed::stands_with;
use crate::world::network::record::Record;
use crate::world::workload::shown;

/// What a zone says of the host of a way.
pub(super) enum Kept {
    /// The address of one of these endpoints.
    At { endpoints: Vec<usize>, proof: Vec<Evidence> },
    /// Nothing.
    Missing(Fault, String, Span),
    /// Nothing for a part of what may be asked.
    Partly(Fault, String, Span),
    /// Can't be told.
    Unknown(Span, String),
}

/// Looks the host of a way up.
pub(super) fn kept(way: Way<'_, '_>, found: &Found, zone: usize) -> Kept {
    let network = &way.world.network;
    let Some(own) = network.zones.get(zone) else {
        return Kept::Unknown(way.pool.span, "the zone can't be told".to_owned());
    };
    let told = shown(&own.name);
    let writers: Vec<usize> =
        found.working.iter().copied().filter(|&endpoint| registers(way, endpoint, zone) == Truth::Yes).collect();
    if !writers.is_empty() {
        let mut proof: Vec<Evidence> = Vec::new();
        for &at in &writers {
            let (Some(attached), Some(endpoint)) = (network.attached.get(at), way.world.endpoints.get(at)) else {
                continue;
            };
            let Some(group) = attached.registrations.iter().find(|it| it.zone.is_some()) else { continue };
            let text = format!("endpoint `{}` keeps the registry's records in zone `{told}`", shown(&endpoint.name));
            // Two roots may have endpoints of one name.
            if proof.iter().all(|known| known.text != text) {
                proof.push(clause(group.declared, text));
            }
        }
        return Kept::At { proof, endpoints: writers };
    }
    let states: Vec<(Wanted, State<'_>)> = wanted(way)
        .into_iter()
        .map(|name| (state(way, zone, &name), name))
        .map(|(state, name)| (name, state))
        .collect();
    if let Some(answer) = written(way, found, &states) {
        return answer;
    }
    if let Some((span, text)) = unseen(way, found, zone) {
        return Kept::Unknown(span, text);
    }
    missing(way, found, zone, &states)
}

/// Whether a name has a record of its own.
enum State<'w> {
    Written(&'w Record<'w>),
    Unknown(Span),
    Missing,
}

fn state<'w>(way: Way<'w, '_>, zone: usize, wanted: &Wanted) -> State<'w> {
    let network = &way.world.network;
    let mut doubt = None;
    for record in &network.records {
        let same = |name: &Node| same_in(&way.world.resolver, Case::Ignored, &record.name, name);
        let named = wanted.name.as_ref().map_or(Truth::Unknown, same);
        let named = if record.name.as_str() == Some("*") { Truth::Unknown } else { named };
        if named == Truth::No {
            continue;
        }
        let there = network.is_same_zone(record.zone, zone, &way.world.resolver);
        match named.and(there).and(stands_with(record.resource, way.cluster, way.registry)) {
            Truth::Yes => return State::Written(record),
            Truth::No => {}
            Truth::Unknown => doubt = Some(record.resource.declared),
        }
    }
    doubt.map_or(State::Missing, State::Unknown)
}

/// The answer of a record that somebody wrote.
fn written(way: Way<'_, '_>, found: &Found, states: &[(Wanted, State<'_>)]) -> Option<Kept> {
    let own = |(wanted, _): &&(Wanted, State<'_>)| wanted.host == way.host && wanted.home;
    match states.iter().find(own).map(|(_, state)| state) {
        Some(State::Written(record)) => {
            // A replica's layers may come from the replica's own region.
            let lacks = |(wanted, state): &(Wanted, State<'_>)| {
                wanted.host == way.host && !wanted.home && matches!(state, State::Missing)
            };
            if states.iter().any(lacks) {
                return None;
            }
            let at = record.resource.declared;
            if let Some(other) = twin(way, record, states) {
                let names = (shown(&record.name), shown(&other.name));
                let text = format!(
                    "records `{}` and `{}` have one address, and an endpoint has one for each name",
                    names.0, names.1
                );
                return Some(Kept::Unknown(at, text));
            }
            let text = format!("record `{}` has its address", shown(&record.name));
            Some(match addressed(way, found, record) {
                Ok(endpoint) => Kept::At { endpoints: vec![endpoint], proof: vec![clause(at, text)] },
                Err(text) => Kept::Unknown(at, text),
            })
        }
        Some(State::Unknown(span)) => {
            Some(Kept::Unknown(*span, "whether the record is that of the registry can't be told".to_owned()))
        }
        Some(State::Missing) => None,
        None => {
            Some(Kept::Unknown(way.registry.resource.declared, "the region of the registry can't be told".to_owned()))
        }
    }
}

/// The record of another name of the registry that has an address of this one: an endpoint has one address for the login
/// server and one for the data of each region (domain 4.3), so both can't be right.
fn twin<'w>(way: Way<'_, '_>, record: &Record<'_>, states: &[(Wanted, State<'w>)]) -> Option<&'w Record<'w>> {
    let same = |one: &Node, other: &Node| same_in(&way.world.resolver, Case::Ignored, one, other) == Truth::Yes;
    let own = record.addresses.as_deref()?;
    let others = states.iter().filter_map(|(_, state)| match state {
        State::Written(other) if other.resource.address != record.resource.address => Some(*other),
        _ => None,
    });
    let has_it =
        |other: &&Record<'_>| other.addresses.iter().flatten().any(|address| own.iter().any(|own| same(own, address)));
    others.into_iter().find(has_it)
}

/// The endpoint whose address a record has: one that it takes it from, or the only one; else why that can't be told.
fn addressed(way: Way<'_, '_>, found: &Found, record: &Record<'_>) -> Result<usize, String> {
    let untold = || "whose address the record has can't be told".to_owned();
    let addresses = record.addresses.as_ref().ok_or_else(untold)?;
    let of = |reference: &Ref| {
        let target = match &reference.target {
            Target::Resource(_) => way.world.resolver.target(&reference.target),
            Target::Id(_) => None,
        }?;
        let all = found.working.iter().copied();
        all.into_iter().find(|&at| way.world.endpoints.get(at).is_some_and(|it| it.resource.address == target.address))
    };
    let one = |address: &Node| match &address.value {
        Value::Ref(reference) => of(reference).ok_or_else(untold),
        Value::Derived(all) => match all.as_slice() {
            [reference] => of(reference).ok_or_else(untold),
            _ => Err(untold()),
        },
        Value::Str(text) => match (found.working.as_slice(), found.maybe.as_slice()) {
            ([only], []) if is_outside(way, *only, text) => {
                let name = way.world.endpoints.get(*only).map(|it| shown(&it.name)).unwrap_or_default();
                Err(format!("`{}` is no address of the subnet in which endpoint `{name}` stands", shown(address)))
            }
            ([only], []) => Ok(*only),
            _ => Err(untold()),
        },
        _ => Err(untold()),
    };
    let found: Vec<usize> = addresses.iter().map(one).collect::<Result<_, _>>()?;
    let (first, rest) = found.split_first().ok_or_else(untold)?;
    rest.iter().all(|other| other == first).then_some(*first).ok_or_else(untold)
}

/// Whether an address is none of the subnet in which an endpoint stands.
fn is_outside(way: Way<'_, '_>, endpoint: usize, address: &str) -> bool {
    let network = &way.world.network;
    let subnet = network.attached.get(endpoint).and_then(|it| network.subnets.get(it.subnet?));
    let prefixes = subnet.map(|subnet| subnet.prefixes(&way.world.resolver)).unwrap_or_default();
    let ranges: Option<Vec<_>> = prefixes.iter().map(|prefix| cidr::net(prefix.as_str()?)).collect();
    let (Some(ranges), Some(address)) = (ranges.filter(|all| !all.is_empty()), cidr::net(address)) else {
        return false;
    };
    !ranges.iter().any(|range| range.contains(&address))
}

/// Whether an endpoint keeps its records in a zone.
fn registers(way: Way<'_, '_>, endpoint: usize, zone: usize) -> Truth {
    let network = &way.world.network;
    let Some(attached) = network.attached.get(endpoint) else { return Truth::Unknown };
    let one = |zone_of: Option<usize>| {
        zone_of.map_or(Truth::Unknown, |other| network.is_same_zone(other, zone, &way.world.resolver))
    };
    let all = attached.registrations.iter();
    let seen =
        all.map(|it| one(it.zone).and(stands_with(it.resource, way.cluster, way.registry))).fold(Truth::No, Truth::or);
    if attached.is_open { seen.or(Truth::Unknown) } else { seen }
}

/// Why the zone may have records that can't be seen.
fn unseen(way: Way<'_, '_>, found: &Found, zone: usize) -> Option<(Span, String)> {
    let (world, network) = (way.world, &way.world.network);
    let own = network.zones.get(zone)?;
    let text = |what: &str| format!("zone `{}` may have records that {what}", shown(&own.name));
    if !absence_counts(world, own.resource) {
        return Some((own.declared, text("are kept elsewhere")));
    }
    let all = found.working.iter().chain(&found.maybe).copied();
    let doubtful = all.clone().find(|&endpoint| registers(way, endpoint, zone) == Truth::Unknown);
    let doubtful = doubtful.or_else(|| found.maybe.iter().copied().find(|&it| registers(way, it, zone) != Truth::No));
    if let Some(endpoint) = doubtful.and_then(|at| world.endpoints.get(at)) {
        return Some((endpoint.resource.declared, text("an endpoint registers")));
    }
    let may_be = |zone_of: Option<usize>| {
        zone_of.is_none_or(|other| network.is_same_zone(other, zone, &world.resolver) != Truth::No)
    };
    if let Some(stray) = network.stray.iter().find(|it| may_be(it.zone)) {
        return Some((stray.declared, text("an endpoint registers that can't be told")));
    }
    if let Some((why, span)) = &found.open {
        return Some((*span, text(&format!("can't be seen: {why}"))));
    }
    let mut ends = vec![own.resource, Some(way.registry.resource)];
    ends.extend(all.map(|at| world.endpoints.get(at).map(|it| it.resource)));
    let (why, span) = hidden(way, &ends)?;
    Some((span, text(&format!("can't be seen: {why}"))))
}

/// Which of the names the zone surely lacks.
fn missing(way: Way<'_, '_>, found: &Found, zone: usize, states: &[(Wanted, State<'_>)]) -> Kept {
    let network = &way.world.network;
    let own = network.zones.get(zone);
    let (name, declared) = own.map(|own| (shown(&own.name), own.declared)).unwrap_or((String::new(), way.pool.span));
    let Some(endpoint) = found.working.first().copied() else {
        return Kept::Unknown(declared, "whether a private endpoint leads to the registry can't be told".to_owned());
    };
    let lacking: Vec<&Wanted> =
        states.iter().filter(|(_, state)| matches!(state, State::Missing)).map(|(wanted, _)| wanted).collect();
    let names: Vec<String> = lacking.iter().map(|wanted| wanted.shown.clone()).collect();
    let others = registrations(way, endpoint);
    let has_other = |at: &usize| network.is_same_zone(*at, zone, &way.world.resolver) == Truth::No;
    let written = others.into_iter().find(has_other);
    let (fault, text) = match written.and_then(|at| Some((at, network.zones.get(at)?))) {
        Some((written, other)) if answers(way, &other.name) == Answers::Never => {
            let text = format!("the endpoint keeps its records in `{}`, which nobody asks", shown(&other.name));
            (misplaced(way, written, endpoint), text)
        }
        Some((written, _)) => {
            let text = format!("the endpoint keeps its records in another zone `{name}` than the one that is linked");
            (Fault::OtherZone { linked: zone, written, endpoint }, text)
        }
        None => (Fault::NoRecord { zone, names, endpoint }, format!("zone `{name}` has no record for the host")),
    };
    let home = lacking.iter().any(|wanted| wanted.host == way.host && wanted.home);
    let single = way.host == Host::Login || states.iter().filter(|(wanted, _)| wanted.host == Host::Data).count() == 1;
    let sure = home && (single && !has_unseen_replicas(way) || way.host == Host::Login || written.is_some());
    match sure {
        true => Kept::Missing(fault, text, declared),
        false => Kept::Partly(fault, text, declared),
    }
}

/// The registry may be copied to regions that can't be seen.
fn has_unseen_replicas(way: Way<'_, '_>) -> bool {
    way.world.replicas_of(way.registry).any(|replica| !replica.certain || replica.region.value().is_none())
        || way.world.replicas_open(way.registry)
}
