//! Something that applies what lies in the tree, and how far that is known.

use std::sync::Arc;

use super::substitute::Substitutes;
use crate::ir::{Delivery, Parcel, Why};
use crate::source::path::below;

/// A delivery, and what only GitOps objects do.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Carrier {
    /// What is applied, and how.
    pub(in super::super) delivery: Delivery,
    /// Which folder it is is not known; it lies in this one.
    pub(in super::super) below: Option<Arc<str>>,
    /// Texts that are put in after everything else.
    pub(in super::super) substitutes: Option<Substitutes>,
    /// The repository that the object names, as it compares.
    pub(super) origin: Option<Arc<str>>,
}

impl Carrier {
    /// A delivery that a script makes, or an object that says nothing more.
    pub(in super::super) fn of(delivery: Delivery) -> Carrier {
        Carrier { delivery, below: None, substitutes: None, origin: None }
    }

    /// Something of which nobody knows what it applies, but for where it lies.
    pub(super) fn somewhere(mut self, folder: &str, why: &Why) -> Carrier {
        self.delivery.parcel = Parcel::Elsewhere(why.clone());
        self.below = Some(folder.into());
        self
    }

    /// The file or folder that it is sure to apply.
    pub(in super::super) fn path(&self) -> Option<&str> {
        match &self.delivery.parcel {
            Parcel::Chart(folder) | Parcel::Kustomization(folder) | Parcel::Folder(folder) => Some(folder),
            Parcel::Manifests { path, .. } => Some(path),
            Parcel::SomeChart(_) | Parcel::Elsewhere(_) => None,
        }
    }

    /// Whether it is sure to apply the manifest at a path as it stands there.
    pub(in super::super) fn applies(&self, file: &str) -> bool {
        let Parcel::Manifests { path, recursive } = &self.delivery.parcel else { return false };
        let rest = below(path, file);
        rest.is_some_and(|rest| *recursive || !rest.contains('/'))
    }

    /// Whether it may apply what lies at a path.
    pub(in super::super) fn may_apply(&self, path: &str) -> bool {
        self.below.as_ref().is_some_and(|folder| below(folder, path).is_some())
    }

    /// Why what it applies may not be all in the tree, or not as the tree tells it.
    pub(super) fn hides(&self) -> Option<&Why> {
        match &self.delivery.parcel {
            Parcel::SomeChart(why) | Parcel::Elsewhere(why) => Some(why),
            _ => self.delivery.open.as_ref(),
        }
    }
}
