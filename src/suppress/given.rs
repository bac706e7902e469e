//! What the user wrote, gathered, and what of it covers a finding.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::annotation::annotations;
use super::block::Blocks;
use super::directive::{self, Directive, List, directives};
use super::elsewhere::{Covered, Given};
use super::owner::{Owners, is_called};
use super::{Remark, RemarkKind, Scene, is_meant, rule_of};
use crate::ir::{Address, Language, Resource};
use crate::rules::Found;
use crate::settings::Allowed;
use crate::source::{Source, SourceId, Span, Store};

/// One rule that one comment, annotation or entry allows.
pub(super) struct Allowance<'a> {
    pub rule: &'static str,
    /// Where the rule is named.
    pub word: Span,
    /// The whole of what allows it.
    pub whole: Span,
    /// It says why.
    pub reasoned: bool,
    /// A finding was left out for it.
    pub used: bool,
    /// Another repository allows it, where what is wrong with it is told.
    pub elsewhere: bool,
    /// Words stand behind its rules that are no rules.
    pub loose: bool,
    /// It stands above a blank line.
    detached: bool,
    /// The entry of the configuration, where it is one.
    configured: Option<&'a Allowed>,
}

impl Allowance<'_> {
    /// One that gives a reason, of a rule that is named at a place.
    fn new(rule: &'static str, word: Span) -> Self {
        Allowance {
            rule,
            word,
            whole: word,
            reasoned: true,
            used: false,
            elsewhere: false,
            loose: false,
            detached: false,
            configured: None,
        }
    }

    /// Where it finds nothing, in words.
    pub(super) fn whereabouts(&self) -> String {
        match self.configured {
            Some(entry) => format!("at `{}`", entry.paths.written()),
            None if self.detached => "here: the line below the comment is blank".to_owned(),
            None => "here".to_owned(),
        }
    }

    /// Whether the run has seen what it is about. An entry for files that were not read says nothing wrong.
    pub(super) fn is_looked_at(&self, scene: &Scene<'_>) -> bool {
        let covers = |entry: &Allowed| scene.sources.iter().any(|&id| entry.paths.cover(&scene.store.source(id).path));
        self.configured.is_none_or(|entry| scene.whole || covers(entry))
    }
}

/// A rule at something.
type At<K> = BTreeMap<(&'static str, K), Vec<usize>>;

/// A rule in a file, and what of the file is meant.
type In<W> = BTreeMap<(&'static str, SourceId), Vec<(W, usize)>>;

/// Everything that is allowed, by what it covers.
pub(super) struct Allowances<'a> {
    all: Vec<Allowance<'a>>,
    /// Lines, blocks and declarations.
    places: In<Span>,
    /// Calls of modules: deployment and address.
    calls: At<(Arc<str>, String)>,
    /// Annotated objects.
    objects: At<Arc<Address>>,
    /// The rules that a call or an object is allowed.
    by_resource: BTreeSet<&'static str>,
    /// Files of other repositories: what is allowed there of one resource, or of all.
    files: In<Option<&'a str>>,
    /// Entries of the configuration.
    entries: BTreeMap<&'static str, Vec<usize>>,
    owners: Owners<'a>,
    store: &'a Store,
}

impl<'a> Allowances<'a> {
    /// What it is about, apart from annotations, which stand in the objects themselves.
    pub(super) fn told(&self, sources: &[SourceId]) -> Vec<Given> {
        let places = self
            .places
            .iter()
            .flat_map(|((rule, _), all)| all.iter().map(|(span, _)| Given { rule, covers: Covered::Place(*span) }));
        let calls = self.calls.keys().map(|(rule, (deployment, module))| Given {
            rule,
            covers: Covered::Call(deployment.clone(), module.clone()),
        });
        let entries = self.entries.iter().flat_map(|(rule, all)| all.iter().map(move |at| (*rule, *at)));
        let configured = entries.filter_map(|(rule, at)| Some((rule, self.all.get(at)?.configured?)));
        let files = configured.flat_map(|(rule, entry)| {
            let covered = sources.iter().filter(|id| entry.paths.cover(&self.store.source(**id).path));
            covered.map(move |&id| Given { rule, covers: Covered::File(id, entry.resource.clone()) })
        });
        places.chain(calls).chain(files).collect()
    }

    pub(super) fn all(&self) -> &[Allowance<'a>] {
        &self.all
    }

    /// Whether something covers a finding. Everything that does counts as used by it, so that none of two nested comments
    /// is called unused.
    pub(super) fn cover(&mut self, found: &Found) -> bool {
        let mut by = self.by_place(found);
        by.extend(self.by_resource(found));
        by.extend(self.by_entry(found));
        by.extend(self.by_file(found));
        for &at in &by {
            if let Some(allowance) = self.all.get_mut(at) {
                allowance.used = true;
            }
        }
        !by.is_empty()
    }

    fn by_place(&self, found: &Found) -> BTreeSet<usize> {
        let at_place = |span: Span| {
            let given = self.places.get(&(found.finding.rule, span.source)).into_iter().flatten();
            let covers = move |place: &&(Span, usize)| place.0.start <= span.start && span.start <= place.0.end;
            given.filter(covers).map(|&(_, at)| at)
        };
        self.places_of(found).flat_map(at_place).collect()
    }

    /// The line to change, and the place where the finding is told when that line is in another repository.
    fn places_of(&self, found: &Found) -> impl Iterator<Item = Span> + use<> {
        let (finding, is_here) = (&found.finding, |span: Span| !self.store.source(span.source).is_elsewhere());
        let primary = finding.primary.span;
        let told = if is_here(primary) { None } else { finding.first_related(is_here) };
        let told = told.and_then(|at| finding.related.get(at)).map(|label| label.span);
        std::iter::once(primary).chain(told)
    }

    /// Calls and annotations: a resource that the finding is about is annotated, or each one that it may lie in is covered.
    fn by_resource(&self, found: &Found) -> BTreeSet<usize> {
        let rule = found.finding.rule;
        if !self.by_resource.contains(rule) {
            return BTreeSet::new();
        }
        let of_each: Vec<BTreeSet<usize>> =
            self.owners.owners(found).into_iter().map(|owner| self.of_resource(rule, owner)).collect();
        let mut by: BTreeSet<usize> = self.owners.about(found).flat_map(|it| self.of_object(rule, it)).collect();
        if of_each.iter().all(|by| !by.is_empty()) {
            by.extend(of_each.into_iter().flatten());
        }
        by
    }

    fn of_object(&self, rule: &'static str, resource: &Resource) -> impl Iterator<Item = usize> {
        self.objects.get(&(rule, resource.address.clone())).into_iter().flatten().copied()
    }

    fn of_resource(&self, rule: &'static str, resource: &Resource) -> BTreeSet<usize> {
        let modules = resource.address.modules();
        let calls = modules.filter_map(|it| self.calls.get(&(rule, (it.root.clone(), it.without_keys()))));
        calls.flatten().copied().chain(self.of_object(rule, resource)).collect()
    }

    fn by_entry(&self, found: &Found) -> BTreeSet<usize> {
        let given = self.entries.get(found.finding.rule).into_iter().flatten().copied();
        let lies = |entry: &Allowed| {
            self.places_of(found).any(|place| entry.paths.cover(&self.store.source(place.source).path))
        };
        let covers = |at: &usize| {
            let entry = self.all.get(*at).and_then(|allowance| allowance.configured);
            entry.is_some_and(|entry| lies(entry) && self.names(entry.resource.as_deref(), found))
        };
        given.filter(covers).collect()
    }

    fn by_file(&self, found: &Found) -> BTreeSet<usize> {
        let (rule, source) = (found.finding.rule, found.finding.primary.span.source);
        let given = self.files.get(&(rule, source)).into_iter().flatten();
        given.filter(|(resource, _)| self.names(*resource, found)).map(|&(_, at)| at).collect()
    }

    /// Whether an entry is about one of the resources of a finding, or about all.
    fn names(&self, resource: Option<&str>, found: &Found) -> bool {
        resource.is_none_or(|name| self.owners.concerns(found, |resource| is_called(resource, name)))
    }
}

/// Reads what is allowed.
pub(super) struct Reader<'a> {
    scene: &'a Scene<'a>,
    given: Allowances<'a>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(scene: &'a Scene<'a>) -> Reader<'a> {
        let given = Allowances {
            all: Vec::new(),
            places: BTreeMap::new(),
            calls: BTreeMap::new(),
            objects: BTreeMap::new(),
            by_resource: BTreeSet::new(),
            files: BTreeMap::new(),
            entries: BTreeMap::new(),
            owners: Owners::of(&[]),
            store: scene.store,
        };
        Reader { scene, given }
    }

    /// Everything that is allowed; what is wrong with it is remarked.
    pub(super) fn read(mut self, remarks: &mut Vec<Remark>) -> Allowances<'a> {
        for &id in self.scene.sources {
            let source = self.scene.store.source(id);
            // Most files have no such comment: they cost one search.
            if source.text.contains(directive::MARK) {
                self.comments(id, &source, remarks);
            }
        }
        self.annotations(remarks);
        self.configured();
        self.elsewhere();
        let calls = self.given.calls.keys().map(|(rule, _)| *rule);
        self.given.by_resource = calls.chain(self.given.objects.keys().map(|(rule, _)| *rule)).collect();
        if !self.given.by_resource.is_empty() || !self.given.entries.is_empty() || !self.given.files.is_empty() {
            self.given.owners = Owners::of(self.scene.deployments);
        }
        self.given
    }

    fn comments(&mut self, id: SourceId, source: &Source, remarks: &mut Vec<Remark>) {
        let declarations = self.declarations(id, source);
        let calls = self.calls(id);
        let mut blocks = Blocks::of(id, source);
        for directive in directives(id, source) {
            if let Some(message) = &directive.mistake {
                remarks.push(Remark::unused(directive.span, message.clone()));
            }
            let mut covers = declarations.get(&directive.covers_line).cloned().unwrap_or_default();
            covers.extend(line_span(id, source, directive.covers_line));
            if directive.above {
                covers.extend(blocks.at(directive.covers_line));
            }
            let first = self.given.all.len();
            self.comment(&directive, &covers, &calls, remarks);
            let blank = source.line(directive.covers_line).is_some_and(|line| line.trim().is_empty());
            let own = self.given.all.iter_mut().skip(first);
            own.for_each(|allowance| allowance.detached = directive.above && blank);
        }
    }

    fn comment(&mut self, directive: &Directive, covers: &[Span], calls: &[Call], remarks: &mut Vec<Remark>) {
        let called: Vec<&Call> =
            calls.iter().filter(|call| covers.iter().any(|it| it.start <= call.at && call.at < it.end)).collect();
        for (at, rule) in self.allow(&directive.list, directive.span, remarks) {
            let places = self.given.places.entry((rule, directive.span.source)).or_default();
            places.extend(covers.iter().map(|&span| (span, at)));
            for call in &called {
                self.given.calls.entry((rule, (call.deployment.clone(), call.module.clone()))).or_default().push(at);
            }
        }
    }

    fn annotations(&mut self, remarks: &mut Vec<Remark>) {
        for annotation in annotations(self.scene.deployments, self.scene.store) {
            match &annotation.list {
                Err(message) => remarks.push(Remark::unused(annotation.span, message.clone())),
                Ok(list) => {
                    for (at, rule) in self.allow(list, annotation.span, remarks) {
                        for object in &annotation.objects {
                            self.given.objects.entry((rule, object.clone())).or_default().push(at);
                        }
                    }
                }
            }
        }
    }

    fn configured(&mut self) {
        let Some(id) = self.scene.configuration else { return };
        for entry in self.scene.configured {
            for (rule, at) in &entry.rules {
                let word = Span::new(id, at.start, at.end);
                let given = self.given.all.len();
                // Without a reason the file is refused.
                self.given.all.push(Allowance { configured: Some(entry), ..Allowance::new(rule, word) });
                self.given.entries.entry(rule).or_default().push(given);
            }
        }
    }

    /// What other repositories allow in their files.
    fn elsewhere(&mut self) {
        for given in self.scene.elsewhere {
            let at = self.given.all.len();
            let rule = given.rule;
            self.given.all.push(Allowance { elsewhere: true, ..Allowance::new(rule, Span::default()) });
            match &given.covers {
                Covered::Place(span) => self.given.places.entry((rule, span.source)).or_default().push((*span, at)),
                Covered::Call(deployment, module) => {
                    self.given.calls.entry((rule, (deployment.clone(), module.clone()))).or_default().push(at);
                }
                Covered::File(source, resource) => {
                    self.given.files.entry((rule, *source)).or_default().push((resource.as_deref(), at));
                }
            }
        }
    }

    /// An allowance for each rule of a list.
    fn allow(&mut self, list: &List, whole: Span, remarks: &mut Vec<Remark>) -> Vec<(usize, &'static str)> {
        let mut given = Vec::new();
        let first = self.given.all.len();
        for word in &list.words {
            match rule_of(word, self.scene.rules) {
                Ok(rule) => {
                    given.push((self.given.all.len(), rule));
                    let reasoned = list.reasoned;
                    self.given.all.push(Allowance { whole, reasoned, ..Allowance::new(rule, word.span) });
                }
                Err(_) if !given.is_empty() && !is_meant(word, self.scene.rules) => {
                    // A reason begins here: one remark is enough.
                    let all = self.given.all.iter_mut().skip(first);
                    all.for_each(|allowance| (allowance.loose, allowance.reasoned) = (true, false));
                    break;
                }
                Err(message) => remarks.push(Remark::unused(word.span, message)),
            }
        }
        given
    }

    /// The declarations of a file by the line on which they begin.
    fn declarations(&self, id: SourceId, source: &Source) -> BTreeMap<usize, Vec<Span>> {
        let mut starts: BTreeMap<usize, Vec<Span>> = BTreeMap::new();
        let resources = self.scene.deployments.iter().flat_map(|deployment| &deployment.resources);
        // A declaration of Bicep begins with its decorators, and its name stands behind them.
        let named =
            |it: &Resource| (it.language == Language::Bicep && it.declared.source == id).then_some(it.declared.start);
        let begins = |it: &Resource| {
            let extent = it.extent;
            std::iter::once(extent.start).chain(named(it)).map(move |at| (at, extent))
        };
        let own = resources.filter(|it| it.extent.source == id);
        let extents: BTreeSet<(u32, Span)> = own.flat_map(begins).collect();
        for (at, extent) in extents {
            let known = starts.entry(source.line_of(at)).or_default();
            if !known.contains(&extent) {
                known.push(extent);
            }
        }
        starts
    }

    /// The calls of modules in a file.
    fn calls(&self, id: SourceId) -> Vec<Call> {
        let mut found = Vec::new();
        for deployment in self.scene.deployments {
            for (module, span) in deployment.calls.iter().filter(|(_, span)| span.source == id) {
                found.push(Call { at: span.start, deployment: deployment.name.clone(), module: module.to_string() });
            }
        }
        found
    }
}

/// The call of a module.
struct Call {
    /// Where it begins.
    at: u32,
    deployment: Arc<str>,
    /// The address of the module, without keys.
    module: String,
}

impl Remark {
    fn unused(span: Span, message: String) -> Remark {
        Remark { span, message, rule: None, kind: RemarkKind::Unused }
    }
}

fn line_span(id: SourceId, source: &Source, line: usize) -> Option<Span> {
    let start = *source.line_starts().get(line.checked_sub(1)?)? as usize;
    Some(Span::new(id, start, start + source.line(line)?.len()))
}
