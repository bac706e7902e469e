//! Where the parts of a text stand in the file that it was made of: line by line, since what is filled in seldom has more
//! than one.

use crate::source::Span;

/// The lines of a text beside those of the file.
pub(super) struct Lines<'t> {
    all: Vec<Pair<'t>>,
    /// The place of the whole text.
    at: Span,
}

/// A line of a text and of the file, without the blanks in front.
struct Pair<'t> {
    /// Where it begins, behind its blanks: in the text, in the file.
    made: usize,
    written: usize,
    made_length: usize,
    line: &'t str,
    /// How much is the same at the beginning and at the end.
    same_start: usize,
    same_end: usize,
}

impl<'t> Lines<'t> {
    /// `made` of what is `written` at a place; where they have not as many lines, all of it stands at that place.
    pub fn between(made: &str, written: &'t str, at: Span) -> Lines<'t> {
        let count = |text: &str| text.trim_end_matches(['\n', '\r']).split('\n').count();
        if count(made) != count(written) {
            return Lines { all: Vec::new(), at };
        }
        let (mut from, mut file) = (0, at.range().start);
        let mut all = Vec::new();
        for (own, line) in made.split_inclusive('\n').zip(written.split_inclusive('\n')) {
            all.push(Pair::of(own, line, from, file));
            from += own.len();
            file += line.len();
        }
        Lines { all, at }
    }

    /// The place in the file of a part of the text.
    pub fn place(&self, part: Span) -> Span {
        let (start, end) = (part.range().start, part.range().end);
        let Some((first, last)) = self.pair(start).zip(self.pair(end.saturating_sub(1).max(start))) else {
            return self.at;
        };
        let (from, to) = (first.start(start), last.end(end));
        Span::new(self.at.source, from, to.max(from))
    }

    fn pair(&self, at: usize) -> Option<&Pair<'t>> {
        // Blanks in front belong to the line before only where there is no other.
        let after = self.all.partition_point(|pair| pair.made <= at);
        self.all.get(after.saturating_sub(1))
    }
}

impl<'t> Pair<'t> {
    fn of(made: &str, written: &'t str, made_at: usize, written_at: usize) -> Pair<'t> {
        let (own, line) = (made.trim(), written.trim());
        let blanks = |text: &str| text.len() - text.trim_start().len();
        let same_start: usize =
            own.chars().zip(line.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
        let rest = |text: &str| text.get(same_start..).unwrap_or_default().chars().rev().collect::<Vec<char>>();
        let same_end: usize =
            rest(own).iter().zip(&rest(line)).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
        Pair {
            made: made_at + blanks(made).min(made.len()),
            written: written_at + blanks(written),
            made_length: own.len(),
            line,
            same_start,
            same_end,
        }
    }

    fn start(&self, at: usize) -> usize {
        let at = at.saturating_sub(self.made);
        self.written
            + match () {
                () if at <= self.same_start => at,
                () if at + self.same_end >= self.made_length => self.before_end(at),
                () => self.same_start,
            }
    }

    fn end(&self, at: usize) -> usize {
        let at = at.saturating_sub(self.made);
        self.written
            + match () {
                () if at <= self.same_start => at,
                () if at + self.same_end >= self.made_length => self.before_end(at),
                () => self.line.len() - self.same_end,
            }
    }

    fn before_end(&self, at: usize) -> usize {
        self.line.len() - self.made_length.saturating_sub(at).min(self.line.len())
    }
}
