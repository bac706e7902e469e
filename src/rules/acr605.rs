//! ACR605 `regional-endpoint-unmatched`.

use super::{Reporter, Rule, story};
use crate::azure::image;
use crate::edit::Repair;
use crate::finding::Severity;
use crate::pull::{Case, Path};
use crate::source::Span;
use crate::world::Node;
use crate::world::host::Regional;
use crate::world::knowledge::Truth;
use crate::world::node_image::REGIONAL_ENDPOINTS;
use crate::world::registry::Registry;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR605",
    name: "regional-endpoint-unmatched",
    summary: "An image names a regional endpoint that the registry does not have, or that the nodes do not know",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR605.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for path in &case.paths {
        let Some(image) = path.image.as_ref().filter(|image| !image.secret) else { continue };
        let Some(registry) = path.registry.and_then(|at| case.world.registries.get(at)) else { continue };
        let Some(regional) = case.world.regional(image, registry) else { continue };
        let host = image::parse(image).host.as_ref().and_then(Node::as_str).unwrap_or_default().to_owned();
        let Some(said) = said(case, path, registry, regional, &host) else { continue };
        let workload = path.workload.and_then(|at| case.world.workloads.get(at));
        let label = workload.map(|workload| workload.label.as_str()).unwrap_or_default();
        let global = image::regional(&host).map(|(login, _)| login).unwrap_or_default();
        let fix = Repair::Host { places: vec![path.place], from: &host, to: &global, sure: false }.fix(case.store);
        reporter
            .report(
                said.severity,
                path.place,
                said.message,
                story::of_workload(format!("{label}:{}", shown(image)), workload),
            )
            .at(format!("`{host}` is the endpoint of one region"))
            .with(said.place, said.because)
            .help(format!("write `{global}`: it leads to the nearest replica by itself"))
            .fix(fix);
    }
}

/// A finding in words.
struct Said {
    severity: Severity,
    message: String,
    place: Span,
    because: String,
}

fn said(case: &Case<'_, '_>, path: &Path, registry: &Registry<'_>, regional: Regional, host: &str) -> Option<Said> {
    let acr = shown(&registry.name);
    let failure = || if path.truth() == Truth::No { story::failure(case, path) } else { Severity::Warning };
    Some(match regional {
        Regional::Off(place) => Said {
            severity: failure(),
            message: format!("`{host}` does not exist: `{acr}` has no regional endpoints"),
            place,
            because: "its regional endpoints are not enabled".to_owned(),
        },
        Regional::NoReplica(region, place) => Said {
            severity: failure(),
            message: format!("`{host}` does not exist: `{acr}` has no replica there"),
            place,
            because: format!("no replica in `{region}`"),
        },
        Regional::Unclear(..) | Regional::There => return too_old(case, path, host),
    })
}

/// Nodes that get no credential for hosts like this one, where nothing else lets the pod pull.
fn too_old(case: &Case<'_, '_>, path: &Path, host: &str) -> Option<Said> {
    let cluster = path.cluster.and_then(|at| case.world.clusters.get(at))?;
    let images = case.world.node_images(cluster);
    let (version, _, place) = images.into_iter().find(|(_, release, _)| *release < REGIONAL_ENDPOINTS)?;
    let served = path.step("permission").is_some_and(|step| step.truth == Truth::Yes);
    (!served).then(|| Said {
        severity: Severity::Warning,
        message: format!("the nodes of `{}` are too old to sign in at `{host}`", shown(&cluster.name)),
        place,
        because: format!("`{version}` is older than 202607.29"),
    })
}
