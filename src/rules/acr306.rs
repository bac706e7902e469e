//! ACR306 `private-endpoint-malformed`.

use super::blocked::{Blocked, blocked};
use super::{Key, Reporter, Rule};
use crate::edit::{self, Repair};
use crate::finding::Severity;
use crate::pull::reach::PrivateFault as Fault;
use crate::pull::{Case, Obstacle};
use crate::world::endpoint::Endpoint;
use crate::world::registry::Registry;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR306",
    name: "private-endpoint-malformed",
    summary: "A private endpoint of the registry asks for a wrong group, leads to another registry, or waits for approval",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR306.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for blocked in blocked(case) {
        let Obstacle::Private(fault) = blocked.obstacle else { continue };
        let registry = shown(&blocked.registry.name);
        let is_terraform =
            |at: usize| case.world.endpoints.get(at).is_some_and(|it| it.resource.language.is_terraform());
        let (at, place, message, text, help) = match fault {
            Fault::Group { endpoint, span, group } => (
                endpoint,
                span,
                format!("private endpoint of `{registry}` asks for group `{group}`, which registries don't have"),
                "registries have the group `registry` only",
                "ask for the group `registry`: the data endpoints come with it".to_owned(),
            ),
            Fault::Pending { endpoint, span, refused } => (
                endpoint,
                span,
                format!(
                    "private endpoint of `{registry}` {}",
                    if *refused { "was refused" } else { "waits for approval" }
                ),
                if *refused { "refused" } else { "nothing in this tree approves it" },
                format!(
                    "make the connection without asking ({}), or approve it: `az acr private-endpoint-connection list \
                     --registry-name {registry}` has its name for `az acr private-endpoint-connection approve \
                     --registry-name {registry} --name <connection>`",
                    if is_terraform(*endpoint) {
                        "`is_manual_connection = false`"
                    } else {
                        "`privateLinkServiceConnections`"
                    }
                ),
            ),
            Fault::Astray { endpoint, span, other } => (
                endpoint,
                span,
                format!("the only private endpoint leads to `{other}`, and `{registry}` is closed to the public"),
                "not the registry that the cluster pulls from",
                match case.world.endpoints.get(*endpoint) {
                    Some(it) => edit::lead_to(it.resource, blocked.registry.resource),
                    None => format!("let the endpoint lead to `{registry}`"),
                },
            ),
            _ => continue,
        };
        let Some(endpoint) = case.world.endpoints.get(*at) else { continue };
        // Azure refuses such an endpoint, whatever becomes of the pull.
        let refused = matches!(fault, Fault::Group { .. }) && endpoint.is_certain();
        let severity = if refused { Severity::Error } else { blocked.severity };
        let ends = [&endpoint.resource.address, &blocked.cluster.resource.address, &blocked.registry.resource.address];
        let key = Key::of(&ends.map(|end| &**end));
        let blocked = Blocked { severity, ..blocked };
        let fix = match fault {
            Fault::Group { span, group, .. } if asks_for_one(case, endpoint, blocked.registry) => {
                let (owner, place) = (endpoint.resource, *span);
                Repair::Member { owner, place, from: group, to: "registry", safe: refused }.fix(case.store)
            }
            _ => None,
        };
        let labels = match *place == endpoint.resource.declared {
            true => Vec::new(),
            false => vec![(endpoint.resource.declared, format!("private endpoint `{}`", shown(&endpoint.name)))],
        };
        blocked.report(case, reporter, *place, [&message, text], key, labels).help(help).fix(fix);
    }
}

/// The endpoint asks for one group, and its declaration makes no endpoint of anything else.
fn asks_for_one<'a>(case: &Case<'_, 'a>, endpoint: &Endpoint<'a>, registry: &Registry<'a>) -> bool {
    let resolver = &case.world.resolver;
    let groups =
        endpoint.connection_to(registry, resolver).and_then(|it| it.groups.as_ref()).and_then(|it| it.as_list());
    let alone = |other: &&Endpoint<'a>| other.resource.declared == endpoint.resource.declared;
    groups.is_some_and(|groups| groups.items.len() == 1) && case.world.endpoints.iter().filter(alone).count() == 1
}
