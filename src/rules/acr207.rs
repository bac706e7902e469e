//! ACR207 `placeholder-credential`.

use super::{Reporter, Rule, story};
use crate::finding::Severity;
use crate::pull::{Case, Outcome, lacking};
use crate::world::secret::Lack;

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
    for offered in story::offered(case) {
        let Outcome::Placeholder(lack) = offered.what() else { continue };
        let message = format!("pull secret `{}` {}", offered.offer.name, lacking(*lack));
        let told = reporter.report(offered.severity(), offered.payload(), message, offered.key()).hidden();
        offered.tell(told).help(match lack {
            Lack::IdentityToken => "use a token of the registry, or grant the kubelet identity AcrPull",
            _ => "put the real credential in, from a secret store and not in clear text",
        });
    }
}
