//! ACR903 `internal-error`.

use super::{Reporter, Rule};
use crate::finding::Severity;
use crate::pull::Case;

pub(super) static RULE: Rule = Rule {
    id: "ACR903",
    name: "internal-error",
    summary: "A part of acrlint failed, and the rest of the run went on",
    severity: Severity::Error,
    docs: include_str!("../../rules/ACR903.md"),
    security: None,
    check,
};

/// The run itself reports it: the world doesn't know of files.
fn check(_: &Case<'_, '_>, _: &mut Reporter) {}
