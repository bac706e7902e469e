//! Files and blocks. A block with a syntax error is left out; reading goes on at the next line that begins one.

use super::cursor::{Broken, Cursor, Place, Reading};
use super::{Attribute, Block, Body};
use crate::source::SourceId;
use crate::syntax::tree::Fault;

/// Further faults of one file are not told.
const MOST_FAULTS: usize = 20;
/// How often a text may be read again, all in all, for blocks after a broken one.
const MOST_READINGS: usize = 4;

/// Reads a file.
pub(super) fn file(source: SourceId, text: &str) -> (Body, Vec<Fault>) {
    let mut cursor = Cursor::new(text, Place::From(source, 0));
    let (mut body, mut faults) = (Body::default(), Vec::new());
    let mut left = text.len().saturating_mul(MOST_READINGS).saturating_add(1 << 16);
    loop {
        cursor.skip_lines();
        let start = cursor.at;
        if cursor.rest().is_empty() {
            return (body, faults);
        }
        let Err(broken) = cursor.item(&mut body) else { continue };
        if faults.len() < MOST_FAULTS && !faults.iter().any(|fault: &Fault| fault.span.start as usize == broken.at) {
            faults.push(fault(source, text, &broken));
        }
        left = left.saturating_sub(cursor.at.saturating_sub(start));
        let Some(next) = next_item(text, start).filter(|_| left > 0) else { return (body, faults) };
        cursor = Cursor::new(text, Place::From(source, 0));
        cursor.at = next;
    }
}

fn fault(source: SourceId, text: &str, broken: &Broken) -> Fault {
    let kind = super::fault_kind(broken);
    let start = broken.at.min(text.len());
    let end = text.get(start..).and_then(|rest| rest.chars().next()).map_or(start, |letter| start + letter.len_utf8());
    Fault { kind, message: broken.message.clone(), span: crate::source::Span::new(source, start, end) }
}

/// The next line, after the one of `start`, that begins a block or an argument at its first letter.
fn next_item(text: &str, start: usize) -> Option<usize> {
    let mut at = start;
    for line in text.get(start..)?.split_inclusive('\n') {
        let begins = line.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
        if at > start && begins && line.contains(['{', '=']) {
            return Some(at);
        }
        at += line.len();
    }
    None
}

impl Cursor<'_> {
    /// `name = value` or a block, to the end of its line.
    fn item(&mut self, body: &mut Body) -> Reading<()> {
        let start = self.at;
        let Some(name) = self.name() else { return self.expected("an argument or a block") };
        let name_span = self.since(start);
        self.skip();
        if self.rest().starts_with('=') && !self.rest().starts_with("==") {
            self.at += 1;
            let value = self.expression()?;
            body.attributes.push(Attribute { name: name.into(), name_span, value });
        } else {
            body.blocks.push(self.block(name, start)?);
        }
        self.skip();
        match self.peek() {
            None | Some('\n' | '}') => Ok(()),
            _ => self.expected("the end of the line"),
        }
    }

    fn block(&mut self, kind: &str, start: usize) -> Reading<Block> {
        let (mut labels, mut end) = (Vec::new(), self.at);
        self.at = start + kind.len();
        let mut head = self.since(start);
        loop {
            self.skip();
            match self.peek() {
                Some('"') => labels.push(self.label()?),
                Some('{') => break,
                _ => match self.name() {
                    Some(label) => labels.push(label.into()),
                    None => return self.expected("a label, `{` or `=`"),
                },
            }
            head = self.since(start);
            end = self.at;
        }
        let open = self.at.max(end);
        self.at += 1;
        let body = self.with_lines(true, |cursor| cursor.deeper(|cursor| cursor.inside(open)))?;
        Ok(Block { kind: kind.into(), labels, head, extent: self.since(start), body })
    }

    /// To the brace that closes the block.
    fn inside(&mut self, open: usize) -> Reading<Body> {
        let mut body = Body::default();
        loop {
            self.skip_lines();
            match self.peek() {
                Some('}') => {
                    self.at += 1;
                    return Ok(body);
                }
                None => return self.broken_at(open, "this brace is never closed"),
                Some(_) => self.item(&mut body)?,
            }
        }
    }
}
