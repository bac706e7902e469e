//! ACR601 `registry-in-other-region`.

use super::{Key, Reporter, Rule, story};
use crate::finding::Severity;
use crate::pull::{Case, Pair, Tie};
use crate::world::knowledge::{Fact, Truth};
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR601",
    name: "registry-in-other-region",
    summary: "A cluster pulls from a registry that has no replica in the cluster's region",
    severity: Severity::Note,
    docs: include_str!("../../rules/ACR601.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for pair in case.pairs.iter().filter(|pair| belongs(case, pair)) {
        let (Some(cluster), Some(registry)) = (case.cluster(pair), case.registry(pair)) else { continue };
        if case.world.serves_from_afar(cluster, registry) != Truth::Yes {
            continue;
        }
        let (Fact::Known(near, here), Fact::Known(home, there)) = (&cluster.region, &registry.region) else { continue };
        let message = format!("`{}` is in `{home}`, `{}` in `{near}`", shown(&registry.name), shown(&cluster.name));
        let key = Key::of(&[&cluster.resource.address, &registry.resource.address]);
        let told = reporter.report(Severity::Note, *there, message, key).at(format!("the registry is in `{home}`"));
        story::pull(told, case, pair)
            .with(*here, format!("the cluster is in `{near}`"))
            .help(format!("add a replica in `{near}` (Premium), or accept slower pulls and traffic between regions"));
    }
}

/// A cluster that has nothing to do with the registry but the chance to run a workload of it may be for other regions.
fn belongs(case: &Case<'_, '_>, pair: &Pair) -> bool {
    match pair.tie {
        Tie::Workload => !case.is_a_guess(pair),
        Tie::Wired | Tie::Alone => true,
        Tie::Sibling | Tie::LeftOut | Tie::Possible => false,
    }
}
