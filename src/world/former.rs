//! What a plan changes: what is there now and won't be there once it is applied.

use super::World;
use super::cluster::Cluster;
use super::endpoint::Endpoint;
use super::grant::Grant;
use super::registry::Registry;
use super::switch::Switch;
use super::workload::Namespace;
pub use crate::ir::Fate;
use crate::ir::{Address, Deployment, Former, Language, Node, Resolver, Truth};
use crate::source::Span;

/// A grant that exists now, or did until somebody deleted it outside of Terraform.
#[derive(Clone, Debug)]
pub struct FormerGrant<'a> {
    /// As it is now.
    pub grant: Grant<'a>,
    /// What becomes of it.
    pub fate: Fate,
    /// The plan makes it, or one at its address, again.
    pub made_again: bool,
}

/// The grants among what a plan changes.
pub(super) fn grants<'a>(deployments: &'a [Deployment], resolver: &Resolver<'a>) -> Vec<FormerGrant<'a>> {
    let all = deployments.iter().flat_map(|deployment| &deployment.former);
    let grants = all.filter(|former| Grant::is_one(&former.resource) && Grant::may_concern(&former.resource));
    let read = |former: &'a Former| {
        let made_again = resolver.at(&former.resource.address).is_some();
        let read = Grant::read(&former.resource, resolver).into_iter();
        read.map(move |grant| FormerGrant { grant, fate: former.fate, made_again })
    };
    grants.flat_map(read).collect()
}

impl FormerGrant<'_> {
    /// Whether it lets the cluster pull from the registry until it goes.
    pub fn served(&self, cluster: &Cluster<'_>, registry: &Registry<'_>) -> bool {
        let pulls = self.grant.pulls_for(cluster) == Truth::Yes || self.grant.pulled_for(cluster);
        pulls && self.grant.covers(registry) == Truth::Yes && self.grant.lets_pull(registry) == Truth::Yes
    }

    /// It goes, and nothing takes its place.
    pub fn is_lost(&self) -> bool {
        !self.made_again && matches!(self.fate, Fate::Deleted | Fate::Gone)
    }
}

/// What a plan deletes, or somebody did, and nothing makes again.
pub(super) fn lost<'a>(deployments: &'a [Deployment], resolver: &Resolver<'a>) -> impl Iterator<Item = &'a Former> {
    let goes = |former: &&Former| matches!(former.fate, Fate::Deleted | Fate::Gone);
    let again = |former: &&Former| resolver.at(&former.resource.address).is_some();
    deployments.iter().flat_map(|it| &it.former).filter(goes).filter(move |former| !again(former))
}

/// Secrets that a plan deletes and doesn't make again, by namespace and name.
pub(super) fn secrets<'a>(deployments: &'a [Deployment], resolver: &Resolver<'a>) -> Vec<(Node, Node, Span)> {
    let secrets = lost(deployments, resolver).filter(|former| former.resource.is_kind("v1/Secret"));
    let named = |former: &Former| {
        let at = |path: &[&str]| former.resource.body.at(path).cloned();
        Some((at(&["metadata", "namespace"])?, at(&["metadata", "name"])?, former.resource.declared))
    };
    secrets.filter_map(named).collect()
}

/// The place where a plan closes the public access of a registry that is open now.
pub(super) fn closing(registry: &Registry<'_>, deployments: &[Deployment]) -> Option<Span> {
    let address = &registry.resource.address;
    let former = deployments.iter().find(|it| it.name == address.root)?.former.iter();
    let now = former.clone().find(|former| former.resource.address == *address)?;
    let word = |path: &[&str]| now.resource.body.at(path).and_then(Node::as_str).map(str::to_ascii_lowercase);
    let open = word(&["properties", "publicNetworkAccess"]).as_deref() == Some("enabled");
    let denies = word(&["properties", "networkRuleSet", "defaultAction"]).as_deref() == Some("deny");
    (open && !denies && !registry.plainly_public()).then_some(now.resource.declared)
}

impl<'a> World<'a> {
    /// Where a plan deletes a secret that a pod of this namespace names.
    pub fn lost_secret(&self, namespace: &Namespace, name: &str) -> Option<Span> {
        let text = |node: &Node| self.resolver.node(node).as_str().map(str::to_owned);
        let is_it = |(own, named, _): &&(Node, Node, Span)| {
            let Namespace::Known(namespace, _) = namespace else { return false };
            text(named).as_deref() == Some(name) && text(own).as_deref() == Some(&**namespace)
        };
        self.lost_secrets.iter().find(is_it).map(|(.., span)| *span)
    }

    /// Whether a private endpoint that a plan deletes leads to the registry, and where.
    pub fn lost_endpoints(&self, registry: &Registry<'_>) -> impl Iterator<Item = Span> {
        let leads = |it: &&Endpoint<'a>| it.leads_to(registry, &self.resolver) == Truth::Yes;
        self.lost_endpoints.iter().filter(leads).map(|it| it.resource.declared)
    }

    /// Where a declaration stands that only a plan has.
    pub fn place_in_plan(&self, address: &Address) -> Option<Span> {
        let planned = self.resolver.at(address).filter(|resource| resource.language == Language::Plan);
        planned.map(|resource| resource.declared)
    }

    /// How a plan changes the identity with which a cluster pulls.
    pub fn switch(&self, cluster: &Cluster<'_>) -> Option<&Switch> {
        self.switches.get(cluster.at)?.as_ref()
    }
}
