//! Pages: what somebody reads and runs by hand. A page says where its commands stand: in fences, in blocks, in cells.

pub(super) mod asciidoc;
pub(super) mod markdown;
pub(super) mod notebook;
pub(super) mod rest;

use std::ops::Range;

use crate::frontend::script::passage::Passage;
use crate::frontend::script::run::Run;
use crate::frontend::script::syntax::{Dialect, posix, powershell};

const SHELLS: [&str; 11] = [
    "",
    "bash",
    "sh",
    "shell",
    "console",
    "azurecli",
    "azurecli-interactive",
    "zsh",
    "shell-session",
    "terminal",
    "text",
];

/// Runs a block that stands in a language.
fn block(run: &mut Run<'_>, passage: &Passage, language: &str) {
    match language.to_ascii_lowercase().as_str() {
        "powershell" | "pwsh" | "ps1" | "azurepowershell" => run.script(&powershell::parse(passage, Dialect::Plain)),
        language if SHELLS.contains(&language) => run.script(&posix::parse(passage, Dialect::Plain)),
        _ => {}
    }
}

/// Runs lines of a page as a block.
fn lines(run: &mut Run<'_>, text: &str, language: &str, parts: &[Range<usize>]) {
    if !parts.is_empty() {
        block(run, &Passage::of_parts(run.source, text, parts), language);
    }
}

/// The command in a line that begins at `from`: a prompt is none of it.
fn command(line: &str, from: usize) -> Range<usize> {
    let bare = line.trim_start();
    let prompt = ["$ ", "> ", "PS> "].into_iter().find(|prompt| bare.starts_with(prompt));
    let start = prompt.map_or(0, |prompt| line.len() - bare.len() + prompt.len());
    from + start..from + line.len()
}

/// The lines of a text, each with the byte at which it begins.
fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let from = at;
        at += line.len();
        (from, line)
    })
}
