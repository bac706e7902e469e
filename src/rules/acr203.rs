//! ACR203 `secret-type-ignored`.

use super::{Reporter, Rule, story};
use crate::finding::Severity;
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
        let told = offered.tell(told);
        match offered.secret.and_then(|secret| secret.maker) {
            Some(maker) => told.help(format!(
                "write `kubernetes.io/dockerconfigjson` as `{}`, with the key `.dockerconfigjson`",
                maker.type_path()
            )),
            None => told.help("use type `kubernetes.io/dockerconfigjson` with the key `.dockerconfigjson`"),
        };
    }
}
