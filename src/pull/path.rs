//! From an image to a verdict.

use std::collections::BTreeSet;

use super::credential::{Offer, Outcome, offers, truth_of};
use super::demand::Demand;
use super::elsewhere;
use super::pair::{ByEnds, Pair, Tie, others_are_wired};
use super::permission::{permission, signed_out};
use super::reach::{Reaches, from_anywhere};
use super::reference::reading;
use crate::azure::image;
use crate::azure::reference::Reading;
use crate::ir::{Node, Truth, Why};
use crate::source::Span;
use crate::world::World;
use crate::world::cluster::{Cluster, Pulling};
use crate::world::grant::Grant;
use crate::world::host::Regional;
use crate::world::identity::Holder;
use crate::world::knowledge::{Fact, Judgement};
use crate::world::link::Match;
use crate::world::mutation::rewriter;
use crate::world::node_image::REGIONAL_ENDPOINTS;
use crate::world::operator::Operated;
use crate::world::placement::Landing;
use crate::world::registry::Registry;
use crate::world::secret::Credential;
use crate::world::workload::shown;

/// One step of a path.
#[derive(Clone, Debug)]
pub struct Step {
    /// `cluster`, `pod`, `registry`, `credential`, `permission`, `network`.
    pub name: &'static str,
    /// The outcome.
    pub judgement: Judgement,
}

/// The way of an image to a cluster.
#[derive(Clone, Debug)]
pub struct Path {
    /// The workload; none for a tied pair without one.
    pub workload: Option<usize>,
    /// The image as written.
    pub image: Option<Node>,
    /// The repository of the image, without tag and digest, when it is known.
    pub repository: Option<String>,
    /// Where the image stands, or what ties the pair.
    pub place: Span,
    /// The cluster; none when nobody can say which one, or there is none.
    pub cluster: Option<usize>,
    /// Whether the cluster's own identity may pull, whatever the pull secrets are worth.
    pub node: Option<Truth>,
    /// The registry, when it is in the world.
    pub registry: Option<usize>,
    /// The host as far as known, when the registry is not.
    pub host: Option<String>,
    /// The steps in order.
    pub steps: Vec<Step>,
    /// What the pod's pull secrets offer.
    pub offers: Vec<Offer>,
    /// A cluster that could run it, where each of them is in another cloud than the registry.
    pub apart: Option<usize>,
}

impl Path {
    /// Whether the pull works: every step does.
    pub fn truth(&self) -> Truth {
        self.steps.iter().map(|step| step.judgement.truth).fold(Truth::Yes, Truth::and)
    }

    /// Whether the pull works once cluster and pod are there.
    pub fn truth_on_cluster(&self) -> Truth {
        let steps = self.steps.iter().filter(|step| !matches!(step.name, CLUSTER | POD));
        steps.map(|step| step.judgement.truth).fold(Truth::Yes, Truth::and)
    }

    /// The judgement of a step.
    pub fn step(&self, name: &str) -> Option<&Judgement> {
        self.steps.iter().find(|step| step.name == name).map(|step| &step.judgement)
    }
}

/// The step of a cluster that never comes into being; there is none where nothing speaks against it.
const CLUSTER: &str = "cluster";
/// The step of a pod that never comes into being, likewise.
const POD: &str = "pod";

pub(super) fn paths(world: &World<'_>, pairs: &[Pair], demands: &[Demand], reaches: &Reaches) -> Vec<Path> {
    let by_ends: ByEnds<'_> = pairs.iter().map(|pair| ((pair.cluster, pair.registry), pair)).collect();
    let mut found: Vec<Path> = demands.iter().map(|demand| demanded(world, &by_ends, demand, reaches)).collect();
    let served: BTreeSet<(usize, usize)> = found.iter().filter_map(|path| path.cluster.zip(path.registry)).collect();
    let unserved = |pair: &&Pair| {
        matches!(pair.tie, Tie::Sibling | Tie::Possible)
            || pair.wired && !served.contains(&(pair.cluster, pair.registry))
    };
    found.extend(pairs.iter().filter(unserved).filter_map(|pair| tied(world, pair, reaches)));
    let operated: Vec<Operated<'_>> = world.clusters.iter().map(|cluster| world.operated(cluster)).collect();
    for path in &mut found {
        let refused = [refusal(world, path, &operated), unreadable(world, path), misnamed(world, path)];
        let refused: Vec<Step> = refused.into_iter().flatten().collect();
        path.steps.splice(0..0, refused).for_each(drop);
        path.steps.extend(quarantined(world, path));
    }
    found
}

/// No pod comes of a manifest that the API server can't read.
fn unreadable(world: &World<'_>, path: &Path) -> Option<Step> {
    let workload = world.workloads.get(path.workload?)?;
    let text = "the API server refuses the manifest: `imagePullSecrets` has another shape";
    let judgement = Judgement::new(Truth::No, workload.secrets.refused?, text);
    Some(Step { name: POD, judgement })
}

/// A reference that breaks the grammar is refused before anything is asked of a registry.
fn misnamed(world: &World<'_>, path: &Path) -> Option<Step> {
    let (truth, text) = match reading(world, path)? {
        Reading::Whole => return None,
        Reading::FilledIn => {
            (Truth::Unknown, "a placeholder stands in the image, which something has to fill in".to_owned())
        }
        Reading::Broken(what, true) => (Truth::No, format!("the image {}", what.text())),
        Reading::Broken(what, false) => (Truth::Unknown, format!("the image {}", what.text())),
    };
    Some(Step { name: POD, judgement: Judgement::new(truth, path.place, text) })
}

/// No node pulls anything where Azure refuses the cluster.
fn refusal(world: &World<'_>, path: &Path, operated: &[Operated<'_>]) -> Option<Step> {
    let cluster = world.clusters.get(path.cluster?)?;
    let step = |truth, span, text| Some(Step { name: CLUSTER, judgement: Judgement::new(truth, span, text) });
    let aks = shown(&cluster.name);
    if let Some(fault) = cluster.refused_for() {
        return step(Truth::No, fault.span, format!("cluster `{aks}` {}", fault.what.text()));
    }
    match operated.get(cluster.at)? {
        Operated::Not(found) if found.sure => step(
            Truth::No,
            found.id.span,
            format!("nothing lets cluster `{aks}` put its kubelet identity on the nodes"),
        ),
        Operated::Unclear(text, span) => step(Truth::Unknown, *span, (*text).to_owned()),
        Operated::Not(_) | Operated::Nothing => None,
    }
}

/// What is pushed to a registry with a quarantine is not there before somebody releases it.
fn quarantined(world: &World<'_>, path: &Path) -> Option<Step> {
    let registry = world.registries.get(path.registry?)?;
    let (span, text) = match world.quarantine(registry) {
        Fact::Known(true, span) => {
            (span, "the registry keeps what is pushed back until something releases it".to_owned())
        }
        Fact::Unknown(why, span) if registry.is_declared() => {
            (span, format!("whether the registry keeps back what is pushed is not known: {why}"))
        }
        _ => return None,
    };
    Some(Step { name: "image", judgement: Judgement::new(Truth::Unknown, span, text) })
}

/// Nodes may be too old to bring a token that the registry takes.
fn unreadable_tokens<'a>(world: &World<'a>, cluster: &Cluster<'a>, registry: &Registry<'a>) -> Option<Judgement> {
    let Fact::Known(false, _) = world.arm_tokens(registry) else { return None };
    let old = world.without_registry_tokens(cluster).filter(|_| matches!(cluster.pulling, Pulling::Kubelet { .. }))?;
    let text = format!("the registry refuses the tokens that nodes of `{}` may bring", old.version);
    Some(Judgement::new(Truth::Unknown, old.span, text))
}

/// A tied pair without a workload.
fn tied(world: &World<'_>, pair: &Pair, reaches: &Reaches) -> Option<Path> {
    let (cluster, registry) = (world.clusters.get(pair.cluster)?, world.registries.get(pair.registry)?);
    let mut permission = pair.permission.clone();
    if pair.tie == Tie::Sibling && permission.truth == Truth::No {
        // Only its siblings are wired; that this one should be is a guess.
        permission.truth = Truth::Unknown;
    }
    let out = signed_out(world, cluster).or_else(|| unreadable_tokens(world, cluster, registry));
    if let Some(out) = out.filter(|_| permission.truth == Truth::Yes) {
        permission = out;
    }
    Some(Path {
        workload: None,
        image: None,
        repository: None,
        place: cluster.resource.declared,
        cluster: Some(pair.cluster),
        node: Some(pair.permission.truth),
        registry: Some(pair.registry),
        host: None,
        steps: vec![
            Step { name: "registry", judgement: at_registry(world, registry) },
            Step { name: "permission", judgement: or_anonymous(permission, registry) },
            Step { name: "network", judgement: network(world, registry, (None, Some(pair.cluster)), reaches) },
        ],
        offers: Vec::new(),
        apart: None,
    })
}

fn demanded(world: &World<'_>, pairs: &ByEnds<'_>, demand: &Demand, reaches: &Reaches) -> Path {
    let registry = demand.registry().and_then(|at| world.registries.get(at));
    let mut path = Path {
        workload: Some(demand.workload),
        image: Some(demand.image.clone()),
        repository: image::known_repository(&image::parse(&demand.image).rest).map(str::to_owned),
        place: demand.image.span,
        cluster: None,
        node: None,
        registry: demand.registry(),
        host: None,
        steps: Vec::new(),
        offers: Vec::new(),
        apart: demand.apart,
    };
    let parsed = image::parse(&demand.image);
    if let (Some(workload), Some(host)) = (world.workloads.get(demand.workload), &parsed.host) {
        path.offers = offers(world, workload, host, parsed.rest.as_str().unwrap_or_default(), registry);
    }
    match (&demand.source, registry) {
        (Match::Registry(_), Some(registry)) => {
            let judgement = regional(world, demand, registry).unwrap_or_else(|| at_registry(world, registry));
            path.steps.push(Step { name: "registry", judgement });
            let found = Found { pairs, reaches };
            by_cluster(world, &found, demand, registry, &mut path);
        }
        (Match::Elsewhere(host), _) => elsewhere::judge(world, demand, host, &mut path),
        (Match::Unknown(host), _) => {
            let text = match rewriter(&demand.image) {
                Some(Why::Overridden(policy)) => format!("`{policy}` may write another image"),
                _ => {
                    path.host = Some(host.clone());
                    format!("the registry `{host}` is not known whole")
                }
            };
            path.steps
                .push(Step { name: "registry", judgement: Judgement::new(Truth::Unknown, demand.image.span, text) });
        }
        _ => {}
    }
    path.steps.extend(image_step(world, demand));
    if world.workloads.get(demand.workload).is_some_and(|workload| workload.never_pulls(&demand.image)) {
        let failing = path.steps.iter_mut().filter(|step| step.judgement.truth == Truth::No);
        failing.for_each(|step| step.judgement.truth = Truth::Unknown);
    }
    path
}

/// An image that the registry did not have when somebody asked; nothing where nobody did, or it had it.
fn image_step(world: &World<'_>, demand: &Demand) -> Option<Step> {
    let absent = world.absent(&demand.image).filter(|absent| absent.sure)?;
    if absent.fetched {
        let text = format!("{} has to come through a cache rule", absent.what);
        let judgement = Judgement::new(Truth::Unknown, absent.listing.resource.declared, text);
        return Some(Step { name: "image", judgement });
    }
    let text = format!("the repository has no {}", absent.what);
    Some(Step { name: "image", judgement: Judgement::new(Truth::No, absent.listing.resource.declared, text) })
}

/// What becomes of an endpoint in one region; nothing for the registry's own host, and where it is there.
fn regional<'a>(world: &World<'a>, demand: &Demand, registry: &Registry<'a>) -> Option<Judgement> {
    let name = shown(&registry.name);
    match world.regional(&demand.image, registry)? {
        Regional::Off(span) => {
            Some(Judgement::new(Truth::No, span, format!("registry `{name}` has no regional endpoints")))
        }
        Regional::NoReplica(region, span) => {
            Some(Judgement::new(Truth::No, span, format!("registry `{name}` has no replica in `{region}`")))
        }
        Regional::Unclear(text, span) => Some(Judgement::new(Truth::Unknown, span, text)),
        Regional::There => None,
    }
}

fn at_registry<'a>(world: &World<'a>, registry: &Registry<'a>) -> Judgement {
    let (at, name) = (registry.resource.declared, shown(&registry.name));
    match registry.impossible_name().filter(|_| registry.is_declared() && registry.resource.is_unconditional()) {
        Some((_, fault)) => Judgement::new(Truth::No, at, format!("no registry can be called `{name}`: it {fault}")),
        None => match world.refused_settings(registry).first() {
            Some(beyond) => {
                let text = format!("{} does not offer {} for registry `{name}`", beyond.tier.name(), beyond.what);
                let truth = if beyond.afterwards { Truth::Unknown } else { Truth::No };
                Judgement::new(truth, beyond.value.as_ref().map_or(at, |value| value.span), text)
            }
            None => Judgement::new(Truth::Yes, at, format!("registry `{name}`")),
        },
    }
}

/// What can be said of a pull on a cluster that the tree doesn't have.
fn not_in_this_tree(demand: &Demand) -> Judgement {
    let name = demand.place.stranger.as_deref().unwrap_or("`…`");
    let text = format!("cluster {name}, on which it runs, is not in this tree");
    Judgement::new(Truth::Unknown, demand.image.span, text)
}

pub(super) fn secrets_open(world: &World<'_>, demand: &Demand) -> bool {
    world.workloads.get(demand.workload).is_some_and(|workload| world.secrets_of(workload).open)
}

/// What the pull secrets give: the best of them.
pub(super) fn best_offer(world: &World<'_>, path: &Path, demand: &Demand) -> Judgement {
    let open = secrets_open(world, demand);
    let truth = path.offers.iter().map(|offer| truth_of(offer, world)).fold(Truth::No, Truth::or);
    let decisive = path.offers.iter().find(|offer| truth_of(offer, world) == truth).or(path.offers.first());
    match decisive {
        Some(_) if open && truth == Truth::No => {
            Judgement::new(Truth::Unknown, demand.image.span, "there may be further pull secrets that can't be read")
        }
        Some(offer) => Judgement::new(truth, offer.named, offer.what.text(&offer.name)),
        None if open => Judgement::new(Truth::Unknown, demand.image.span, "pull secrets can't be read"),
        None => Judgement::new(Truth::Unknown, demand.image.span, "no pull secret; the node identity decides"),
    }
}

/// What was found out about pairs.
struct Found<'f> {
    pairs: &'f ByEnds<'f>,
    reaches: &'f Reaches,
}

fn by_cluster<'a>(world: &World<'a>, found: &Found<'_>, demand: &Demand, registry: &Registry<'a>, path: &mut Path) {
    let pairs = found.pairs;
    let mut own: Vec<&Pair> =
        demand.place.clusters.iter().filter_map(|&cluster| pairs.get(&(cluster, registry.at)).copied()).collect();
    // Where it runs is told by what is wired for it.
    own.sort_by_key(|pair| !pair.wired);
    let secret = best_offer(world, path, demand);
    let open = secrets_open(world, demand);
    let elsewhere = pulls_as_another(world, demand);
    // A secret that is for the host, but dead: whether an anonymous attempt follows it is not documented.
    let bad = path.offers.iter().any(|offer| offer.what.is_refused());
    if own.is_empty() {
        let network = from_anywhere(world, registry);
        let judgement = match (secret.truth, bad) {
            (Truth::Yes, _) => secret,
            (_, refused) if demand.place.stranger.is_some() => match refused {
                true => not_in_this_tree(demand),
                false => or_anonymous(not_in_this_tree(demand), registry),
            },
            (Truth::No, _) if elsewhere => not_as_the_node(demand),
            (Truth::No, _) if granted_elsewhere(world, registry) => {
                let text = "a cluster from elsewhere may have a grant on the registry";
                Judgement::new(Truth::Unknown, demand.image.span, text)
            }
            (Truth::No, _) if is_for_others(world, demand, path) => for_others(demand),
            (_, false) => or_anonymous(secret, registry),
            (truth, true) => Judgement { truth: truth.or(anonymous(registry)), ..secret },
        };
        path.steps.push(Step { name: "credential", judgement });
        path.steps.push(Step { name: "network", judgement: network });
        return;
    }
    let port = image::parse(&demand.image).host.is_some_and(|host| host.as_str().is_some_and(|it| it.contains(':')));
    let regional = world.regional(&demand.image, registry).is_some();
    let tokens = |pair: &Pair| unreadable_tokens(world, world.clusters.get(pair.cluster)?, registry);
    let judge = |pair: &Pair| {
        let out = world.clusters.get(pair.cluster).and_then(|cluster| signed_out(world, cluster));
        let mut node = own_permission(world, pair, registry, path.repository.as_deref());
        if elsewhere {
            node = not_as_the_node(demand);
        } else if let Some(out) = out.filter(|_| node.truth != Truth::No) {
            node = out;
        } else if let Some(refused) = tokens(pair).filter(|_| node.truth == Truth::Yes) {
            node = refused;
        } else if port {
            node = Judgement::new(Truth::Unknown, demand.image.span, "nodes know registries by hosts without a port");
        } else if regional && node.truth == Truth::Yes && !knows_regional_endpoints(world, pair) {
            node = Judgement::new(Truth::Unknown, demand.image.span, "older nodes know no regional endpoints");
        }
        let mut best = match (node.truth, bad) {
            (Truth::Yes, _) | (_, false) => or_anonymous(node, registry),
            (_, true) => Judgement { truth: node.truth.or(anonymous(registry)), ..node },
        };
        let offered = if path.offers.is_empty() && !open { Truth::No } else { secret.truth };
        match (best.truth, offered) {
            (Truth::Yes, _) | (_, Truth::No) => {}
            (_, Truth::Yes) => best = secret.clone(),
            (Truth::No, Truth::Unknown) => best = secret.clone(),
            (Truth::Unknown, Truth::Unknown) => {}
        }
        best
    };
    let answers: Vec<(&Pair, Judgement)> = own.iter().map(|pair| (*pair, judge(pair))).collect();
    let (cluster, answer) = match agreed(&answers, demand) {
        (_, answer) if answer.truth == Truth::No && !demand.place.sure && others_are_wired(pairs, &own, registry) => {
            (None, nobody_knows_where(demand))
        }
        (_, answer) if answer.truth == Truth::Yes && demand.place.chosen && !is_fine_everywhere(demand, &answers) => {
            (None, nobody_knows_where(demand))
        }
        agreed => agreed,
    };
    path.cluster = cluster;
    path.node = cluster
        .and_then(|at| pairs.get(&(at, registry.at)))
        .map(|pair| own_permission(world, pair, registry, path.repository.as_deref()).truth);
    let network = network(world, registry, (Some(demand.workload), cluster), found.reaches);
    path.steps.push(Step { name: "permission", judgement: answer });
    path.steps.push(Step { name: "network", judgement: network });
}

/// Whether the nodes on which a workload lands reach the registry; of nodes anywhere where the cluster is not known.
fn network(
    world: &World<'_>,
    registry: &Registry<'_>,
    (workload, cluster): (Option<usize>, Option<usize>),
    reaches: &Reaches,
) -> Judgement {
    let Some(reach) = cluster.and_then(|cluster| reaches.get(&(cluster, registry.at))) else {
        return from_anywhere(world, registry);
    };
    let some = landing(world, workload, cluster).and_then(|landing| reach.on(&landing));
    some.map_or_else(|| reach.judgement.clone(), |leg| leg.judgement)
}

/// The pools on which the pods of a workload land, where these are not all.
pub(super) fn landing(world: &World<'_>, workload: Option<usize>, cluster: Option<usize>) -> Option<Landing> {
    world.landing(world.workloads.get(workload?)?, world.clusters.get(cluster?)?)
}

/// Whether every node of the cluster of a pair is known to be new enough to sign in at an endpoint of one region.
fn knows_regional_endpoints(world: &World<'_>, pair: &Pair) -> bool {
    let images = world.clusters.get(pair.cluster).map(|cluster| world.node_images(cluster)).unwrap_or_default();
    !images.is_empty() && images.iter().all(|(_, release, _)| *release >= REGIONAL_ENDPOINTS)
}

/// Whether the pull works on each cluster that may be chosen.
fn is_fine_everywhere(demand: &Demand, answers: &[(&Pair, Judgement)]) -> bool {
    let fine = |at: &usize| answers.iter().any(|(pair, answer)| pair.cluster == *at && answer.truth == Truth::Yes);
    demand.place.clusters.iter().all(fine)
}

/// Whether every pull secret of a pod has an entry for another image of it: then none of them says how this one is pulled.
pub(super) fn is_for_others(world: &World<'_>, demand: &Demand, path: &Path) -> bool {
    let Some(workload) = world.workloads.get(demand.workload) else { return false };
    let serves = |entry: &Credential| {
        workload.images.iter().filter(|image| image.value != demand.image.value).any(|image| {
            let parsed = image::parse(image);
            let rest = parsed.rest.as_str().unwrap_or_default();
            match &parsed.host {
                Some(host) => entry.is_for(host, rest, &world.resolver) == Truth::Yes,
                None => entry.bare_host().contains("docker.io"),
            }
        })
    };
    let other = |offer: &Offer| {
        let secret = offer.secret.and_then(|at| world.secrets.get(at));
        matches!(offer.what, Outcome::OtherHost(_)) && secret.is_some_and(|it| it.entries().iter().any(serves))
    };
    !path.offers.is_empty() && path.offers.iter().all(other)
}

fn for_others(demand: &Demand) -> Judgement {
    Judgement::new(Truth::Unknown, demand.image.span, "the pod's pull secrets are for its other images")
}

/// Whether somebody who may be the kubelet of a cluster that the tree doesn't have is let pull.
fn granted_elsewhere(world: &World<'_>, registry: &Registry<'_>) -> bool {
    let unknown = |holder: &Holder<'_>| !matches!(holder, Holder::ServicePrincipal(_));
    let pulls = |grant: &&Grant<'_>| grant.covers(registry).and(grant.lets_pull(registry)) != Truth::No;
    world.grants_on(registry).filter(pulls).any(|grant| unknown(&grant.holder))
}

/// Whether a pod pulls as somebody else than the kubelet of its node.
pub(super) fn pulls_as_another(world: &World<'_>, demand: &Demand) -> bool {
    let workload = world.workloads.get(demand.workload);
    workload.is_some_and(|workload| workload.virtual_nodes || world.has_own_identity(workload))
}

fn not_as_the_node(demand: &Demand) -> Judgement {
    Judgement::new(Truth::Unknown, demand.image.span, "the pod does not pull as the node")
}

/// Whether the cluster's own identity may pull from a repository: where conditions tell repositories apart, the answer for
/// the registry as a whole is not enough.
fn own_permission(world: &World<'_>, pair: &Pair, registry: &Registry<'_>, repository: Option<&str>) -> Judgement {
    let conditional =
        world.grants_on(registry).any(|grant| grant.condition.is_some() && grant.covers(registry) != Truth::No);
    let cluster = world.clusters.get(pair.cluster).filter(|_| conditional && repository.is_some());
    let registry = world.registries.get(pair.registry);
    let judged =
        cluster.zip(registry).and_then(|(cluster, registry)| permission(world, cluster, registry, repository, true));
    judged.unwrap_or_else(|| pair.permission.clone())
}

/// A workload that nothing maps to a cluster is broken only if every cluster that could run it fails; where some are
/// wired for the registry and others are not, it runs on one that is.
fn agreed(answers: &[(&Pair, Judgement)], demand: &Demand) -> (Option<usize>, Judgement) {
    let find = |truth: Truth| answers.iter().find(|(_, answer)| answer.truth == truth);
    let all = |truth: Truth| answers.iter().all(|(_, answer)| answer.truth == truth);
    let at = |(pair, answer): &(&Pair, Judgement)| (Some(pair.cluster), answer.clone());
    match (find(Truth::Yes), find(Truth::Unknown), find(Truth::No)) {
        (Some(fine), None, _) => at(fine),
        (None, None, Some(broken)) if all(Truth::No) => at(broken),
        (_, Some(unknown), _) => at(unknown),
        _ => (None, nobody_knows_where(demand)),
    }
}

fn nobody_knows_where(demand: &Demand) -> Judgement {
    Judgement::new(Truth::Unknown, demand.image.span, "which cluster runs it is not known")
}

/// Whether an anonymous pull may work after a bad pull secret: at most that is unknown.
fn anonymous(registry: &Registry<'_>) -> Truth {
    if registry.anonymous.is(&false) == Truth::Yes { Truth::No } else { Truth::Unknown }
}

fn or_anonymous(permission: Judgement, registry: &Registry<'_>) -> Judgement {
    match (&registry.anonymous, permission.truth) {
        (Fact::Known(true, span), _) => Judgement::new(Truth::Yes, *span, "the registry lets anybody pull"),
        (Fact::Unknown(why, span), Truth::No) => {
            Judgement::new(Truth::Unknown, *span, format!("anonymous pull may be allowed: {why}"))
        }
        _ => permission,
    }
}
