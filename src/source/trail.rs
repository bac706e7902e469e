//! Where a value came through on its way from the place where it was written: parameters, module calls, aliases.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Span;

/// What kind of use site a value came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Via {
    /// Given to a parameter, an input variable or a parameter file.
    Parameter,
    /// Stands for a parameter or an input variable that nobody gives: its default.
    Default,
    /// Passed into or out of a module or nested deployment.
    Module,
    /// Read through a name: `var`, `local`, variable.
    Name,
    /// A YAML alias or merge key.
    Alias,
    /// Written, changed or placed by an overlay: a kustomization, the template of a chart, the command that applies it.
    Overlay,
    /// Put together by a template of several values: the place that does it.
    Composed,
}

/// One use site.
#[derive(Debug, PartialEq, Eq)]
pub struct Hop {
    /// Where the value was used.
    pub span: Span,
    /// How it was used there.
    pub via: Via,
    /// The hop before this one, nearer to the writing.
    pub before: Trail,
}

/// The chain of use sites from the writing of a value to its reader, cheap to clone. The last hop comes first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trail(Option<Arc<Hop>>);

/// More hops than this are not remembered: the first and the last ones tell the story.
const LONGEST: usize = 32;

impl Trail {
    /// The trail of a value that is read where it was written.
    pub fn none() -> Trail {
        Trail(None)
    }

    /// This trail with one more use site.
    pub fn through(&self, span: Span, via: Via) -> Trail {
        if self.hops().count() >= LONGEST || self.0.as_ref().is_some_and(|hop| hop.span == span) {
            return self.clone();
        }
        Trail(Some(Arc::new(Hop { span, via, before: self.clone() })))
    }

    /// The use sites, the last one first.
    pub fn hops(&self) -> impl Iterator<Item = &Hop> {
        std::iter::successors(self.0.as_deref(), |hop| hop.before.0.as_deref())
    }
}
