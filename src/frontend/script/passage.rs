//! A text that is read on its own, and where its bytes stand in the file that holds it: a script is a file, a scalar of a
//! pipeline, the recipe of a rule or a block of a page.

use std::sync::Arc;

use crate::source::{SourceId, Span};

/// How far ahead a line is looked for where the text is not the file's own.
const WINDOW: usize = 4_096;

/// A text and its places.
#[derive(Clone, Debug)]
pub(super) struct Passage {
    pub text: Arc<str>,
    source: SourceId,
    /// Where runs of bytes begin: in the text, in the file.
    marks: Vec<(usize, usize)>,
}

impl Passage {
    /// The whole of a file.
    pub fn whole(source: SourceId, text: &Arc<str>) -> Passage {
        Passage { text: text.clone(), source, marks: vec![(0, 0)] }
    }

    /// Parts of a file, put together line by line.
    pub fn of_parts(source: SourceId, file: &str, parts: &[std::ops::Range<usize>]) -> Passage {
        let (mut text, mut marks) = (String::new(), Vec::new());
        for part in parts {
            marks.push((text.len(), part.start));
            text.push_str(file.get(part.clone()).unwrap_or_default());
            if !text.ends_with('\n') {
                text.push('\n');
            }
        }
        Passage { text: text.into(), source, marks }
    }

    /// What a scalar at `span` of a file says: each line is looked for where it is written.
    pub fn of_scalar(file: &str, span: Span, value: &str) -> Passage {
        let source = span.source;
        let (mut marks, mut at, mut from) = (Vec::new(), 0, span.range().start);
        for line in value.split_inclusive('\n') {
            let words = line.trim();
            let indent = line.len() - line.trim_start().len();
            let most = (from + words.len() + WINDOW).min(span.range().end);
            let found = window(file, from, most).find(words).filter(|_| !words.is_empty());
            let place = found.map_or(from, |found| from + found);
            marks.push((at + if found.is_some() { indent } else { 0 }, place));
            from = if found.is_some() { place + words.len() } else { from };
            at += line.len();
        }
        Passage { text: value.into(), source, marks }
    }

    /// Passages of one file, one behind the other, each with lines of its own.
    pub fn joined(passages: Vec<Passage>) -> Option<Passage> {
        let source = passages.first()?.source;
        let (mut text, mut marks) = (String::new(), Vec::new());
        for passage in passages {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            marks.extend(passage.marks.iter().map(|&(at, file)| (text.len() + at, file)));
            text.push_str(&passage.text);
        }
        Some(Passage { text: text.into(), source, marks })
    }

    /// Parts of the text, each within one line, put together line by line.
    pub fn parts(&self, parts: &[std::ops::Range<usize>]) -> Passage {
        let (mut text, mut marks) = (String::new(), Vec::new());
        for part in parts {
            marks.push((text.len(), self.place(part.start)));
            text.push_str(self.text.get(part.clone()).unwrap_or_default());
            if !text.ends_with('\n') {
                text.push('\n');
            }
        }
        Passage { text: text.into(), source: self.source, marks }
    }

    /// The place of a range of the text in the file.
    pub fn span(&self, start: usize, end: usize) -> Span {
        let from = self.place(start);
        let to = if end > start { self.place(end - 1) + 1 } else { from };
        Span::new(self.source, from, to.max(from))
    }

    fn place(&self, at: usize) -> usize {
        let after = self.marks.partition_point(|&(text, _)| text <= at);
        match after.checked_sub(1).and_then(|mark| self.marks.get(mark)) {
            Some(&(text, file)) => file + (at - text),
            None => self.marks.first().map_or(at, |&(_, file)| file),
        }
    }
}

/// The part of a text between two bytes, moved to where characters begin.
fn window(text: &str, from: usize, to: usize) -> &str {
    let mut to = to.min(text.len());
    while to < text.len() && !text.is_char_boundary(to) {
        to += 1;
    }
    text.get(from..to).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_scalar_are_found_where_they_stand() {
        let file = "run: |\n    az aks show\n    kubectl apply\n";
        let span = Span::new(SourceId(0), 5, file.len());
        let passage = Passage::of_scalar(file, span, "az aks show\nkubectl apply\n");
        let at = passage.text.find("apply").unwrap();
        let found = passage.span(at, at + 5);
        assert_eq!(file.get(found.range()), Some("apply"));
    }

    #[test]
    fn parts_keep_their_places() {
        let file = "a:\n\taz one\nb:\n\taz two\n";
        let passage = Passage::of_parts(SourceId(0), file, &[4..10, 15..21]);
        assert_eq!(&*passage.text, "az one\naz two\n");
        assert_eq!(file.get(passage.span(10, 13).range()), Some("two"));
    }
}
