//! ACR212 `pull-secret-entry-malformed`.

use super::reporter::Key;
use super::{Reporter, Rule};
use crate::edit::Repair;
use crate::finding::Severity;
use crate::ir::Resource;
use crate::pull::Case;
use crate::world::workload::{PullSecrets, shown};

pub(super) static RULE: Rule = Rule {
    id: "ACR212",
    name: "pull-secret-entry-malformed",
    summary: "An entry of `imagePullSecrets` is no object with a name",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR212.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for workload in &case.world.workloads {
        tell(case, &workload.secrets, workload.resource, &workload.label, reporter);
    }
    for account in &case.world.accounts {
        let name = shown(&account.name);
        let label = match account.namespace.name() {
            Some(namespace) => format!("ServiceAccount {namespace}/{name}"),
            None => format!("ServiceAccount {name}"),
        };
        tell(case, &account.secrets, account.resource, &label, reporter);
    }
}

/// Reports the entries of one list; `label` says whose list it is.
fn tell(case: &Case<'_, '_>, secrets: &PullSecrets, owner: &Resource, label: &str, reporter: &mut Reporter) {
    let manifest = owner.extent;
    for (at, place) in secrets.broken.iter().enumerate() {
        let message = "an entry of `imagePullSecrets` names no secret";
        let key = Key::from(format_args!("{label}:{at}")).about([&owner.address]);
        let told = reporter.report(RULE.severity, *place, message, key);
        told.at(format!("listed by `{label}`"))
            .help("write the entry as `- name: <name of the secret>`")
            .fix(Repair::SecretEntry { place: *place, manifest }.fix(case.store));
    }
}
