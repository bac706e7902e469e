//! AsciiDoc: `[source,bash]` over a block between `----`, blocks between `....`, and fences as in Markdown.

use super::{command, lines, numbered};
use crate::frontend::script::run::Run;

/// Runs all blocks of a page, as steps by hand.
pub(in crate::frontend::script::hosts) fn run(run: &mut Run<'_>, text: &str) {
    run.manual = true;
    let mut language = String::new();
    let mut open: Option<&str> = None;
    let mut parts = Vec::new();
    for (from, line) in numbered(text) {
        let bare = line.trim();
        match open {
            Some(mark) if bare == mark => {
                lines(run, text, &language, &std::mem::take(&mut parts));
                (language, open) = (String::new(), None);
            }
            Some(_) => parts.push(command(line, from)),
            None if is_mark(bare) => open = Some(bare),
            None => match (bare.strip_prefix("```"), bare.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'))) {
                (Some(word), _) => (language, open) = (word.trim().to_owned(), Some("```")),
                (None, Some(attributes)) => language = language_of(attributes),
                // A block without a mark ends at the next blank line: its language is not that of a later one.
                (None, None) if bare.is_empty() => language.clear(),
                (None, None) => {}
            },
        }
    }
    lines(run, text, &language, &parts);
}

/// A line of four or more of the same letter opens and closes a block.
fn is_mark(line: &str) -> bool {
    line.len() >= 4 && ["-", "."].iter().any(|letter| line.trim_start_matches(letter).is_empty())
}

/// `source,bash,subs=…`, `,bash`, `source%linenums,sh`; the language that a page has by default is a shell's for us.
fn language_of(attributes: &str) -> String {
    let mut words = attributes.split(',');
    let first = words.next().unwrap_or_default();
    match first.is_empty() || first.starts_with("source") {
        true => words.next().unwrap_or_default().trim().trim_matches('"').to_owned(),
        false => String::new(),
    }
}
