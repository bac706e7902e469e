//! Kustomizations, built as kustomize builds them. What can't be known becomes unknown rather than staying as it was.
//!
//! During a build placeholders are plain text, as they are for kustomize; where that decides and something may fill them
//! in before, the outcome is unknown.

mod build;
mod chart;
mod config;
mod embedded;
mod fields;
mod file;
mod finish;
mod generate;
mod hash;
mod images;
mod item;
mod json_patch;
mod merge;
mod names;
mod patch;
mod plugin;
mod references;
mod replace;
mod select;
#[cfg(test)]
mod tests;
mod variables;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use self::build::{Build, Built};
use self::file::Kustomization;
pub(super) use self::file::is_kustomization;
use self::item::{Id, Item};
use super::Lowered;
use super::edit::set_metadata;
use super::manifest::Object;
use crate::frontend::Problem;
use crate::ir::{Delivery, Deployment, Edit, Gap, Map, Node, Parcel, Part, Site, Value, Why};
use crate::source::path::in_folder;
use crate::source::{SourceId, Span, Store, Via};

/// One deployment for each kustomization that no other one uses or that something applies, and the files that belong to
/// some kustomization.
pub(super) fn lower(
    store: &Store,
    files: &[(Arc<str>, SourceId)],
    deliveries: &[Delivery],
) -> (Lowered, BTreeSet<SourceId>) {
    let mut lowered = Lowered::default();
    let all: Vec<SourceId> = files.iter().filter(|(path, _)| is_kustomization(path)).map(|(_, id)| *id).collect();
    let (mut used, mut components) = (BTreeSet::new(), BTreeSet::new());
    for &id in &all {
        let kustomization = Kustomization::read(store, id);
        used.extend(kustomization.files(store));
        if kustomization.is_component() {
            components.insert(id);
        }
        lowered.problems.extend(kustomization.problems);
        lowered.inputs.push(id);
    }
    let applied = applied(store, deliveries);
    // What is committed is there for all; what is applied at once may be there for those of whom nobody knows.
    let committed = committed(deliveries);
    let doubts = match deliveries.iter().all(|it| it.edits.is_empty() || matches!(it.parcel, Parcel::Elsewhere(_))) {
        true => committed.clone(),
        false => doubts(deliveries, |_| true),
    };
    let (build, doubtful) = (Build::edited(store, &committed), Build::edited(store, &doubts));
    let mut roots = Roots { build, doubtful, components, lowered, reached: BTreeSet::new() };
    for &id in &all {
        match applied.get(&id) {
            Some(deliveries) => roots.add_applied(id, deliveries),
            None if !used.contains(&id) => roots.add(id, None, None),
            None => {}
        }
    }
    // Those that only lead to each other are nobody's bases.
    for &id in &all {
        if !roots.reached.contains(&id) {
            roots.add(id, None, None);
        }
    }
    let Roots { mut lowered, reached, .. } = roots;
    lowered.inputs.extend(reached);
    once_each(&mut lowered.problems);
    (lowered, used)
}

/// What becomes of objects when a kustomization with these members is applied on top of them. Paths in it are relative
/// to `folder`.
pub(super) fn change(store: &Store, folder: &str, members: &Node, objects: Vec<Object>) -> (Vec<Object>, Vec<Gap>) {
    let inside = store.list(folder).iter().find_map(|name| store.open_path(&in_folder(folder, name)).ok());
    let from = inside.unwrap_or(members.span.source);
    let mut build = Build::new(store);
    let items = objects.into_iter().map(|object| Item::new(finish::raw(store, object))).collect();
    let mut built = Built { items, ..Built::default() };
    build.accumulate(&Kustomization::of_members(from, members), &mut built);
    let gaps = built.notes.gaps.clone();
    (build.finish(built, &store.source(from).path), gaps)
}

/// Whether objects of a kind stand in a namespace; those of kinds that Kubernetes doesn't know itself count as such.
pub(super) fn is_namespaced(kind: &str) -> bool {
    !item::is_cluster_wide_kind(kind)
}

/// One way in which a kustomization is applied.
struct Applied<'a> {
    /// The first of those that apply it so.
    delivery: &'a Delivery,
    /// Where they all bring it.
    sites: Vec<Site>,
}

/// The kustomizations that something applies, with what does. Steps by hand are none: they may never be taken.
fn applied<'a>(store: &Store, deliveries: &'a [Delivery]) -> BTreeMap<SourceId, Vec<Applied<'a>>> {
    let mut applied: BTreeMap<SourceId, Vec<Applied<'a>>> = BTreeMap::new();
    for delivery in deliveries.iter().filter(|delivery| !delivery.manual) {
        let folder = match &delivery.parcel {
            Parcel::Kustomization(folder) | Parcel::Folder(folder) => folder,
            _ => continue,
        };
        let Some(id) = file::in_folder(store, folder) else { continue };
        let same = |known: &Delivery| {
            known.namespace == delivery.namespace
                && known.moves == delivery.moves
                && known.changes == delivery.changes
                && known.edits == delivery.edits
        };
        let site = Site { part: Part::Whole, cluster: delivery.cluster.clone() };
        let of_it = applied.entry(id).or_default();
        match of_it.iter_mut().find(|known| same(known.delivery)) {
            Some(known) if known.sites.contains(&site) => {}
            Some(known) => known.sites.push(site),
            None => of_it.push(Applied { delivery, sites: vec![site] }),
        }
    }
    applied
}

/// What commands edit for others to apply: the edit of a folder where there is one only, else anything.
fn committed(deliveries: &[Delivery]) -> Vec<Edit> {
    let is_it = |it: &&Delivery| !it.manual && matches!(it.parcel, Parcel::Elsewhere(_));
    let all: Vec<&Edit> = deliveries.iter().filter(is_it).flat_map(|it| &it.edits).collect();
    let open = doubts(deliveries, |it| is_it(&it));
    let one = |edit: Edit| {
        let mut same = all.iter().filter(|it| it.folder == edit.folder);
        match (same.next(), same.next()) {
            (Some(only), None) => Edit::clone(only),
            _ => edit,
        }
    };
    open.into_iter().map(one).collect()
}

/// What some command edits may be edited wherever nobody says how a kustomization is applied.
fn doubts(deliveries: &[Delivery], counts: impl Fn(&Delivery) -> bool) -> Vec<Edit> {
    let mut found: Vec<Edit> = Vec::new();
    for edit in deliveries.iter().filter(|it| !it.manual && counts(it)).flat_map(|it| &it.edits) {
        if found.iter().all(|known| known.folder != edit.folder) {
            let open = Map { entries: Vec::new(), open: Some(Why::NotAnalysed("`kustomize edit`".into())) };
            let members = Node { value: Value::Map(Arc::new(open)), ..edit.members.clone() };
            found.push(Edit { folder: edit.folder.clone(), members });
        }
    }
    found
}

/// The deployments.
struct Roots<'a> {
    build: Build<'a>,
    /// Builds of which nobody says what commands do before.
    doubtful: Build<'a>,
    components: BTreeSet<SourceId>,
    lowered: Lowered,
    reached: BTreeSet<SourceId>,
}

impl Roots<'_> {
    /// One deployment for each way in which a kustomization is applied.
    fn add_applied(&mut self, id: SourceId, ways: &[Applied<'_>]) {
        for applied in ways {
            let at = applied.delivery.span;
            let source = self.build.store.source(at.source);
            let place = format!("{}:{}", source.path, source.line_of(at.start));
            self.add(id, Some(applied), (ways.len() > 1).then_some(place));
        }
    }

    fn add(&mut self, id: SourceId, applied: Option<&Applied<'_>>, place: Option<String>) {
        let delivery = applied.map(|applied| applied.delivery);
        let store = self.build.store;
        let path = store.source(id).path.clone();
        let name = place.map_or_else(|| path.to_string(), |place| format!("{path} applied by {place}"));
        let base = match delivery.map(|delivery| delivery.edits.as_slice()) {
            None => self.doubtful.base(id, Span::file(id)),
            Some([]) => self.build.base(id, Span::file(id)),
            Some(edits) => Build::edited(store, edits).base(id, Span::file(id)),
        };
        let mut built = Built::clone(&base);
        if let Some(changes) = delivery.and_then(|delivery| delivery.changes.as_ref()) {
            self.build.accumulate(&Kustomization::of_members(id, changes), &mut built);
        }
        let notes = built.notes.clone();
        self.reached.extend(&notes.read);
        let mut objects = self.build.finish(built, &name);
        delivery.into_iter().for_each(|delivery| deliver(&mut objects, delivery));
        // What a component changes is not there when nobody uses it.
        if !self.components.contains(&id) {
            self.lowered.problems.extend(notes.problems);
        }
        let name = self.unique(name);
        let sites = applied.map(|applied| applied.sites.clone()).unwrap_or_default();
        self.lowered.deployments.push(Deployment { sites, ..super::deployment(store, &name, id, objects, notes.gaps) });
    }

    fn unique(&self, name: String) -> String {
        let is_taken = |name: &str| self.lowered.deployments.iter().any(|it: &Deployment| *it.name == *name);
        let numbered = |number: usize| if number == 1 { name.clone() } else { format!("{name} ({number})") };
        let free = (1..=self.lowered.deployments.len() + 1).map(numbered).find(|name| !is_taken(name));
        free.unwrap_or(name)
    }
}

/// Puts all objects where a delivery puts them.
fn deliver(objects: &mut [Object], delivery: &Delivery) {
    for object in objects {
        let id = Id::of(&object.api_version, &object.kind, &object.body);
        let states_one = id.namespace.as_deref() != Some("");
        if let Some(namespace) = delivery.namespace.as_ref().filter(|_| !id.is_cluster_wide())
            && (delivery.moves || !states_one)
        {
            let placed = namespace.clone().through(delivery.span, Via::Overlay);
            set_metadata(&mut object.body, "namespace", placed);
        }
    }
}

/// A base that two overlays use is built once for all, and its faults are told once.
fn once_each(problems: &mut Vec<Problem>) {
    let mut told: Vec<Problem> = Vec::new();
    for problem in std::mem::take(problems) {
        if !told.contains(&problem) {
            told.push(problem);
        }
    }
    *problems = told;
}
