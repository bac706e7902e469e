//! ACR404 `missing-identity-operator`.

use super::{Key, Reporter, Rule, story};
use crate::edit;
use crate::finding::Severity;
use crate::pull::Case;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR404",
    name: "missing-identity-operator",
    summary: "The control plane of a cluster may not put the kubelet identity that it is given on the nodes",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR404.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for cluster in &case.world.clusters {
        let Some(found) = case.world.unoperated(cluster) else { continue };
        let by_hand: Vec<_> = case.world.operator_by_hand().into_iter().collect();
        let severity = if found.sure && by_hand.is_empty() { Severity::Error } else { Severity::Warning };
        let (aks, kubelet) = (shown(&cluster.name), shown(&found.kubelet.name));
        let message = format!("nothing lets the control plane of `{aks}` assign `{kubelet}` to the nodes");
        let key = Key::of(&[&cluster.resource.address, &found.kubelet.address]);
        let place = case.place_of(&found.id, cluster.resource.declared);
        let told = reporter
            .report(severity, place, message, key)
            .at("it needs the role Managed Identity Operator on this identity")
            .with(found.control.declared, "the identity of the control plane")
            .with(found.kubelet.declared, "the kubelet identity")
            .with(cluster.resource.declared, "the cluster that is refused");
        story::by_hand(told, &by_hand).help(edit::identity_operator(
            cluster.resource.language,
            found.control,
            found.kubelet,
        ));
    }
}
