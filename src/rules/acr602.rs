//! ACR602 `registry-of-other-cloud`.

use super::{Reporter, Rule, story};
use crate::azure::cloud::Cloud;
use crate::azure::image;
use crate::edit::Repair;
use crate::finding::{Fix, Severity};
use crate::pull::{Case, Path};
use crate::source::Span;
use crate::world::knowledge::Truth;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR602",
    name: "registry-of-other-cloud",
    summary: "An image comes from a registry of another cloud than the one that the cluster is in",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR602.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for path in &case.paths {
        let (Some(image), Some(workload)) = (&path.image, path.workload.and_then(|at| case.world.workloads.get(at)))
        else {
            continue;
        };
        let (Some(apart), Some(severity)) = (apart(case, path), severity(case, path)) else { continue };
        let message =
            format!("`{}` is in {}, cluster `{}` in {}", shown(image), apart.far.name(), apart.aks, apart.near.name());
        let fix = same_cloud(case, path, &apart);
        let told = reporter.report(
            severity,
            path.place,
            message,
            story::of_workload(format!("{}:{}", workload.label, shown(image)), Some(workload)),
        );
        told.at(format!("a registry in {}", apart.far.name()))
            .with(apart.place, format!("the cluster is in {}: nobody there knows its identity", apart.near.name()))
            .help(format!("pull from a registry of the same cloud (`{}`), or with a pull secret", apart.near.suffix()))
            .fix(fix);
    }
}

/// The registry of the same name in the cluster's cloud, where the tree has one.
fn same_cloud(case: &Case<'_, '_>, path: &Path, apart: &Apart) -> Option<Fix> {
    let host = image::parse(path.image.as_ref()?).host?;
    let from = host.as_str()?;
    let name = from.strip_suffix(apart.far.suffix()).map(|name| name.trim_end_matches('.'))?;
    let to = format!("{name}.{}", apart.near.suffix().trim_start_matches('.'));
    let is_there = case.world.registries.iter().any(|it| it.host.as_str() == Some(&to));
    is_there.then(|| Repair::Host { places: vec![path.place], from, to: &to, sure: false }.fix(case.store))?
}

/// A cluster and a registry in two clouds.
struct Apart {
    near: Cloud,
    far: Cloud,
    aks: String,
    place: Span,
}

fn apart(case: &Case<'_, '_>, path: &Path) -> Option<Apart> {
    let world = case.world;
    if let Some(cluster) = path.apart.and_then(|at| world.clusters.get(at)) {
        let host = image::parse(path.image.as_ref()?).host?;
        let (far, near) = (Cloud::of_host(host.as_str()?)?, Cloud::of_region(cluster.region.value()?));
        return Some(Apart { near, far, aks: shown(&cluster.name), place: cluster.region.span() });
    }
    let (cluster, registry) = (world.clusters.get(path.cluster?)?, world.registries.get(path.registry?)?);
    let (near, far, place) = world.clouds_apart(cluster, registry)?;
    Some(Apart { near, far, aks: shown(&cluster.name), place })
}

/// Nothing where a pull secret or anonymous pull may serve; a warning where the registry may let anybody pull, for all that
/// the tree tells.
fn severity(case: &Case<'_, '_>, path: &Path) -> Option<Severity> {
    let signed_in = path.step("credential").or(path.step("permission"))?;
    match signed_in.truth {
        Truth::Yes => None,
        Truth::No => Some(story::failure(case, path)),
        Truth::Unknown if path.offers.is_empty() && path.registry.is_none() => {
            let workload = path.workload.and_then(|at| case.world.workloads.get(at))?;
            (!case.world.secrets_of(workload).open).then_some(Severity::Warning)
        }
        Truth::Unknown => None,
    }
}
