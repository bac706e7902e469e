//! Pages: fenced blocks of commands, which somebody runs by hand.

use crate::frontend::script::passage::Passage;
use crate::frontend::script::run::Run;
use crate::frontend::script::syntax::{Dialect, posix, powershell};

const SHELLS: [&str; 10] =
    ["", "bash", "sh", "shell", "console", "azurecli", "azurecli-interactive", "zsh", "shell-session", "terminal"];

/// Runs all blocks of a page, as steps by hand.
pub(super) fn run(run: &mut Run<'_>, text: &str) {
    run.manual = true;
    let (mut at, mut open): (usize, Option<(&str, String)>) = (0, None);
    let mut parts = Vec::new();
    for line in text.split_inclusive('\n') {
        let from = at;
        at += line.len();
        let bare = line.trim();
        match &open {
            None => {
                let mark = ["```", "~~~"].into_iter().find(|mark| bare.starts_with(mark));
                if let Some(mark) = mark {
                    let word = bare.trim_start_matches(['`', '~']).split([' ', '{', ',']).next().unwrap_or_default();
                    open = Some((mark, word.to_ascii_lowercase()));
                }
            }
            Some((mark, shell)) if bare.starts_with(mark) => {
                block(run, text, shell, &std::mem::take(&mut parts));
                open = None;
            }
            // A prompt is none of the command.
            Some(_) => {
                let prompt = ["$ ", "> ", "PS> "].into_iter().find(|prompt| bare.starts_with(prompt));
                let indent = line.len() - line.trim_start().len();
                parts.push(from + prompt.map_or(0, |prompt| indent + prompt.len())..at);
            }
        }
    }
    if let Some((_, shell)) = open {
        block(run, text, &shell, &parts);
    }
}

fn block(run: &mut Run<'_>, text: &str, shell: &str, parts: &[std::ops::Range<usize>]) {
    let passage = Passage::of_parts(run.source, text, parts);
    match shell {
        "powershell" | "pwsh" | "ps1" | "azurepowershell" => run.script(&powershell::parse(&passage, Dialect::Plain)),
        shell if SHELLS.contains(&shell) => run.script(&posix::parse(&passage, Dialect::Plain)),
        _ => {}
    }
}
