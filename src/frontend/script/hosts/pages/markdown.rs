//! Markdown: fenced blocks.

use super::{command, lines, numbered};
use crate::frontend::script::run::Run;

/// Runs all blocks of a page, as steps by hand.
pub(in crate::frontend::script::hosts) fn run(run: &mut Run<'_>, text: &str) {
    run.manual = true;
    let mut open: Option<(&str, String)> = None;
    let mut parts = Vec::new();
    for (from, line) in numbered(text) {
        let bare = line.trim();
        match &open {
            None => {
                let mark = ["```", "~~~"].into_iter().find(|mark| bare.starts_with(mark));
                if let Some(mark) = mark {
                    let word = bare.trim_start_matches(['`', '~']).split([' ', '{', ',']).next().unwrap_or_default();
                    open = Some((mark, word.to_owned()));
                }
            }
            Some((mark, language)) if bare.starts_with(mark) => {
                lines(run, text, language, &std::mem::take(&mut parts));
                open = None;
            }
            Some(_) => parts.push(command(line, from)),
        }
    }
    if let Some((_, language)) = open {
        lines(run, text, &language, &parts);
    }
}
