//! What a resource says of others: identities by their ids, applications by the principals that they have.

use super::shape::around;
use crate::azure::guid::is_guid;
use crate::azure::kinds::{CLUSTER, IDENTITY, ROLE_ASSIGNMENT, SCALE_SET, SERVICE_PRINCIPAL};
use crate::ir::{Entry, Node, Resource, ResourceId};

/// The type of a resource, its id, its body.
type Made = (&'static str, Option<ResourceId>, Node);

/// The resources that one resource tells of.
pub(super) fn from(resource: &Resource) -> Vec<Made> {
    match () {
        () if resource.is_kind(CLUSTER) => attached(resource).into_iter().chain(kubelet(resource)).collect(),
        () if resource.is_kind(SCALE_SET) => attached(resource),
        () if resource.is_kind(ROLE_ASSIGNMENT) => principal(resource).into_iter().collect(),
        () => Vec::new(),
    }
}

/// The identities that a resource has, each with the ids that stand beside it.
fn attached(resource: &Resource) -> Vec<Made> {
    let list = resource.body.at(&["identity", "userAssignedIdentities"]).and_then(Node::as_map);
    let entries = list.into_iter().flat_map(|map| &map.entries);
    entries
        .filter_map(|entry| identity(&entry.key, entry.value.get("principalId")?, entry.value.get("clientId")))
        .collect()
}

/// The identity of the kubelets.
fn kubelet(resource: &Resource) -> Option<Made> {
    let kubelet = resource.body.at(&["properties", "identityProfile", "kubeletidentity"])?;
    identity(kubelet.get("resourceId")?, kubelet.get("objectId")?, kubelet.get("clientId"))
}

fn identity(id: &Node, principal: &Node, client: Option<&Node>) -> Option<Made> {
    let parsed = ResourceId::parse(id).filter(|parsed| parsed.is_kind(IDENTITY))?;
    let known = |node: &&Node| node.as_str().is_some_and(|text| !text.is_empty());
    let principal = Some(principal).filter(known)?;
    let of = |key: &str, node: &Node| Entry::new(key, node.span, node.clone());
    let mut members = vec![of("principalId", principal)];
    members.extend(client.filter(known).map(|client| of("clientId", client)));
    let body = around("properties", Node::map(members, id.span));
    Some((IDENTITY, Some(parsed), Node { span: id.span, ..body }))
}

/// `principalName` of a service principal is its application's id, where it is no name.
fn principal(resource: &Resource) -> Option<Made> {
    let at = |key: &str| resource.body.at(&["properties", key]);
    let kind = at("principalType")?.as_str()?;
    let app = at("principalName").filter(|name| name.as_str().is_some_and(is_guid))?;
    let principal = at("principalId").filter(|id| id.as_str().is_some_and(is_guid))?;
    let members = vec![Entry::new("id", principal.span, principal.clone()), Entry::new("appId", app.span, app.clone())];
    kind.eq_ignore_ascii_case("ServicePrincipal").then(|| (SERVICE_PRINCIPAL, None, Node::map(members, app.span)))
}
