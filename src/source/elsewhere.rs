//! Files of other repositories: their places are known, their texts aren't.

use std::sync::Arc;

use super::LineColumn;

/// A position that is spoken of, line and column from 1, columns in code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// Line.
    pub line: u32,
    /// Column.
    pub column: u32,
}

/// A file of another repository. Its places get offsets in their order, so that spans in it meet and hold each other as
/// they do in the file itself.
#[derive(Clone, Debug)]
pub struct Elsewhere {
    pub(super) path: Arc<str>,
    /// What is quoted of the file, each piece where its place begins.
    pub(super) text: Arc<str>,
    marks: Vec<(u32, Mark)>,
    /// Lines that are told whole: where they begin and end, and what they say.
    lines: Vec<(u32, u32, Arc<str>)>,
}

/// A line that is told whole.
#[derive(Clone, Debug)]
pub struct QuotedLine {
    /// Where it begins.
    pub start: Mark,
    /// Behind its last character.
    pub end: Mark,
    /// What it says.
    pub text: Arc<str>,
}

impl Elsewhere {
    /// The file at `path`, with all positions that are spoken of, each with what is quoted there, and lines of it.
    pub fn new(
        path: impl Into<Arc<str>>,
        mut marks: Vec<(Mark, Option<Arc<str>>)>,
        lines: Vec<QuotedLine>,
    ) -> Elsewhere {
        marks.extend(lines.iter().flat_map(|line| [(line.start, None), (line.end, None)]));
        marks.sort();
        marks.dedup();
        let mut text = String::new();
        let mut placed: Vec<(u32, Mark)> = Vec::new();
        for (mark, quoted) in marks {
            if placed.last().is_none_or(|(_, last)| *last != mark) {
                placed.push((u32::try_from(text.len()).unwrap_or(u32::MAX), mark));
                text.push('\n');
            }
            if let Some(quoted) = quoted {
                text.push_str(&quoted);
                text.push('\n');
            }
        }
        let mut file = Elsewhere { path: path.into(), text: text.into(), marks: placed, lines: Vec::new() };
        file.lines = lines.into_iter().map(|it| (file.offset(it.start), file.offset(it.end), it.text)).collect();
        file
    }

    /// The offset of a position; that of the next one where nobody spoke of it.
    pub fn offset(&self, mark: Mark) -> u32 {
        let at = self.marks.partition_point(|(_, known)| *known < mark);
        self.marks.get(at).map_or(u32::try_from(self.text.len()).unwrap_or(u32::MAX), |(offset, _)| *offset)
    }

    /// The lines that are told whole: where they begin and end, and what they say.
    pub(super) fn lines(&self) -> &[(u32, u32, Arc<str>)] {
        &self.lines
    }

    /// The position of an offset: that of the place which begins there or before.
    pub(super) fn position(&self, offset: u32) -> LineColumn {
        let at = self.marks.partition_point(|(known, _)| *known <= offset);
        let mark = at.checked_sub(1).and_then(|at| self.marks.get(at)).map_or(Mark { line: 1, column: 1 }, |it| it.1);
        let column = mark.column as usize;
        LineColumn { line: mark.line as usize, utf8: column, utf16: column, chars: column }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{MemoryFiles, Span, Store};

    #[test]
    fn places_keep_their_order_and_their_lines() {
        let store = Store::new(MemoryFiles::default());
        let mark = |line, column| Mark { line, column };
        let quoted = Some("harbour".into());
        let all = vec![(mark(7, 3), None), (mark(2, 10), quoted), (mark(2, 19), None), (mark(2, 10), None)];
        let file = Elsewhere::new("infra:main.tf", all, Vec::new());
        let span = |from: Mark, to: Mark| (file.offset(from) as usize, file.offset(to) as usize);
        let (name, whole) = (span(mark(2, 10), mark(2, 19)), span(mark(2, 10), mark(7, 3)));
        let id = store.add_elsewhere(file);
        let source = store.source(id);
        assert!(source.is_elsewhere() && &*source.path == "infra:main.tf");
        assert_eq!(source.position(name.0 as u32).line, 2);
        assert_eq!((source.position(whole.1 as u32).line, source.position(whole.1 as u32).chars), (7, 3));
        assert!(name.0 == whole.0 && name.1 < whole.1);
        assert!(store.snippet(Span::new(id, name.0, name.1)).contains("harbour"));
        assert_eq!(source.line(2), None);
    }
}
