//! ACR409 `karpenter-without-kubelet-identity`.

use super::reporter::Key;
use super::{Reporter, Rule};
use crate::finding::Severity;
use crate::pull::Case;
use crate::world::knowledge::Truth;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR409",
    name: "karpenter-without-kubelet-identity",
    summary: "A Karpenter of the user's own makes nodes without the kubelet identity",
    severity: Severity::Warning,
    docs: include_str!("../../rules/ACR409.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for provisioner in &case.world.provisioners {
        for cluster in &case.world.clusters {
            if case.world.forgets_identity(provisioner, cluster) != Truth::Yes {
                continue;
            }
            let (label, aks) = (&provisioner.label, shown(&cluster.name));
            let message = format!("`{label}` makes nodes without the kubelet identity of `{aks}`");
            let key = Key::from(format!("{label}:{}", cluster.resource.address)).about([&provisioner.address]);
            let told = reporter.report(Severity::Warning, provisioner.place, message, key);
            told.at("the identities of these nodes")
                .with(cluster.pulling_span, format!("the nodes of `{aks}` pull with the kubelet identity"))
                .help("put the resource id of `identityProfile.kubeletidentity` of the cluster into `NODE_IDENTITIES`");
        }
    }
}
