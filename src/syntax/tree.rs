//! The tree that YAML and JSON share: values with spans, in source order, nothing dropped.

use std::sync::Arc;

use crate::source::Span;

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// The value.
    pub kind: TreeKind,
    /// Where it was written.
    pub span: Span,
    /// YAML: the use sites of aliases and merge keys that brought it here, the first hop first.
    pub via: Vec<Span>,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum TreeKind {
    /// `null`, `~`, nothing.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number that fits.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A string.
    Str(Arc<str>),
    /// A list.
    List(Vec<Tree>),
    /// An object: source order, duplicate keys kept.
    Map(Vec<Member>),
    /// Could not be read; a [`Fault`] says why.
    Lost,
}

/// A member of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The key as text; a key that is no scalar has none and is reported as a fault.
    pub key: Arc<str>,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub value: Tree,
}

/// What kind of fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The text breaks the grammar.
    Syntax,
    /// A limit was reached: depth, nodes, expansions.
    Limit,
}

/// Something in a file that could not be read. One sentence fragment, lower-case start, no full stop.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Syntax or limit.
    pub kind: FaultKind,
    /// What is wrong.
    pub message: String,
    /// Where.
    pub span: Span,
}

/// A comment, without its mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The comment with its mark.
    pub span: Span,
    /// Its text, trimmed.
    pub text: Arc<str>,
}

impl Tree {
    /// The string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            TreeKind::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a list.
    pub fn as_list(&self) -> Option<&[Tree]> {
        match &self.kind {
            TreeKind::List(items) => Some(items),
            _ => None,
        }
    }

    /// The members of an object.
    pub fn as_map(&self) -> Option<&[Member]> {
        match &self.kind {
            TreeKind::Map(members) => Some(members),
            _ => None,
        }
    }

    /// The member `key`, to the letter; the last one wins.
    pub fn get(&self, key: &str) -> Option<&Tree> {
        self.as_map()?.iter().rev().find(|member| &*member.key == key).map(|member| &member.value)
    }

    /// The member `key` without regard to ASCII case, as Resource Manager reads templates; the last one wins.
    pub fn get_ci(&self, key: &str) -> Option<&Tree> {
        self.as_map()?.iter().rev().find(|member| member.key.eq_ignore_ascii_case(key)).map(|member| &member.value)
    }
}
