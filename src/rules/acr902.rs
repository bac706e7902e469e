//! ACR902 `limit-reached`.

use super::{Reporter, Rule};
use crate::finding::Severity;
use crate::pull::Case;

pub(super) static RULE: Rule = Rule {
    id: "ACR902",
    name: "limit-reached",
    summary: "A limit was reached, and the rest of the file is unknown",
    severity: Severity::Warning,
    docs: include_str!("../../rules/ACR902.md"),
    security: None,
    check,
};

/// The run itself reports it: the world doesn't know of files.
fn check(_: &Case<'_, '_>, _: &mut Reporter) {}
