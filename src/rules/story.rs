//! The parts of a story that several rules tell.

use super::reporter::Told;
use crate::pull::{Case, Pair};
use crate::world::cluster::{Cluster, Pulling};
use crate::world::workload::shown;

/// Image, cluster, identity, registry: the way a pull goes.
pub(super) fn pull<'f>(mut told: Told<'f>, case: &Case<'_, '_>, pair: &Pair) -> Told<'f> {
    let image = case.paths.iter().find(|path| path.registry == Some(pair.registry) && path.image.is_some());
    if let Some((path, image)) = image.and_then(|path| Some((path, path.image.as_ref()?))) {
        told = told.with(path.place, format!("image `{}` is to be pulled", shown(image)));
    }
    if let Some(cluster) = case.cluster(pair) {
        told = told.with(
            cluster.resource.declared,
            format!("cluster `{}` pulls as {}", shown(&cluster.name), identity(cluster)),
        );
    }
    if let Some(registry) = case.registry(pair) {
        told = told.with(registry.resource.declared, format!("from registry `{}`", shown(&registry.name)));
    }
    told
}

/// The identity that pulls, as a clause.
pub(super) fn identity(cluster: &Cluster<'_>) -> &'static str {
    match &cluster.pulling {
        Pulling::Kubelet { supplied: None, .. } => "the kubelet identity that AKS makes for it",
        Pulling::Kubelet { supplied: Some(_), .. } => "the kubelet identity it is given",
        Pulling::ServicePrincipal(_) => "its service principal",
        Pulling::Unknown(_) => "an identity that can't be read",
    }
}
