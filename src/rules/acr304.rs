//! ACR304 `private-record-missing`.

use super::blocked::blocked;
use super::{Key, Reporter, Rule};
use crate::edit;
use crate::finding::Severity;
use crate::pull::reach::PrivateFault as Fault;
use crate::pull::{Case, Obstacle};
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR304",
    name: "private-record-missing",
    summary: "The private DNS zone of the nodes lacks a record of the registry: login server or data endpoint",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR304.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for blocked in blocked(case) {
        let Obstacle::Private(Fault::NoRecord { zone, names, endpoint }) = blocked.obstacle else { continue };
        let Some(zone) = case.world.network.zones.get(*zone) else { continue };
        let Some(endpoint) = case.world.endpoints.get(*endpoint) else { continue };
        let name = shown(&zone.name);
        let listed = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let first = names.first().map_or("", String::as_str);
        let more = if names.len() > 1 { format!(" and {} more", names.len() - 1) } else { String::new() };
        let message = format!("zone `{name}` has no record `{first}`{more}");
        let own = shown(&endpoint.name);
        let help = format!(
            "{}\nso that endpoint `{own}` keeps its records itself; or write {listed} with the addresses of the endpoint",
            edit::zone_group(endpoint.resource, zone.resource)
        );
        let changed = zone.resource.unwrap_or(endpoint.resource);
        let ends = [&changed.address, &blocked.cluster.resource.address, &blocked.registry.resource.address];
        let key = Key::of(&ends.map(|end| &**end));
        let labels = vec![(endpoint.resource.declared, format!("private endpoint `{own}` leads to the registry"))];
        let texts = [&*message, "lacks it, and answers `no such host`"];
        blocked.report(case, reporter, zone.declared, texts, key, labels).help(help);
    }
}
