//! Unified diffs, as `git diff` and `diff -u` write them: what they say of which files, whether they lead to the files as
//! they are, and what those were before. This room knows no Azure.

mod locate;
mod read;
mod undo;

pub use locate::{Located, Mapping, Reader, locate};
pub use read::{Refused, read};
pub use undo::{Block, Misfit};

/// A change of a tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// The files that it changes, in its own order.
    pub files: Vec<FileChange>,
}

/// A change of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileChange {
    /// The path before the change, as the diff writes it; none for a file that it creates.
    pub before: Option<String>,
    /// The path after the change; none for a file that it removes.
    pub after: Option<String>,
    /// Whether the paths have no prefix whatever others have: those of renamed and copied files.
    pub bare: bool,
    /// The file before the change stays.
    pub copied: bool,
    /// What is in the file is not told line by line: it is binary, a link, or a module of git, or its name is no text.
    pub opaque: bool,
    /// It is a symbolic link.
    pub link: bool,
    /// It is a repository inside of this one, of which a diff tells the commit.
    pub module: bool,
    /// What changes in it, from top to bottom.
    pub hunks: Vec<Hunk>,
}

/// Lines that change, with some around them that don't.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// How many lines stand before it, before the change.
    pub old: usize,
    /// How many lines stand before it, after the change.
    pub new: usize,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// A line of a hunk, with its end as far as it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// It is there before and after.
    Same(Vec<u8>),
    /// It is gone.
    Removed(Vec<u8>),
    /// It is new.
    Added(Vec<u8>),
}

impl FileChange {
    /// The paths before and after, each where there is one.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.before.iter().chain(&self.after).map(String::as_str)
    }

    /// Whether it says nothing of what is in the file: it is empty, moves as it is, or changes its mode.
    fn is_bodiless(&self) -> bool {
        self.hunks.is_empty()
    }
}

#[cfg(test)]
mod tests;
