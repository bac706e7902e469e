//! Which zone answers in the network of the nodes.

use super::super::{Way, clause, of_nodes};
use super::endpoints::Found;
use super::names::{Answers, answers, is_foreign, is_slip, zone_name};
use super::{Fault, absence_counts, hidden};
use crate::ir::{Origin, Resource, Truth};
use crate::source::Span;
use crate::world::knowledge::Evidence;
use crate::world::network::deployed::stands_with;
use crate::world::network::pool::Standing;
use crate::world::network::vnet::Dns;
use crate::world::network::zone::{Link, Zone};
use crate::world::workload::shown;

/// Which zone answers for the names of private endpoints.
pub(super) enum Linked {
    /// This one, by its places.
    To { zone: usize, link: usize },
    /// None.
    Nothing,
    /// Can't be told.
    Unknown(Span, String),
}

/// Why none answers.
pub(super) enum Why {
    /// It is proved that the nodes don't find the endpoint.
    Fault(Fault, String),
    /// Something is missing that may be made elsewhere.
    Absent(Fault, String),
    /// Can't be told.
    Unknown(Span, String),
}

/// The zone of private endpoints that is linked to the network of the nodes.
pub(super) fn linked(way: Way<'_, '_>, found: &Found) -> Linked {
    let network = match network_of(way) {
        Ok(network) => network,
        Err((span, text)) => return Linked::Unknown(span, text),
    };
    if let Some((span, text)) = network.and_then(|at| asks_others(way, at)) {
        return Linked::Unknown(span, text);
    }
    let mut seen = Seen::default();
    for (at, link) in way.world.network.links.iter().enumerate() {
        seen.take(way, network, at, link);
    }
    if let Some((span, text)) = seen.before {
        return Linked::Unknown(span, text);
    }
    // A network is linked to one zone of a name at most, so links that may be of another one are.
    match (seen.here.as_slice(), seen.doubt) {
        ([(at, zone), rest @ ..], _) if rest.iter().all(|(_, other)| other == zone) => {
            Linked::To { zone: *zone, link: *at }
        }
        ([(at, _), ..], _) => {
            let span = way.world.network.links.get(*at).map_or(way.pool.span, |link| link.resource.declared);
            Linked::Unknown(span, "two zones of one name are linked to the network".to_owned())
        }
        ([], Some((span, text))) => Linked::Unknown(span, text),
        ([], None) => unseen(way, found, network).map_or(Linked::Nothing, |(span, text)| Linked::Unknown(span, text)),
    }
}

/// The links that may be of the network of the nodes.
#[derive(Default)]
struct Seen {
    /// Of the zone of private endpoints, surely: the places of link and zone.
    here: Vec<(usize, usize)>,
    /// Of that zone, perhaps.
    doubt: Option<(Span, String)>,
    /// Of a zone that may answer before it is asked.
    before: Option<(Span, String)>,
}

impl Seen {
    fn take(&mut self, way: Way<'_, '_>, network: Option<usize>, at: usize, link: &Link<'_>) {
        let there = is_here(way, network, link);
        let zone = way.world.network.zones.get(link.zone).filter(|_| there != Truth::No);
        let Some(zone) = zone else { return };
        let text = || (link.resource.declared, format!("zone `{}` may answer for the registry", shown(&zone.name)));
        match (answers(way, &zone.name), there) {
            (Answers::Never, _) => {}
            (Answers::Private, Truth::Yes) => self.here.push((at, link.zone)),
            (Answers::Private, _) => self.doubt = self.doubt.take().or_else(|| Some(text())),
            (Answers::Somehow, _) => self.before = self.before.take().or_else(|| Some(text())),
        }
    }
}

/// Why the name may lead to an endpoint though no zone that is seen answers: the endpoint, or the link of its zone, may be
/// made elsewhere. Nobody links a zone to a network that is there only once the cluster is.
pub(super) fn may_be_elsewhere(way: Way<'_, '_>, found: &Found) -> Option<(Span, String)> {
    let first = found.working.first().copied();
    if matches!(linked(way, found), Linked::Nothing) {
        let proved = |endpoint: usize| matches!(why_unlinked(way, found, endpoint), Why::Fault(..));
        if matches!(way.pool.standing, Standing::Managed) || first.is_some_and(proved) {
            return None;
        }
    }
    if let Some((why, span)) = &found.open {
        return Some((*span, format!("the name may lead to a private endpoint that can't be seen: {why}")));
    }
    let endpoint = way.world.endpoints.get(first.or_else(|| found.maybe.first().copied())?)?;
    let text =
        format!("the name may lead to endpoint `{}`: whether its zone is linked can't be told", shown(&endpoint.name));
    Some((endpoint.resource.declared, text))
}

/// Whether some zone that the tree knows may answer for the registry in the network of the nodes.
pub(super) fn may_answer(way: Way<'_, '_>) -> bool {
    let world = way.world;
    let network = network_of(way);
    let roots = [&way.cluster.resource.address.root, &way.registry.resource.address.root];
    let managed = |link: &Link<'_>| {
        let vnet = link.vnet.and_then(|at| world.network.vnets.get(at));
        // AKS calls the networks that it makes so.
        vnet.and_then(|vnet| vnet.name.as_str()).is_none_or(|name| name.to_ascii_lowercase().starts_with("aks-vnet"))
    };
    // Another root speaks of this network only where that is proved.
    let joined = |link: &Link<'_>, network: Option<usize>| {
        let vnet = network.and_then(|at| world.network.vnets.get(at)?.resource);
        let root = &link.resource.address.root;
        roots.contains(&root) || vnet.is_some_and(|vnet| vnet.address.root == *root)
    };
    let there = |link: &&Link<'_>| match network {
        Ok(network) => match is_of(way, network, link.vnet) {
            Truth::No => false,
            Truth::Unknown if !joined(link, network) => false,
            _ => is_here(way, network, link) != Truth::No && (network.is_some() || managed(link)),
        },
        Err(_) => roots.contains(&&link.resource.address.root),
    };
    let zone =
        |link: &Link<'_>| world.network.zones.get(link.zone).is_some_and(|it| answers(way, &it.name) != Answers::Never);
    world.network.links.iter().filter(there).any(zone)
}

/// The network of the nodes, none where AKS makes it.
fn network_of(way: Way<'_, '_>) -> Result<Option<usize>, (Span, String)> {
    match &way.pool.standing {
        Standing::Managed => Ok(None),
        Standing::In(at) => match way.world.network.subnets.get(*at) {
            Some(subnet) => Ok(Some(subnet.vnet)),
            None => Err((way.pool.span, "the network of the nodes can't be told".to_owned())),
        },
        Standing::Beyond(at, _) => Ok(Some(*at)),
        Standing::Unknown(why, span) => {
            // The pool is one for all roots that deploy it; the place of the unknown is another one in each.
            let span = if way.pool.span.source == span.source { *span } else { way.pool.span };
            Err((span, format!("the network of the {} can't be told: {why}", of_nodes(way.pool))))
        }
    }
}

/// Names are asked of somebody else than Azure, or may be.
fn asks_others(way: Way<'_, '_>, network: usize) -> Option<(Span, String)> {
    let vnet = way.world.network.vnets.get(network)?;
    let name = shown(&vnet.name);
    match &vnet.dns {
        Dns::Azure => None,
        Dns::Custom(span) => {
            Some((*span, format!("where the DNS servers of network `{name}` forward to is not written")))
        }
        Dns::Unknown(why, span) => {
            Some((*span, format!("who answers for names in network `{name}` can't be told: {why}")))
        }
    }
}

/// Whether a link is of the network of the nodes, and there with them.
fn is_here(way: Way<'_, '_>, network: Option<usize>, link: &Link<'_>) -> Truth {
    match is_of(way, network, link.vnet) {
        Truth::No => Truth::No,
        there => there.and(stands_with(link.resource, way.cluster, way.registry)),
    }
}

/// Whether a network, as far as it is known, is that of the nodes. One that AKS makes is none that the tree declares.
fn is_of(way: Way<'_, '_>, nodes: Option<usize>, other: Option<usize>) -> Truth {
    let network = &way.world.network;
    match (nodes, other) {
        (_, None) => Truth::Unknown,
        (Some(nodes), Some(other)) => network.is_same_vnet(nodes, other, &way.world.resolver),
        (None, Some(other)) => match network.vnets.get(other) {
            Some(vnet) if vnet.is_declared() => Truth::No,
            _ => Truth::Unknown,
        },
    }
}

/// Whether a network may be the one that AKS makes for the nodes.
pub(super) fn may_be_managed(way: Way<'_, '_>, other: Option<usize>) -> bool {
    is_of(way, None, other) != Truth::No
}

/// Why there may be a link that can't be seen.
fn unseen(way: Way<'_, '_>, found: &Found, network: Option<usize>) -> Option<(Span, String)> {
    let world = way.world;
    let vnet = network.and_then(|at| world.network.vnets.get(at));
    // The network that AKS makes is there as soon as the cluster is: that of one that is not made here may have links.
    let owner = if network.is_none() { Some(way.cluster.resource) } else { vnet.and_then(|vnet| vnet.resource) };
    let whose = absence_counts(world, owner);
    let closed = world.outlook.completeness != crate::world::Completeness::Open;
    if !whose || !closed {
        let span = vnet.map_or(way.pool.span, |vnet| vnet.declared);
        return Some((span, "zones may be linked to the network of the nodes elsewhere".to_owned()));
    }
    let forwarded = world.network.forwarded.iter().find(|(vnet, _)| is_of(way, network, *vnet) != Truth::No);
    if let Some((_, rules)) = forwarded {
        return Some((rules.declared, "where its rules forward names to is not analysed".to_owned()));
    }
    let elsewhere =
        |zone: &&Zone<'_>| answers(way, &zone.name) != Answers::Never && !absence_counts(world, zone.resource);
    if let Some(zone) = concerned(way, found).filter_map(|at| world.network.zones.get(at)).find(elsewhere) {
        let text = format!("zone `{}` is kept elsewhere, and so may its links be", shown(&zone.name));
        return Some((zone.declared, text));
    }
    if let Some((span, name)) = untold(way, found) {
        let text = format!("the zone in which endpoint `{name}` registers can't be told, and so may its links be");
        return Some((span, text));
    }
    let zones = concerned(way, found).filter_map(|at| world.network.zones.get(at)?.resource);
    let mut ends: Vec<Option<&Resource>> = zones.map(Some).collect();
    ends.push(vnet.and_then(|vnet| vnet.resource));
    ends.extend([Some(way.cluster.resource), Some(way.registry.resource)]);
    hidden(way, &ends).map(|(why, span)| (span, format!("there may be links of zones that can't be seen: {why}")))
}

/// The first endpoint of a registry that registers, or may register, in a zone that can't be told: such a zone is kept
/// elsewhere, and its links may be as well.
fn untold(way: Way<'_, '_>, found: &Found) -> Option<(Span, String)> {
    let network = &way.world.network;
    let of_endpoint = |&at: &usize| {
        let (attached, endpoint) = (network.attached.get(at)?, way.world.endpoints.get(at)?);
        // Where it registers in the zone of registries, others don't matter: a plan leaves the list of zones open.
        let mut zones = attached.registrations.iter().filter_map(|it| network.zones.get(it.zone?));
        if zones.any(|zone| answers(way, &zone.name) == Answers::Private) {
            return None;
        }
        let stray = network.stray.iter().filter(|it| it.resource.address.root == endpoint.resource.address.root);
        let group = attached.registrations.iter().chain(stray).find(|it| it.zone.is_none());
        let place = group.map(|it| it.declared).or(attached.is_open.then_some(endpoint.resource.declared))?;
        Some((place, shown(&endpoint.name)))
    };
    found.working.iter().find_map(of_endpoint)
}

/// The zones that may have to do with a pair: those of its deployments, and those in which its endpoints register.
fn concerned(way: Way<'_, '_>, found: &Found) -> impl Iterator<Item = usize> + use<> {
    let network = &way.world.network;
    let vnet = network_of(way).ok().flatten().and_then(|at| network.vnets.get(at)?.resource);
    let mut roots = vec![&way.cluster.resource.address.root, &way.registry.resource.address.root];
    roots.extend(vnet.map(|vnet| &vnet.address.root));
    let endpoints: Vec<usize> = found.working.iter().chain(&found.maybe).copied().collect();
    roots.extend(endpoints.iter().filter_map(|&at| Some(&way.world.endpoints.get(at)?.resource.address.root)));
    let own = |zone: &Zone<'_>| zone.resource.is_some_and(|it| roots.contains(&&it.address.root));
    let mut all: Vec<usize> =
        network.zones.iter().enumerate().filter(|(_, zone)| own(zone)).map(|(at, _)| at).collect();
    let registered = endpoints.iter().filter_map(|&at| network.attached.get(at)).flat_map(|it| &it.registrations);
    all.extend(registered.filter_map(|it| it.zone));
    all.into_iter()
}

/// Why no zone answers, where the nodes have to find this endpoint.
pub(super) fn why_unlinked(way: Way<'_, '_>, found: &Found, endpoint: usize) -> Why {
    let network = &way.world.network;
    let vnet = network_of(way).ok().flatten();
    let place = match vnet.and_then(|at| network.vnets.get(at)) {
        Some(vnet) => format!("network `{}`", shown(&vnet.name)),
        None => "the network that AKS makes for the nodes".to_owned(),
    };
    if let Some((_, why)) = &found.open {
        return Why::Unknown(*why, "there may be other private endpoints that can't be seen".to_owned());
    }
    let wanted = zone_name(way.registry);
    let registered: Vec<usize> = registrations(way, endpoint);
    let is = |at: &usize, answer: Answers| network.zones.get(*at).is_some_and(|it| answers(way, &it.name) == answer);
    let declared = |at: &usize| {
        let zone = network.zones.get(*at).and_then(|zone| zone.resource);
        zone.is_some_and(|it| it.origin != Origin::Existing && stands_with(it, way.cluster, way.registry) == Truth::Yes)
    };
    let right = |at: &usize| is(at, Answers::Private) && declared(at);
    let zone = registered.iter().copied().find(right).or_else(|| concerned(way, found).find(right));
    if let Some(zone) = zone {
        let text = format!("the zone `{wanted}` is not linked to {place}");
        return Why::Fault(Fault::Unlinked { zone, vnet, endpoint }, text);
    }
    let wrong = |at: &usize| is(at, Answers::Never) && declared(at);
    let slip = |at: &usize| {
        let zone = network.zones.get(*at);
        let mut links = network.links.iter().filter(|link| link.zone == *at);
        wrong(at)
            && zone.is_some_and(|it| is_slip(way, &it.name))
            && links.any(|it| is_here(way, vnet, it) == Truth::Yes)
    };
    let misnamed = registered.iter().copied().find(wrong).or_else(|| concerned(way, found).find(slip));
    if let Some(zone) = misnamed {
        let name = network.zones.get(zone).map(|zone| shown(&zone.name)).unwrap_or_default();
        let text = format!("nodes look it up in `{wanted}`, not in `{name}`");
        return Why::Fault(misplaced(way, zone, endpoint), text);
    }
    if let Some(zone) = concerned(way, found).find(|at| is(at, Answers::Somehow)) {
        let span = network.zones.get(zone).map_or(way.pool.span, |zone| zone.declared);
        return Why::Unknown(span, "which names the zone answers for can't be told".to_owned());
    }
    let text = format!("no zone `{wanted}` is linked to {place}");
    let fault = Fault::NoZone { wanted: wanted.to_owned(), vnet, endpoint };
    // Nobody links a zone to a network that is there only once the cluster is.
    if vnet.is_none() && wanted != "privatelink.azurecr.cn" {
        Why::Fault(fault, text)
    } else {
        Why::Absent(fault, text)
    }
}

/// An endpoint registers in a zone in which nobody looks it up. One that another service has its names in is not misnamed.
pub(super) fn misplaced(way: Way<'_, '_>, zone: usize, endpoint: usize) -> Fault {
    let network = &way.world.network;
    let wanted = zone_name(way.registry).to_owned();
    let foreign = network.zones.get(zone).is_some_and(|zone| is_foreign(way, &zone.name));
    let attached = network.attached.get(endpoint).filter(|_| foreign);
    let group = attached.and_then(|it| it.registrations.iter().find(|it| it.zone == Some(zone)));
    match group {
        Some(group) => Fault::Foreign { zone, wanted, endpoint, at: group.declared },
        None => Fault::Misnamed { zone, wanted, endpoint },
    }
}

/// The zones in which an endpoint surely registers.
pub(super) fn registrations(way: Way<'_, '_>, endpoint: usize) -> Vec<usize> {
    let attached = way.world.network.attached.get(endpoint);
    let registrations = attached.map_or(&[][..], |it| &it.registrations);
    let sure = registrations.iter().filter(|it| stands_with(it.resource, way.cluster, way.registry) == Truth::Yes);
    sure.filter_map(|it| it.zone).collect()
}

/// That a zone answers in the network of the nodes.
pub(super) fn proof(way: Way<'_, '_>, zone: usize, link: usize) -> Vec<Evidence> {
    let network = &way.world.network;
    let vnet = network_of(way).ok().flatten().and_then(|at| network.vnets.get(at));
    let (Some(vnet), Some(zone), Some(link)) = (vnet, network.zones.get(zone), network.links.get(link)) else {
        return Vec::new();
    };
    let place = format!("{} stand in network `{}`", of_nodes(way.pool), shown(&vnet.name));
    let linked = format!("zone `{}` is linked to it", shown(&zone.name));
    vec![clause(way.pool.span, place), clause(link.resource.declared, linked)]
}
