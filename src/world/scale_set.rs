//! Scale sets of nodes as they were read back, and the identities that are attached to them.

use super::World;
use super::cluster::Cluster;
use crate::azure::kinds::SCALE_SET;
use crate::ir::{Node, Resource, ResourceId};
use crate::source::Span;

/// A scale set.
#[derive(Clone, Debug)]
pub struct ScaleSet<'a> {
    /// As it was read back.
    pub resource: &'a Resource,
    /// Where its identities are listed.
    pub place: Span,
    /// Its group, in lower case, where its id is there.
    group: Option<String>,
    /// The ids and object ids of its user-assigned identities, in lower case.
    identities: Vec<(String, Option<String>)>,
}

impl<'a> ScaleSet<'a> {
    /// Reads a scale set whose identities are all printed.
    pub(super) fn read(resource: &'a Resource) -> Option<ScaleSet<'a>> {
        let identity =
            resource.body.get("identity").filter(|_| resource.is_read_back() && resource.is_kind(SCALE_SET))?;
        let list = identity.get("userAssignedIdentities").filter(|list| !list.is_null());
        let entries = match (list, identity.is_null()) {
            (Some(list), _) => &list.as_map()?.entries[..],
            (None, true) => &[],
            // A system-assigned identity alone.
            (None, false) if identity.get("type").is_some() => &[],
            (None, false) => return None,
        };
        let lower = |node: &Node| node.as_str().map(str::to_ascii_lowercase);
        let one = |entry: &crate::ir::Entry| Some((lower(&entry.key)?, entry.value.get("principalId").and_then(lower)));
        Some(ScaleSet {
            resource,
            place: list.unwrap_or(identity).span,
            group: group_of(&resource.id),
            identities: entries.iter().map(one).collect::<Option<Vec<_>>>()?,
        })
    }

    /// Whether it is in the group with this name. What says nothing of itself is there if an identity of it is: that
    /// group is for the nodes of one cluster alone.
    fn is_in(&self, group: &str) -> bool {
        let of_identity =
            |(id, _): &(String, _)| group_of(&Node::text(id.as_str(), self.place)).is_some_and(|it| it == group);
        self.group.as_deref().map_or_else(|| self.identities.iter().any(of_identity), |own| own == group)
    }

    /// Whether it is one of nodes. In a list stands what else somebody put into the group; AKS names and marks its own.
    fn is_of_nodes(&self) -> bool {
        let aks = |text: &str| text.to_ascii_lowercase().starts_with("aks");
        let marked = self
            .resource
            .body
            .get("tags")
            .and_then(Node::as_map)
            .is_some_and(|tags| tags.entries.iter().any(|tag| tag.key.as_str().is_none_or(aks)));
        self.group.is_none() || marked || self.resource.name.as_str().is_none_or(aks)
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        self.resource.name.as_str().unwrap_or("a scale set")
    }
}

/// The name of the group in an id, in lower case.
fn group_of(id: &Node) -> Option<String> {
    ResourceId::parse(id)?.group?.as_str().map(str::to_ascii_lowercase)
}

impl<'a> World<'a> {
    /// The scale sets of a cluster's nodes that lack the identity with which its kubelets sign in, and whether no node has
    /// it: all pools of the cluster have such a scale set.
    pub fn without_kubelet_identity(&self, cluster: &Cluster<'a>) -> (Vec<&ScaleSet<'a>>, bool) {
        let seen = match cluster.resource.is_read_back() {
            true => Some(cluster.resource),
            false => self.resolver.read_back(cluster.resource),
        };
        let Some(seen) = seen else { return (Vec::new(), false) };
        let text = |path: &[&str]| seen.body.at(path).and_then(Node::as_str).map(str::to_ascii_lowercase);
        let kubelet = |key: &str| text(&["properties", "identityProfile", "kubeletidentity", key]);
        let (Some(id), Some(group)) = (kubelet("resourceId"), text(&["properties", "nodeResourceGroup"])) else {
            return (Vec::new(), false);
        };
        let principal = kubelet("objectId");
        let has =
            |set: &ScaleSet<'_>| set.identities.iter().any(|(own, of)| *own == id || of.is_some() && *of == principal);
        let own: Vec<&ScaleSet<'a>> =
            self.scale_sets.iter().filter(|set| set.is_in(&group) && set.is_of_nodes()).collect();
        let lacking: Vec<&ScaleSet<'a>> = own.iter().copied().filter(|set| !has(set)).collect();
        let pools =
            seen.body.at(&["properties", "agentPoolProfiles"]).and_then(Node::as_list).map(|list| list.items.len());
        let all = lacking.len() == own.len() && pools.is_some_and(|pools| pools > 0 && lacking.len() >= pools);
        (lacking, all)
    }
}
