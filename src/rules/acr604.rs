//! ACR604 `login-server-without-label`.

use super::{Reporter, Rule, story};
use crate::azure::image;
use crate::edit::Repair;
use crate::finding::Severity;
use crate::pull::Case;
use crate::world::Node;
use crate::world::knowledge::Truth;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR604",
    name: "login-server-without-label",
    summary: "An image names the plain host of a registry whose login server has a label in it",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR604.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for path in case.paths.iter().filter(|path| path.registry.is_none()) {
        let Some(image) = path.image.as_ref().filter(|image| !image.secret) else { continue };
        let host = image::parse(image).host;
        let Some(host) = host.as_ref().and_then(Node::as_str) else { continue };
        let Some((registry, place)) = case.world.labelled(host) else { continue };
        let severity = match path.step("registry").map(|step| step.truth) {
            Some(Truth::No) if path.truth() == Truth::No => Severity::Error,
            Some(Truth::No | Truth::Unknown) => Severity::Warning,
            _ => continue,
        };
        let name = shown(&registry.name);
        let known = registry.host.as_str().filter(|it| !it.contains('?'));
        let fix =
            known.and_then(|to| Repair::Host { places: vec![path.place], from: host, to, sure: false }.fix(case.store));
        let login = registry.host.as_str().map_or_else(|| format!("{name}-<label>.azurecr.io"), str::to_owned);
        let workload = path.workload.and_then(|at| case.world.workloads.get(at));
        let label = workload.map(|workload| workload.label.as_str()).unwrap_or_default();
        let message = format!("`{host}` is not the login server of `{name}`, which has a label in it");
        reporter
            .report(severity, path.place, message, story::of_workload(format!("{label}:{}", shown(image)), workload))
            .at(format!("the login server is `{login}`"))
            .with(place, "this puts a label into it")
            .with(registry.resource.declared, format!("registry `{name}`"))
            .help("take the login server from the property `loginServer` of the registry")
            .fix(fix);
    }
}
