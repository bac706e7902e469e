//! ACR210 `token-without-access`.

use super::{Reporter, Rule, story};
use crate::finding::Severity;
use crate::pull::{Case, Outcome, refusal};
use crate::world::token::TokenFault;

pub(super) static RULE: Rule = Rule {
    id: "ACR210",
    name: "token-without-access",
    summary: "A pull secret uses a token of the registry that can't pull the image's repository",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR210.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for offered in story::offered(case) {
        let Outcome::TokenRefused(token, fault, place) = offered.what() else { continue };
        let message = format!("pull secret `{}` uses token `{token}`, {}", offered.offer.name, refusal(*fault));
        let told = reporter.report(offered.severity(), *place, message, offered.key());
        let help = match (fault, offered.path.repository.as_deref()) {
            (TokenFault::Disabled, _) => "enable the token, or grant the kubelet identity AcrPull".to_owned(),
            (TokenFault::Expired, _) => "make a new password, or grant the kubelet identity AcrPull".to_owned(),
            (TokenFault::NoAction, Some(repository)) => {
                format!("add `repositories/{repository}/content/read` to the scope map of the token")
            }
            (TokenFault::NoAction, None) => "add `content/read` on the repository to its scope map".to_owned(),
        };
        offered.tell(told).help(help);
    }
}
