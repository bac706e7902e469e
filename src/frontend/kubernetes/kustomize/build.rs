//! One build, from a kustomization down to its bases and up again, in kustomize's order: resources, generators,
//! components, transformers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::config::Config;
use super::file::{Kustomization, Named};
use super::generate::{self, Generated, Kind};
use super::images::{self, Retag};
use super::item::{Behavior, Id, Item, loosen_item, written};
use super::names::{self, Affix};
use super::patch::Patching;
use super::variables::{self, Variable};
use super::{chart, embedded, finish, replace};
use crate::frontend::kubernetes::edit::{list_of, member};
use crate::frontend::kubernetes::loosen::unplace;
use crate::frontend::kubernetes::manifest;
use crate::frontend::{Problem, Trouble};
use crate::ir::{Edit, Gap, Hides, Node, Truth, Why};
use crate::source::path::folder_of;
use crate::source::{SourceId, Span, Store};

/// How deep bases of bases may go, and how many components one run may read: those see what is there, so that each use
/// is a build of its own.
const DEEPEST: usize = 64;
const MOST_BUILT: usize = 20_000;
/// Objects of one build: a base that is used twice under two prefixes doubles, and so does what uses that twice.
const MOST_OBJECTS: usize = 5_000;

/// What is told of a build, and which files it read.
#[derive(Clone, Debug, Default)]
pub(super) struct Notes {
    pub(super) gaps: Vec<Gap>,
    pub(super) problems: Vec<Problem>,
    pub(super) read: BTreeSet<SourceId>,
}

impl Notes {
    /// Something that may bring further objects or change those that are there.
    pub(super) fn gap(&mut self, why: Why, span: Span) {
        self.push(Gap { why, span, hides: Some(Hides::Anything) });
    }

    /// Something that only values depend on.
    pub(super) fn note(&mut self, why: Why, span: Span) {
        self.push(Gap { why, span, hides: None });
    }

    /// Something that kustomize stops at.
    pub(super) fn refuse(&mut self, message: String, span: Span) {
        let message = format!("kustomize can't build this: {message}");
        let problem = Problem { trouble: Trouble::Syntax, message, span, help: None };
        if self.problems.len() < MOST_TOLD && !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// More than is built: what is left out may be anything.
    fn limit(&mut self, what: &'static str, span: Span) {
        let why = Why::LimitReached(what.into());
        let problem = Problem { trouble: Trouble::Limit, message: why.to_string(), span, help: None };
        if !self.problems.iter().any(|it| it.trouble == Trouble::Limit) {
            self.problems.push(problem);
        }
        self.gap(why, span);
    }

    /// As `refuse`, when what isn't seen can't make it right.
    pub(super) fn refuse_if_closed(&mut self, message: String, span: Span) {
        if self.is_closed() {
            self.refuse(message, span);
        }
    }

    /// Whether all objects are seen.
    pub(super) fn is_closed(&self) -> bool {
        self.gaps.iter().all(|gap| gap.hides.is_none())
    }

    pub(super) fn join(&mut self, other: &Notes) {
        other.gaps.iter().for_each(|gap| self.push(gap.clone()));
        let new: Vec<Problem> = other.problems.iter().filter(|it| !self.problems.contains(it)).cloned().collect();
        self.problems.extend(new);
        self.problems.truncate(MOST_TOLD);
        self.read.extend(&other.read);
    }

    pub(super) fn push(&mut self, gap: Gap) {
        let told = self.gaps.len() >= MOST_TOLD && self.gaps.iter().any(|it| it.hides == gap.hides);
        if !told && !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }
}

/// So many faults of one build are told: a patch that fails for every object fails in the same way.
const MOST_TOLD: usize = 200;

/// What a kustomization gives to those who use it.
#[derive(Clone, Debug, Default)]
pub(super) struct Built {
    pub(super) items: Vec<Item>,
    pub(super) config: Config,
    pub(super) variables: Vec<Variable>,
    pub(super) notes: Notes,
}

/// The ids that are taken.
pub(super) type Taken = BTreeSet<String>;

impl Built {
    /// Adds objects; kustomize refuses a second one with the same id.
    fn append(&mut self, items: Vec<Item>, span: Span, taken: &mut Taken) {
        let left = (MOST_OBJECTS + 1).saturating_sub(self.items.len());
        for item in items.into_iter().take(left) {
            let id = item.id();
            if key_of(&id).is_some_and(|key| !taken.insert(key)) {
                self.notes.refuse(format!("`{id}` is there twice"), span);
                continue;
            }
            self.items.push(item);
        }
        if self.items.len() > MOST_OBJECTS {
            self.items.truncate(MOST_OBJECTS);
            self.notes.limit("objects of a kustomization", span);
        }
    }

    /// Adds what a generator made, or lets it change what is there.
    pub(super) fn absorb(&mut self, generated: Generated) {
        let Generated { mut item, behavior, gaps } = generated;
        let (id, span) = (item.id(), item.object.extent);
        gaps.into_iter().for_each(|gap| self.notes.push(gap));
        let mut found = self.items.iter_mut().filter(|old| old.is_called(&id) == Truth::Yes);
        let old = found.next();
        match (old, behavior) {
            (None, Behavior::Create) => self.items.push(item),
            (None, _) => {
                // It changes something that isn't seen, or there is nothing to change.
                self.notes.refuse_if_closed(format!("there is no `{id}` for this generator to change"), span);
                item.open_content = true;
                loosen_item(&mut item, &Why::UnsupportedSyntax("a generator that changes what isn't seen".into()));
                self.items.push(item);
            }
            (Some(_), Behavior::Create) => {
                self.notes.refuse(format!("`{id}` is there already; say `behavior: merge` or `replace`"), span);
            }
            (Some(old), behavior) => take_over(old, item, behavior),
        }
    }
}

/// The id as one text; nothing when it is not known or there is no name.
fn key_of(id: &Id) -> Option<String> {
    let name = id.name.as_deref().filter(|name| !name.is_empty())?;
    Some(format!("{}/{}/{} {} {name}", id.group, id.version, id.kind, id.namespace_to_match()?))
}

/// A generated object takes the place of an older one: it keeps names, labels and history of that.
fn take_over(old: &mut Item, mut new: Item, behavior: Behavior) {
    use crate::frontend::kubernetes::edit::{at, set, set_metadata};
    for key in ["labels", "annotations"] {
        let Some(mut all) = at(&old.object.body, &["metadata", key]).cloned() else { continue };
        for entry in at(&new.object.body, &["metadata", key]).and_then(Node::as_map).map_or(&[][..], |map| &map.entries)
        {
            if let Some(name) = entry.key.as_str() {
                set(&mut all, name, entry.value.clone());
            }
        }
        set_metadata(&mut new.object.body, key, all);
    }
    for key in ["name", "namespace"] {
        if let Some(value) = at(&old.object.body, &["metadata", key]).cloned() {
            set_metadata(&mut new.object.body, key, value);
        }
    }
    let mut open_content = new.open_content;
    if behavior == Behavior::Merge {
        generate::merge_data(&mut new.object.body, &old.object.body);
        open_content |= old.open_content;
    }
    old.object = new.object;
    old.hashed &= new.hashed;
    old.open_content = open_content;
}

/// Builds, and what was built before: a base that many overlays share is built once.
pub(super) struct Build<'a> {
    pub(super) store: &'a Store,
    bases: BTreeMap<SourceId, Arc<Built>>,
    /// The kustomizations being built, outermost first.
    open: Vec<SourceId>,
    left: usize,
    /// What commands set in kustomizations before.
    edits: &'a [Edit],
}

impl<'a> Build<'a> {
    pub(super) fn new(store: &'a Store) -> Build<'a> {
        Build { store, bases: BTreeMap::new(), open: Vec::new(), left: MOST_BUILT, edits: &[] }
    }

    /// Builds of a tree in which commands have set something.
    pub(super) fn edited(store: &'a Store, edits: &'a [Edit]) -> Build<'a> {
        Build { edits, ..Build::new(store) }
    }

    /// A kustomization as it is when it is built.
    fn read(&self, id: SourceId) -> Kustomization {
        let kustomization = Kustomization::read(self.store, id);
        let path = self.store.source(id).path.clone();
        let folder = folder_of(&path);
        let own = self.edits.iter().filter(|edit| *edit.folder == *folder);
        own.fold(kustomization, |kustomization, edit| kustomization.edited(&edit.members))
    }

    /// What a kustomization is built to.
    pub(super) fn base(&mut self, id: SourceId, used: Span) -> Arc<Built> {
        if let Some(built) = self.bases.get(&id) {
            return built.clone();
        }
        let mut built = Built::default();
        if !self.enter(id, used, &mut built.notes) {
            return Arc::new(built);
        }
        let kustomization = self.read(id);
        self.accumulate(&kustomization, &mut built);
        self.open.pop();
        let built = Arc::new(built);
        self.bases.insert(id, built.clone());
        built
    }

    /// False when this one may not be built: it leads back to itself, or too deep.
    fn enter(&mut self, id: SourceId, used: Span, notes: &mut Notes) -> bool {
        let is_circle = self.open.contains(&id);
        if is_circle {
            notes.refuse("this leads back to a kustomization that uses it".to_owned(), used);
        }
        if is_circle || self.open.len() >= DEEPEST || self.left == 0 {
            match is_circle {
                true => notes.gap(Why::LimitReached("nested kustomizations".into()), used),
                false => notes.limit("nested kustomizations", used),
            }
            return false;
        }
        self.left -= 1;
        notes.read.insert(id);
        self.open.push(id);
        true
    }

    /// Everything that a kustomization does, to what is there already.
    pub(super) fn accumulate(&mut self, kustomization: &Kustomization, built: &mut Built) {
        let mut taken: Taken = built.items.iter().filter_map(|item| key_of(&item.id())).collect();
        for key in ["resources", "bases"] {
            for entry in kustomization.items(key) {
                self.resource(kustomization, entry, built, &mut taken);
            }
        }
        self.configure(kustomization, built);
        self.generate(kustomization, built);
        for entry in kustomization.items("components") {
            self.component(kustomization, entry, built);
        }
        self.transform(kustomization, built);
        if let Some(why) = kustomization.body.as_map().and_then(|map| map.open.clone()) {
            built.notes.gap(why.clone(), kustomization.body.span);
            for item in &mut built.items {
                loosen_item(item, &why);
                unplace(&mut item.object.body, &why);
            }
        }
        let stated = variables::stated(&mut built.items, &kustomization.body);
        built.variables.extend(stated);
        built.notes.problems.extend(kustomization.problems.iter().cloned());
        if !kustomization.problems.is_empty() || kustomization.body.as_map().is_none() {
            let id = kustomization.id;
            built.notes.gap(Why::Unreadable(self.store.source(id).path.clone()), Span::file(id));
        }
    }

    /// An entry of `resources`: a manifest, or another kustomization.
    pub(super) fn resource(
        &mut self,
        kustomization: &Kustomization,
        entry: &Node,
        built: &mut Built,
        taken: &mut Taken,
    ) {
        let Some(path) = entry.as_str() else { return };
        match kustomization.entry(self.store, path) {
            Named::Manifest(id) => {
                let manifest = manifest::read(self.store, id);
                built.notes.read.insert(id);
                manifest.gaps.into_iter().for_each(|gap| built.notes.push(gap));
                built.notes.problems.extend(manifest.problems);
                let raw = manifest.objects.into_iter().map(|object| Item::new(finish::raw(self.store, object)));
                built.append(raw.collect(), entry.span, taken);
            }
            Named::Kustomization(id) => {
                let base = self.base(id, entry.span);
                built.notes.join(&base.notes);
                built.config.join(&base.config);
                built.variables.extend(base.variables.iter().cloned());
                let items = base.items.iter().take(MOST_OBJECTS + 1).cloned().collect();
                built.append(items, entry.span, taken);
            }
            Named::Remote => built.notes.gap(Why::UnsupportedSyntax("a remote kustomize base".into()), entry.span),
            Named::Missing => built.notes.gap(Why::UnresolvedModule(path.into()), entry.span),
        }
    }

    /// A component sees what is there and changes it.
    fn component(&mut self, kustomization: &Kustomization, entry: &Node, built: &mut Built) {
        let Some(path) = entry.as_str() else { return };
        let why = match kustomization.entry(self.store, path) {
            Named::Kustomization(id) => {
                if self.enter(id, entry.span, &mut built.notes) {
                    let component = self.read(id);
                    self.accumulate(&component, built);
                    self.open.pop();
                }
                return;
            }
            Named::Remote => Why::UnsupportedSyntax("a remote kustomize component".into()),
            Named::Manifest(_) | Named::Missing => Why::UnresolvedModule(path.into()),
        };
        // A component that can't be seen may patch anything.
        built.notes.gap(why, entry.span);
        let why = Why::UnsupportedSyntax("a kustomize component".into());
        built.items.iter_mut().for_each(|item| loosen_item(item, &why));
    }

    fn configure(&mut self, kustomization: &Kustomization, built: &mut Built) {
        for entry in kustomization.items("configurations") {
            let id = entry.as_str().and_then(|path| self.store.open(kustomization.id, path).ok());
            let roots = id.and_then(|id| embedded::documents_of_file(self.store, id, entry.span));
            match roots {
                Some(roots) => roots.iter().for_each(|root| built.config.add(root)),
                None => {
                    let why = Why::UnsupportedSyntax("a kustomize transformer configuration".into());
                    built.notes.gap(why.clone(), entry.span);
                    built.items.iter_mut().for_each(|item| loosen_item(item, &why));
                }
            }
        }
    }

    fn generate(&mut self, kustomization: &Kustomization, built: &mut Built) {
        let global = kustomization.stated("generatorOptions");
        for (key, kind) in [("configMapGenerator", Kind::ConfigMap), ("secretGenerator", Kind::Secret)] {
            for generator in kustomization.items(key) {
                let generated = generate::generate(self.store, kustomization.id, generator, global, kind);
                generated.into_iter().for_each(|generated| built.absorb(generated));
            }
        }
        for key in ["helmCharts", "helmChartInflationGenerator"] {
            for entry in kustomization.items(key) {
                let rendered = chart::render(self.store, kustomization, entry, &mut built.notes);
                built.items.extend(rendered);
            }
        }
        self.run_generators(kustomization, built);
    }

    fn transform(&mut self, kustomization: &Kustomization, built: &mut Built) {
        let body = &kustomization.body;
        let Built { items, config, notes, .. } = built;
        let mut patching = Patching { store: self.store, from: kustomization.id, notes };
        kustomization.items("patchesStrategicMerge").iter().for_each(|patch| patching.plain(items, patch));
        kustomization.items("patches").iter().for_each(|patch| patching.entry(items, patch));
        if let Some(namespace) = kustomization.stated("namespace") {
            names::place(items, namespace, config, false);
        }
        if let Some(prefix) = kustomization.stated("namePrefix") {
            names::affix(items, Affix::Prefix, prefix, &config.all(|config| &config.prefixed));
        }
        if let Some(suffix) = kustomization.stated("nameSuffix") {
            names::affix(items, Affix::Suffix, suffix, &config.all(|config| &config.suffixed));
        }
        names::label(items, body, config);
        names::add_pairs(items, body.get("commonAnnotations"), &config.all(|config| &config.annotations));
        kustomization.items("patchesJson6902").iter().for_each(|patch| patching.entry(items, patch));
        names::scale(items, body);
        let places = config.all(|config| &config.images);
        for retag in images::entries(body).filter_map(|entry| Retag::read(self.store, entry)) {
            items.iter_mut().for_each(|item| retag.apply(item, &places));
        }
        self.replacements(kustomization, built);
        self.run_transformers(kustomization, built);
    }

    /// Replacements are written in place, or in a file of one or many.
    fn replacements(&mut self, kustomization: &Kustomization, built: &mut Built) {
        for entry in kustomization.items("replacements") {
            let all = match member(entry, "path") {
                None => Some(vec![entry.clone()]),
                Some(path) => self.replacements_of(kustomization.id, path),
            };
            let Some(all) = all else {
                let why = Why::UnsupportedSyntax("a kustomize replacement that can't be read".into());
                built.notes.gap(why.clone(), entry.span);
                built.items.iter_mut().for_each(|item| loosen_item(item, &why));
                continue;
            };
            for replacement in &all {
                if let Err(refused) = replace::apply(&mut built.items, replacement) {
                    built.notes.refuse_if_closed(refused.message, refused.span);
                }
            }
        }
    }

    fn replacements_of(&self, from: SourceId, path: &Node) -> Option<Vec<Node>> {
        let id = self.store.open(from, &written(path)?).ok()?;
        let root = embedded::documents_of_file(self.store, id, path.span)?.into_iter().next()?;
        Some(if root.as_list().is_some() { list_of(Some(&root)).to_vec() } else { vec![root] })
    }
}
