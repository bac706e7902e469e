//! ACR201 `secret-in-other-namespace`.

use super::story::Offered;
use super::{Reporter, Rule, story};
use crate::edit::Repair;
use crate::finding::{Fix, Severity};
use crate::pull::{Case, Outcome};
use crate::world::knowledge::Truth;
use crate::world::workload::{Namespace, PullSecrets, Workload};

pub(super) static RULE: Rule = Rule {
    id: "ACR201",
    name: "secret-in-other-namespace",
    summary: "A pod lists a pull secret that exists only in another namespace",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR201.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for offered in story::offered(case) {
        let Outcome::OtherNamespace(namespace) = offered.what() else { continue };
        let name = &offered.offer.name;
        let message = format!("pull secret `{name}` exists only in namespace `{namespace}`");
        let told = reporter
            .report(offered.severity(), offered.offer.named, message, offered.key())
            .with(offered.secret.map_or(offered.offer.named, |secret| secret.resource.declared), "the secret is here");
        offered.tell(told).fix(moved(case, &offered)).help(format!(
            "create `{name}` in the namespace of `{}` too: pods read secrets of their own namespace only",
            offered.workload.label
        ));
    }
}

/// The secret goes to the pod's namespace, when no pod beside it names it.
fn moved(case: &Case<'_, '_>, offered: &Offered<'_, '_>) -> Option<Fix> {
    // Where the nodes may pull by themselves, the reference is what is of no use.
    if offered.path.node == Some(Truth::Yes) {
        return None;
    }
    let (secret, to) = (offered.secret?, offered.workload.namespace.name()?);
    let names = |secrets: &PullSecrets| secrets.names.iter().any(|name| name.as_str() == Some(&offered.offer.name));
    let workloads = case.world.workloads.iter().map(|it| (&it.namespace, &it.secrets));
    let accounts = case.world.accounts.iter().map(|it| (&it.namespace, &it.secrets));
    let needed = |(at, secrets): (&Namespace, &PullSecrets)| at.may_be(&secret.namespace) && names(secrets);
    // Pods mount secrets and read variables from them, too.
    let read = |it: &Workload<'_>| {
        it.namespace.may_be(&secret.namespace)
            && it.resource.extent != secret.resource.extent
            && it.mentions(&offered.offer.name)
    };
    let stays = workloads.chain(accounts).any(needed) || case.world.workloads.iter().any(read);
    Repair::Namespace { secret, to }.fix(case.store).filter(|_| !stays)
}
