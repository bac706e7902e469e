//! Edits applied to a text, and whether the text is still one of its language.

use std::ops::Range;

use crate::source::SourceId;
use crate::syntax::{bicep, hcl, json, yaml};

/// A text with its edits made; nothing where they overlap or don't fit.
pub fn applied(text: &str, edits: &[(Range<usize>, String)]) -> Option<String> {
    let mut sorted: Vec<&(Range<usize>, String)> = edits.iter().collect();
    sorted.sort_by_key(|(range, _)| (range.start, range.end));
    let (mut made, mut from) = (String::with_capacity(text.len()), 0);
    for (range, by) in sorted {
        if range.start > range.end {
            return None;
        }
        // A place that is before the end of the last edit is no place of the text any more.
        made.push_str(text.get(from..range.start)?);
        text.get(range.clone())?;
        made.push_str(by);
        from = range.end;
    }
    made.push_str(text.get(from..)?);
    Some(made)
}

/// How many faults a text has in the language of its path.
pub fn faults(path: &str, text: &str) -> usize {
    let source = SourceId(0);
    match path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).as_deref() {
        Some("bicep" | "bicepparam") => bicep::parse(source, text).2.len(),
        Some("tf" | "tfvars") => hcl::parse(source, text).1.len(),
        Some("json" | "jsonc") => json::parse(source, text).2.len(),
        Some("yaml" | "yml") => yaml::parse(source, text).2.len(),
        _ => 0,
    }
}

/// Whether a text that was edited is no worse than it was.
pub fn is_sound(path: &str, before: &str, after: &str) -> bool {
    faults(path, after) <= faults(path, before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_made_in_order_and_never_over_each_other() {
        let made = |edits: &[(Range<usize>, &str)]| {
            let edits: Vec<_> = edits.iter().map(|(range, by)| (range.clone(), (*by).to_owned())).collect();
            applied("häuser\r\n", &edits)
        };
        assert_eq!(made(&[(5..6, "EN"), (0..1, "M")]).as_deref(), Some("MäusENr\r\n"));
        assert_eq!(made(&[(3..3, "_")]).as_deref(), Some("hä_user\r\n"));
        assert_eq!(made(&[(0..4, "x"), (3..5, "y")]), None);
        assert_eq!(made(&[(2..3, "inside of a character")]), None);
        assert_eq!(made(&[(8..99, "x")]), None);
    }

    #[test]
    fn a_text_that_gets_worse_is_known() {
        assert!(is_sound("a.bicep", "var a = 'x'\n", "var a = 'y'\n"));
        assert!(!is_sound("a.bicep", "var a = 'x'\n", "var a = 'y\n"));
        assert!(!is_sound("a.json", "{}", "{"));
        assert!(!is_sound("a.tf", "a = 1\n", "a = \n"));
        assert!(!is_sound("a.yaml", "a: [b]\n", "a: [b\n"));
    }
}
