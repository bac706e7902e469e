//! ACR204 `secret-payload-malformed`.

use super::{Reporter, Rule, story};
use crate::finding::Severity;
use crate::pull::{Case, LINE_END, Outcome};

pub(super) static RULE: Rule = Rule {
    id: "ACR204",
    name: "secret-payload-malformed",
    summary: "The document in a pull secret can't be read as registry credentials",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR204.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for offered in story::offered(case) {
        let ((place, secret), why) = match offered.what() {
            Outcome::Malformed(why) => (offered.document(), &**why),
            Outcome::LineEnd => ((offered.payload(), true), LINE_END),
            _ => continue,
        };
        let message = format!("pull secret `{}`: {why}", offered.offer.name);
        let told = reporter.report(offered.severity(), place, message, offered.key());
        let told = if secret { told.hidden() } else { told };
        offered
            .tell(told)
            .help("make the value with `kubectl create secret docker-registry … --dry-run=client -o yaml`");
    }
}
