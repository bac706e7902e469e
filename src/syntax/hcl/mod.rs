//! HCL, the language of Terraform: blocks, attributes and expressions with their places.
//!
//! An object may name a key twice (Terraform takes the last one), and after a syntax error reading goes on at the next line
//! that begins a block, so that one broken block doesn't hide the others. The JSON spelling of the language becomes the
//! same trees.

mod body;
mod cursor;
mod expression;
mod json;
mod names;
mod template;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use self::cursor::{Broken, Cursor, Place};
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
    /// `%{ for item in over }…%{ endfor }`.
    For(Box<TemplateFor>),
}

/// `%{ for key, item in over }…%{ endfor }`.
#[derive(Clone, Debug, PartialEq)]
pub struct TemplateFor {
    /// The name of the key or index.
    pub key: Option<Arc<str>>,
    /// The name of the member.
    pub item: Arc<str>,
    /// The collection.
    pub over: Expr,
    /// What is written for each member.
    pub pieces: Vec<Piece>,
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

/// Reads a file. What can't be read is told, and the other blocks are read all the same.
pub fn parse(source: SourceId, text: &str) -> (Body, Vec<Fault>) {
    body::file(source, text)
}

/// Reads a file in the JSON spelling.
pub fn parse_json(source: SourceId, text: &str) -> (Body, Vec<Fault>) {
    json::file(source, text)
}

/// Reads a whole file as a template.
pub fn parse_template(source: SourceId, text: &str) -> Result<Expr, Fault> {
    whole(Cursor::new(text, Place::From(source, 0)))
}

/// Reads a text as a template that was made of what stands at `span`.
pub fn parse_template_at(span: Span, text: &str) -> Result<Expr, Fault> {
    whole(Cursor::new(text, Place::All(span)))
}

fn whole(mut cursor: Cursor<'_>) -> Result<Expr, Fault> {
    cursor.whole_template().map_err(|broken| {
        let kind = fault_kind(&broken);
        Fault { kind, message: broken.message, span: cursor.between(broken.at, broken.at) }
    })
}

fn fault_kind(broken: &Broken) -> FaultKind {
    if broken.limit { FaultKind::Limit } else { FaultKind::Syntax }
}
