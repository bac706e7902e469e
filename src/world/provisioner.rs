//! Controllers that make nodes on their own: Karpenter where the user runs it. Where AKS runs it, it knows the identity.

use std::sync::Arc;

use super::World;
use super::cluster::{Cluster, Pulling, made_by_aks};
use super::workload::Workload;
use crate::ir::{Address, Case, Node, Truth, Value, same_in};
use crate::source::Span;

/// A Karpenter of the user's own, with the identities that it gives to its nodes (`NODE_IDENTITIES`, from the options of
/// karpenter-provider-azure: resource ids, with commas between them).
#[derive(Clone, Debug)]
pub struct Provisioner {
    /// What runs it: `Deployment kube-system/karpenter`.
    pub label: String,
    /// Its address.
    pub address: Arc<Address>,
    /// Where the identities are written.
    pub place: Span,
    identities: Vec<Node>,
    cluster: Option<Node>,
    group: Option<Node>,
}

/// The image of the provider for Azure, by the name of its repository.
const IMAGE: &str = "/karpenter/controller";

impl Provisioner {
    /// The controller in a workload, where its identities are known.
    pub(super) fn of(workload: &Workload<'_>) -> Option<Provisioner> {
        let containers = containers(&workload.resource.body, 12)?;
        let ours = |container: &&Node| {
            let image = container.get("image").and_then(Node::as_str).unwrap_or_default();
            variable(container, "AZURE_NODE_RESOURCE_GROUP").is_some()
                || image.contains("/aks") && image.contains(IMAGE)
        };
        let container = containers.items.iter().find(ours)?;
        let written = variable(container, "NODE_IDENTITIES")?;
        let text = written.as_str()?;
        let ids = text.split(',').map(str::trim).filter(|id| !id.is_empty()).map(|id| Node::text(id, written.span));
        Some(Provisioner {
            label: workload.label.clone(),
            address: workload.resource.address.clone(),
            place: written.span,
            identities: ids.collect(),
            cluster: variable(container, "CLUSTER_NAME").cloned(),
            group: variable(container, "AZURE_NODE_RESOURCE_GROUP").cloned(),
        })
    }
}

/// The containers of the pod that an object describes.
fn containers(node: &Node, depth: usize) -> Option<&crate::ir::List> {
    let depth = depth.checked_sub(1)?;
    let inner = ["spec", "template"].iter().find_map(|key| containers(node.get(key)?, depth));
    inner.or_else(|| node.get("containers").and_then(Node::as_list))
}

/// The value of a variable of a container; the flag of that name wins over it, so there must be none.
fn variable<'n>(container: &'n Node, name: &str) -> Option<&'n Node> {
    let flags = ["args", "command"].iter().filter_map(|key| container.get(key));
    let flagged = |node: &Node| match &node.value {
        Value::List(list) => {
            list.open.is_some()
                || list.items.iter().any(|it| it.as_str().is_none_or(|it| it.contains("node-identities")))
        }
        Value::Null => false,
        _ => true,
    };
    if name == "NODE_IDENTITIES" && flags.into_iter().any(flagged) {
        return None;
    }
    let list = container.get("env")?.as_list()?;
    let named = |item: &&Node| item.get("name").and_then(Node::as_str) == Some(name);
    list.items.iter().rev().find(named)?.get("value")
}

impl<'a> World<'a> {
    /// Whether the nodes that a controller makes for a cluster lack the identity with which its kubelets sign in.
    pub fn forgets_identity(&self, provisioner: &Provisioner, cluster: &Cluster<'a>) -> Truth {
        let Pulling::Kubelet { supplied, .. } = &cluster.pulling else { return Truth::Unknown };
        let same = |a: &Node, b: &Node| same_in(&self.resolver, Case::Ignored, a, b);
        let named = provisioner.cluster.as_ref().map_or(Truth::Unknown, |name| same(name, &cluster.name));
        let group = cluster.resource.body.at(&["properties", "nodeResourceGroup"]);
        let grouped = provisioner.group.as_ref().zip(group).map_or(Truth::Unknown, |(a, b)| same(a, b));
        let has = |id: &Node| match supplied {
            Some(kubelet) => same(kubelet, id),
            None => made_by_aks(id, &cluster.name, &self.resolver),
        };
        let given = provisioner.identities.iter().map(has).fold(Truth::No, Truth::or);
        match (named, grouped) {
            (Truth::No, _) | (_, Truth::No) => Truth::No,
            (Truth::Yes, _) | (_, Truth::Yes) => given.not(),
            _ => Truth::Unknown,
        }
    }
}
