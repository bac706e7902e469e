//! ACR107 `condition-excludes-repository`.

use std::collections::BTreeSet;

use super::{Key, Reporter, Rule, story};
use crate::edit;
use crate::finding::Severity;
use crate::pull::{Case, Pair, Path};
use crate::world::grant::Grant;
use crate::world::knowledge::Truth;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR107",
    name: "condition-excludes-repository",
    summary: "The condition of the pulling identity's role does not admit the repository of an image",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR107.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    let mut told = BTreeSet::new();
    for path in &case.paths {
        let pair = path.cluster.zip(path.registry).and_then(|(cluster, registry)| case.pair(cluster, registry));
        let (Some(pair), Some(repository)) = (pair, &path.repository) else { continue };
        let Some(grant) = case.exclusions(path).first().copied().filter(|_| !case.is_a_guess(pair)) else { continue };
        let key = format!("{}:{}:{repository}", grant.resource.address, pair.cluster);
        if told.insert(key) {
            tell(case, reporter, pair, path, repository, grant);
        }
    }
}

fn tell(case: &Case<'_, '_>, reporter: &mut Reporter, pair: &Pair, path: &Path, repository: &str, grant: &Grant<'_>) {
    let (Some(cluster), Some(registry)) = (case.cluster(pair), case.registry(pair)) else { return };
    let fails = path.truth_on_cluster() == Truth::No && case.by_hand(path).is_empty();
    let severity = if fails { Severity::Error } else { Severity::Warning };
    let key = Key::of(&[&grant.resource.address, &cluster.resource.address]).and(repository);
    reporter
        .report(severity, grant.condition_span, format!("the condition of this grant excludes `{repository}`"), key)
        .at(format!("`{}` is granted for other repositories only", grant.role_name()))
        .with(path.place, format!("image `{}` is to be pulled", path.image.as_ref().map(shown).unwrap_or_default()))
        .with(
            cluster.resource.declared,
            format!("cluster `{}` pulls as {}", shown(&cluster.name), story::identity(cluster)),
        )
        .with(registry.resource.declared, format!("from registry `{}`", shown(&registry.name)))
        .help(edit::admit(repository));
}
