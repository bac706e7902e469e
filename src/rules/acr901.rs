//! ACR901 `syntax-error`.

use super::{Reporter, Rule};
use crate::finding::Severity;
use crate::pull::Case;

pub(super) static RULE: Rule = Rule {
    id: "ACR901",
    name: "syntax-error",
    summary: "A file has a syntax error; what could still be read was used",
    severity: Severity::Warning,
    docs: include_str!("../../rules/ACR901.md"),
    security: None,
    check,
};

/// The run itself reports it: the world doesn't know of files.
fn check(_: &Case<'_, '_>, _: &mut Reporter) {}
