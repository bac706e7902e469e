//! ACR507 `arm-tokens-refused`.

use super::{Key, Reporter, Rule, story};
use crate::edit::Repair;
use crate::finding::Severity;
use crate::pull::{Case, Pair, Tie};
use crate::world::cluster::Pulling;
use crate::world::knowledge::Fact;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR507",
    name: "arm-tokens-refused",
    summary: "The registry refuses tokens for Resource Manager, and the nodes may know no others",
    severity: Severity::Warning,
    docs: include_str!("../../rules/ACR507.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    let meant = |pair: &&Pair| matches!(pair.tie, Tie::Workload | Tie::Wired | Tie::Alone) && !case.is_a_guess(pair);
    for pair in case.pairs.iter().filter(meant) {
        let (Some(cluster), Some(registry)) = (case.cluster(pair), case.registry(pair)) else { continue };
        let Fact::Known(false, span) = case.world.arm_tokens(registry) else { continue };
        // A service principal shows its secret, and no token.
        if !matches!(cluster.pulling, Pulling::Kubelet { .. }) {
            continue;
        }
        let Some(old) = case.world.without_registry_tokens(cluster) else { continue };
        let (aks, acr) = (shown(&cluster.name), shown(&registry.name));
        let message = format!("`{acr}` refuses the tokens that nodes as old as those of `{aks}` may bring");
        let key = Key::of(&[&registry.resource.address, &cluster.resource.address]);
        let told = reporter
            .report(Severity::Warning, span, message, key)
            .at("only tokens made for registries are taken")
            .with(old.span, format!("`{}` is older than the credential provider that asks for such", old.version));
        let (owner, place) = (registry.resource, span);
        let fix = Repair::Word { owner, place, from: "disabled", to: "enabled", safe: false }.fix(case.store);
        let help = "upgrade the node images, or enable the policy until they are";
        story::pull(told, case, pair).help(help).fix(fix);
    }
}
