//! Text that knows where each part of it was written, and where parts are not known.
//!
//! A part that isn't known is a single letter out of the private planes of Unicode, a *hole*: it goes through joining,
//! quoting and indenting like any other letter, and functions that look at letters ask for it first.

use crate::source::Span;

/// The first hole; the letter says which one it is.
const FIRST_HOLE: u32 = 0xF_0000;
/// The same holes where they stand for any structure of several lines.
const FIRST_BLOCK: u32 = 0x10_0000;
/// How many holes a rendering may have.
pub(super) const MOST_HOLES: u32 = 0xFFF0;
/// What letters of the holes' planes become when a file holds them; as many bytes long.
const REPLACEMENT: &str = "\u{E0FFF}";

/// Where a value was written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Origin {
    pub(super) span: Span,
    /// It was written as a value that people edit, rather than as the text of a template.
    pub(super) is_value: bool,
    pub(super) secret: bool,
    /// Other values, or words of a template, were put together with it.
    pub(super) composed: bool,
}

/// A part of a text and where it was written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mark {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) origin: Origin,
    /// The action that put it into the text.
    pub(super) via: Option<Span>,
    /// The last action through which it came: that of the template that is rendered.
    pub(super) outer: Option<Span>,
}

/// Text with its marks, in order, never overlapping.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) marks: Vec<Mark>,
}

impl Text {
    /// Text that was written nowhere.
    pub(super) fn plain(text: impl Into<String>) -> Text {
        Text { text: text.into(), marks: Vec::new() }
    }

    /// Text that was written in one place.
    pub(super) fn written(text: impl Into<String>, origin: Option<Origin>) -> Text {
        let text = text.into();
        // Where a password is left empty is worth to be known.
        let mark = origin.filter(|origin| !text.is_empty() || origin.secret).map(|origin| Mark {
            start: 0,
            end: text.len(),
            origin,
            via: None,
            outer: None,
        });
        Text { marks: mark.into_iter().collect(), text }
    }

    /// Another text made of this one: it was written where this one was.
    pub(super) fn remade(&self, text: impl Into<String>) -> Text {
        let text = text.into();
        let (secret, composed) = (self.is_secret(), self.is_composed());
        let mark = self.lead().filter(|_| !text.is_empty()).map(|mark| Mark {
            start: 0,
            end: text.len(),
            origin: Origin { secret, composed, ..mark.origin },
            ..mark
        });
        Text { marks: mark.into_iter().collect(), text }
    }

    /// The mark that says best where to edit: that of a secret, which must not be shown, then that of a value, else the
    /// first one.
    pub(super) fn lead(&self) -> Option<Mark> {
        let first = |wanted: fn(&Origin) -> bool| self.marks.iter().find(|mark| wanted(&mark.origin));
        first(|it| it.secret).or_else(|| first(|it| it.is_value)).or(self.marks.first()).copied()
    }

    /// The origin of the whole.
    pub(super) fn origin(&self) -> Option<Origin> {
        self.lead().map(|mark| Origin { secret: self.is_secret(), composed: self.is_composed(), ..mark.origin })
    }

    /// The text, when nothing of it comes from values: those may be secrets, whatever they are called.
    pub(super) fn quotable(&self) -> Option<&str> {
        let of_values = self.marks.iter().any(|mark| mark.origin.is_value || mark.origin.secret);
        (self.is_known() && !of_values).then_some(&*self.text)
    }

    /// Whether it was put together of values from several places, none of which is a secret.
    pub(super) fn has_several_values(&self) -> bool {
        let mut places = self.marks.iter().filter(|mark| mark.origin.is_value).map(|mark| mark.origin.span);
        let first = places.next();
        !self.is_secret() && places.any(|place| Some(place) != first)
    }

    /// Whether what several places say stands in it, signs and blanks aside.
    pub(super) fn is_composed(&self) -> bool {
        composed(&self.text, &self.marks, 0, self.text.len())
    }

    pub(super) fn is_secret(&self) -> bool {
        self.marks.iter().any(|mark| mark.origin.secret)
    }

    pub(super) fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(super) fn push(&mut self, other: &Text) {
        let shift = self.text.len();
        self.text.push_str(&other.text);
        let moved = other.marks.iter().map(|mark| Mark { start: mark.start + shift, end: mark.end + shift, ..*mark });
        self.marks.extend(moved);
    }

    /// As `push`, with the action that does it.
    pub(super) fn push_through(&mut self, other: &Text, via: Span) {
        let first = self.marks.len();
        self.push_within(other, via);
        self.marks.iter_mut().skip(first).for_each(|mark| mark.via = mark.via.or(Some(via)));
    }

    /// As `push`, of what another template wrote by itself, which `outer` asks for.
    pub(super) fn push_within(&mut self, other: &Text, outer: Span) {
        let first = self.marks.len();
        self.push(other);
        self.marks.iter_mut().skip(first).for_each(|mark| mark.outer = Some(outer));
    }

    /// The marks that a part of the text touches.
    pub(super) fn touched(&self, start: usize, end: usize) -> &[Mark] {
        let first = self.marks.partition_point(|mark| mark.end <= start);
        let after = self.marks.partition_point(|mark| mark.start < end.max(start + 1));
        self.marks.get(first..after.max(first)).unwrap_or_default()
    }

    /// A part, by bytes.
    pub(super) fn slice(&self, start: usize, end: usize) -> Text {
        let text = self.text.get(start..end).unwrap_or_default().to_owned();
        let mut marks = Vec::new();
        for mark in self.touched(start, end) {
            let (from, to) = (mark.start.max(start), mark.end.min(end));
            if from >= to && mark.start < mark.end {
                continue;
            }
            let mut origin = mark.origin;
            if !origin.is_value {
                let begin = origin.span.range().start + (from - mark.start);
                origin.span =
                    Span::new(origin.span.source, begin.min(origin.span.range().end), origin.span.range().end);
            }
            marks.push(Mark { start: from - start, end: to - start, origin, ..*mark });
        }
        Text { text, marks }
    }

    /// The part that `inner`, a slice of the text, covers.
    pub(super) fn part(&self, inner: &str) -> Text {
        let start = (inner.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
        match start <= self.text.len() && start + inner.len() <= self.text.len() {
            true => self.slice(start, start + inner.len()),
            false => self.remade(inner),
        }
    }

    pub(super) fn is_known(&self) -> bool {
        !has_hole(&self.text)
    }
}

/// Whether what several places say stands in a part of a text with these marks.
pub(super) fn composed(text: &str, marks: &[Mark], start: usize, end: usize) -> bool {
    let says = |mark: &&Mark| {
        let part = text.get(mark.start.max(start)..mark.end.min(end)).unwrap_or_default();
        mark.origin.is_value || part.contains(char::is_alphanumeric)
    };
    let mut saying = marks.iter().filter(says).map(|mark| (mark.origin.span, mark.origin.composed));
    let first = saying.next();
    first.is_some_and(|(span, composed)| composed || saying.any(|(other, composed)| composed || other != span))
}

/// Whether a part of the text is not known.
pub(super) fn has_hole(text: &str) -> bool {
    text.bytes().any(|byte| byte >= 0xF3) && text.chars().any(|letter| hole(letter).is_some())
}

/// The number of a hole.
pub(super) fn hole(letter: char) -> Option<u32> {
    let code = u32::from(letter);
    code.checked_sub(FIRST_BLOCK).or_else(|| code.checked_sub(FIRST_HOLE)).filter(|at| *at < MOST_HOLES)
}

/// Whether a hole stands for structure.
pub(super) fn is_block(letter: char) -> bool {
    u32::from(letter) >= FIRST_BLOCK
}

/// The letter of a hole.
pub(super) fn letter(at: u32, block: bool) -> char {
    let first = if block { FIRST_BLOCK } else { FIRST_HOLE };
    char::from_u32(first + at.min(MOST_HOLES - 1)).unwrap_or('\u{fffd}')
}

/// A text of a file without letters that would be taken for holes; its places stay the same.
pub(super) fn without_holes(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.bytes().any(|byte| byte >= 0xF3) {
        return text.into();
    }
    let mut clean = String::with_capacity(text.len());
    for letter in text.chars() {
        match u32::from(letter) >= FIRST_HOLE {
            true => clean.push_str(REPLACEMENT),
            false => clean.push(letter),
        }
    }
    clean.into()
}
