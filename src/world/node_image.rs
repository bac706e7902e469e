//! How old the nodes of a cluster are: by the image that they run, or by the version of Kubernetes.

use super::World;
use super::cluster::Cluster;
use super::registry::Reader;
use crate::ir::{Case, Node, Resource, Truth, same_in};
use crate::source::Span;

/// The type of pools that are declared on their own.
const POOL: &str = "Microsoft.ContainerService/managedClusters/agentPools";

/// The release of a node image: year and month as one number, and the day.
pub type Release = (u32, u32);

/// The first node image that knows regional endpoints (geo-replication in Azure Container Registry).
pub const REGIONAL_ENDPOINTS: Release = (202_607, 29);
/// The month in which the credential provider began to ask for tokens of registries (cloud-provider-azure, `f5e9cad99`).
const REGISTRY_TOKENS: Release = (202_503, 0);
/// Of each minor version of Kubernetes the first patch that was released from that month on; of earlier minors there is none.
const PATCHES: [(u32, u32); 4] = [(29, 15), (30, 11), (31, 7), (32, 3)];

/// Nodes that are too old for something, and where that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Old {
    /// The image or version.
    pub version: String,
    /// Where.
    pub span: Span,
}

impl<'a> World<'a> {
    /// The releases of the node images of a cluster's pools, as far as they are written: the pool's word, its release, where.
    pub fn node_images(&self, cluster: &Cluster<'a>) -> Vec<(String, Release, Span)> {
        let body = Reader { resource: cluster.resource, resolver: &self.resolver };
        let inner = body.at(&["properties", "agentPoolProfiles"]);
        let items = inner.as_ref().and_then(Node::as_list).map_or(&[][..], |list| &list.items);
        let inner = items.iter().filter_map(|pool| pool.get("nodeImageVersion").cloned());
        let own = self.resolver.of_kind(POOL).iter().copied().filter(|pool| self.is_pool_of(pool, cluster));
        let outer = own.filter_map(|resource| {
            Reader { resource, resolver: &self.resolver }.at(&["properties", "nodeImageVersion"])
        });
        let read = |node: Node| Some((node.as_str()?.to_owned(), release(node.as_str()?)?, node.span));
        inner.chain(outer).filter_map(read).collect()
    }

    fn is_pool_of(&self, pool: &Resource, cluster: &Cluster<'a>) -> bool {
        let name = self.resolver.id_of(&pool.id).and_then(|id| id.names.first().cloned());
        name.is_some_and(|name| same_in(&self.resolver, Case::Ignored, &name, &cluster.name) == Truth::Yes)
    }

    /// Nodes whose credential provider may ask for tokens of Resource Manager only.
    pub fn without_registry_tokens(&self, cluster: &Cluster<'a>) -> Option<Old> {
        let images = self.node_images(cluster);
        let old = images.iter().find(|(_, release, _)| *release < REGISTRY_TOKENS);
        if let Some((version, _, span)) = old {
            return Some(Old { version: version.clone(), span: *span });
        }
        if !images.is_empty() {
            return None;
        }
        let version = Reader { resource: cluster.resource, resolver: &self.resolver }
            .at(&["properties", "kubernetesVersion"])
            .filter(|node| node.as_str().is_some_and(is_before_registry_tokens))?;
        Some(Old { version: format!("Kubernetes {}", version.as_str().unwrap_or_default()), span: version.span })
    }
}

/// `AKSUbuntu-2204gen2containerd-202402.26.0`. Images of Windows are numbered otherwise.
fn release(image: &str) -> Option<Release> {
    let mut parts = image.rsplit('-').next()?.split('.');
    let month = parts.next().filter(|month| month.len() == 6 && month.starts_with("20"))?.parse().ok()?;
    Some((month, parts.next()?.parse().ok()?))
}

/// A version whose patch is not said means the newest patch.
fn is_before_registry_tokens(version: &str) -> bool {
    let numbers: Option<Vec<u32>> = version.split('.').map(|part| part.parse().ok()).collect();
    match numbers.as_deref() {
        Some([1, minor] | [1, minor, _]) if *minor < 29 => true,
        Some([1, minor, patch]) => PATCHES.iter().any(|(known, first)| known == minor && patch < first),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{is_before_registry_tokens, release};

    #[test]
    fn releases_are_read_from_the_names_of_images() {
        assert_eq!(release("AKSUbuntu-2204gen2containerd-202402.26.0"), Some((202_402, 26)));
        assert_eq!(release("AKSAzureLinux-V3gen2-202607.29.0"), Some((202_607, 29)));
        assert_eq!((release("AKSWindows-2022-containerd-20348.2113.231115"), release("latest")), (None, None));
    }

    #[test]
    fn versions_are_as_old_as_their_patches() {
        for old in ["1.27", "1.28.15", "1.30.10", "1.32.0"] {
            assert!(is_before_registry_tokens(old), "{old}");
        }
        for new in ["1.29", "1.30.11", "1.32.3", "1.33.0", "1.34", "", "1.x", "v1.27"] {
            assert!(!is_before_registry_tokens(new), "{new}");
        }
    }
}
