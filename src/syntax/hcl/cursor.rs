//! A place in the text that is read, and the small steps from it: white space, comments, names, signs.

use crate::source::{SourceId, Span};

/// Expressions within expressions and blocks within blocks.
const DEEPEST: u32 = 100;

/// Why reading stopped.
#[derive(Debug)]
pub(super) struct Broken {
    /// What is wrong.
    pub(super) message: String,
    /// The byte at which it shows.
    pub(super) at: usize,
    /// A limit was reached; the text may well be right.
    pub(super) limit: bool,
}

/// What reading gives.
pub(super) type Reading<T> = Result<T, Broken>;

/// Where the text stands in the user's file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// The text is a piece of the file, which begins at this byte.
    From(SourceId, usize),
    /// The text was made from what stands here, and has no places of its own.
    All(Span),
}

/// A place in a text.
#[derive(Debug)]
pub(super) struct Cursor<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    place: Place,
    /// A line's end ends what is read. Not so within parentheses and brackets.
    lines: bool,
    depth: u32,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str, place: Place) -> Cursor<'t> {
        Cursor { text, at: 0, place, lines: true, depth: 0 }
    }

    /// What is still to be read.
    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The next letter.
    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// From `start` to here.
    pub(super) fn since(&self, start: usize) -> Span {
        self.between(start, self.at)
    }

    /// From `start` to `end`.
    pub(super) fn between(&self, start: usize, end: usize) -> Span {
        match self.place {
            Place::From(source, offset) => Span::new(source, offset + start, offset + end),
            Place::All(span) => span,
        }
    }

    /// A sentence about what stands here.
    pub(super) fn broken<T>(&self, message: impl Into<String>) -> Reading<T> {
        self.broken_at(self.at, message)
    }

    /// A sentence about what stands there.
    pub(super) fn broken_at<T>(&self, at: usize, message: impl Into<String>) -> Reading<T> {
        Err(Broken { message: message.into(), at, limit: false })
    }

    /// A sentence about what was expected here.
    pub(super) fn expected<T>(&self, what: &str) -> Reading<T> {
        let line = self.rest();
        if ["<<<<<<<", "=======", ">>>>>>>"].iter().any(|mark| line.starts_with(mark)) {
            return self.broken("a merge conflict that was not resolved");
        }
        let found = match self.peek() {
            None => "the end of the text".to_owned(),
            Some('\n' | '\r') => "the end of the line".to_owned(),
            Some(letter) if letter.is_control() => format!("U+{:04X}", u32::from(letter)),
            Some(letter) => format!("`{letter}`"),
        };
        self.broken(format!("expected {what}, found {found}"))
    }

    /// One level deeper.
    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Reading<T>) -> Reading<T> {
        if self.depth >= DEEPEST {
            return Err(Broken { message: format!("more than {DEEPEST} nested levels"), at: self.at, limit: true });
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    /// Reads something in which the ends of lines matter, or don't.
    pub(super) fn with_lines<T>(&mut self, lines: bool, read: impl FnOnce(&mut Self) -> Reading<T>) -> Reading<T> {
        let before = std::mem::replace(&mut self.lines, lines);
        let read = read(self);
        self.lines = before;
        read
    }

    /// Over white space and comments; over ends of lines where they don't matter.
    pub(super) fn skip(&mut self) {
        while let Some(byte) = self.text.as_bytes().get(self.at) {
            match byte {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\n' if !self.lines => self.at += 1,
                b'#' => self.skip_line(),
                b'/' if self.rest().starts_with("//") => self.skip_line(),
                b'/' if self.rest().starts_with("/*") => {
                    self.at = self.rest().find("*/").map_or(self.text.len(), |end| self.at + end + 2);
                }
                _ => return,
            }
        }
    }

    /// Over white space, comments and ends of lines.
    pub(super) fn skip_lines(&mut self) {
        let before = std::mem::replace(&mut self.lines, false);
        self.skip();
        self.lines = before;
    }

    fn skip_line(&mut self) {
        self.at = self.rest().find('\n').map_or(self.text.len(), |end| self.at + end);
    }

    /// Over `sign` and what may stand before it; whether it was there.
    pub(super) fn take(&mut self, sign: &str) -> bool {
        self.skip();
        let there = self.rest().starts_with(sign);
        if there {
            self.at += sign.len();
        }
        there
    }

    /// Over `sign`, which has to come now.
    pub(super) fn need(&mut self, sign: &str) -> Reading<()> {
        if self.take(sign) { Ok(()) } else { self.expected(&format!("`{sign}`")) }
    }

    /// The name that stands here.
    pub(super) fn name_here(&self) -> Option<&'t str> {
        let rest = self.rest();
        let first = rest.chars().next().filter(|letter| letter.is_alphabetic() || *letter == '_')?;
        let inside = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-');
        let tail = rest.get(first.len_utf8()..)?;
        let length = tail.find(|letter| !inside(letter)).unwrap_or(tail.len());
        rest.get(..first.len_utf8() + length)
    }

    /// Over a name.
    pub(super) fn name(&mut self) -> Option<&'t str> {
        self.skip();
        let name = self.name_here()?;
        self.at += name.len();
        Some(name)
    }

    /// Over a name, which has to come now.
    pub(super) fn need_name(&mut self) -> Reading<&'t str> {
        match self.name() {
            Some(name) => Ok(name),
            None => self.expected("a name"),
        }
    }

    /// Over this very name; whether it was there.
    pub(super) fn take_word(&mut self, word: &str) -> bool {
        self.skip();
        let there = self.name_here() == Some(word);
        if there {
            self.at += word.len();
        }
        there
    }
}
