//! ACR203 `secret-type-ignored`.

use super::story::Offered;
use super::{Reporter, Rule, story};
use crate::edit::Repair;
use crate::finding::{Fix, Severity};
use crate::pull::{Case, Outcome};
use crate::world::knowledge::Fact;

pub(super) static RULE: Rule = Rule {
    id: "ACR203",
    name: "secret-type-ignored",
    summary: "A pull secret has a type or key that the kubelet ignores",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR203.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for offered in story::offered(case) {
        let Outcome::Ignored(why) = offered.what() else { continue };
        let place = offered.secret.map_or(offered.offer.named, |secret| match (secret.misnamed_key(), &secret.kind) {
            (Some(key), _) => key,
            (None, Fact::Known(_, span)) => *span,
            (None, _) => secret.resource.declared,
        });
        let message = format!("pull secret `{}`: {why}", offered.offer.name);
        let told = reporter.report(offered.severity(), place, message, offered.key());
        let told = offered.tell(told).fix(retyped(case, &offered));
        match offered.secret.and_then(|secret| secret.maker) {
            Some(maker) => told.help(format!(
                "write `kubernetes.io/dockerconfigjson` as `{}`, with the key `.dockerconfigjson`",
                maker.type_path()
            )),
            None => told.help("use type `kubernetes.io/dockerconfigjson` with the key `.dockerconfigjson`"),
        };
    }
}

/// The type that fits the key.
fn retyped(case: &Case<'_, '_>, offered: &Offered<'_, '_>) -> Option<Fix> {
    let secret = offered.secret.filter(|secret| secret.maker.is_none() && secret.has_docker_config())?;
    let Fact::Known(from, place) = &secret.kind else { return None };
    // Types of secrets can't be changed in a cluster: the secret has to be made anew.
    let (owner, to) = (secret.resource, "kubernetes.io/dockerconfigjson");
    Repair::Word { owner, place: *place, from, to, safe: false }.fix(case.store)
}
