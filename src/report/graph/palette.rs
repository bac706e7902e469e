//! How things look, the same in every format. Colours are readable on white and on dark pages, and nothing is told by
//! colour alone: what is broken is thick and has a sign, what is not known is dashed.

use super::{Kind, Node};
use crate::report::Verdict;

/// The look of boxes of one class.
pub(super) struct Ink {
    /// The name of the class.
    pub class: &'static str,
    /// Inside.
    pub fill: &'static str,
    /// The line around it.
    pub line: &'static str,
    /// The letters.
    pub text: &'static str,
    /// How thick the line is.
    pub width: usize,
    /// Whether the line is dashed.
    pub dashed: bool,
}

/// Red.
pub(super) const BROKEN_LINE: &str = "#c62828";
/// Grey: what is fine needs no look.
pub(super) const FINE_LINE: &str = "#607d8b";
/// Amber.
pub(super) const UNKNOWN_LINE: &str = "#b26a00";

/// All classes.
pub(super) const CLASSES: [Ink; 7] = [
    ink("fine", "#e8f5e9", "#2e7d32"),
    Ink { width: 3, ..ink("broken", "#ffcdd2", BROKEN_LINE) },
    Ink { dashed: true, ..ink("unknown", "#fff3e0", UNKNOWN_LINE) },
    ink("registry", "#e3f2fd", "#1565c0"),
    ink("plain", "#eceff1", "#546e7a"),
    Ink { dashed: true, ..ink("note", "#ffffff", "#757575") },
    ink("frame", "#fafafa", "#90a4ae"),
];

const fn ink(class: &'static str, fill: &'static str, line: &'static str) -> Ink {
    Ink { class, fill, line, text: "#1b1b1b", width: 1, dashed: false }
}

/// The class of a box.
pub(super) fn class(node: &Node) -> &'static str {
    match (node.verdict, node.kind) {
        (Some(verdict), _) => verdict.word(),
        (None, Kind::Registry) => "registry",
        (None, _) => "plain",
    }
}

/// The colour of an arrow.
pub(super) fn line(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fine => FINE_LINE,
        Verdict::Broken => BROKEN_LINE,
        Verdict::Unknown => UNKNOWN_LINE,
    }
}
