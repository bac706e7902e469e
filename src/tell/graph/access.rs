//! By what a pull is let in: pull secrets, the identity that pulls, and grants, those that serve and those that miss.

use std::collections::BTreeSet;

use super::sketch::{Arrow, Spot, sentence};
use super::strand::{Pen, of_registry, room, said};
use super::verdict;
use crate::ir::{Node, Truth, Value};
use crate::pull::{Case, Cause, Offer, Outcome, Pair};
use crate::report::Verdict;
use crate::report::graph::Kind;
use crate::world::cluster::{Cluster, Pulling};
use crate::world::grant::Grant;
use crate::world::knowledge::Judgement;
use crate::world::workload::shown;

/// Rules about hosts at which the identity of a cluster can't sign in.
const OF_IMAGES: &[&str] = &["ACR602", "ACR605"];

pub(super) fn draw(pen: &mut Pen<'_, '_>) {
    let path = pen.path;
    for offer in &path.offers {
        secret(pen, offer);
    }
    // A pod that brings secrets is let in by them, unless the nodes are let in anyway.
    if !path.offers.is_empty() && path.node != Some(Truth::Yes) {
        return;
    }
    let Some(judgement) = path.step("permission").or_else(|| path.step("credential")) else { return };
    match pen.cluster {
        Some(cluster) => identity(pen, cluster, judgement),
        None => nobody(pen, judgement),
    }
}

/// Nobody can say on which cluster it runs, so that no identity can be drawn.
fn nobody(pen: &mut Pen<'_, '_>, judgement: &Judgement) {
    // That a registry is not in the tree is said already.
    let told = pen.path.step("registry").is_some_and(|step| step.truth != Truth::Yes);
    let Some(workload) = pen.workload.filter(|_| !told) else { return };
    let rules = pen.blame.image(pen.path, OF_IMAGES);
    pen.arrows.push(Arrow::new(workload, &pen.target, verdict(judgement.truth), said(judgement)).told(rules));
}

fn identity<'c, 'a>(pen: &mut Pen<'c, 'a>, cluster: &'c Cluster<'a>, judgement: &Judgement) {
    let puller = puller(pen.case, cluster);
    if let Some(workload) = pen.workload {
        pen.arrows.push(Arrow::plain(workload, &puller));
    }
    // Where pull secrets are worth nothing, the step tells of the identity all the same.
    let truth = if pen.path.offers.is_empty() { judgement.truth } else { Truth::Yes };
    let pair = pen.registry.and_then(|registry| pen.case.pair(cluster.at, registry.at));
    let missed = pair.filter(|_| truth != Truth::Yes).is_some_and(|pair| misses(pen, cluster, &puller, pair));
    match truth {
        Truth::Yes => {
            let lines = roles(pen, cluster).unwrap_or_else(|| said(judgement));
            pen.arrows.push(Arrow::new(&puller, &pen.target, Verdict::Fine, lines));
        }
        Truth::Unknown => {
            // A host that isn't there is no matter of who asks.
            let there = pen.path.step("registry").is_none_or(|step| step.truth == Truth::Yes);
            let rules = if there { pen.blame.image(pen.path, OF_IMAGES) } else { Vec::new() };
            let arrow = Arrow::new(&puller, &pen.target, Verdict::Unknown, said(judgement));
            pen.arrows.push(arrow.told(rules));
        }
        Truth::No if missed => {}
        Truth::No => {
            let mut rules = pair.map(|pair| pen.blame.permission(pair)).unwrap_or_default();
            let foreign = pen.blame.image(pen.path, &["ACR602"]);
            let apart = !foreign.is_empty();
            rules.extend(foreign);
            let plain = pen.path.node == Some(Truth::No) && pen.case.exclusions(pen.path).is_empty();
            let lines = match (apart, plain) {
                (true, _) => vec!["an identity of another cloud".to_owned()],
                (false, true) => vec!["no role to pull".to_owned()],
                (false, false) => said(judgement),
            };
            pen.arrows.push(Arrow::new(&puller, &pen.target, Verdict::Broken, lines).absent().blamed(rules));
        }
    }
}

/// The roles by which a cluster may pull; nothing where it may without one.
fn roles(pen: &Pen<'_, '_>, cluster: &Cluster<'_>) -> Option<Vec<String>> {
    let (cluster, registry) = (pen.case.world.clusters.get(cluster.at)?, pen.registry?);
    let roles: BTreeSet<String> = pen.case.serving(cluster, registry).map(Grant::role_name).collect();
    (!roles.is_empty()).then(|| vec![roles.into_iter().collect::<Vec<_>>().join(", ")])
}

/// The grants that were meant for a pair and miss. Says whether one of them stands in the place of the right one: it goes
/// from the identity that pulls to the registry, and its role is worth nothing there.
fn misses<'c, 'a>(pen: &mut Pen<'c, 'a>, cluster: &'c Cluster<'a>, puller: &Spot, pair: &Pair) -> bool {
    let mut in_place = false;
    let causes: Vec<(Cause, &Grant<'a>)> = pen.case.causes(pair).collect();
    for (cause, grant) in causes {
        let (from, to, why) = match cause {
            Cause::RoleWithoutPull => (puller.clone(), pen.target.clone(), Some("does not let pull")),
            Cause::LegacyRole | Cause::RepositoryRole => (puller.clone(), pen.target.clone(), Some("is not honoured")),
            Cause::Scope => (puller.clone(), scope(pen, grant), Some("on something else")),
            Cause::ControlPlane => (control_plane(pen.case, cluster, grant), pen.target.clone(), Some("never pulls")),
            Cause::FormerIdentity => (holder(cluster, "the identity before the plan"), pen.target.clone(), None),
            Cause::NoKubeletIdentity => {
                (holder(cluster, "a kubelet identity, which it has not"), pen.target.clone(), None)
            }
            Cause::NoObjectId(what) => (holder(cluster, &format!("{what}, no object id")), pen.target.clone(), None),
        };
        in_place |= from == *puller && to == pen.target;
        let lines = std::iter::once(grant.role_name()).chain(why.map(str::to_owned)).collect();
        let truth = if pair.permission.truth == Truth::No { Verdict::Broken } else { Verdict::Unknown };
        pen.arrows.push(Arrow::new(&from, &to, truth, lines).blamed(pen.blame.grant(pair, grant)));
    }
    in_place
}

/// The box of the identity with which the nodes of a cluster pull.
pub(super) fn puller(case: &Case<'_, '_>, cluster: &Cluster<'_>) -> Spot {
    let lines = match &cluster.pulling {
        Pulling::Kubelet { supplied: None, .. } => vec!["kubelet identity".to_owned(), "made by AKS".to_owned()],
        Pulling::Kubelet { supplied: Some(id), .. } => {
            std::iter::once("kubelet identity".to_owned()).chain(named(case, id)).collect()
        }
        Pulling::ServicePrincipal(_) => vec!["service principal".to_owned()],
        Pulling::Unknown(_) => vec!["an identity that can't be read".to_owned()],
    };
    Spot::new(Kind::Identity, &[room(cluster)], lines, None)
}

fn control_plane(case: &Case<'_, '_>, cluster: &Cluster<'_>, grant: &Grant<'_>) -> Spot {
    let name = cluster.control.first().and_then(|id| named(case, id));
    let Some(name) = name.filter(|_| !grant.pulled_for(cluster)) else {
        return holder(cluster, "control-plane identity");
    };
    Spot::new(Kind::Identity, &[room(cluster)], vec!["control-plane identity".to_owned(), name], None)
}

pub(super) fn holder(cluster: &Cluster<'_>, what: &str) -> Spot {
    Spot::new(Kind::Identity, &[room(cluster)], sentence(what), None)
}

/// The name of a resource by its id, as far as it is known.
fn named(case: &Case<'_, '_>, id: &Node) -> Option<String> {
    let resolver = &case.world.resolver;
    let found = resolver.resource_of(id).map(|found| shown(&resolver.node(&found.name)));
    let told = |id: &Node| resolver.id_of(id)?.names.last().map(|name| shown(&resolver.node(name)));
    found.or_else(|| told(id)).filter(|name| name != "…")
}

/// What a grant is made on, when that is not the registry of the pull.
fn scope(pen: &Pen<'_, '_>, grant: &Grant<'_>) -> Spot {
    let world = pen.case.world;
    let others = grant.on().iter().filter_map(|at| world.registries.get(*at));
    if let Some(other) = others.into_iter().find(|other| pen.registry.is_none_or(|own| own.at != other.at)) {
        return of_registry(other);
    }
    let lines = match &grant.scope.value {
        Value::Id(id) => {
            let kind = id.kind.rsplit('/').next().unwrap_or_default().to_owned();
            std::iter::once(kind).chain(named(pen.case, &grant.scope)).collect()
        }
        _ => vec!["another scope".to_owned()],
    };
    Spot::new(Kind::Scope, &[], lines, Some(grant.scope_span))
}

/// A pull secret, in the namespace where it is.
fn secret(pen: &mut Pen<'_, '_>, offer: &Offer) {
    let Some(workload) = pen.workload else { return };
    let mut rooms = workload.rooms.clone();
    if let Outcome::OtherNamespace(namespace) = &offer.what
        && let Some(last) = rooms.last_mut()
    {
        last.title = format!("namespace {namespace}");
    }
    let place = offer.secret.and_then(|at| pen.case.world.secrets.get(at)).map(|it| it.resource.declared);
    let spot = Spot::new(Kind::Secret, &rooms, vec![format!("pull secret {}", offer.name)], place);
    let rules = pen.blame.offer(pen.path, offer);
    let truth = match verdict(offer.what.truth()) {
        // In a closed world a secret that nobody makes is not there.
        Verdict::Unknown if offer.what == Outcome::Missing && is_broken(pen) => Verdict::Broken,
        truth => truth,
    };
    let lines = |what: &str| if truth == Verdict::Fine { Vec::new() } else { sentence(what) };
    match &offer.what {
        Outcome::OtherNamespace(_) => {
            let arrow = Arrow::new(workload, &spot, truth, lines("is not in the pod's namespace"));
            pen.arrows.push(arrow.absent().blamed(rules));
            pen.arrows.push(Arrow::new(&spot, &pen.target, Verdict::Unknown, Vec::new()));
        }
        Outcome::Missing => {
            let arrow = Arrow::new(workload, &spot, truth, lines("is made nowhere in this tree"));
            pen.arrows.push(arrow.absent().blamed(rules));
            pen.arrows.push(Arrow::new(&spot, &pen.target, Verdict::Unknown, Vec::new()));
        }
        what => {
            pen.arrows.push(Arrow::plain(workload, &spot));
            let text = what.text(&offer.name);
            let named = format!("pull secret `{}`", offer.name);
            let text = text.strip_prefix(&named).map_or(&*text, |rest| rest.trim_start_matches([':', ' ']));
            pen.arrows.push(Arrow::new(&spot, &pen.target, truth, lines(text)).blamed(rules));
        }
    }
}

fn is_broken(pen: &Pen<'_, '_>) -> bool {
    let step = pen.path.step("credential").or_else(|| pen.path.step("permission"));
    step.is_some_and(|step| step.truth == Truth::No)
}
