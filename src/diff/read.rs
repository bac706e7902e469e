//! Reads a diff. The grammar is `diffy`'s; what it would pass over in silence is looked for here first.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use diffy::Line as Read;
use diffy::patch_set::{FileMode, FileOperation, FilePatch, ParseOptions, PatchKind, PatchSet};

use super::{Diff, FileChange, Hunk, Line};

/// In bytes. No path is longer, and no line that holds two.
const LONGEST_HEADER: usize = 16 << 10;

/// Why a text is not read as a diff: a clause that begins in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It says nothing of any file.
    NoDiff,
    /// It was written for a terminal, in colours.
    Coloured,
    /// It compares a merge with all its parents.
    Combined,
    /// It is cut off, or was edited.
    Damaged {
        /// The line, from 1, at which the damaged part begins.
        line: usize,
        /// What is wrong.
        why: String,
    },
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refused::NoDiff => write!(f, "it is no unified diff, as `git diff` writes it"),
            Refused::Coloured => write!(f, "it has colours in it; write it with `git diff --no-color`"),
            Refused::Combined => {
                write!(
                    f,
                    "it compares a merge with several parents; compare with one of them, as in `git diff main...`"
                )
            }
            Refused::Damaged { line, why } => write!(f, "what begins at its line {line} can't be read: {why}"),
        }
    }
}

impl std::error::Error for Refused {}

/// Reads a diff. Empty text is a diff of nothing.
pub fn read(bytes: &[u8]) -> Result<Diff, Refused> {
    let text = from_utf16(bytes);
    if text.iter().all(u8::is_ascii_whitespace) {
        return Ok(Diff::default());
    }
    let about = Survey::of(&text)?;
    let text = if about.ends_in_returns { Cow::Owned(without_returns(&text)) } else { text };
    let text = if about.speaks { Cow::Owned(with_plain_marks(&text)) } else { text };
    // Whatever a library makes of hostile bytes, the run goes on.
    let read = catch_unwind(AssertUnwindSafe(|| files(&text, &about)));
    let damaged = || Refused::Damaged { line: 1, why: "it is damaged".to_owned() };
    let read = read.unwrap_or_else(|_| Err(damaged()))?;
    // Counted is what was read, not what is kept: of links and modules of git nothing is.
    let hunks: Vec<usize> = read.iter().map(|(_, hunks)| *hunks).collect();
    match read.is_empty() {
        true => Err(Refused::NoDiff),
        false if hunks.iter().sum::<usize>() < about.hunks.len() => Err(about.lost(&hunks)),
        false => Ok(Diff { files: read.into_iter().map(|(file, _)| file).collect() }),
    }
}

/// What the lines between the contents of files say.
#[derive(Default)]
struct Survey {
    /// `diff --git` begins each file.
    of_git: bool,
    /// The lines, from 1, at which files begin.
    files: Vec<usize>,
    /// The lines, from 1, at which hunks begin.
    hunks: Vec<usize>,
    /// All of its lines end in CRLF: something has converted the diff itself.
    ends_in_returns: bool,
    /// It says in another language that a file has no line end at its end.
    speaks: bool,
}

/// What begins a line that says in which state the end of a file is.
const NO_END: &[u8] = b"\\ No newline at end of file";

impl Survey {
    fn of(text: &[u8]) -> Result<Survey, Refused> {
        let (mut own, mut last): (Survey, &[u8]) = (Survey::default(), b"");
        let mut plain = Vec::new();
        for (at, line) in text.split(|&byte| byte == b'\n').enumerate() {
            match line {
                [b'+', b'+', b'+', b' ', ..] if last.starts_with(b"--- ") => {
                    // By itself the line before this one may be one of a file, which begins with `-- `.
                    if last.len().max(line.len()) > LONGEST_HEADER {
                        return Err(too_long(at));
                    }
                    plain.push(at);
                }
                [0x1b, b'[', ..] => return Err(Refused::Coloured),
                _ if [&b"@@@"[..], b"diff --cc ", b"diff --combined "].iter().any(|it| line.starts_with(it)) => {
                    return Err(Refused::Combined);
                }
                _ if line.starts_with(b"diff --git ") => {
                    own.of_git = true;
                    own.files.push(at + 1);
                    own.ends_in_returns |= line.ends_with(b"\r");
                }
                _ if line.starts_with(b"@@ -") => {
                    own.hunks.push(at + 1);
                    own.ends_in_returns |= line.ends_with(b"@@\r");
                }
                [b'\\', b' ', ..] => own.speaks |= !line.starts_with(NO_END),
                _ => {}
            }
            let is_header = !matches!(line, [b' ' | b'+' | b'-', ..]);
            if is_header && line.len() > LONGEST_HEADER && own.hunks.last() != Some(&(at + 1)) {
                return Err(too_long(at + 1));
            }
            last = line;
        }
        if !own.of_git {
            own.files = plain;
        }
        Ok(own)
    }

    /// The first hunk that nothing was made of, where so many of each file were read.
    fn lost(&self, hunks: &[usize]) -> Refused {
        let before = |at: usize| self.hunks.iter().filter(|&&hunk| hunk < at).count();
        let mut read = 0;
        let ends = self.files.iter().skip(1).copied().chain([usize::MAX]);
        for (hunks, end) in hunks.iter().zip(ends) {
            read += hunks;
            if read < before(end) {
                break;
            }
        }
        let line = self.hunks.get(read).copied().unwrap_or(1);
        Refused::Damaged { line, why: "it does not follow what stands before it".to_owned() }
    }
}

fn too_long(line: usize) -> Refused {
    Refused::Damaged { line, why: "no such line is as long".to_owned() }
}

/// The files, each with the number of hunks that were read of it.
fn files(text: &[u8], about: &Survey) -> Result<Vec<(FileChange, usize)>, Refused> {
    let options = if about.of_git { ParseOptions::gitdiff() } else { ParseOptions::unidiff() };
    let mut files = Vec::new();
    for (at, file) in PatchSet::parse_bytes(text, options).enumerate() {
        let file = file.map_err(|error| match about.files.is_empty() {
            true => Refused::NoDiff,
            false => {
                Refused::Damaged { line: about.files.get(at).copied().unwrap_or(1), why: reason(&error.to_string()) }
            }
        })?;
        let hunks = if let PatchKind::Text(patch) = file.patch() { patch.hunks().len() } else { 0 };
        files.push((change(&file, about.of_git), hunks));
    }
    Ok(files)
}

/// What the library says is wrong, without its counting of bytes.
fn reason(message: &str) -> String {
    let mut rest = message;
    while rest.starts_with("error parsing") {
        let Some((_, why)) = rest.split_once(": ") else { break };
        rest = why;
    }
    rest.to_owned()
}

fn change(file: &FilePatch<'_, [u8]>, of_git: bool) -> FileChange {
    // A path that is no text names no file that could be read.
    let mut is_text = true;
    let mut text = |path: &[u8]| {
        let text = String::from_utf8_lossy(path).into_owned();
        is_text &= text.as_bytes() == path;
        Some(text)
    };
    let of = |before: Option<String>, after: Option<String>| FileChange { before, after, ..FileChange::default() };
    let mut change = match file.operation() {
        FileOperation::Delete(path) => of(text(path), None),
        FileOperation::Create(path) => of(None, text(path)),
        FileOperation::Modify { original, modified } => of(text(original), text(modified)),
        FileOperation::Rename { from, to } => FileChange { bare: true, ..of(text(from), text(to)) },
        FileOperation::Copy { from, to } => FileChange { bare: true, copied: true, ..of(text(from), text(to)) },
    };
    let is = |mode: FileMode| file.old_mode() == Some(&mode) || file.new_mode() == Some(&mode);
    (change.link, change.module) = (is(FileMode::Symlink), is(FileMode::Gitlink));
    match file.patch() {
        PatchKind::Text(patch) => change.hunks = patch.hunks().iter().map(hunk).collect(),
        PatchKind::Binary(_) => change.opaque = true,
    }
    change.module |= change.hunks.iter().flat_map(|hunk| &hunk.lines).all(is_commit) && !change.hunks.is_empty();
    change.opaque |= change.link || change.module || !is_text;
    if change.opaque {
        change.hunks.clear();
    }
    if of_git { change } else { change.of_plain_diff() }
}

/// What git tells of a repository inside of this one.
fn is_commit(line: &Line) -> bool {
    let (Line::Same(text) | Line::Removed(text) | Line::Added(text)) = line;
    text.starts_with(b"Subproject commit ")
}

fn hunk(hunk: &diffy::Hunk<'_, [u8]>) -> Hunk {
    // An empty range is told by the line before it.
    let before = |range: diffy::HunkRange| range.start().saturating_sub(usize::from(!range.is_empty()));
    let line = |line: &Read<'_, [u8]>| match line {
        Read::Context(text) => Line::Same(text.to_vec()),
        Read::Delete(text) => Line::Removed(text.to_vec()),
        Read::Insert(text) => Line::Added(text.to_vec()),
    };
    Hunk {
        old: before(hunk.old_range()),
        new: before(hunk.new_range()),
        lines: hunk.lines().iter().map(line).collect(),
    }
}

impl FileChange {
    /// `diff -N` has no word for a file that is new or gone: its only hunk has nothing on one side, before the first line.
    fn of_plain_diff(self) -> FileChange {
        let [hunk] = self.hunks.as_slice() else { return self };
        let none = |is: fn(&Line) -> bool| !hunk.lines.iter().any(is);
        let (empty, full) = (hunk.old == 0 && hunk.new == 0, !hunk.lines.is_empty() && !self.bare);
        if !empty || !full {
            return self;
        }
        match (none(|line| !matches!(line, Line::Added(_))), none(|line| !matches!(line, Line::Removed(_)))) {
            (true, _) => FileChange { before: self.before.filter(|_| self.after.is_none()), ..self },
            (_, true) => FileChange { after: self.after.filter(|_| self.before.is_none()), ..self },
            _ => self,
        }
    }
}

/// PowerShell writes what it redirects in UTF-16.
fn from_utf16(bytes: &[u8]) -> Cow<'_, [u8]> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        [0xef, 0xbb, 0xbf, rest @ ..] => return Cow::Borrowed(rest),
        _ => return Cow::Borrowed(bytes),
    };
    let units: Vec<u16> = bytes.chunks_exact(2).skip(1).filter_map(|pair| pair.try_into().ok().map(unit)).collect();
    Cow::Owned(String::from_utf16_lossy(&units).into_bytes())
}

fn without_returns(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        match line.strip_suffix(b"\r\n") {
            Some(line) => plain.extend(line.iter().chain(b"\n")),
            None => plain.extend(line),
        }
    }
    plain
}

/// `diff` says in the language of its user that a file has no line end at its end.
fn with_plain_marks(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        match line {
            [b'\\', b' ', ..] => plain.extend(NO_END.iter().chain(b"\n")),
            line => plain.extend(line),
        }
    }
    plain
}
