//! ACR904 `unused-allow`.

use super::{Reporter, Rule};
use crate::finding::Severity;
use crate::pull::Case;

pub(super) static RULE: Rule = Rule {
    id: "ACR904",
    name: "unused-allow",
    summary: "A comment allows a finding that isn't there, or a rule that doesn't exist",
    severity: Severity::Note,
    docs: include_str!("../../rules/ACR904.md"),
    security: None,
    check,
};

/// The run itself reports it: the world doesn't know of files.
fn check(_: &Case<'_, '_>, _: &mut Reporter) {}
