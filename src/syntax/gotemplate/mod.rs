//! The template language of Go (`text/template`): actions in a text, as a tree with places. Never fails: what can't be
//! read is a fault, and the template ends there. It knows no functions: a name is a name.

mod lexer;
mod parser;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::tree::Fault;
use crate::source::{SourceId, Span};

/// A template text: its own body and the templates that it defines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Template {
    /// What stands outside of definitions.
    pub body: Vec<Item>,
    /// `{{ define "name" }}` and `{{ block "name" . }}`, in the order of the text.
    pub defines: Vec<Define>,
    /// What could not be read; the body ends before it.
    pub fault: Option<Fault>,
}

/// A named template.
#[derive(Clone, Debug, PartialEq)]
pub struct Define {
    /// The name.
    pub name: Arc<str>,
    /// The body.
    pub body: Vec<Item>,
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// Text, trimmed as the actions beside it ask; empty ones are left out.
    Text(Span),
    /// `{{ pipeline }}`.
    Action(Pipeline),
    /// `{{ if }}`; an `else if` is an `if` in `otherwise`.
    If(Branch),
    /// `{{ with }}`.
    With(Branch),
    /// `{{ range }}`.
    Range(Branch),
    /// `{{ template "name" pipeline }}`.
    Template {
        /// The name.
        name: Arc<str>,
        /// The dot inside.
        dot: Option<Pipeline>,
        /// The whole action.
        span: Span,
    },
    /// `{{ break }}`.
    Break,
    /// `{{ continue }}`.
    Continue,
}

/// `if`, `with` and `range`.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// What decides.
    pub pipeline: Pipeline,
    /// The body when it holds.
    pub body: Vec<Item>,
    /// The body when it doesn't.
    pub otherwise: Vec<Item>,
}

/// Commands whose results go on to the next one.
#[derive(Clone, Debug, PartialEq)]
pub struct Pipeline {
    /// Variables that it gives a value to, without the `$`; two in a `range`.
    pub variables: Vec<Arc<str>>,
    /// `:=` rather than `=`.
    pub declares: bool,
    /// The commands.
    pub commands: Vec<Command>,
    /// The whole pipeline.
    pub span: Span,
}

/// A function or value with arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    /// The first one is called when there are more, or when it is a function.
    pub operands: Vec<Operand>,
    /// All of them.
    pub span: Span,
}

/// A value in a command.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// `.`.
    Dot,
    /// `nil`.
    Nil,
    /// `true`, `false`.
    Bool(bool),
    /// A whole number or a character.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A string in quotes or backticks, with its place.
    Text(Arc<str>, Span),
    /// The name of a function.
    Function(Arc<str>),
    /// `.a.b`.
    Field(Vec<Arc<str>>),
    /// `$x.a.b`; the name is empty for `$`.
    Variable(Arc<str>, Vec<Arc<str>>),
    /// `(pipeline).a.b`.
    Group(Box<Pipeline>, Vec<Arc<str>>),
}

/// Reads a template.
pub fn parse(source: SourceId, text: &str) -> Template {
    parser::Parser::new(source, text).run()
}
