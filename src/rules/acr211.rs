//! ACR211 `slow-token-refresh`.

use super::{Reporter, Rule};
use crate::finding::Severity;
use crate::pull::Case;
use crate::world::knowledge::Fact;
use crate::world::workload::shown;

pub(super) static RULE: Rule = Rule {
    id: "ACR211",
    name: "slow-token-refresh",
    summary: "A token in a pull secret is renewed less often than it lives",
    severity: Severity::Warning,
    docs: include_str!("../../rules/ACR211.md"),
    security: None,
    check,
};

fn check(case: &Case<'_, '_>, reporter: &mut Reporter) {
    for refresher in case.world.refreshers.iter().filter(|refresher| refresher.is_too_slow()) {
        let name = format!("`{}` ({})", shown(&refresher.resource.name), refresher.what);
        let life = match refresher.life {
            minutes if minutes < 2 * 3600 => format!("{} minutes", minutes / 60),
            hours => format!("{} hours", hours / 3600),
        };
        let often = match refresher.every {
            // A schedule may leave hours or days out.
            Fact::Known(Some(seconds), _) if refresher.what == "CronJob" && seconds % 3600 == 0 => {
                format!("after up to {} hours", seconds / 3600)
            }
            Fact::Known(Some(seconds), _) if seconds % 3600 == 0 => format!("every {} hours", seconds / 3600),
            Fact::Known(Some(seconds), _) => format!("every {} minutes", seconds / 60),
            _ => "once only".to_owned(),
        };
        let message = format!("{name} renews a token {often}, but it lives for {life}");
        reporter
            .report(RULE.severity, refresher.every.span(), message, &refresher.resource.address)
            .help("renew it well before it expires, or grant the kubelet identity AcrPull and drop the secret");
    }
}
