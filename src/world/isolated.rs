//! Network-isolated clusters: their nodes fetch what they are made of from a registry of the user's own, as the identity that
//! pulls (the AKS articles on network-isolated clusters).

use super::World;
use super::cluster::{Cluster, Pulling};
use super::knowledge::{Fact, Truth, is_certain};
use super::registry::{Reader, Registry};
use super::tier::Tier;
use crate::ir::Node;
use crate::source::Span;

/// The registry of an isolated cluster, by the id that the cluster names.
pub struct Bootstrap<'w, 'a> {
    /// The cluster.
    pub cluster: &'w Cluster<'a>,
    /// The registry.
    pub registry: &'w Registry<'a>,
    /// Where the cluster names it.
    pub id: Node,
}

/// What an isolated cluster needs of its registry and lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lacking {
    /// The tier Premium.
    Premium(Tier, Span),
    /// Tokens for Resource Manager are refused.
    ArmTokens(Span),
    /// A cache rule for Microsoft's registry.
    CacheRule,
    /// A private endpoint.
    Endpoint,
    /// A kubelet identity that is there before the cluster.
    KubeletIdentity(Span),
}

impl<'a> World<'a> {
    /// The isolated clusters of the tree that bring a registry which the tree has.
    pub fn bootstraps(&self) -> Vec<Bootstrap<'_, 'a>> {
        self.clusters.iter().filter_map(|cluster| self.bootstrap(cluster)).collect()
    }

    fn bootstrap(&self, cluster: &Cluster<'a>) -> Option<Bootstrap<'_, 'a>> {
        let read = Reader { resource: cluster.resource, resolver: &self.resolver };
        let source = read.at(&["properties", "bootstrapProfile", "artifactSource"])?;
        source.as_str().filter(|source| source.eq_ignore_ascii_case("Cache"))?;
        // The reference is asked for, not what it leads to.
        let id = cluster.resource.body.at(&["properties", "bootstrapProfile", "containerRegistryId"])?;
        let found = self.resolver.resource_of(id)?;
        let registry = self.registries.iter().find(|it| it.resource.address == found.address)?;
        let cluster = self.clusters.get(cluster.at)?;
        Some(Bootstrap { cluster, registry, id: id.clone() })
    }

    /// What is proved to be missing for an isolated cluster.
    pub fn lacking(&self, bootstrap: &Bootstrap<'_, 'a>) -> Vec<Lacking> {
        let Bootstrap { cluster, registry, .. } = bootstrap;
        let mut found = Vec::new();
        if let Fact::Known(tier, span) = self.tier(registry)
            && tier < Tier::Premium
        {
            found.push(Lacking::Premium(tier, span));
        }
        if let Fact::Known(false, span) = self.arm_tokens(registry) {
            found.push(Lacking::ArmTokens(span));
        }
        let own = matches!(&cluster.pulling, Pulling::Kubelet { supplied: Some(_), .. } | Pulling::Unknown(_));
        if cluster.is_declared() && !own {
            found.push(Lacking::KubeletIdentity(cluster.pulling_span));
        }
        if self.mirrors_microsoft(registry) == Truth::No {
            found.push(Lacking::CacheRule);
        }
        if registry.is_declared() && self.has_endpoint(cluster, registry) == Truth::No && is_certain(registry.resource)
        {
            found.push(Lacking::Endpoint);
        }
        found
    }

    /// Whether a registry takes tokens that were made for Resource Manager.
    pub fn arm_tokens(&self, registry: &Registry<'a>) -> Fact<bool> {
        self.policy(registry, "azureADAuthenticationAsArmPolicy")
    }

    /// Whether a registry keeps what is pushed back until somebody releases it.
    pub fn quarantine(&self, registry: &Registry<'a>) -> Fact<bool> {
        self.policy(registry, "quarantinePolicy")
    }
}
