//! The folders of a run, for those who say in one file what is applied from another one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::kustomize::is_kustomization;
use crate::ir::Parcel;
use crate::source::SourceId;
use crate::source::path::{self, below};

/// Which files and folders there are.
#[derive(Debug, Default)]
pub(super) struct Tree {
    files: BTreeMap<Arc<str>, SourceId>,
    folders: BTreeSet<String>,
    charts: BTreeSet<String>,
    kustomizations: BTreeSet<String>,
}

impl Tree {
    /// The tree that these files make.
    pub(super) fn of(files: &[(Arc<str>, SourceId)]) -> Tree {
        let mut tree = Tree::default();
        for (path, id) in files {
            tree.files.insert(path.clone(), *id);
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            if name == "Chart.yaml" {
                tree.charts.insert(folder.to_owned());
            }
            if is_kustomization(path) {
                tree.kustomizations.insert(folder.to_owned());
            }
            let mut above = folder;
            while tree.folders.insert(above.to_owned()) && !above.is_empty() {
                above = above.rsplit_once('/').map_or("", |(above, _)| above);
            }
        }
        tree
    }

    /// The file at a path.
    pub(super) fn file(&self, path: &str) -> Option<SourceId> {
        self.files.get(path).copied()
    }

    /// Whether there is such a folder.
    pub(super) fn has(&self, folder: &str) -> bool {
        self.folders.contains(folder)
    }

    /// Whether the folder is a chart.
    pub(super) fn is_chart(&self, folder: &str) -> bool {
        self.charts.contains(folder)
    }

    /// Whether a chart lies in a folder of this name.
    pub(super) fn has_chart(&self, name: &str) -> bool {
        self.charts.iter().any(|folder| folder.rsplit('/').next() == Some(name))
    }

    /// Whether the folder is a kustomization.
    pub(super) fn is_kustomization(&self, folder: &str) -> bool {
        self.kustomizations.contains(folder)
    }

    /// All folders, the root first.
    pub(super) fn folders(&self) -> impl Iterator<Item = &str> {
        self.folders.iter().map(String::as_str)
    }

    /// The files in a folder, at any depth when asked so.
    pub(super) fn files_in<'a>(&'a self, folder: &'a str, deep: bool) -> impl Iterator<Item = (&'a str, SourceId)> {
        let inside = self.files.iter().filter_map(move |(path, id)| Some((&**path, *id, below(folder, path)?)));
        inside.filter(move |(_, _, rest)| deep || !rest.contains('/')).map(|(path, id, _)| (path, id))
    }

    /// The kustomizations inside of a folder that no other one of them holds.
    pub(super) fn kustomizations_in<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a str> {
        let inside = move |it: &&str| below(folder, it).is_some_and(|rest| !rest.is_empty());
        let all = move || self.kustomizations.iter().map(String::as_str).filter(inside);
        all().filter(move |it| !all().any(|other| other != *it && below(other, it).is_some()))
    }

    /// What a folder holds: a chart before a kustomization before manifests.
    pub(super) fn parcel(&self, folder: &str, recursive: bool) -> Parcel {
        match () {
            () if self.is_chart(folder) => Parcel::Chart(folder.into()),
            () if self.is_kustomization(folder) => Parcel::Kustomization(folder.into()),
            () => Parcel::Manifests { path: folder.into(), recursive },
        }
    }
}

/// `path` seen from `folder`; nothing when it leads out of the root. A leading slash means the root.
pub(super) fn joined(folder: &str, path: &str) -> Option<String> {
    path::joined(if path.starts_with('/') { "" } else { folder }, path)
}
