//! Notebooks: cells of a shell, and the lines of other cells that are handed to one.

use super::block;
use crate::frontend::script::notebook::{Cell, Notebook};
use crate::frontend::script::run::Run;

/// Runs all cells of code, as steps by hand.
pub(in crate::frontend::script::hosts) fn run(run: &mut Run<'_>, text: &str) {
    run.manual = true;
    let Some(notebook) = Notebook::of(run.source, text) else { return };
    for cell in notebook.cells.iter().filter(|cell| cell.is_code) {
        match language_of(cell, &notebook.language) {
            Some(language) => block(run, &cell.passage, language),
            None => block(run, &cell.passage.parts(&handed(&cell.passage.text)), "bash"),
        }
    }
}

/// The shell that a cell is for as a whole.
fn language_of<'c>(cell: &Cell, kernel: &'c str) -> Option<&'c str> {
    let first = cell.passage.text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    let words: Vec<&str> = first.split_whitespace().collect();
    match words.as_slice() {
        ["%%bash" | "%%sh" | "%%!" | "%%zsh" | "#!bash" | "#!sh", ..]
        | ["%%script", "bash" | "sh" | "/bin/bash", ..] => Some("bash"),
        ["%%pwsh" | "%%powershell" | "#!pwsh" | "#!powershell", ..] | ["%%script", "pwsh" | "powershell", ..] => {
            Some("pwsh")
        }
        _ => ["bash", "sh", "pwsh", "powershell"].contains(&kernel).then_some(kernel),
    }
}

/// `!command`, `name = !command`, `%sx command`, and the lines that they go on in.
fn handed(text: &str) -> Vec<std::ops::Range<usize>> {
    let (mut found, mut goes_on) = (Vec::new(), false);
    for (from, line) in super::numbered(text) {
        let bare = line.trim_start();
        let behind = bare.strip_prefix('!').or_else(|| bare.strip_prefix("%sx ")).or_else(|| {
            bare.split_once("= !").filter(|(name, _)| !name.contains(['"', '\'', '('])).map(|(_, command)| command)
        });
        if goes_on || behind.is_some() {
            let command = behind.filter(|_| !goes_on).map_or(line, |command| command.trim_start_matches('!'));
            found.push(from + line.len() - command.len()..from + line.len());
            goes_on = line.trim_end().ends_with('\\');
        }
    }
    found
}
