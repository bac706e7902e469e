//! What a zone that is linked to the network of the nodes has to say of a registry.

use super::super::{Host, Way, clause};
use super::endpoints::Found;
use super::link::registrations;
use super::names::{Answers, Wanted, answers, wanted, zone_name};
use super::{Fault, absence_counts, hidden};
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
        let proof = writers.iter().filter_map(|&at| {
            let attached = network.attached.get(at)?.registrations.iter();
            let endpoint = shown(&way.world.endpoints.get(at)?.name);
            let place = attached.filter(|it| it.zone.is_some()).map(|it| it.declared).next()?;
            Some(clause(place, format!("endpoint `{endpoint}` keeps the registry's records in zone `{told}`")))
        });
        return Kept::At { proof: proof.collect(), endpoints: writers };
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
            let text = format!("record `{}` has its address", shown(&record.name));
            Some(match addressed(way, found, record) {
                Some(endpoint) => {
                    Kept::At { endpoints: vec![endpoint], proof: vec![clause(record.resource.declared, text)] }
                }
                None => {
                    Kept::Unknown(record.resource.declared, "whose address the record has can't be told".to_owned())
                }
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

/// The endpoint whose address a record has: one that it takes it from, or the only one.
fn addressed(way: Way<'_, '_>, found: &Found, record: &Record<'_>) -> Option<usize> {
    let addresses = record.addresses.as_ref()?;
    let of = |reference: &Ref| {
        let target = match &reference.target {
            Target::Resource(_) => way.world.resolver.target(&reference.target),
            Target::Id(_) => None,
        }?;
        let all = found.working.iter().copied();
        all.into_iter().find(|&at| way.world.endpoints.get(at).is_some_and(|it| it.resource.address == target.address))
    };
    let one = |address: &Node| match &address.value {
        Value::Ref(reference) => of(reference),
        Value::Derived(all) => match all.as_slice() {
            [reference] => of(reference),
            _ => None,
        },
        Value::Str(_) => match (found.working.as_slice(), found.maybe.as_slice()) {
            ([only], []) => Some(*only),
            _ => None,
        },
        _ => None,
    };
    let found: Option<Vec<usize>> = addresses.iter().map(one).collect();
    let (first, rest) = found.as_ref()?.split_first()?;
    rest.iter().all(|other| other == first).then_some(*first)
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
            (Fault::Misnamed { zone: written, wanted: zone_name(way.registry).to_owned(), endpoint }, text)
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
