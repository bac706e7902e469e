//! Kustomizations: the objects that a build would give, as far as the files tell. What is changed in a way that is not
//! evaluated becomes unknown rather than staying as it was.

mod generate;
pub(super) mod patch;
mod transform;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Lowered;
use super::manifest::{self, Object};
use crate::frontend::{Problem, node_of};
use crate::ir::{Delivery, Gap, Hides, Node, Why};
use crate::source::{SourceId, Span, Store};
use crate::syntax::yaml;

/// Bases of bases, and how many kustomizations one build may read: two bases each, 30 levels down, would never end.
const DEEPEST: usize = 32;
const MOST_BUILT: usize = 1_000;
const MOST_OBJECTS: usize = 50_000;

/// The names that kustomize looks for, in its order.
const FILE_NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Fields that bring in or change things in ways that are not evaluated, and what to call them.
const NOT_EVALUATED: [(&str, &str); 9] = [
    ("helmCharts", "a Helm chart in a kustomization"),
    ("helmChartInflationGenerator", "a Helm chart in a kustomization"),
    ("generators", "a kustomize generator"),
    ("transformers", "a kustomize transformer"),
    ("validators", "a kustomize validator"),
    ("replacements", "a kustomize replacement"),
    ("vars", "a kustomize variable"),
    ("configurations", "a kustomize transformer configuration"),
    ("patchesJson6902", "a kustomize JSON patch"),
];

/// Those of them that can change any object.
const CHANGES_ANYTHING: [&str; 3] = ["transformers", "replacements", "configurations"];

/// Whether a file is a kustomization by its name.
pub(super) fn is_kustomization(path: &str) -> bool {
    FILE_NAMES.contains(&path.rsplit('/').next().unwrap_or(path))
}

/// One deployment for each kustomization that no other one uses, and the files that belong to some kustomization.
pub(super) fn lower(
    store: &Store,
    files: &[(Arc<str>, SourceId)],
    _deliveries: &[Delivery],
) -> (Lowered, BTreeSet<SourceId>) {
    let mut lowered = Lowered::default();
    let mut used = BTreeSet::new();
    let mut roots: Vec<&(Arc<str>, SourceId)> = files.iter().filter(|(path, _)| is_kustomization(path)).collect();
    for (_, id) in &roots {
        let kustomization = Kustomization::read(store, *id);
        used.extend(kustomization.files(store));
        lowered.problems.extend(kustomization.problems);
        lowered.inputs.push(*id);
    }
    let all: Vec<SourceId> = roots.iter().map(|(_, id)| *id).collect();
    roots.retain(|(_, id)| !used.contains(id));
    let roots = if roots.is_empty() { all } else { roots.into_iter().map(|(_, id)| *id).collect() };
    for id in roots {
        let mut build = Build {
            store,
            gaps: Vec::new(),
            problems: Vec::new(),
            read: BTreeSet::new(),
            open: Vec::new(),
            left: MOST_BUILT,
        };
        let objects = build.run(id, Vec::new());
        let path = store.source(id).path.clone();
        lowered.deployments.push(super::deployment(store, &path, id, objects, build.gaps));
        lowered.inputs.extend(build.read);
        lowered.problems.extend(build.problems);
    }
    // A base that two overlays use is read twice; its faults are told once.
    let mut told: Vec<Problem> = Vec::new();
    for problem in std::mem::take(&mut lowered.problems) {
        if !told.contains(&problem) {
            told.push(problem);
        }
    }
    lowered.problems = told;
    (lowered, used)
}

/// A kustomization file.
struct Kustomization {
    id: SourceId,
    body: Node,
    problems: Vec<Problem>,
}

/// What an entry of `resources` or `components` stands for.
enum Entry {
    Manifest(SourceId),
    Kustomization(SourceId),
    Remote,
    Missing,
}

impl Kustomization {
    fn read(store: &Store, id: SourceId) -> Kustomization {
        let (documents, _, faults) = yaml::parse(id, &store.source(id).text);
        let body = documents.first().map_or_else(|| Node::null(Span::file(id)), |document| node_of(&document.root));
        Kustomization { id, body, problems: faults.into_iter().map(Problem::from).collect() }
    }

    fn items(&self, key: &str) -> &[Node] {
        self.body.get(key).and_then(Node::as_list).map_or(&[], |list| &list.items)
    }

    fn entry(&self, store: &Store, path: &str) -> Entry {
        if path.contains("://") || path.contains("?ref=") || path.starts_with("git@") || path.starts_with("github.com/")
        {
            return Entry::Remote;
        }
        if let Ok(id) = store.open(self.id, path) {
            return Entry::Manifest(id);
        }
        let inside = FILE_NAMES.iter().find_map(|name| store.open(self.id, &format!("{path}/{name}")).ok());
        inside.map_or(Entry::Missing, Entry::Kustomization)
    }

    /// The files and kustomizations that this one refers to.
    fn files(&self, store: &Store) -> Vec<SourceId> {
        let listed =
            ["resources", "bases", "components"].into_iter().flat_map(|key| self.items(key)).filter_map(Node::as_str);
        let listed = listed.filter_map(|path| match self.entry(store, path) {
            Entry::Manifest(id) | Entry::Kustomization(id) => Some(id),
            Entry::Remote | Entry::Missing => None,
        });
        let patches =
            self.items("patches").iter().chain(self.items("patchesJson6902")).filter_map(|patch| patch.get("path"));
        let plain = ["patchesStrategicMerge", "configurations", "crds", "generators", "transformers"]
            .into_iter()
            .flat_map(|key| self.items(key));
        let others = patches.chain(plain).filter_map(Node::as_str).filter_map(|path| store.open(self.id, path).ok());
        listed.chain(others).collect()
    }
}

/// One build, from a root down.
struct Build<'a> {
    store: &'a Store,
    gaps: Vec<Gap>,
    problems: Vec<Problem>,
    read: BTreeSet<SourceId>,
    /// The kustomizations being built, outermost first.
    open: Vec<SourceId>,
    left: usize,
}

impl Build<'_> {
    /// The objects of a kustomization, after those that were there before: a component changes these as well.
    fn run(&mut self, id: SourceId, mut objects: Vec<Object>) -> Vec<Object> {
        let kustomization = Kustomization::read(self.store, id);
        if self.open.contains(&id) || self.open.len() >= DEEPEST || self.left == 0 {
            self.gap(Why::LimitReached("nested kustomizations".into()), Span::file(id));
            return objects;
        }
        self.left -= 1;
        self.read.insert(id);
        self.open.push(id);
        for key in ["resources", "bases"] {
            kustomization.items(key).iter().for_each(|entry| self.resource(&kustomization, entry, &mut objects));
        }
        for entry in kustomization.items("components") {
            objects = self.component(&kustomization, entry, objects);
        }
        objects.extend(generate::secrets(&kustomization.body));
        self.change(&kustomization, &mut objects);
        self.open.pop();
        if !kustomization.problems.is_empty() || kustomization.body.as_map().is_none() {
            self.gap(Why::Unreadable(self.store.source(id).path.clone()), Span::file(id));
        }
        objects
    }

    fn resource(&mut self, kustomization: &Kustomization, entry: &Node, objects: &mut Vec<Object>) {
        let Some(path) = entry.as_str() else { return };
        match kustomization.entry(self.store, path) {
            Entry::Manifest(id) => {
                let manifest = manifest::read(self.store, id);
                self.read.insert(id);
                self.gaps.extend(manifest.gaps);
                self.problems.extend(manifest.problems);
                objects.extend(manifest.objects);
            }
            Entry::Kustomization(id) => {
                let built = self.run(id, Vec::new());
                objects.extend(built);
            }
            Entry::Remote => self.gap(Why::UnsupportedSyntax("a remote kustomize base".into()), entry.span),
            Entry::Missing => self.gap(Why::UnresolvedModule(path.into()), entry.span),
        }
        if objects.len() > MOST_OBJECTS {
            objects.truncate(MOST_OBJECTS);
            self.gap(Why::LimitReached("objects of a kustomization".into()), entry.span);
        }
    }

    fn component(&mut self, kustomization: &Kustomization, entry: &Node, mut objects: Vec<Object>) -> Vec<Object> {
        let Some(path) = entry.as_str() else { return objects };
        match kustomization.entry(self.store, path) {
            Entry::Kustomization(id) => return self.run(id, objects),
            Entry::Remote => self.gap(Why::UnsupportedSyntax("a remote kustomize component".into()), entry.span),
            Entry::Manifest(_) | Entry::Missing => self.gap(Why::UnresolvedModule(path.into()), entry.span),
        }
        // A component that can't be seen may patch anything.
        objects.iter_mut().for_each(|object| {
            patch::loosen(&object.kind, &mut object.body, &Why::UnsupportedSyntax("a kustomize component".into()))
        });
        objects
    }

    fn change(&mut self, kustomization: &Kustomization, objects: &mut [Object]) {
        for (key, what) in NOT_EVALUATED {
            let Some(field) = kustomization.body.get(key) else { continue };
            let why = Why::UnsupportedSyntax(what.into());
            self.gap(why.clone(), field.span);
            if CHANGES_ANYTHING.contains(&key) {
                objects.iter_mut().for_each(|object| patch::loosen(&object.kind, &mut object.body, &why));
            }
        }
        self.gaps.extend(patch::apply(self.store, kustomization.id, &kustomization.body, objects));
        transform::apply(self.store, &kustomization.body, objects);
    }

    /// Something that may bring further objects or change those that are there.
    fn gap(&mut self, why: Why, span: Span) {
        self.gaps.push(Gap { why, span, hides: Some(Hides::Anything) });
    }
}
