//! Pieces of a plan's text. A plan may have a hundred megabytes; only what is looked at becomes a tree.

use crate::source::{SourceId, Span};
use crate::syntax::json;
use crate::syntax::json_skim::{self, Skimmed};
use crate::syntax::tree::{Fault, Tree};

/// A value in the text of a plan.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'t> {
    source: SourceId,
    text: &'t str,
    at: usize,
}

impl<'t> Part<'t> {
    /// All of a file.
    pub(super) fn whole(source: SourceId, text: &'t str) -> Part<'t> {
        Part { source, text, at: 0 }
    }

    /// The members of an object, the last one of each name; nothing when it is no object or not whole.
    pub(super) fn object(self) -> Option<Object<'t>> {
        Some(Object { members: json_skim::members(self.text)?, of: self })
    }

    /// The elements of a list; none when it is something else.
    pub(super) fn elements(self) -> impl Iterator<Item = Part<'t>> {
        let found = json_skim::elements(self.text).unwrap_or_default();
        found.into_iter().map(move |(at, text)| Part { at: self.at + at, text, ..self })
    }

    /// Where it stands.
    pub(super) fn span(self) -> Span {
        Span::new(self.source, self.at, self.at + self.text.len())
    }

    /// How long it is.
    pub(super) fn length(self) -> usize {
        self.text.len()
    }

    /// The text of a string without escapes; nothing for anything else.
    pub(super) fn word(self) -> Option<&'t str> {
        self.text.strip_prefix('"')?.strip_suffix('"').filter(|inner| !inner.contains('\\'))
    }

    /// What it says.
    pub(super) fn tree(self) -> Result<Tree, Fault> {
        json::parse_part(self.source, self.text, self.at)
    }
}

/// The members of an object.
#[derive(Debug)]
pub(super) struct Object<'t> {
    members: Vec<Skimmed<'t>>,
    of: Part<'t>,
}

impl<'t> Object<'t> {
    /// Whether there is a member of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The value of the member of this name.
    pub(super) fn get(&self, name: &str) -> Option<Part<'t>> {
        let member = self.members.iter().rev().find(|member| member.name == name)?;
        Some(Part { at: self.of.at + member.at.1, text: member.value, ..self.of })
    }
}
