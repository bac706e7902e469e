//! ACR900 `unreadable-file`.

use super::{Reporter, Rule};
use crate::finding::Severity;
use crate::pull::Case;

pub(super) static RULE: Rule = Rule {
    id: "ACR900",
    name: "unreadable-file",
    summary: "A file that may matter can't be read",
    severity: Severity::Warning,
    docs: include_str!("../../rules/ACR900.md"),
    security: None,
    check,
};

/// The run itself reports it: the world doesn't know of files.
fn check(_: &Case<'_, '_>, _: &mut Reporter) {}
