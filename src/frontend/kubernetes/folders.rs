//! Plain manifests: each folder that directly holds some is a deployment.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::gitops::Carrier;
use super::manifest::{self, Manifest};
use super::{Lowered, deliver, deployment};
use crate::source::path::folder_of;
use crate::source::{SourceId, Store};

/// The manifests of a tree, read once, however often it is worked out who applies them.
pub(super) struct Folders {
    by_folder: BTreeMap<String, Vec<(SourceId, Arc<str>, Manifest)>>,
}

impl Folders {
    /// Reads them.
    pub(super) fn read(store: &Store, files: &[(Arc<str>, SourceId)]) -> Folders {
        let mut by_folder: BTreeMap<String, Vec<(SourceId, Arc<str>, Manifest)>> = BTreeMap::new();
        for (path, id) in files {
            let manifest = manifest::read(store, *id);
            if !manifest.is_empty() {
                by_folder.entry(folder_of(path).to_owned()).or_default().push((*id, path.clone(), manifest));
            }
        }
        Folders { by_folder }
    }

    /// One deployment for each folder, without the files that kustomizations use. It is called `k8s/*.yaml`: no file is,
    /// and other languages call their deployments by folders too.
    pub(super) fn lower(&self, store: &Store, used: &BTreeSet<SourceId>, carriers: &[Carrier]) -> Lowered {
        let mut lowered = Lowered::default();
        for (folder, manifests) in &self.by_folder {
            let plain: Vec<&(SourceId, Arc<str>, Manifest)> =
                manifests.iter().filter(|(id, ..)| !used.contains(id)).collect();
            let Some((source, ..)) = plain.first() else { continue };
            let name = if folder.is_empty() { "*.yaml".to_owned() } else { format!("{folder}/*.yaml") };
            let mut gaps = Vec::new();
            let mut delivered = deliver::Delivered::new(store, carriers);
            for (id, path, manifest) in &plain {
                lowered.inputs.push(*id);
                lowered.problems.extend(manifest.problems.iter().cloned());
                gaps.extend(manifest.gaps.iter().cloned());
                delivered.add(path, &manifest.objects);
            }
            let (objects, more) = delivered.objects();
            gaps.extend(more);
            lowered.deployments.push(deployment(store, &name, *source, objects, gaps));
        }
        lowered
    }
}
