//! HCL, the language of Terraform: blocks, attributes and expressions with their places.
//!
//! The grammar is `hcl-edit`'s; nobody outside of this room sees its types. Two things are more tolerant here: an object
//! may name a key twice (Terraform takes the last one), and a file with a syntax error is cut at the lines that begin a
//! block, so that one broken block doesn't hide the others.

mod convert;
mod names;

use std::collections::BTreeMap;
use std::sync::Arc;

use hcl_edit::parser::{Error, parse_body};

use super::tree::{Fault, FaultKind};
use crate::source::{SourceId, Span};

/// The inside of a file or block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    /// `name = value`, in source order.
    pub attributes: Vec<Attribute>,
    /// Nested blocks, in source order.
    pub blocks: Vec<Block>,
}

/// `name = value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// The name.
    pub name: Arc<str>,
    /// Where the name stands.
    pub name_span: Span,
    /// The value.
    pub value: Expr,
}

/// `kind "label" { … }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// `resource`, `identity`, …
    pub kind: Arc<str>,
    /// The labels.
    pub labels: Vec<Arc<str>>,
    /// From the kind to the last label.
    pub head: Span,
    /// The whole block.
    pub extent: Span,
    /// What is inside.
    pub body: Body,
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Another number.
    Float(f64),
    /// A string without interpolation.
    Text(Arc<str>),
    /// A string or heredoc with interpolations or directives.
    Template(Vec<Piece>),
    /// `[a, b]`.
    List(Vec<Expr>),
    /// `{ a = b }`, keys in source order; a bare word is a text.
    Object(Vec<(Expr, Expr)>),
    /// A bare name.
    Name(Arc<str>),
    /// `on ? yes : no`.
    Conditional(Box<(Expr, Expr, Expr)>),
    /// `name(arguments)`, `provider::x::name(…)`.
    Call {
        /// The name with its namespace.
        name: Arc<str>,
        /// The arguments.
        arguments: Vec<Expr>,
        /// The last argument is a list of arguments: `f(list...)`.
        expand: bool,
    },
    /// `base.step[step]…`.
    Traversal(Box<Expr>, Vec<Step>),
    /// `!a`.
    Not(Box<Expr>),
    /// `-a`.
    Negate(Box<Expr>),
    /// `a && b`, by the operator as written.
    Binary(&'static str, Box<(Expr, Expr)>),
    /// `[for …]`, `{for …}`.
    For(Box<For>),
}

/// One step of a traversal.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What it is.
    pub kind: StepKind,
    /// Where it stands.
    pub span: Span,
}

/// A step of a traversal.
#[derive(Clone, Debug, PartialEq)]
pub enum StepKind {
    /// `.name`.
    Attribute(Arc<str>),
    /// `[expression]`, `.0`.
    Index(Expr),
    /// `[*]`: all further steps apply to each member.
    Splat,
    /// `.*`: further `.name` steps apply to each member, an index to the result.
    AttributeSplat,
}

/// `for key, item in over : … if condition`.
#[derive(Clone, Debug, PartialEq)]
pub struct For {
    /// The name of the key or index.
    pub key: Option<Arc<str>>,
    /// The name of the member.
    pub item: Arc<str>,
    /// The collection.
    pub over: Expr,
    /// For an object, its key.
    pub result_key: Option<Expr>,
    /// The result.
    pub result: Expr,
    /// `…`: values with the same key are gathered in a list.
    pub group: bool,
    /// Keeps only members for which it holds.
    pub condition: Option<Expr>,
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// Literal text.
    Text(Arc<str>, Span),
    /// `${expression}`.
    Value(Expr),
    /// `%{ if condition }…%{ else }…%{ endif }`.
    If(Box<Expr>, Vec<Piece>, Vec<Piece>),
    /// `%{ for … }`: told by its place only.
    For(Span),
}

impl Body {
    /// The attribute `name`; the last one wins.
    pub fn attribute(&self, name: &str) -> Option<&Expr> {
        self.attributes.iter().rev().find(|attribute| &*attribute.name == name).map(|attribute| &attribute.value)
    }
}

impl Expr {
    /// The text of a string without interpolation.
    pub fn as_text(&self) -> Option<&str> {
        match &self.kind {
            ExprKind::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// How many keys that are named twice are tolerated in one piece of text; each costs another reading.
const MOST_TWINS: usize = 32;

/// Reads a file. What can't be read is told as one fault, and the other blocks are read all the same.
pub fn parse(source: SourceId, text: &str) -> (Body, Vec<Fault>) {
    match read(source, text, 0) {
        Ok(body) => (body, Vec::new()),
        Err(fault) => {
            let mut whole = Body::default();
            let chunks = cut(text);
            if chunks.len() > 1 {
                for (start, chunk) in chunks {
                    if let Ok(body) = read(source, chunk, start) {
                        whole.attributes.extend(body.attributes);
                        whole.blocks.extend(body.blocks);
                    }
                }
            }
            (whole, vec![fault])
        }
    }
}

fn read(source: SourceId, text: &str, offset: usize) -> Result<Body, Fault> {
    let mut patched = text.to_owned();
    let mut twins: BTreeMap<usize, Arc<str>> = BTreeMap::new();
    loop {
        match parse_body(&patched) {
            Ok(body) => return Ok(convert::Converter { source, offset, twins: &twins }.body(&body)),
            Err(error) => match rename_twin(&patched, &error, twins.len()) {
                Some((at, name, renamed)) if twins.len() < MOST_TWINS => {
                    twins.insert(at, name);
                    patched = renamed;
                }
                _ => return Err(fault(source, text, offset, &error)),
            },
        }
    }
}

/// The second writing of an object key under a name that nobody else uses, of the same length.
fn rename_twin(text: &str, error: &Error, number: usize) -> Option<(usize, Arc<str>, String)> {
    if !error.message().contains("redefined") {
        return None;
    }
    let at = offset_of(text, error);
    let rest = text.get(at..)?;
    let quoted = rest.starts_with('"');
    let word = rest.get(usize::from(quoted)..)?;
    let end = word.find(|letter: char| !(letter.is_alphanumeric() || "_-./:".contains(letter)))?;
    let word = word.get(..end)?;
    let name = format!("q{number:0>width$}", width = word.len().checked_sub(1)?);
    if name.len() != word.len() {
        return None;
    }
    let start = at + usize::from(quoted);
    let renamed = format!("{}{name}{}", text.get(..start)?, text.get(start + end..)?);
    Some((at, word.into(), renamed))
}

fn fault(source: SourceId, text: &str, offset: usize, error: &Error) -> Fault {
    let at = offset + offset_of(text, error);
    let message = error.message();
    let kind = match message.contains("nested levels") || message.contains("chained binary") {
        true => FaultKind::Limit,
        false => FaultKind::Syntax,
    };
    let words = message.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", ");
    Fault { kind, message: words, span: Span::new(source, at, at + 1) }
}

/// The byte at which the grammar was broken.
fn offset_of(text: &str, error: &Error) -> usize {
    let location = error.location();
    let line_start: usize = text.split_inclusive('\n').take(location.line().saturating_sub(1)).map(str::len).sum();
    let mut at = (line_start + location.column().saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The text from each line that begins with a letter to the next such line.
fn cut(text: &str) -> Vec<(usize, &str)> {
    let mut starts = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with(|letter: char| letter.is_ascii_alphabetic()) && line.contains('{') {
            starts.push(at);
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let chunks = starts.iter().zip(ends);
    chunks.filter_map(|(&start, end)| Some((start, text.get(start..end)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(text: &str) -> (Body, Vec<Fault>) {
        parse(SourceId(0), text)
    }

    #[test]
    fn places_and_shapes_are_kept() {
        let text = "resource \"a\" \"b\" {\n  x = y.z[0].w\n  t = \"p-${v}-q\"\n}\n";
        let (body, faults) = read_all(text);
        assert!(faults.is_empty());
        let block = &body.blocks[0];
        assert_eq!((&text[block.head.range()], block.labels.len()), ("resource \"a\" \"b\"", 2));
        let x = block.body.attribute("x").unwrap();
        assert_eq!(&text[x.span.range()], "y.z[0].w");
        let ExprKind::Template(pieces) = &block.body.attribute("t").unwrap().kind else { panic!() };
        assert_eq!(pieces.len(), 3);
    }

    #[test]
    fn keys_that_are_named_twice_are_tolerated() {
        let (body, faults) = read_all("locals {\n  a = {\n    key = 1\n    key = 2\n    key = 3\n  }\n}\n");
        assert_eq!(faults, []);
        let ExprKind::Object(members) = &body.blocks[0].body.attributes[0].value.kind else { panic!() };
        assert!(members.iter().all(|(key, _)| key.as_text() == Some("key")));
        assert_eq!(members.len(), 3);
    }

    #[test]
    fn a_broken_block_does_not_hide_the_others() {
        let (body, faults) = read_all("a \"x\" {\n  y = 1\n}\n\nb {\n  = =\n}\n\nc {\n  z = [1]\n}\n");
        assert_eq!(faults.len(), 1);
        assert_eq!(body.blocks.iter().map(|block| &*block.kind).collect::<Vec<_>>(), ["a", "c"]);
    }

    #[test]
    fn deep_nesting_is_a_limit() {
        let (_, faults) = read_all(&format!("a = {}1{}\n", "[".repeat(10_000), "]".repeat(10_000)));
        assert_eq!(faults[0].kind, FaultKind::Limit);
        let (_, faults) = read_all(&format!("a = {}1\n", "!".repeat(10_000)));
        assert_eq!(faults.len(), 1);
    }

    #[test]
    fn every_truncation_is_survived() {
        let text = "r \"a\" {\n  x = \"é${f(a...)}%{ if b }c%{ endif }\" \n  y = <<-E\n    z ${q}\n  E\n  d = { for k, v in m : k => v... if v }\n}\n";
        for end in (0..text.len()).filter(|&at| text.is_char_boundary(at)) {
            read_all(&text[..end]);
        }
    }
}
