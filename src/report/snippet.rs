//! Source lines as they may be shown: secrets covered, control characters made visible, long lines cut around the part
//! that matters. Offsets in the file can be found again in what is shown.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::suspect;
use super::veil::{MASK, Veil, merge};
use crate::source::{Source, SourceId, Span};

/// A line longer than this many bytes is cut: minified templates have lines of a megabyte.
pub(super) const LONGEST: usize = 400;

/// A line as it may be shown.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    /// The text, without a line end.
    pub text: String,
    /// Where pieces of the file's text went, in order.
    pieces: Vec<Piece>,
}

#[derive(Debug, PartialEq, Eq)]
struct Piece {
    /// Offset in the file.
    from: usize,
    /// Offset in the shown text.
    to: usize,
    /// Stands as written; otherwise something else stands for it.
    kept: bool,
}

impl Shown {
    /// The offset in the shown text of an offset in the file; outside of what is shown, the nearest one.
    pub(super) fn offset(&self, offset: usize) -> usize {
        let after = self.pieces.partition_point(|piece| piece.from <= offset);
        let Some(piece) = after.checked_sub(1).and_then(|at| self.pieces.get(at)) else { return 0 };
        let limit = self.pieces.get(after).map_or(self.text.len(), |next| next.to);
        if piece.kept { (piece.to + offset - piece.from).min(limit) } else { piece.to }
    }

    fn piece(&mut self, from: usize, kept: bool) {
        if self.pieces.last().is_none_or(|last| last.kept != kept || !kept) {
            self.pieces.push(Piece { from, to: self.text.len(), kept });
        }
    }

    fn put(&mut self, from: usize, instead: &str) {
        self.piece(from, false);
        self.text.push_str(instead);
    }
}

/// A line (from 1) as it may be shown, with `focus` (offsets in the file) in sight.
pub(super) fn line(source: &Source, id: SourceId, line: usize, focus: &Range<usize>, veil: &Veil) -> Shown {
    let whole = source.line(line).unwrap_or_default();
    let start = line.checked_sub(1).and_then(|at| source.line_starts().get(at)).map_or(0, |&start| start as usize);
    let end = start + whole.len();
    let window = window(whole, start, focus);
    let neighbour = |line: Option<usize>| line.and_then(|line| source.line(line)).filter(|it| it.len() <= LONGEST);
    let (before, after) = (neighbour(line.checked_sub(1)), neighbour(Some(line + 1)));
    let mut secrets = veil.within(id, &window).cloned().collect::<Vec<_>>();
    let seen = whole.get(window.start - start..window.end - start).unwrap_or_default();
    let quoted = suspect::quotes_texts(&source.path);
    let suspects = suspect::parts(seen, before.unwrap_or_default(), after.unwrap_or_default(), quoted);
    let suspects = suspects.into_iter().chain(veil.quoted(seen));
    secrets.extend(suspects.map(|part| window.start + part.start..window.start + part.end));
    merge(&mut secrets);
    let mut secrets = secrets.into_iter().peekable();
    let mut shown = Shown::default();
    let mut covered = None;
    if window.start > start {
        shown.put(start, "…");
    }
    let characters = whole.get(window.start - start..).unwrap_or_default().char_indices();
    for (at, character) in characters.map(|(at, character)| (window.start + at, character)) {
        if at >= window.end {
            break;
        }
        while secrets.next_if(|secret| secret.end <= at).is_some() {}
        let covering = secrets.peek().filter(|secret| secret.start < at + character.len_utf8());
        match covering {
            Some(secret) if covered != Some(secret.start) => {
                covered = Some(secret.start);
                shown.put(at, MASK);
            }
            Some(_) => {}
            None if character == '#' && is_command(whole, at - start) => shown.put(at, "\u{fffd}"),
            None => visible(&mut shown, at, character),
        }
    }
    if window.end < end {
        shown.put(window.end, "…");
    }
    shown.piece(end, false);
    shown
}

/// The part of a line that is shown, in offsets of the file; it begins with a whole character. Of a long line that is no
/// more than the part that matters: its neighbours there are somebody else's values.
fn window(line: &str, start: usize, focus: &Range<usize>) -> Range<usize> {
    if line.len() <= LONGEST {
        return start..start + line.len();
    }
    let within = |offset: usize| offset.clamp(start, start + line.len()) - start;
    let (mut first, last) = (within(focus.start), within(focus.end));
    while !line.is_char_boundary(first) {
        first -= 1;
    }
    start + first..start + last.min(first + LONGEST).max(first)
}

/// A character, or a sign for one that would act on the terminal instead of being seen.
fn visible(shown: &mut Shown, at: usize, character: char) {
    if acts(character) {
        shown.put(at, "\u{fffd}");
        return;
    }
    shown.piece(at, true);
    shown.text.push(character);
}

/// Control characters and those that reorder the text around them; tabs are fine.
fn acts(character: char) -> bool {
    let reorders = matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    reorders || character.is_control() && character != '\t'
}

/// A sentence in which nothing acts on the terminal or on a build service that reads the log; line ends stay.
pub(super) fn printable(sentence: &str) -> String {
    let seen: String = sentence.chars().map(|c| if acts(c) && c != '\n' { '\u{fffd}' } else { c }).collect();
    without_commands(&seen).into_owned()
}

/// What build services take for a command anywhere on a line of a log: `##[…]` (Actions), `##vso[…]` (Azure Pipelines),
/// `##teamcity[…]`.
static COMMAND: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?i)##([a-z]{0,20}\[)").ok());

/// What Actions takes for one at the beginning of a line, `::set-output name=a::b`. A sentence may be wrapped anywhere.
static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\B::([A-Za-z][A-Za-z-]*(?:\s|::))").ok());

/// A text in which no part is a command: who writes a file of the tree must not command the service that looks at it.
fn without_commands(text: &str) -> Cow<'_, str> {
    let mut said = Cow::Borrowed(text);
    for (pattern, instead) in [(&COMMAND, "#\u{fffd}${1}"), (&NAMED, ":\u{fffd}${1}")] {
        if let Some(pattern) = pattern.as_ref().filter(|pattern| pattern.is_match(&said)) {
            said = Cow::Owned(pattern.replace_all(&said, instead).into_owned());
        }
    }
    said
}

/// Whether the `#` at this offset of a line is the second one of a command.
fn is_command(line: &str, at: usize) -> bool {
    let Some(from) = at.checked_sub(1) else { return false };
    let near: String = line.get(from..).unwrap_or_default().chars().take(32).collect();
    COMMAND.as_ref().and_then(|pattern| pattern.find(&near)).is_some_and(|found| found.start() == 0)
}

/// A sentence on one line.
pub(super) fn one_line(sentence: &str) -> String {
    sentence.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The part of a span that lies on its first line: what readers of one-line regions get.
pub(super) fn first_line(source: &Source, span: Span) -> Span {
    if source.is_elsewhere() {
        let whole = source.line_of(span.start) == source.line_of(span.end);
        return if whole { span } else { Span { end: span.start, ..span } };
    }
    let length = source.text.len();
    let start = (span.start as usize).min(length);
    let line = source.line_of(start as u32);
    let line_start = source.line_starts().get(line - 1).map_or(0, |&start| start as usize);
    let line_end = line_start + source.line(line).unwrap_or_default().len();
    Span::new(span.source, start.min(line_end.max(line_start)), (span.end as usize).min(line_end))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::report::{Report, Told};
    use crate::source::{MemoryFiles, Store};

    fn shown(text: &str, secrets: &[Range<usize>], number: usize, focus: Range<usize>) -> Shown {
        let store = Store::new(MemoryFiles::default());
        let id = store.add("a.yaml", text.as_bytes().to_vec()).unwrap();
        let secrets: Vec<Span> = secrets.iter().map(|range| Span::new(id, range.start, range.end)).collect();
        let veil =
            Veil::new(&Told { report: &Report::default(), store: &store, secrets: &secrets, names: &BTreeSet::new() });
        line(&store.source(id), id, number, &focus, &veil)
    }

    #[test]
    fn a_secret_is_covered_and_offsets_follow() {
        let line = shown("key: s3cret # note\n", std::slice::from_ref(&(5..11)), 1, 5..11);
        assert_eq!(line.text, "key: ••• # note");
        assert_eq!((line.offset(5), line.offset(8), line.offset(11)), (5, 5, 14));
        assert_eq!(line.offset(18), line.text.len());
    }

    #[test]
    fn a_secret_over_several_lines_covers_each() {
        let text = "a: |\n  one\n  two\nb: 1\n";
        let secret = std::slice::from_ref(&(7..16));
        assert_eq!(shown(text, secret, 2, 0..0).text, "  •••");
        assert_eq!(shown(text, secret, 3, 0..0).text, "•••");
        assert_eq!(shown(text, secret, 4, 0..0).text, "b: 1");
    }

    #[test]
    fn two_secrets_that_share_a_line() {
        let secrets = [0..2, 4..6];
        assert_eq!(shown("aa, bb, c", &secrets, 1, 0..0).text, "•••, •••, c");
    }

    #[test]
    fn long_lines_are_cut_around_the_focus() {
        let text = format!("{}HERE{}", "x".repeat(5000), "y".repeat(5000));
        let line = shown(&text, &[], 1, 5000..5004);
        assert!(line.text.len() < 500 && line.text.starts_with('…') && line.text.ends_with('…'));
        assert_eq!(line.text.get(line.offset(5000)..line.offset(5004)), Some("HERE"));
    }

    #[test]
    fn nothing_acts_on_the_terminal() {
        let line = shown("a\u{1b}[31mb\u{202e}c", &[], 1, 0..0);
        assert_eq!(line.text, "a\u{fffd}[31mb\u{fffd}c");
        assert_eq!(line.text.get(line.offset(6)..line.offset(7)), Some("b"));
    }

    #[test]
    fn nothing_commands_a_build_service() {
        for (said, shown) in [
            ("image `##vso[task.x]a` and ##[error]b", "image `#\u{fffd}vso[task.x]a` and #\u{fffd}[error]b"),
            ("::set-env name=a::b", ":\u{fffd}set-env name=a::b"),
            ("one\n  ::error::b ::debug ::x::", "one\n  :\u{fffd}error::b :\u{fffd}debug :\u{fffd}x::"),
            ("## [a] ::1 and ::ffff:10.0.0.1, parent::child", "## [a] ::1 and ::ffff:10.0.0.1, parent::child"),
        ] {
            assert_eq!(printable(said), shown);
        }
        let line = shown("a: b ##vso[task.c]d\n", &[], 1, 0..1);
        assert_eq!(line.text, "a: b #\u{fffd}vso[task.c]d");
    }

    #[test]
    fn a_span_is_cut_to_its_first_line() {
        let store = Store::new(MemoryFiles::default());
        let id = store.add("a", b"ab\r\ncd\n".to_vec()).unwrap();
        let cut = |start, end| first_line(&store.source(id), Span::new(id, start, end)).range();
        assert_eq!((cut(1, 6), cut(4, 6), cut(0, 1), cut(50, 60), cut(3, 5)), (1..2, 4..6, 0..1, 7..7, 2..2));
    }
}
