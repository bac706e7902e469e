//! Clusters whose identities nobody knows where a registry is: of another cloud, or of another tenant.

use super::World;
use super::cluster::Cluster;
use super::knowledge::Fact;
use super::registry::Registry;
use super::workload::shown;
use crate::azure::cloud::Cloud;
use crate::source::Span;

impl<'a> World<'a> {
    /// Why the nodes of a cluster can't show a registry any identity that it knows, and where that is written.
    pub fn is_stranger(&self, cluster: &Cluster<'a>, registry: &Registry<'a>) -> Option<(String, Span)> {
        if let Some((near, far, span)) = self.clouds_apart(cluster, registry) {
            return Some((of_another_cloud(cluster, near, far), span));
        }
        let tenants = self.tenants_apart(cluster, registry)?;
        let text = format!("cluster `{}` is in another tenant than the registry", shown(&cluster.name));
        Some((text, tenants.cluster.1))
    }

    /// The clouds of a cluster and of a registry, where both are known and different.
    pub fn clouds_apart(&self, cluster: &Cluster<'a>, registry: &Registry<'a>) -> Option<(Cloud, Cloud, Span)> {
        let (Fact::Known(near, span), Fact::Known(far, _)) = (&cluster.region, &registry.region) else { return None };
        let (near, far) = (Cloud::of_region(near), Cloud::of_region(far));
        (near != far).then_some((near, far, *span))
    }
}

/// That an identity of one cloud is nobody in another.
pub fn of_another_cloud(cluster: &Cluster<'_>, near: Cloud, far: Cloud) -> String {
    format!("cluster `{}` is in {}, the registry in {}", shown(&cluster.name), near.name(), far.name())
}
