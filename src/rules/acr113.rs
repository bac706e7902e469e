//! ACR113 `service-account-identity`.

use std::collections::BTreeSet;

use super::{Key, Reporter, Rule};
use crate::azure::guid::is_guid;
use crate::finding::Severity;
use crate::pull::Case;
use crate::world::Node;
use crate::world::knowledge::Truth;
use crate::world::workload::{ServiceAccount, shown};

pub(super) static RULE: Rule = Rule {
    id: "ACR113",
    name: "service-account-identity",
    summary: "The identity as which a service account pulls is malformed or has no pull grant",
    severity: Severity::Warning,
    docs: include_str!("../../rules/ACR113.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for account in &case.world.accounts {
        let Some(client) = &account.identity else { continue };
        match is_malformed(case, client) {
            true => malformed(account, client, reporter),
            false => ungranted(case, account, client, reporter),
        }
    }
}

/// Whether it can be no client id, and nothing that somebody fills in either.
fn is_malformed(case: &Case<'_, '_>, client: &Node) -> bool {
    let open = |text: &str| text.contains(['<', '>', '$', '{', '#', '%', '_', '@', ' ']);
    let known = client.as_str().filter(|text| !open(text) && !client.secret);
    known.is_some_and(|text| !is_guid(text)) && !case.world.fills_placeholders()
}

fn malformed(account: &ServiceAccount<'_>, client: &Node, reporter: &mut Reporter) {
    let message =
        format!("service account `{}` is to pull as `{}`, which is no client id", shown(&account.name), shown(client));
    let told = reporter.report(RULE.severity, client.span, message, &account.resource.address);
    told.help("write the client id of the identity: a GUID");
}

/// One finding for each registry from which pods of the account pull.
fn ungranted<'a>(case: &Case<'_, 'a>, account: &ServiceAccount<'a>, client: &Node, reporter: &mut Reporter) {
    let world = case.world;
    let Some(identity) = world.identity_of_client(client) else { return };
    let mut told = BTreeSet::new();
    for path in &case.paths {
        let workload = path.workload.and_then(|at| world.workloads.get(at));
        let registry = path.registry.and_then(|at| world.registries.get(at));
        let (Some(workload), Some(registry)) = (workload, registry) else { continue };
        let own = workload.service_account.as_deref() == account.name.as_str()
            && world
                .share_a_namespace((account.resource, &account.namespace), (workload.resource, &workload.namespace));
        let repository = path.repository.as_deref();
        if !own || world.may_pull_as(identity, registry, repository) != Truth::No || !told.insert(registry.at) {
            continue;
        }
        let (name, acr) = (shown(&identity.name), shown(&registry.name));
        let message =
            format!("service account `{}` pulls as `{name}`, which has no pull role on `{acr}`", shown(&account.name));
        let key = Key::of(&[&account.resource.address, &registry.resource.address]);
        reporter
            .report(RULE.severity, client.span, message, key)
            .with(path.place, "the image that needs it")
            .with(identity.declared, "the identity")
            .with(registry.resource.declared, "the registry")
            .help(format!("grant `{name}` a pull role on `{acr}`: the kubelet identity doesn't stand in for it"));
    }
}
