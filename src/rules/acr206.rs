//! ACR206 `expiring-credential`.

use super::{Reporter, Rule, story};
use crate::finding::Severity;
use crate::pull::{Case, Outcome, day};

pub(super) static RULE: Rule = Rule {
    id: "ACR206",
    name: "expiring-credential",
    summary: "The credential in a pull secret is a token that has expired or will expire",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR206.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for offered in story::offered(case) {
        let name = &offered.offer.name;
        let (severity, message) = match offered.what() {
            Outcome::Expired(when) => {
                (offered.severity(), format!("pull secret `{name}` holds a token that expired on {}", day(*when)))
            }
            Outcome::Ended(when, _) => (
                offered.severity(),
                format!("the secret of a service principal in pull secret `{name}` ended on {when}"),
            ),
            Outcome::Expires(Some(when)) => (
                Severity::Warning,
                format!("pull secret `{name}` holds a token that expires on {}, and nothing renews it", day(*when)),
            ),
            Outcome::Expires(None) => (
                Severity::Warning,
                format!("pull secret `{name}` holds a token that lives about three hours, and nothing renews it"),
            ),
            _ => continue,
        };
        let place = if let Outcome::Ended(_, end) = offered.what() { *end } else { offered.payload() };
        let told = reporter.report(severity, place, message, offered.key()).hidden();
        offered
            .tell(told)
            .help("grant the kubelet identity AcrPull and drop the secret, or use a token with a scope map");
    }
}
