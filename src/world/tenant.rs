//! The directories (tenants of Entra) that clusters and registries belong to. An identity of one is nobody in another (the
//! ACR article on pulls across tenants).

use super::World;
use super::cluster::{Cluster, Pulling};
use super::registry::{Reader, Registry};
use crate::azure::guid::is_guid;
use crate::ir::{Case, Node, Resource, Truth, same_in};
use crate::source::Span;

/// Two tenants that are not one, each with the place that says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenants {
    /// The cluster's.
    pub cluster: (String, Span),
    /// The registry's.
    pub registry: (String, Span),
}

impl<'a> World<'a> {
    /// The tenants of a cluster with managed identities and of a registry, where they are known and different.
    pub fn tenants_apart(&self, cluster: &Cluster<'a>, registry: &Registry<'a>) -> Option<Tenants> {
        let managed = matches!(cluster.pulling, Pulling::Kubelet { .. });
        let (near, far) = (self.tenant(cluster.resource).filter(|_| managed)?, self.tenant(registry.resource)?);
        (!near.0.eq_ignore_ascii_case(&far.0)).then_some(Tenants { cluster: near, registry: far })
    }

    /// What the tree says of the tenants of a cluster with managed identities and of a registry, where it is not known to be
    /// one. Only what one deployment signs in to with two providers is compared.
    pub fn tenants_unclear(&self, cluster: &Cluster<'a>, registry: &Registry<'a>) -> Option<Span> {
        let managed = matches!(cluster.pulling, Pulling::Kubelet { .. });
        let of = |resource: &'a Resource| {
            let own = Reader { resource, resolver: &self.resolver }.at(&["tenantId"]);
            own.filter(|node| node.as_str().is_none_or(is_guid))
        };
        let together = cluster.resource.address.root == registry.resource.address.root;
        let (near, far) = (of(cluster.resource).filter(|_| managed && together)?, of(registry.resource)?);
        // What one provider says of both is one tenant, whichever it is.
        let one = near.span == far.span && near.trail == far.trail;
        (!one && same_in(&self.resolver, Case::Ignored, &near, &far) == Truth::Unknown).then_some(far.span)
    }

    /// The tenant of a resource: that of its own identity, or of the provider that makes it.
    fn tenant(&self, resource: &'a Resource) -> Option<(String, Span)> {
        let seen = self.resolver.read_back(resource).unwrap_or(resource);
        let of = |resource: &'a Resource| {
            let read = Reader { resource, resolver: &self.resolver };
            let own = |path: &[&str]| read.at(path).filter(|node| node.as_str().is_some_and(is_guid) && !node.secret);
            own(&["identity", "tenantId"]).or_else(|| own(&["tenantId"]))
        };
        let text = |node: Node| Some((node.as_str()?.to_owned(), node.span));
        of(seen).or_else(|| of(resource)).and_then(text)
    }
}
