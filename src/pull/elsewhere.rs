//! Images of registries that the tree doesn't have.

use super::cloud;
use super::demand::Demand;
use super::path::{Path, Step, best_offer, is_for_others, pulls_as_another, secrets_open};
use super::permission::signed_out;
use crate::azure::image;
use crate::ir::{Node, Truth};
use crate::world::World;
use crate::world::knowledge::{Judgement, is_certain};
use crate::world::workload::shown;

/// A registry that the tree doesn't have: judged by the pod's secrets alone where there is no cluster either.
pub(super) fn judge(world: &World<'_>, demand: &Demand, host: &str, path: &mut Path) {
    // An image that came in as a secret is not told.
    let secret = demand.image.secret;
    let shown = |text: &str| shown(&Node { secret, ..Node::text(text, demand.image.span) });
    path.host = Some(shown(host));
    if let Some(meant) = image::misspelt(host) {
        let text = format!("no registry has the host `{}`; `{}` may be meant", shown(host), shown(meant.as_ref()));
        path.steps.push(Step { name: "registry", judgement: Judgement::new(Truth::No, demand.image.span, text) });
        return;
    }
    if let Some((registry, place)) = world.labelled(host) {
        let name = shown(registry.name.as_str().unwrap_or_default());
        let truth = if is_certain(registry.resource) { Truth::No } else { Truth::Unknown };
        let text = format!("registry `{name}` has a label in its login server: `{name}-<label>.azurecr.io`");
        path.steps.push(Step { name: "registry", judgement: Judgement::new(truth, place, text) });
        return;
    }
    let text = format!("registry `{}` is not in this tree", shown(host));
    if assumed(world, demand, host, &text, path) || cloud::judge(world, demand, host, &text, path) {
        return;
    }
    let another = pulls_as_another(world, demand) || is_for_others(world, demand, path);
    let another = another || demand.place.stranger.is_some();
    if world.may_have_pullers() || secrets_open(world, demand) || path.offers.is_empty() || another {
        path.steps.push(Step { name: "registry", judgement: Judgement::new(Truth::Unknown, demand.image.span, text) });
        // Whatever the pull secrets are worth, the node identity may have a grant where the registry is made.
        let mut secret = best_offer(world, path, demand);
        secret.truth = secret.truth.or(Truth::Unknown);
        path.steps.push(Step { name: "credential", judgement: secret });
        return;
    }
    path.steps.push(Step { name: "registry", judgement: Judgement::new(Truth::Yes, demand.image.span, text) });
    path.steps.push(Step { name: "credential", judgement: best_offer(world, path, demand) });
    let text = "counts as public: the registry is not in this tree";
    path.steps.push(Step { name: "network", judgement: Judgement::new(Truth::Yes, demand.image.span, text) });
}

/// Whether a registry of another cloud may let anybody pull: not, where one of its name is in the tree and does not, which
/// is what was meant.
pub(super) fn anonymous_elsewhere(world: &World<'_>, host: &str) -> Truth {
    let host = host.to_ascii_lowercase();
    let name = image::registry_name(&host).unwrap_or(&host);
    let named = world.registries.iter().find(|it| it.name.as_str().is_some_and(|own| own.eq_ignore_ascii_case(name)));
    match named.map(|registry| registry.anonymous.is(&false)) {
        Some(Truth::Yes) => Truth::No,
        _ => Truth::Unknown,
    }
}

/// Where the configuration says that a cluster may pull from a registry that the tree doesn't have, the pull is fine.
fn assumed(world: &World<'_>, demand: &Demand, host: &str, text: &str, path: &mut Path) -> bool {
    let granted = |at: &&usize| world.clusters.get(**at).is_some_and(|it| world.is_assumed_granted(host, it));
    let found = demand.place.clusters.iter().find(granted).filter(|_| !pulls_as_another(world, demand));
    let Some((&at, cluster)) = found.and_then(|at| Some((at, world.clusters.get(*at)?))) else { return false };
    let yes = |name, text: &str| Step { name, judgement: Judgement::new(Truth::Yes, demand.image.span, text) };
    path.cluster = Some(at);
    path.node = Some(Truth::Yes);
    path.steps.push(yes("registry", text));
    path.steps.push(match signed_out(world, cluster) {
        Some(judgement) => Step { name: "permission", judgement },
        None => yes("permission", "granted elsewhere, says the configuration"),
    });
    path.steps.push(match world.is_assumed_reachable(host, cluster) {
        true => yes("network", "reachable, says the configuration"),
        false => yes("network", "counts as public: the registry is not in this tree"),
    });
    true
}
