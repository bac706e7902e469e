//! ACR905 `stale-compiled-template`.

use super::{Reporter, Rule};
use crate::finding::Severity;
use crate::pull::Case;

pub(super) static RULE: Rule = Rule {
    id: "ACR905",
    name: "stale-compiled-template",
    summary: "A compiled template or a plan doesn't fit the files that it was made of",
    severity: Severity::Note,
    docs: include_str!("../../rules/ACR905.md"),
    security: None,
    check,
};

/// The run itself reports it: the world doesn't know of files.
fn check(_: &Case<'_, '_>, _: &mut Reporter) {}
