//! ACR306 `private-endpoint-malformed`.

use super::blocked::{Blocked, blocked};
use super::{Key, Reporter, Rule};
use crate::finding::Severity;
use crate::pull::reach::PrivateFault as Fault;
use crate::pull::{Case, Obstacle};
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
                "make the connection without asking (`privateLinkServiceConnections`), or approve it with \
                 `az acr private-endpoint-connection approve`"
                    .to_owned(),
            ),
            Fault::Astray { endpoint, span, other } => (
                endpoint,
                span,
                format!("the only private endpoint leads to `{other}`, and `{registry}` is closed to the public"),
                "not the registry that the cluster pulls from",
                format!("let the endpoint lead to `{registry}`"),
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
        blocked.report(case, reporter, *place, [&message, text, &help], key);
    }
}
