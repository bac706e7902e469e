//! ACR209 `shadowed-account-secret`.

use super::{Reporter, Rule, story};
use crate::finding::Severity;
use crate::pull::Case;
use crate::world::knowledge::Truth;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR209",
    name: "shadowed-account-secret",
    summary: "Pull secrets of a pod keep those of its service account from it, which are for the image",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR209.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for path in &case.paths {
        let workload = path.workload.and_then(|at| case.world.workloads.get(at));
        let (Some(shadowed), Some(workload)) = (case.shadowed(path), workload) else { continue };
        let (Some(first), Some(image)) = (path.offers.first(), &path.image) else { continue };
        let severity = match path.truth_on_cluster() {
            Truth::No => story::failure(case, path),
            _ if path.node == Some(Truth::Yes) => Severity::Note,
            _ => Severity::Warning,
        };
        let message = format!(
            "pull secret `{}` of the service account is not used: the pod lists secrets of its own",
            shadowed.name
        );
        let key = format!("{}:{}:{}", workload.label, shadowed.name, shown(image));
        let key = story::of_workload(key, Some(workload));
        let told = reporter
            .report(severity, first.named, message, key)
            .with(path.place, "the image that needs it")
            .with(shadowed.named, "the service account names the secret that has an entry for it");
        story::by_hand(told, &case.by_hand(path))
            .help(format!("list `{}` in the pod as well, or leave the pod's list out", shadowed.name));
    }
}
