//! What one repository allows, told to others: its comments and its configuration are not theirs.

use std::sync::Arc;

use super::Scene;
use super::given::Reader;
use crate::source::{SourceId, Span};

/// One rule, and where its findings are allowed.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// The rule.
    pub rule: &'static str,
    /// Where.
    pub covers: Covered,
}

/// What is covered.
#[derive(Clone, Debug, PartialEq)]
pub enum Covered {
    /// A line, a block or a declaration.
    Place(Span),
    /// What comes of a call of a module: the deployment, and the address of the call without keys.
    Call(Arc<str>, String),
    /// A file, or one resource in it.
    File(SourceId, Option<String>),
}

/// Everything that comments and the configuration allow.
pub fn given(scene: &Scene<'_>) -> Vec<Given> {
    let mut sources: Vec<SourceId> = scene.store.sources().into_iter().map(|(id, _)| id).collect();
    sources.sort();
    Reader::new(scene).read(&mut Vec::new()).told(&sources)
}
