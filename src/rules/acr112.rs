//! ACR112 `workload-before-grant`.

use std::collections::BTreeSet;

use super::{Key, Reporter, Rule};
use crate::finding::Severity;
use crate::pull::Case;
use crate::world::Address;
use crate::world::grant::Grant;
use crate::world::knowledge::Truth;

pub(super) static RULE: Rule = Rule {
    id: "ACR112",
    name: "workload-before-grant",
    summary: "A workload of the same Terraform root doesn't wait for the grant that lets its images be pulled",
    severity: Severity::Note,
    docs: include_str!("../../rules/ACR112.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    let mut told: BTreeSet<usize> = BTreeSet::new();
    // A pod with a pull secret doesn't need the grant.
    for path in case.paths.iter().filter(|path| path.node == Some(Truth::Yes) && path.offers.is_empty()) {
        let (Some(at), Some(cluster), Some(registry)) = (path.workload, path.cluster, path.registry) else { continue };
        let ends =
            (case.world.workloads.get(at), case.world.clusters.get(cluster), case.world.registries.get(registry));
        let (Some(workload), Some(cluster), Some(registry)) = ends else { continue };
        let own = &workload.resource.address;
        let grants: Vec<&Grant<'_>> = case.serving(cluster, registry).collect();
        let waits = |grant: &&Grant<'_>| case.world.waits(own, &grant.resource.address);
        let Some(grant) = grants.first().filter(|_| grants.iter().all(|grant| waits(grant) == Truth::No)) else {
            continue;
        };
        if !told.insert(at) {
            continue;
        }
        let message = format!("`{}` doesn't wait for the grant that lets its image be pulled", workload.label);
        let key = Key::of(&[own, &grant.resource.address]);
        reporter
            .report(Severity::Note, workload.resource.declared, message, key)
            .at("this may be made before the grant")
            .with(path.place, "its image")
            .with(grant.resource.declared, "the grant")
            .help(remedy(own, &grant.resource.address));
    }
}

/// What to write where: names of other modules can't be written, only their calls.
fn remedy(workload: &Address, grant: &Address) -> String {
    let shared = workload.path.iter().zip(&grant.path).take_while(|(a, b)| a.name == b.name).count();
    let names = |address: &Address| address.path.iter().skip(shared).map(|step| step.name.clone()).collect::<Vec<_>>();
    let (own, other) = (names(workload), names(grant));
    let first = other.first().cloned().unwrap_or_default();
    match own.as_slice() {
        [call, _, ..] => format!("add `depends_on = [{first}]` to the call of `{call}`"),
        _ => format!("add `depends_on = [{first}]`"),
    }
}
