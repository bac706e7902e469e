//! ACR313 `layers-outside-storage-policy`.

use super::blocked::blocked;
use super::{Key, Reporter, Rule};
use crate::edit;
use crate::finding::Severity;
use crate::pull::reach::FilterFault as Fault;
use crate::pull::{Case, Obstacle};

pub(super) static RULE: Rule = Rule {
    id: "ACR313",
    name: "layers-outside-storage-policy",
    summary: "A service endpoint policy of the node subnet keeps nodes from the storage of the registry's layers",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR313.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for blocked in blocked(case) {
        let Obstacle::Filter(Fault::Kept(keep)) = blocked.obstacle else { continue };
        let message = format!("`{}` keeps nodes from the storage with the layers of the registry", keep.name);
        let at = format!("admits no storage but your own to subnet `{}`", keep.subnet);
        let help = format!(
            "{}\nso that layers come from the registry itself (Premium); or take the policy or the service endpoint \
             `Microsoft.Storage` from the node subnet",
            edit::own_data_endpoints(blocked.registry)
        );
        let key = Key::of(&[&keep.policy, &blocked.cluster.resource.address, &blocked.registry.resource.address]);
        blocked.report(case, reporter, keep.place, [&message, &at], key, Vec::new()).help(help);
    }
}
