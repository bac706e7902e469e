//! ACR408 `kubelet-identity-not-attached`.

use super::{Key, Reporter, Rule};
use crate::finding::Severity;
use crate::pull::{Case, Path};
use crate::world::knowledge::Truth;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR408",
    name: "kubelet-identity-not-attached",
    summary: "A scale set of a cluster's nodes lacks the kubelet identity",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR408.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for cluster in &case.world.clusters {
        for set in case.world.without_kubelet_identity(cluster).0 {
            let (nodes, aks) = (set.name(), shown(&cluster.name));
            let message = format!("`{nodes}` lacks the kubelet identity of `{aks}`");
            let key = Key::of(&[&set.resource.address, &cluster.resource.address]);
            let told = reporter.report(severity(case, cluster.at), set.place, message, key);
            let told = told.at("the identities of these nodes");
            told.with(cluster.resource.declared, format!("the kubelets of `{aks}` sign in with an identity of the cluster")).help(
                format!(
                    "attach it again: `az vmss identity assign` with the `resourceId` of `identityProfile.kubeletidentity`; \
                     `az aks upgrade --name {aks} --node-image-only` makes the nodes anew"
                ),
            );
        }
    }
}

/// Pods that pull with secrets of their own, or on nodes that have the identity, may never miss it.
fn severity(case: &Case<'_, '_>, cluster: usize) -> Severity {
    let here: Vec<&Path> = case.paths.iter().filter(|path| path.cluster == Some(cluster)).collect();
    let fails = here.iter().any(|path| path.truth_on_cluster() == Truth::No);
    if here.is_empty() || fails { Severity::Error } else { Severity::Warning }
}
