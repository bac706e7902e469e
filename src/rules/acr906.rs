//! ACR906 `allow-without-reason`.

use super::{Reporter, Rule};
use crate::finding::Severity;
use crate::pull::Case;

pub(super) static RULE: Rule = Rule {
    id: "ACR906",
    name: "allow-without-reason",
    summary: "A comment or an annotation allows findings and doesn't say why",
    severity: Severity::Note,
    docs: include_str!("../../rules/ACR906.md"),
    security: None,
    check,
};

/// The run itself reports it: the world doesn't know of comments.
fn check(_: &Case<'_, '_>, _: &mut Reporter) {}
