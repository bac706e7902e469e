//! ACR402 `cluster-identity-malformed`.

use super::{Reporter, Rule};
use crate::edit::{self, Repair};
use crate::finding::{Fix, Severity};
use crate::pull::Case;
use crate::world::cluster::Cluster;
use crate::world::fault::{Fault, What};
use crate::world::knowledge::is_certain;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR402",
    name: "cluster-identity-malformed",
    summary: "A cluster's identity has a type or a number of identities that AKS does not take",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR402.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for cluster in &case.world.clusters {
        for fault in cluster.faults.iter().filter(|fault| fault.what != What::CustomKubelet) {
            let resource = cluster.resource;
            let severity = match fault.what.is_refused() && is_certain(resource) {
                true => Severity::Error,
                false => Severity::Warning,
            };
            let place = fault.value.as_ref().map_or(fault.span, |value| case.place_of(value, resource.declared));
            let message = format!("cluster `{}` {}", shown(&cluster.name), fault.what.text());
            let mut told = reporter.report(severity, place, message, &resource.address);
            if let What::Dangling(_, _, declared) = fault.what {
                told = told.with(declared, "the identity that this deployment declares");
            }
            told.help(help(&fault.what, cluster)).fix(fix(case, cluster, fault));
        }
    }
}

fn help(what: &What, cluster: &Cluster<'_>) -> String {
    match what {
        What::Dangling(_, declared, _) => format!("name `{declared}`, best by a reference to its declaration"),
        What::Type(_) => "use `UserAssigned` with one identity, or `SystemAssigned`".to_owned(),
        What::SeveralIdentities(_) => "keep the one identity that the control plane shall have".to_owned(),
        What::NoIdentity | What::CustomKubelet => edit::user_assigned(cluster.resource.language),
    }
}

fn fix(case: &Case<'_, '_>, cluster: &Cluster<'_>, fault: &Fault) -> Option<Fix> {
    let value = fault.value.as_ref()?;
    match &fault.what {
        What::Dangling(from, to, _) => Repair::Name { place: value.span, from, to }.fix(case.store),
        // Of both kinds AKS takes one; what was listed by name is what somebody wants to know.
        What::Type(_) => {
            let both = value.as_str().filter(|text| text.contains(',') && text.contains("UserAssigned"))?;
            let (owner, place) = (cluster.resource, value.span);
            Repair::Word { owner, place, from: both, to: "UserAssigned", safe: false }.fix(case.store)
        }
        _ => None,
    }
}
