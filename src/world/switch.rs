//! How a plan changes the identity with which a cluster pulls.

use super::cluster::{Cluster, Pulling};
use super::identity::Holder;
use crate::azure::kinds::CLUSTER;
use crate::ir::{Address, Case, Deployment, Fate, Node, Resolver, Resource, Truth, same_in};
use crate::source::Span;

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

/// How a plan changes the identity with which a cluster pulls; nothing when it doesn't.
pub(super) fn of<'a>(cluster: &Cluster<'a>, deployments: &'a [Deployment], resolver: &Resolver<'a>) -> Option<Switch> {
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
