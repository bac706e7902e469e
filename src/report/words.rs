//! Texts that leave the run in other ways than in a report, with the same care.

use std::ops::Range;

use super::veil::{Veil, masked};
use super::{Told, suspect};

/// What must not be shown, and texts without it.
pub struct Words(Veil);

impl Words {
    /// The words of a run.
    pub fn new(told: &Told<'_>) -> Words {
        Words(Veil::new(told))
    }

    /// A text as programs get it: without the secrets of the run.
    pub fn of(&self, text: &str) -> String {
        self.0.words(text).into_owned()
    }

    /// A line of a file without what looks like a secret on it. An expression that reads a registry's password is none.
    pub fn of_line(&self, line: &str) -> String {
        let reads = |range: &Range<usize>| {
            let text = line.get(range.clone()).unwrap_or_default();
            text.contains("admin_password") || text.contains("admin_username")
        };
        let mut covered = suspect::parts(line, "", "", false);
        covered.extend(self.0.quoted(line));
        covered.extend(suspect::in_words(line));
        covered.retain(|range| !reads(range));
        masked(line, covered)
    }

    /// A text that a terminal doesn't act upon.
    pub fn printable(text: &str) -> String {
        super::snippet::printable(text)
    }
}
