//! ACR505 `cache-rule-without-credentials`.

use super::{Reporter, Rule};
use crate::finding::Severity;
use crate::pull::Case;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR505",
    name: "cache-rule-without-credentials",
    summary: "A cache rule fetches from a registry that hands out nothing without credentials, and has none",
    severity: Severity::Warning,
    docs: include_str!("../../rules/ACR505.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for rule in case.world.cache_rules() {
        let Some((host, span)) = rule.lacks_credentials() else { continue };
        let message = format!("cache rule `{}` has no credentials for `{host}`", shown(&rule.resource.name));
        let from = rule.from.as_ref().map_or(span, |from| case.place_of(from, rule.resource.declared));
        reporter
            .report(Severity::Warning, from, message, &rule.resource.address)
            .at(format!("`{host}` hands out nothing to a cache without credentials"))
            .help("make a credential set for it and name that in the rule");
    }
}
