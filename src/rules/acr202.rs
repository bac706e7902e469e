//! ACR202 `secret-not-created`.

use super::story::Offered;
use super::{Reporter, Rule, story};
use crate::finding::Severity;
use crate::pull::{Case, Outcome};
use crate::world::knowledge::Truth;

pub(super) static RULE: Rule = Rule {
    id: "ACR202",
    name: "secret-not-created",
    summary: "A pod lists a pull secret that nothing in the tree creates",
    severity: Severity::Warning,
    docs: include_str!("../../rules/ACR202.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for offered in story::offered(case).filter(|offered| *offered.what() == Outcome::Missing) {
        let name = &offered.offer.name;
        let message = format!("pull secret `{name}` is created nowhere in this tree");
        let mut told = reporter.report(severity(case, &offered), offered.offer.named, message, offered.key());
        if let Some(lost) = case.world.lost_secret(&offered.workload.namespace, name) {
            told = told.with(lost, "the plan deletes it here");
        }
        offered.tell(told).help(format!(
            "create `{name}` as a secret of type `kubernetes.io/dockerconfigjson` in the pod's namespace"
        ));
    }
}

/// Where the node identity serves, or the tree makes no secrets at all, it is only worth a note.
fn severity(case: &Case<'_, '_>, offered: &Offered<'_, '_>) -> Severity {
    let makes_others = case.world.secrets.iter().any(|other| other.namespace.may_be(&offered.workload.namespace));
    match offered.path.node {
        _ if offered.path.truth_on_cluster() == Truth::No => offered.failure(),
        Some(Truth::Yes) => Severity::Note,
        Some(Truth::No) => Severity::Warning,
        _ if makes_others => Severity::Warning,
        _ => Severity::Note,
    }
}
