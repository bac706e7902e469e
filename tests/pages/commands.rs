//! What the pages show acrlint saying is what it says.
//!
//! A ```` ```console ```` block that begins with `$ acrlint` is run, each of its commands in turn, and what stands below a
//! command has to be what it prints; a line `…` stands for any lines. Folders of `testdata/` that a command names are there.
//! A block whose line above is the name of a file in backticks is that file; the commands that follow run in its folder. The
//! first file of a chapter (`##`) begins an empty one.

use std::path::Path;
use std::process::Command;

use crate::markdown::{Piece, pieces};
use crate::{report, root, text_of, updates, written_pages};

/// The line that stands for any lines.
const ELIDED: &str = "…";

#[test]
fn commands_say_what_the_pages_show() {
    let mut problems = Vec::new();
    for page in written_pages() {
        let (text, mut edits) = (text_of(&page), Vec::new());
        let mut place = Place::new();
        for piece in pieces(&text) {
            match piece {
                Piece::Block { info, text, line } if info == "console" && text.starts_with("$ acrlint") => {
                    for shown in commands(&text, line) {
                        let said = place.run(&shown.command);
                        if !fits(&shown.output, &said) {
                            problems.push(format!("{page}:{}: `{}` says\n{said}", shown.line, shown.command));
                            edits.push((shown, said));
                        }
                    }
                }
                other => place.take(&other),
            }
        }
        if updates() && !edits.is_empty() {
            std::fs::write(root().join(&page), rewritten(&text, &edits)).expect("a page is writable");
        }
    }
    report("commands of the pages", &problems);
}

/// A command and what a page shows it saying.
struct Shown {
    command: String,
    /// The line of the command in the page, from 1.
    line: usize,
    output: String,
}

fn commands(block: &str, first: usize) -> Vec<Shown> {
    let mut found: Vec<Shown> = Vec::new();
    for (at, text) in block.lines().enumerate() {
        match (text.strip_prefix("$ "), found.last_mut()) {
            (Some(command), _) => {
                found.push(Shown { command: command.to_owned(), line: first + at, output: String::new() });
            }
            (None, Some(shown)) => shown.output += &format!("{text}\n"),
            (None, None) => panic!("line {first}: output before a command"),
        }
    }
    found
}

/// Whether `said` is `shown`, with whole lines left out where a line is `…`.
fn fits(shown: &str, said: &str) -> bool {
    let mut rest = said;
    let mut free = false;
    for part in shown.split_inclusive('\n').collect::<Vec<_>>().split(|line| line.trim() == ELIDED) {
        let part = part.concat();
        match rest.find(&part) {
            Some(at) if free || at == 0 => rest = &rest[at + part.len()..],
            _ => return false,
        }
        free = true;
    }
    let ends_free = shown.lines().last().is_some_and(|line| line.trim() == ELIDED);
    ends_free || rest.is_empty()
}

/// The page with what the commands say now; blocks that leave something out are written by hand.
fn rewritten(page: &str, edits: &[(Shown, String)]) -> String {
    let mut lines: Vec<String> = page.lines().map(str::to_owned).collect();
    for (shown, said) in edits.iter().rev().filter(|(shown, _)| !shown.output.lines().any(|line| line.trim() == ELIDED))
    {
        let from = shown.line;
        lines.splice(from..from + shown.output.lines().count(), said.lines().map(str::to_owned));
    }
    lines.join("\n") + "\n"
}

/// Where the commands of a page run.
struct Place {
    folder: tempfile::TempDir,
    /// A chapter began, and no file came since.
    fresh: bool,
    /// The name that the last line before a block gives.
    named: Option<String>,
}

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().expect("a folder can be made");
        // What bounds a repository.
        std::fs::create_dir(folder.path().join(".git")).expect("a folder can be made");
        Place { folder, fresh: true, named: None }
    }

    fn take(&mut self, piece: &Piece) {
        match piece {
            Piece::Heading(depth, _) => (self.fresh, self.named) = (self.fresh || *depth <= 2, None),
            Piece::Prose(text) => {
                let last = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
                let name = last.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'));
                self.named = name.filter(|name| !name.contains('`')).map(str::to_owned);
            }
            Piece::Block { text, .. } => {
                if let Some(name) = self.named.take() {
                    self.write(&name, text);
                }
            }
        }
    }

    fn write(&mut self, name: &str, text: &str) {
        if std::mem::take(&mut self.fresh) {
            *self = Place { fresh: false, ..Place::new() };
        }
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("a folder can be made");
        std::fs::write(path, text).expect("a file is writable");
    }

    /// What a command prints: on standard error first, as it comes first. With `-v` that has times in it and is left out.
    fn run(&self, command: &str) -> String {
        let words: Vec<&str> = command.split_whitespace().skip(1).collect();
        words.iter().filter(|word| word.starts_with("testdata/")).for_each(|word| self.bring(word));
        let mut run = Command::new(env!("CARGO_BIN_EXE_acrlint"));
        run.current_dir(self.folder.path()).args(&words);
        for variable in ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "TERM"] {
            run.env_remove(variable);
        }
        let output = run.output().expect("acrlint runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let first = if words.contains(&"-v") { String::new() } else { text(&output.stderr) };
        first + &text(&output.stdout)
    }

    fn bring(&self, path: &str) {
        copy(&root().join(path), &self.folder.path().join(path));
    }
}

fn copy(from: &Path, to: &Path) {
    if from.is_file() {
        std::fs::create_dir_all(to.parent().expect("a file is in a folder")).expect("a folder can be made");
        std::fs::copy(from, to).expect("a file can be copied");
        return;
    }
    let entries = std::fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
    entries.flatten().for_each(|entry| copy(&entry.path(), &to.join(entry.file_name())));
}

#[test]
fn lines_may_be_left_out_where_it_is_said() {
    assert!(fits("a\nb\n", "a\nb\n"));
    assert!(fits("a\n…\nc\n", "a\nb\nb\nc\n"));
    assert!(fits("a\n…\n", "a\nb\n"));
    assert!(fits("…\nc\n", "a\nc\n"));
    for (shown, said) in [("a\n", "a\nb\n"), ("b\n", "a\nb\n"), ("a\n…\nd\n", "a\nb\nc\n"), ("", "a\n")] {
        assert!(!fits(shown, said), "{shown:?} {said:?}");
    }
}
