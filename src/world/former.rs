//! What a plan changes: what is there now and won't be there once it is applied.

use super::cluster::{Cluster, Pulling};
use super::grant::Grant;
use super::identity::Holder;
use super::registry::Registry;
use crate::azure::kinds::CLUSTER;
pub use crate::ir::Fate;
use crate::ir::{Address, Case, Deployment, Former, Node, Resolver, Resource, Truth, same_in};
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

/// A plan gives a cluster another identity to pull with.
#[derive(Clone, Debug)]
pub struct Switch {
    /// What is changed, as a clause about the cluster.
    pub what: &'static str,
    /// The object id of the identity that pulls now, where the plan knows it.
    former: Option<String>,
    /// The client id of the service principal that pulls now.
    client: Option<String>,
    /// Where the plan changes it.
    pub span: Span,
    /// The nodes have the new identity as soon as the plan is applied.
    pub at_once: bool,
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

/// How a plan changes the identity with which a cluster pulls; nothing when it doesn't.
pub(super) fn switch<'a>(
    cluster: &Cluster<'a>,
    deployments: &'a [Deployment],
    resolver: &Resolver<'a>,
) -> Option<Switch> {
    let own = |address: &Address| deployments.iter().find(|it| it.name == address.root).map(|it| it.former.as_slice());
    let of =
        |resource: &Resource| own(&resource.address)?.iter().find(|former| former.resource.address == resource.address);
    let supplied = match &cluster.pulling {
        Pulling::Kubelet { supplied, .. } => supplied.as_ref(),
        _ => None,
    };
    let identity = supplied.and_then(|id| resolver.resource_of(id)).and_then(of);
    if let Some(identity) = identity.filter(|identity| identity.fate == Fate::Replaced) {
        let former = text(&identity.resource.body, &["properties", "principalId"]);
        let (what, span) = ("pulls with an identity that is replaced", identity.resource.declared);
        return Some(Switch { what, former, client: None, span, at_once: true });
    }
    let now = of(cluster.resource).filter(|former| former.resource.is_kind(CLUSTER))?;
    let (body, span) = (&now.resource.body, now.resource.declared);
    let client = text(body, &["properties", "servicePrincipalProfile", "clientId"]);
    let client = client.filter(|client| !client.is_empty() && !client.eq_ignore_ascii_case("msi"));
    let former = text(body, &["properties", "identityProfile", "kubeletidentity", "objectId"]);
    let at_once = now.fate == Fate::Replaced;
    let make = |what| Some(Switch { what, former: former.clone(), client: client.clone(), span, at_once });
    match (&cluster.pulling, &client) {
        (Pulling::Kubelet { .. }, Some(_)) => make("changes to a managed identity"),
        (Pulling::Kubelet { supplied: Some(id), .. }, None) => {
            let was = body.at(&["properties", "identityProfile", "kubeletidentity", "resourceId"])?;
            let another = same_in(resolver, Case::Ignored, id, was) == Truth::No;
            another.then(|| make("gets another kubelet identity")).flatten()
        }
        (Pulling::Kubelet { supplied: None, .. }, None) if at_once => make("gets a new kubelet identity"),
        _ => None,
    }
}

fn text(body: &Node, path: &[&str]) -> Option<String> {
    body.at(path).and_then(Node::as_str).map(str::to_owned)
}

impl Switch {
    /// Whether somebody is the identity that the cluster pulls with until the plan is applied.
    pub(super) fn was(&self, holder: &Holder<'_>) -> bool {
        match (holder, &self.former) {
            (Holder::Guid(guid), Some(former)) => former.eq_ignore_ascii_case(guid),
            (Holder::ServicePrincipal(principal), _) => {
                let client = principal.body.get("appId").and_then(Node::as_str);
                client.zip(self.client.as_deref()).is_some_and(|(own, former)| own.eq_ignore_ascii_case(former))
            }
            _ => false,
        }
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
    let word = |path: &[&str]| text(&now.resource.body, path).map(|word| word.to_ascii_lowercase());
    let open = word(&["properties", "publicNetworkAccess"]).as_deref() == Some("enabled");
    let denies = word(&["properties", "networkRuleSet", "defaultAction"]).as_deref() == Some("deny");
    (open && !denies && !registry.plainly_public()).then_some(now.resource.declared)
}
