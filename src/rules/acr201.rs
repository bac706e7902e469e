//! ACR201 `secret-in-other-namespace`.

use super::{Reporter, Rule, story};
use crate::finding::Severity;
use crate::pull::{Case, Outcome};

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
        offered.tell(told).help(format!(
            "create `{name}` in the namespace of `{}` too: pods read secrets of their own namespace only",
            offered.workload.label
        ));
    }
}
