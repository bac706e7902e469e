//! To which clusters whoever applies something brings it.

use super::Lowered;
use super::gitops::Carrier;
use crate::ir::{Delivery, Deployment, Parcel, Site};
use crate::source::path::folder_of;
use crate::source::{Span, Store};

/// Tells every deployment where its objects go, as far as somebody says it.
pub(super) fn tell(lowered: &mut Lowered, store: &Store, carriers: &[Carrier]) {
    let counting: Vec<&Carrier> = carriers.iter().filter(|carrier| !carrier.delivery.manual).collect();
    if counting.iter().all(|carrier| carrier.delivery.cluster.is_none()) {
        return;
    }
    let place = |carrier: &Carrier| {
        let source = store.source(carrier.delivery.span.source);
        format!("{}:{}", source.path, source.line_of(carrier.delivery.span.start))
    };
    let counting: Vec<(String, &Carrier)> = counting.into_iter().map(|carrier| (place(carrier), carrier)).collect();
    for deployment in &mut lowered.deployments {
        let path = store.source(deployment.source).path.clone();
        let whole = of_whole(deployment, &path, &counting);
        deployment.sites = match whole.is_empty() {
            true => of_files(deployment, store, &counting),
            false => whole,
        };
    }
}

/// Where a built kustomization or a rendered chart goes.
fn of_whole(deployment: &Deployment, path: &str, carriers: &[(String, &Carrier)]) -> Vec<Site> {
    let folder = folder_of(path);
    let (chart, kustomization) = (path.ends_with("Chart.yaml"), super::kustomize::is_kustomization(path));
    let is_it = |(_, carrier): &&(String, &Carrier)| match &carrier.delivery.parcel {
        Parcel::Chart(own) => chart && **own == *folder,
        Parcel::Kustomization(own) => kustomization && **own == *folder,
        _ => false,
    };
    let all: Vec<&(String, &Carrier)> = carriers.iter().filter(is_it).collect();
    // What is applied in several ways is a deployment for each of them, called by who does it.
    let called = bare(&deployment.name);
    let like = all.iter().find(|(place, _)| called.ends_with(&**place));
    let group = all.iter().filter(|(_, it)| like.is_none_or(|(_, like)| is_alike(&it.delivery, &like.delivery)));
    once_each(group.map(|(_, it)| Site { part: None, cluster: it.delivery.cluster.clone() }))
}

/// The name of a deployment without the number that tells it apart: `a/Chart.yaml (c.yaml:7) #2`, `… applied by c.yaml:7 (2)`.
fn bare(name: &str) -> &str {
    let numbered = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let name = name.rsplit_once(" #").filter(|(_, number)| numbered(number)).map_or(name, |(name, _)| name);
    let name = name.trim_end_matches(')');
    name.rsplit_once(" (").filter(|(_, number)| numbered(number)).map_or(name, |(name, _)| name)
}

/// Whether both make the same of what they apply.
fn is_alike(one: &Delivery, other: &Delivery) -> bool {
    one.namespace == other.namespace
        && one.moves == other.moves
        && one.release == other.release
        && one.changes == other.changes
        && one.edits == other.edits
        && one.values == other.values
}

/// Where the manifests of a folder go, file by file.
fn of_files(deployment: &Deployment, store: &Store, carriers: &[(String, &Carrier)]) -> Vec<Site> {
    let mut files: Vec<_> = deployment.resources.iter().map(|resource| resource.extent.source).collect();
    files.sort();
    files.dedup();
    let sites = files.into_iter().flat_map(|file| {
        let path = store.source(file).path.clone();
        let part = Some(Span::file(file));
        let by = carriers.iter().filter(move |(_, carrier)| carrier.applies(&path));
        by.map(move |(_, carrier)| Site { part, cluster: carrier.delivery.cluster.clone() })
    });
    once_each(sites)
}

fn once_each(sites: impl Iterator<Item = Site>) -> Vec<Site> {
    let mut found: Vec<Site> = Vec::new();
    for site in sites {
        if !found.contains(&site) {
            found.push(site);
        }
    }
    found
}
