//! ACR207 `placeholder-credential`.

use super::{Reporter, Rule, story};
use crate::finding::Severity;
use crate::pull::{Case, Outcome};

pub(super) static RULE: Rule = Rule {
    id: "ACR207",
    name: "placeholder-credential",
    summary: "The credential in a pull secret is empty or a placeholder",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR207.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for offered in story::offered(case).filter(|offered| *offered.what() == Outcome::Placeholder) {
        let message = format!("pull secret `{}` holds a placeholder instead of a credential", offered.offer.name);
        let told = reporter.report(offered.severity(), offered.payload(), message, offered.key()).hidden();
        offered.tell(told).help("put the real credential in, from a secret store and not in clear text");
    }
}
