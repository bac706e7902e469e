//! Texts and positions. This room knows no language: it hands out texts, spans in them, and the line and column of a
//! span when something is printed. [`Store`] is the only door to further files and never leaves the scanned root.

mod elsewhere;
mod laid;
pub mod path;
mod position;
mod store;
mod trail;

pub use elsewhere::{Elsewhere, Mark, QuotedLine};
pub use laid::{Laid, Over};
pub use position::{LineColumn, Place};
pub use store::{Files, FolderFiles, Larger, MemoryFiles, OpenError, Rewrite, Source, Store, UNKNOWN, decode};
pub use trail::{Hop, Trail, Via};

/// A source file of this run; an index into the [`Store`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(pub u32);

/// A range of bytes in a source: 12 bytes, `Copy`. Lines and columns are worked out only when something is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub source: SourceId,
    /// First byte, counted in the text without its byte order mark.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end` of `source`. A range beyond 4 GiB can't occur: the size limit of files is far below.
    pub fn new(source: SourceId, start: usize, end: usize) -> Span {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Span { source, start: clamp(start), end: clamp(end.max(start)) }
    }

    /// The start of the file, for what is said about a file as a whole.
    pub fn file(source: SourceId) -> Span {
        Span { source, start: 0, end: 0 }
    }

    /// The smallest span that holds both; `self` if they are of different files.
    pub fn to(self, other: Span) -> Span {
        if self.source != other.source {
            return self;
        }
        Span { source: self.source, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The span as a byte range.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}
