//! Lines and columns, worked out from byte offsets only when something is printed.

use super::{Source, Span};

/// A position as people and formats count it: everything from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// Line, from 1. CR, LF and CRLF each end a line.
    pub line: usize,
    /// Column in bytes of UTF-8, from 1.
    pub utf8: usize,
    /// Column in UTF-16 code units, from 1 (SARIF, language servers).
    pub utf16: usize,
    /// Column in Unicode code points, from 1 (terminals, annotations).
    pub chars: usize,
}

/// Where a span lies, ready to be printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Path relative to the root, with `/`.
    pub path: String,
    /// First position.
    pub start: LineColumn,
    /// Position after the last character.
    pub end: LineColumn,
}

/// Bytes between two marks.
const STRIDE: usize = 4_096;

/// The text before a place, counted in every unit.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counted {
    offset: usize,
    utf16: usize,
    chars: usize,
}

impl Counted {
    fn after(self, text: &str) -> Counted {
        if text.is_ascii() {
            let length = text.len();
            return Counted { offset: self.offset + length, utf16: self.utf16 + length, chars: self.chars + length };
        }
        let utf16: usize = text.chars().map(char::len_utf16).sum();
        Counted {
            offset: self.offset + text.len(),
            utf16: self.utf16 + utf16,
            chars: self.chars + text.chars().count(),
        }
    }
}

impl Source {
    /// Offsets at which lines begin, the first being 0.
    pub fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let bytes = self.text.as_bytes();
            let ends = bytes
                .iter()
                .enumerate()
                .filter(|&(at, &byte)| byte == b'\n' || byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
            std::iter::once(0).chain(ends.map(|(at, _)| at as u32 + 1)).collect()
        })
    }

    /// The position of a byte offset; past the end, the end. An offset inside a character counts as its start.
    pub fn position(&self, offset: u32) -> LineColumn {
        if let Some(elsewhere) = &self.elsewhere {
            return elsewhere.position(offset);
        }
        let mut offset = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let starts = self.line_starts();
        let line = starts.partition_point(|&start| start as usize <= offset);
        let start = starts.get(line.saturating_sub(1)).map_or(0, |&start| start as usize);
        let (from, to) = (self.counted(start), self.counted(offset));
        LineColumn {
            line,
            utf8: offset - start + 1,
            utf16: to.utf16 - from.utf16 + 1,
            chars: to.chars - from.chars + 1,
        }
    }

    /// How much text stands before a byte offset that begins a character.
    fn counted(&self, offset: usize) -> Counted {
        let marks = self.marks();
        let at = marks.partition_point(|mark| mark.offset <= offset);
        let mark = at.checked_sub(1).and_then(|at| marks.get(at)).copied().unwrap_or_default();
        let rest = self.text.get(mark.offset..offset).unwrap_or_default();
        mark.after(rest)
    }

    /// Counts at every few thousand bytes: a template may be one line of megabytes, with thousands of findings on it.
    fn marks(&self) -> &[Counted] {
        self.marks.get_or_init(|| {
            let (mut found, mut rest) = (vec![Counted::default()], &*self.text);
            while rest.len() > STRIDE {
                let mut cut = STRIDE;
                while !rest.is_char_boundary(cut) {
                    cut -= 1;
                }
                let (before, after) = rest.split_at(cut);
                let last = found.last().copied().unwrap_or_default();
                found.push(last.after(before));
                rest = after;
            }
            found.into()
        })
    }

    /// Where `span` lies in this source.
    pub fn place(&self, span: Span) -> Place {
        Place { path: self.path.to_string(), start: self.position(span.start), end: self.position(span.end) }
    }

    /// The text of a line (from 1) without its end, or nothing when there is no such line.
    pub fn line(&self, line: usize) -> Option<&str> {
        if self.is_elsewhere() {
            return None;
        }
        let starts = self.line_starts();
        let start = *starts.get(line.checked_sub(1)?)? as usize;
        let end = starts.get(line).map_or(self.text.len(), |&next| next as usize);
        self.text.get(start..end).map(|text| text.trim_end_matches(['\n', '\r']))
    }

    /// The line (from 1) that holds a byte offset.
    pub fn line_of(&self, offset: u32) -> usize {
        if let Some(elsewhere) = &self.elsewhere {
            return elsewhere.position(offset).line;
        }
        self.line_starts().partition_point(|&start| start <= offset).max(1)
    }
}

#[cfg(test)]
mod tests {
    use crate::source::{LineColumn, MemoryFiles, Store};

    #[test]
    fn columns_are_counted_in_three_units() {
        let store = Store::new(MemoryFiles::default());
        let id = store.add("a.yaml", "\u{feff}a\r\nb: \u{1F600}x\rc\n".as_bytes().to_vec()).unwrap();
        let source = store.source(id);
        let x = source.text.find('x').unwrap() as u32;
        assert_eq!(source.position(x), LineColumn { line: 2, utf8: 8, utf16: 6, chars: 5 });
        assert_eq!(source.position(x - 2), LineColumn { line: 2, utf8: 4, utf16: 4, chars: 4 });
        assert_eq!(source.position(10_000).line, 4);
        assert_eq!((source.line(1), source.line(3), source.line(5)), (Some("a"), Some("c"), None));
    }

    #[test]
    fn columns_of_a_long_line_are_counted_from_its_start() {
        let store = Store::new(MemoryFiles::default());
        let text = format!("first\n{}x", "ü\u{1F600}".repeat(5_000));
        let id = store.add("a", text.clone().into_bytes()).unwrap();
        let x = text.find('x').unwrap() as u32;
        let expected = LineColumn { line: 2, utf8: 30_001, utf16: 15_001, chars: 10_001 };
        assert_eq!(store.source(id).position(x), expected);
    }

    #[test]
    fn an_empty_file_has_one_line() {
        let store = Store::new(MemoryFiles::default());
        let id = store.add("a", Vec::new()).unwrap();
        assert_eq!(store.source(id).position(0), LineColumn { line: 1, utf8: 1, utf16: 1, chars: 1 });
    }
}
