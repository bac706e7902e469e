//! Helm charts: their templates are no manifests before Helm has rendered them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::frontend::Lowered;
use crate::ir::{Delivery, Gap, Hides, Why};
use crate::source::{SourceId, Span, Store};

/// The charts among the files.
pub(super) struct Charts {
    /// Folders with a `Chart.yaml` whose templates are among the files, `""` for the root.
    folders: BTreeSet<String>,
}

impl Charts {
    /// Finds them.
    pub(super) fn among(store: &Store, files: &[(Arc<str>, SourceId)]) -> Charts {
        let mut known: BTreeMap<&str, bool> = BTreeMap::new();
        for (path, _) in files {
            for folder in template_parents(path) {
                known.entry(folder).or_insert_with(|| store.list(folder).iter().any(|name| name == "Chart.yaml"));
            }
        }
        Charts {
            folders: known.into_iter().filter(|(_, is_chart)| *is_chart).map(|(folder, _)| folder.to_owned()).collect(),
        }
    }

    /// The chart that the file is a template of.
    pub(super) fn of_template<'a>(&self, path: &'a str) -> Option<&'a str> {
        template_parents(path).find(|folder| self.folders.contains(*folder))
    }

    /// What each chart gives, once for each delivery.
    pub(super) fn lower(&self, store: &Store, _deliveries: &[Delivery]) -> Lowered {
        let mut lowered = Lowered::default();
        for folder in &self.folders {
            let path = if folder.is_empty() { "Chart.yaml".to_owned() } else { format!("{folder}/Chart.yaml") };
            let Ok(id) = store.open_path(&path) else { continue };
            let gap = Gap { why: Why::TemplateText, span: Span::file(id), hides: Some(Hides::Anything) };
            lowered.deployments.push(super::deployment(store, &path, id, Vec::new(), vec![gap]));
            lowered.inputs.push(id);
        }
        lowered
    }
}

/// The folders above each `templates/` on the path.
fn template_parents(path: &str) -> impl Iterator<Item = &str> {
    let inner = path.match_indices("/templates/").filter_map(|(at, _)| path.get(..at));
    path.starts_with("templates/").then_some("").into_iter().chain(inner)
}
