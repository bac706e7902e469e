//! To which clusters whoever applies something brings it. Built kustomizations and rendered charts know it from what they
//! were built for; here it is told of the manifests of folders, file by file.

use super::Lowered;
use super::gitops::Carrier;
use crate::ir::{Deployment, Part, Site};
use crate::source::Store;

/// Tells every deployment that doesn't know it yet where its objects go, as far as somebody says it.
pub(super) fn tell(lowered: &mut Lowered, store: &Store, carriers: &[Carrier]) {
    let counting: Vec<&Carrier> = carriers.iter().filter(|carrier| !carrier.delivery.manual).collect();
    if counting.iter().all(|carrier| carrier.delivery.cluster.is_none()) {
        return;
    }
    for deployment in lowered.deployments.iter_mut().filter(|deployment| deployment.sites.is_empty()) {
        deployment.sites = of_files(deployment, store, &counting);
    }
}

/// Where the manifests of a folder go, file by file.
fn of_files(deployment: &Deployment, store: &Store, carriers: &[&Carrier]) -> Vec<Site> {
    let mut files: Vec<_> = deployment.resources.iter().map(|resource| resource.extent.source).collect();
    files.sort();
    files.dedup();
    let sites = files.into_iter().flat_map(|file| {
        let path = store.source(file).path.clone();
        let part = Part::File(file);
        let by = carriers.iter().filter(move |carrier| carrier.applies(&path));
        by.map(move |carrier| Site { part: part.clone(), cluster: carrier.delivery.cluster.clone() })
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
