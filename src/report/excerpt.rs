//! The lines of one file that a diagnostic shows, in the form that miette reads: safe to show, with the file's own line
//! numbers and columns, and without a copy of the rest of the file.

use std::collections::{BTreeMap, BTreeSet};

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::snippet::{self, first_line};
use super::telling::Telling;
use crate::finding::Label;
use crate::source::{SourceId, Span};

/// Lines of a file that lie together, and others further away.
#[derive(Debug)]
pub(super) struct Excerpt {
    name: String,
    groups: Vec<Group>,
    /// Columns (from 0, in code points) of the label starts, by their offset in the excerpt.
    columns: BTreeMap<usize, usize>,
    /// The labels in offsets of the excerpt.
    pub labels: Vec<LabeledSpan>,
}

/// Lines without a gap between them.
#[derive(Debug)]
struct Group {
    /// Offset in the excerpt: groups never touch, so that no span falls into two.
    offset: usize,
    text: String,
    /// The first line, from 1.
    line: usize,
}

impl Excerpt {
    /// The lines of `labels`, which are of one file, and no others: what stands beside them may be a password that
    /// nobody knows to be one. The first label is the primary one.
    pub(super) fn new(telling: &Telling<'_>, file: SourceId, labels: &[(&Label, Option<String>)]) -> Excerpt {
        let source = telling.source(file);
        let spans: Vec<Span> = labels.iter().map(|(label, _)| first_line(&source, label.span)).collect();
        let lines: BTreeSet<usize> = spans.iter().map(|span| source.line_of(span.start)).collect();
        let mut excerpt =
            Excerpt { name: telling.path(file), groups: Vec::new(), columns: BTreeMap::new(), labels: Vec::new() };
        for &line in lines.iter().filter(|&&line| line <= source.line_starts().len()) {
            // A single line in between is hinted at: the lines around it stay one picture.
            if lines.contains(&(line.saturating_sub(2))) && !lines.contains(&(line - 1)) {
                excerpt.add(line - 1, "…");
            }
            let here = |span: &&Span| source.line_of(span.start) == line;
            let focus = spans.iter().find(here).map_or(0..0, |span| span.range());
            let shown = snippet::line(&source, file, line, &focus, &telling.veil);
            let start = excerpt.add(line, &shown.text);
            for (span, (_, text)) in spans.iter().zip(labels).filter(|(span, _)| here(span)) {
                let (from, to) = (shown.offset(span.start as usize), shown.offset(span.end as usize));
                let column = source.position(span.start).chars - 1;
                excerpt.columns.entry(start + from).or_insert(column);
                let place = SourceSpan::from((start + from, to.saturating_sub(from)));
                let primary = Some(span) == spans.first();
                let new = if primary { LabeledSpan::new_primary_with_span } else { LabeledSpan::new_with_span };
                excerpt.labels.push(new(text.clone(), place));
            }
        }
        excerpt
    }

    /// Adds a line and says at which offset it begins.
    fn add(&mut self, line: usize, text: &str) -> usize {
        // An empty line can't be pointed at: it is shown as a space.
        let text = if text.is_empty() { " " } else { text };
        if let Some(group) = self.groups.last_mut()
            && group.line + group.text.matches('\n').count() + 1 == line
        {
            group.text.push('\n');
            let start = group.offset + group.text.len();
            group.text.push_str(text);
            return start;
        }
        let offset = self.groups.last().map_or(0, |group| group.offset + group.text.len() + 2);
        self.groups.push(Group { offset, text: text.to_owned(), line });
        offset
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let holds = |group: &&Group| {
            group.offset <= span.offset() && span.offset() + span.len() <= group.offset + group.text.len()
        };
        let group = self.groups.iter().find(holds).ok_or(MietteError::OutOfBounds)?;
        let lines = group.text.matches('\n').count();
        // miette reads the whole group for the lines, and line and column of a label for the heading.
        let text_before = group.text.get(..span.offset() - group.offset).unwrap_or_default();
        let heading = before == 0 && after == 0;
        let (line, column) = if heading {
            (group.line - 1 + text_before.matches('\n').count(), self.columns.get(&span.offset()).copied().unwrap_or(0))
        } else {
            (group.line - 1, 0)
        };
        let whole = SourceSpan::from((group.offset, group.text.len()));
        let contents =
            MietteSpanContents::new_named(self.name.clone(), group.text.as_bytes(), whole, line, column, lines);
        Ok(Box::new(contents))
    }
}
