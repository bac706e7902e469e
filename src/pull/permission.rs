//! May the cluster's pulling identity pull? Judged under every completion of the flags that the pair hangs on.

use std::sync::Arc;

use crate::ir::{Assumption, Case, Cond, Node, Origin, Truth, Value, same_in};
use crate::world::cluster::{Cluster, Pulling};
use crate::world::grant::Grant;
use crate::world::identity::Holder;
use crate::world::knowledge::{Judgement, unknown_of};
use crate::world::registry::Registry;
use crate::world::workload::shown;
use crate::world::{Assumed, Completeness, World};

/// More completions than this are not tried.
const MOST: usize = 64;

/// Whether the identity that pulls may pull from a repository, or from every one of them; nothing when no completion
/// deploys both ends. An image that names the registry wants it in completions that don't deploy it, too: there it is
/// one that is made elsewhere.
pub(super) fn permission<'a>(
    world: &World<'a>,
    cluster: &Cluster<'a>,
    registry: &Registry<'a>,
    repository: Option<&str>,
    named: bool,
) -> Option<Judgement> {
    if assumed(world, cluster, registry) {
        return Some(Judgement::new(
            Truth::Yes,
            cluster.resource.declared,
            "granted elsewhere, says the configuration",
        ));
    }
    if let Some((text, span)) = world.is_stranger(cluster, registry) {
        return Some(Judgement::new(Truth::No, span, text));
    }
    let ends = if named { in_its_place(world, registry) } else { vec![registry] };
    let concerns =
        |grant: &&Grant<'a>| ends.iter().any(|end| grant.covers(end) != Truth::No && grant.concerns(cluster, end));
    let grants: Vec<&Grant<'a>> = world.grants_for(cluster).map(|(_, grant)| grant).filter(concerns).collect();
    let deployed = ends.iter().map(|end| &end.resource.deployed).chain(grants.iter().map(|grant| &grant.deployed));
    let Some(cases) = completions(std::iter::once(&cluster.resource.deployed).chain(deployed)) else {
        return Some(Judgement::new(Truth::Unknown, cluster.resource.declared, "too many conditions to try them all"));
    };
    let there = |end: &&&Registry<'a>, case: &Assumption| end.resource.deployed.under(case) == Some(true);
    let judge = |case: &Assumption| match ends.iter().find(|end| there(end, case)) {
        Some(end) => Some(under(world, (cluster, end, repository), &grants, case)),
        None if named => without(world, registry, under(world, (cluster, registry, repository), &grants, case)),
        None => None,
    };
    let pulls = |case: &&Assumption| cluster.resource.deployed.under(case) == Some(true);
    let judged = cases.iter().filter(pulls).filter_map(judge).reduce(|one, other| agreed(one, other, &grants));
    match world.tenants_unclear(cluster, registry) {
        Some(span) if judged.as_ref().is_some_and(|it| it.truth == Truth::Yes) => {
            let text =
                format!("whether cluster `{}` is in the tenant of the registry is not known", shown(&cluster.name));
            Some(Judgement::new(Truth::Unknown, span, text))
        }
        _ => judged,
    }
}

/// Every completion of the flags of these conditions, unless there are too many.
fn completions<'c>(conditions: impl Iterator<Item = &'c Cond>) -> Option<Vec<Assumption>> {
    let mut flags: Vec<Arc<str>> = Vec::new();
    for flag in conditions.flat_map(Cond::atoms) {
        if !flags.contains(&flag) {
            flags.push(flag);
        }
    }
    Assumption::every(&flags, MOST)
}

/// The registry and, where a condition may leave it out, the declared ones of its name that may be deployed in its place.
fn in_its_place<'w, 'a>(world: &'w World<'a>, registry: &'w Registry<'a>) -> Vec<&'w Registry<'a>> {
    let mut found = vec![registry];
    if !registry.resource.is_unconditional() {
        let same = |it: &&Registry<'a>| same_in(&world.resolver, Case::Ignored, &it.name, &registry.name) == Truth::Yes;
        let others = world.registries.iter().filter(|it| it.at != registry.at && it.is_declared());
        found.extend(others.filter(same));
    }
    found
}

/// A completion that doesn't deploy the registry, judged by the grants of the tree: where they don't let pull, those of
/// whoever made the registry may.
fn without(world: &World<'_>, registry: &Registry<'_>, judged: Judgement) -> Option<Judgement> {
    let open = world.outlook.completeness != Completeness::Closed;
    let why = because(&registry.resource.deployed);
    let text = format!("registry `{}` is made here only under a condition{why}", shown(&registry.name));
    match judged.truth {
        Truth::No => open.then(|| Judgement::new(Truth::Unknown, registry.resource.declared, text)),
        _ => Some(judged),
    }
}

/// What keeps a condition from being known, to be put behind a clause.
fn because(condition: &Cond) -> String {
    unknown_of(condition).map(|why| format!(": {why}")).unwrap_or_default()
}

/// Two answers under different completions: what both say, else unknown.
fn agreed(one: Judgement, other: Judgement, grants: &[&Grant<'_>]) -> Judgement {
    match (one.truth, other.truth) {
        (a, b) if a == b => one,
        (Truth::Unknown, _) => one,
        (_, Truth::Unknown) => other,
        (Truth::Yes, _) => depends(&one, grants),
        _ => depends(&other, grants),
    }
}

/// The grant is there under some completions only.
fn depends(granted: &Judgement, grants: &[&Grant<'_>]) -> Judgement {
    let what = granted.because.first().map(|evidence| (evidence.span, evidence.text.clone()));
    let (span, text) = what.unwrap_or_default();
    let grant = grants.iter().find(|grant| grant.resource.declared == span);
    let why = grant.map(|grant| because(&grant.deployed)).unwrap_or_default();
    Judgement::new(Truth::Unknown, span, format!("{text}, but only where a condition holds that is not known{why}"))
}

fn assumed(world: &World<'_>, cluster: &Cluster<'_>, registry: &Registry<'_>) -> bool {
    let is = |node: &crate::ir::Node, name: &str| node.as_str().is_some_and(|own| own.eq_ignore_ascii_case(name));
    world.outlook.assumed.iter().any(|fact| match fact {
        Assumed::Grant { registry: r, cluster: c } => is(&registry.name, r) && is(&cluster.name, c),
        _ => false,
    })
}

fn under<'a>(
    world: &World<'a>,
    (cluster, registry, repository): (&Cluster<'a>, &Registry<'a>, Option<&str>),
    grants: &[&Grant<'a>],
    case: &Assumption,
) -> Judgement {
    let mut open: Option<Judgement> = None;
    for grant in grants {
        let exists = grant.deployed.under(case);
        let truth = serves(cluster, registry, grant).and(grant.admits(registry, repository));
        match (exists, truth) {
            (Some(false), _) | (_, Truth::No) => {}
            (Some(true), Truth::Yes) => {
                let text = format!("`{}` is granted to {}", grant.role_name(), puller(cluster));
                if let Some(place) = world.list_without(cluster, registry) {
                    let text = format!("{text}, but a saved list of all role assignments does not have it");
                    open = Some(Judgement::new(Truth::Unknown, place, text));
                    continue;
                }
                return Judgement::new(Truth::Yes, grant.resource.declared, text);
            }
            _ => open = open.or_else(|| Some(Judgement::new(Truth::Unknown, grant.resource.declared, doubt(grant)))),
        }
    }
    let nothing = open.unwrap_or_else(|| none(world, cluster, registry));
    let excludes = |grant: &&&Grant<'a>| {
        let there = grant.deployed.under(case) == Some(true) && serves(cluster, registry, grant) == Truth::Yes;
        there && grant.admits(registry, repository) == Truth::No
    };
    let excluded = grants.iter().find(excludes);
    match (nothing.truth, excluded, repository) {
        (Truth::No, Some(grant), Some(repository)) => {
            let text = format!("the condition of `{}` excludes `{repository}`", grant.role_name());
            Judgement::new(Truth::No, grant.condition_span, text)
        }
        _ => nothing,
    }
}

/// Whether this grant lets the cluster pull from the registry, whatever its condition says of repositories.
pub(super) fn serves(cluster: &Cluster<'_>, registry: &Registry<'_>, grant: &Grant<'_>) -> Truth {
    let role = match grant.lets_pull(registry) {
        Truth::Yes if grant.doubt.is_some() => Truth::Unknown,
        role => role,
    };
    role.and(grant.pulls_for(cluster)).and(grant.covers(registry))
}

fn doubt(grant: &Grant<'_>) -> String {
    if let Some(doubt) = &grant.doubt {
        return format!("a grant of `{}` {doubt}", grant.role_name());
    }
    match (&grant.holder, &grant.role) {
        (Holder::Unknown(why), _) => format!("a grant whose principal can't be read: {why}"),
        (Holder::Group, _) => "a grant to a group, whose members may include the puller".to_owned(),
        (Holder::Guid(_), _) => "a grant to an object id that may be the puller's".to_owned(),
        (_, crate::world::grant::Granted::Unknown(why)) => format!("a grant whose role can't be read: {why}"),
        _ if grant.conditional => format!("a condition on `{}` that may exclude the repository", grant.role_name()),
        _ => format!("a grant of `{}` that may be the one", grant.role_name()),
    }
}

/// Why the identity that pulls can't sign in, whatever it is granted.
pub(super) fn signed_out<'a>(world: &World<'a>, cluster: &Cluster<'a>) -> Option<Judgement> {
    let truth = |sure: bool| if sure { Truth::No } else { Truth::Unknown };
    let (lacking, all) = world.without_kubelet_identity(cluster);
    if let Some(set) = lacking.first() {
        let text = format!("{} is not attached to `{}`", puller(cluster), set.name());
        return Some(Judgement::new(truth(all), set.place, text));
    }
    let dead = world.dead_secret(cluster)?;
    Some(Judgement::new(truth(dead.sure), dead.value.span, format!("the secret of {} {}", puller(cluster), dead.what)))
}

/// How the identity that pulls is called.
pub(super) fn puller(cluster: &Cluster<'_>) -> String {
    let name = shown(&cluster.name);
    match &cluster.pulling {
        Pulling::ServicePrincipal(_) => format!("the service principal of `{name}`"),
        _ => format!("the kubelet identity of `{name}`"),
    }
}

/// No grant is seen; whether that proves that there is none.
fn none<'a>(world: &World<'a>, cluster: &Cluster<'a>, registry: &Registry<'a>) -> Judgement {
    let unknown = |span, text: String| Judgement::new(Truth::Unknown, span, text);
    let at = cluster.resource.declared;
    if let Pulling::Unknown(why) = &cluster.pulling {
        return unknown(cluster.pulling_span, format!("the identity that pulls can't be read: {why}"));
    }
    match world.outlook.completeness {
        Completeness::Closed => {}
        Completeness::Open => return unknown(at, "no grant here; it may be made elsewhere".to_owned()),
        // All grants were read back, and so were both ends.
        Completeness::Repository if cluster.resource.is_read_back() && world.all_assignments(registry).is_some() => {}
        Completeness::Repository if cluster.resource.is_read_back() && registry.is_read_back() => {
            return unknown(at, "no grant here; the saved role assignments may not be all".to_owned());
        }
        Completeness::Repository => {
            if !cluster.is_declared() || !registry.is_declared() {
                return unknown(at, "no grant here; what is only referred to may be wired elsewhere".to_owned());
            }
            if !made_here(world, cluster) {
                return unknown(
                    cluster.pulling_span,
                    "no grant here; the identity that pulls is made elsewhere".to_owned(),
                );
            }
        }
    }
    if let Some(grant) = elsewhere(world, cluster, registry) {
        return unknown(grant.resource.declared, format!("another deployment has {}", doubt(grant)));
    }
    if let Some((why, span)) = world.grants_open(cluster, registry) {
        return unknown(span, format!("there may be grants that can't be seen: {why}"));
    }
    Judgement::new(Truth::No, at, format!("nothing grants {} a pull role", puller(cluster)))
}

/// A grant of another deployment that may be the one: a second step that is handed the registry or the principal.
fn elsewhere<'w, 'a>(world: &'w World<'a>, cluster: &Cluster<'a>, registry: &Registry<'a>) -> Option<&'w Grant<'a>> {
    world.grants_for(cluster).map(|(_, grant)| grant).find(|grant| {
        !grant.concerns(cluster, registry)
            && grant.lets_pull(registry) != Truth::No
            && grant.pulls_for(cluster) != Truth::No
            && !grant.is_for_its_own()
            && grant.covers(registry) != Truth::No
    })
}

/// The identity that pulls comes into being with this tree, so nobody elsewhere can have granted it anything.
fn made_here<'a>(world: &World<'a>, cluster: &Cluster<'a>) -> bool {
    let declared =
        |node: &Node| world.resolver.resource_of(node).is_some_and(|resource| resource.origin == Origin::Declared);
    match &cluster.pulling {
        Pulling::Kubelet { supplied: None, .. } => true,
        Pulling::Kubelet { supplied: Some(id), .. } => declared(id),
        Pulling::ServicePrincipal(client) => match &world.resolver.node(client).value {
            Value::Ref(reference) => {
                world.resolver.target(&reference.target).is_some_and(|resource| resource.origin == Origin::Declared)
            }
            _ => false,
        },
        Pulling::Unknown(_) => false,
    }
}
