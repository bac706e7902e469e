//! Helm charts, rendered: one deployment for each delivery of a chart, else one for its defaults and one for each further
//! values file beside them.

mod blocks;
mod chart;
mod format;
mod functions;
mod machine;
mod objects;
mod own_names;
mod release;
#[cfg(test)]
mod tests;
mod text;
mod unseen;
mod value;
mod values;
mod worlds;
mod yaml;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

// Kustomizations and GitOps objects render charts as well.
pub(super) use self::release::{Release, render};

use crate::frontend::Lowered;
use crate::ir::{Delivery, Layer, Parcel, Part, Site};
use crate::source::path::in_folder;
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
            let own = path.strip_suffix("Chart.yaml").map(|folder| folder.trim_end_matches('/'));
            for folder in template_parents(path).chain(own) {
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
    pub(super) fn lower(&self, store: &Store, deliveries: &[Delivery]) -> Lowered {
        let mut lowered = Lowered::default();
        let mut inner: BTreeSet<String> = BTreeSet::new();
        let mut made: Vec<(String, Vec<release::Made>)> = Vec::new();
        let delivered = |folder: &str| deliveries.iter().any(|it| chart_of(it) == Some(folder));
        for folder in &self.folders {
            // A chart that is a part of another one is no root; its folder comes after that of the other one mostly.
            if inner.contains(folder) && !delivered(folder) {
                continue;
            }
            let releases = self.releases(store, folder, deliveries);
            let made_here = release::make(store, folder, &releases);
            inner.extend(made_here.iter().flat_map(|made| made.inner.iter().cloned()));
            made.push((folder.clone(), made_here));
        }
        for (folder, made) in made {
            if inner.contains(&folder) && !delivered(&folder) {
                continue;
            }
            for made in made {
                lowered.problems.extend(
                    made.problems.iter().filter(|it| !lowered.problems.contains(it)).cloned().collect::<Vec<_>>(),
                );
                lowered.inputs.extend(made.read.iter().copied());
                lowered.deployments.extend(made.deployment(store));
            }
        }
        lowered
    }

    /// How a chart is rendered.
    fn releases(&self, store: &Store, folder: &str, deliveries: &[Delivery]) -> Vec<(String, Release)> {
        let path = in_folder(folder, "Chart.yaml");
        let mut found: Vec<(String, Release)> = Vec::new();
        for delivery in deliveries.iter().filter(|it| chart_of(it) == Some(folder)) {
            let files: Vec<String> = delivery
                .values
                .iter()
                .filter_map(|layer| match layer {
                    Layer::File(id) => Some(store.source(*id).path.to_string()),
                    _ => None,
                })
                .collect();
            let place = store.source(delivery.span.source);
            let by = format!("{}:{}", place.path, place.line_of(delivery.span.start));
            let name = match files.last() {
                Some(file) => format!("{path} with {file} ({by})"),
                None => format!("{path} ({by})"),
            };
            let release = Release {
                folder: folder.to_owned(),
                name: delivery.release.clone(),
                namespace: delivery.namespace.clone(),
                moves: delivery.moves,
                values: delivery.values.clone(),
                span: delivery.span,
                // Steps by hand may never be taken.
                sites: (!delivery.manual)
                    .then(|| Site { part: Part::Whole, cluster: delivery.cluster.clone() })
                    .into_iter()
                    .collect(),
            };
            match found.iter_mut().find(|(_, known)| known.is_like(&release)) {
                Some((_, known)) => known.add_sites(&release.sites),
                None => found.push((name, release)),
            }
        }
        let replaced = deliveries.iter().any(|it| chart_of(it) == Some(folder) && !it.manual);
        if !replaced {
            // A release of nobody knows which chart may be one of this, with values of its own.
            let other = deliveries.iter().find_map(|it| match &it.parcel {
                Parcel::SomeChart(why) if !it.manual => Some(Layer::Unknown(why.clone(), it.span)),
                _ => None,
            });
            let plain = |values: Vec<Layer>, span: Span| Release {
                folder: folder.to_owned(),
                name: None,
                namespace: None,
                moves: false,
                values: values.into_iter().chain(other.clone()).collect(),
                span,
                sites: Vec::new(),
            };
            let here = store.open_path(&path).map_or_else(|_| Span::default(), Span::file);
            found.push((path.clone(), plain(Vec::new(), here)));
            for name in store.list(folder).into_iter().filter(|name| is_values_file(name)) {
                let file = in_folder(folder, &name);
                let Ok(id) = store.open_path(&file) else { continue };
                found.push((format!("{path} with {file}"), plain(vec![Layer::File(id)], Span::file(id))));
            }
        }
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for (name, _) in &mut found {
            let count = seen.entry(name.clone()).or_default();
            *count += 1;
            if *count > 1 {
                *name = format!("{name} #{count}");
            }
        }
        found
    }
}

/// The folder of the chart that is delivered.
fn chart_of(delivery: &Delivery) -> Option<&str> {
    match &delivery.parcel {
        Parcel::Chart(folder) | Parcel::Folder(folder) => Some(folder),
        Parcel::Kustomization(_) | Parcel::Manifests { .. } | Parcel::SomeChart(_) | Parcel::Elsewhere(_) => None,
    }
}

/// `values-prod.yaml`, `values.dev.yml`, `prod-values.yaml`.
fn is_values_file(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let stem = lower.strip_suffix(".yaml").or_else(|| lower.strip_suffix(".yml"));
    stem.is_some_and(|stem| {
        stem != "values"
            && !stem.contains("schema")
            && (stem.starts_with("values-")
                || stem.starts_with("values.")
                || stem.starts_with("values_")
                || stem.ends_with("-values")
                || stem.ends_with(".values")
                || stem.ends_with("_values"))
    })
}

/// The folders above each `templates/` on the path.
fn template_parents(path: &str) -> impl Iterator<Item = &str> {
    let inner = path.match_indices("/templates/").filter_map(|(at, _)| path.get(..at));
    path.starts_with("templates/").then_some("").into_iter().chain(inner)
}
