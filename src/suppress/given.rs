//! What the user wrote, gathered, and what of it covers a finding.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::annotation::annotations;
use super::block::Blocks;
use super::directive::{self, Directive, List, directives};
use super::elsewhere::{Covered, Given};
use super::owner::Owners;
use super::{Remark, RemarkKind, Scene, rule_of};
use crate::ir::{Address, Resource};
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
    /// The entry of the configuration, where it is one.
    configured: Option<&'a Allowed>,
}

impl Allowance<'_> {
    /// Where it finds nothing, in words.
    pub(super) fn whereabouts(&self) -> String {
        self.configured.map_or_else(|| "here".to_owned(), |entry| format!("at `{}`", entry.paths.written()))
    }

    /// Whether the run has seen what it is about. An entry for files that were not read says nothing wrong.
    pub(super) fn is_looked_at(&self, scene: &Scene<'_>) -> bool {
        let covers = |entry: &Allowed| scene.sources.iter().any(|&id| entry.paths.cover(&scene.store.source(id).path));
        self.configured.is_none_or(|entry| scene.whole || covers(entry))
    }
}

/// A rule at something.
type At<K> = BTreeMap<(&'static str, K), Vec<usize>>;

/// Everything that is allowed, by what it covers.
pub(super) struct Allowances<'a> {
    all: Vec<Allowance<'a>>,
    /// Lines, blocks and declarations.
    places: BTreeMap<(&'static str, SourceId), Vec<(Span, usize)>>,
    /// Calls of modules: deployment and address.
    calls: At<(Arc<str>, String)>,
    /// Annotated objects.
    objects: At<Arc<Address>>,
    /// The rules that a call or an object is allowed.
    by_resource: BTreeSet<&'static str>,
    /// Files of other repositories: what is allowed there of one resource, or of all.
    files: BTreeMap<(&'static str, SourceId), Vec<(Option<&'a str>, usize)>>,
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
        let (rule, span) = (found.finding.rule, found.finding.primary.span);
        let given = self.places.get(&(rule, span.source)).into_iter().flatten();
        let covers = |place: &&(Span, usize)| place.0.start <= span.start && span.start <= place.0.end;
        given.filter(covers).map(|&(_, at)| at).collect()
    }

    /// Calls and annotations: each resource that the finding may lie in has to be covered.
    fn by_resource(&self, found: &Found) -> BTreeSet<usize> {
        let rule = found.finding.rule;
        if !self.by_resource.contains(rule) {
            return BTreeSet::new();
        }
        let of_each: Vec<BTreeSet<usize>> =
            self.owners.owners(found).into_iter().map(|owner| self.of_resource(rule, owner)).collect();
        match of_each.iter().all(|by| !by.is_empty()) {
            true => of_each.into_iter().flatten().collect(),
            false => BTreeSet::new(),
        }
    }

    fn of_resource(&self, rule: &'static str, resource: &Resource) -> BTreeSet<usize> {
        let modules = resource.address.modules();
        let calls = modules.filter_map(|it| self.calls.get(&(rule, (it.root.clone(), it.without_keys()))));
        let objects = self.objects.get(&(rule, resource.address.clone()));
        calls.chain(objects).flatten().copied().collect()
    }

    fn by_entry(&self, found: &Found) -> BTreeSet<usize> {
        let given = self.entries.get(found.finding.rule).into_iter().flatten().copied();
        let path = || self.store.source(found.finding.primary.span.source).path.clone();
        let covers = |at: &usize| {
            let entry = self.all.get(*at).and_then(|allowance| allowance.configured);
            entry.is_some_and(|entry| entry.paths.cover(&path()) && self.names(entry.resource.as_deref(), found))
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
        let Some(name) = resource else { return true };
        let is = |text: &str| text.eq_ignore_ascii_case(name);
        self.owners.concerned(found).into_iter().any(|resource| {
            let address = &resource.address;
            resource.name.as_str().is_some_and(is)
                || is(&address.to_string())
                || is(&address.without_keys())
                || address.path.last().is_some_and(|step| is(&step.name))
        })
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
            self.comment(&directive, &covers, &calls, remarks);
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
                let (reasoned, configured) = (true, Some(entry));
                self.given.all.push(Allowance {
                    rule,
                    word,
                    whole: word,
                    reasoned,
                    used: false,
                    elsewhere: false,
                    configured,
                });
                self.given.entries.entry(rule).or_default().push(given);
            }
        }
    }

    /// What other repositories allow in their files.
    fn elsewhere(&mut self) {
        for given in self.scene.elsewhere {
            let at = self.given.all.len();
            let (rule, word) = (given.rule, Span::default());
            let (reasoned, elsewhere) = (true, true);
            self.given.all.push(Allowance {
                rule,
                word,
                whole: word,
                reasoned,
                used: false,
                elsewhere,
                configured: None,
            });
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
        for word in &list.words {
            match rule_of(word, self.scene.rules) {
                Ok(rule) => {
                    given.push((self.given.all.len(), rule));
                    let (word, reasoned) = (word.span, list.reasoned);
                    self.given.all.push(Allowance {
                        rule,
                        word,
                        whole,
                        reasoned,
                        used: false,
                        elsewhere: false,
                        configured: None,
                    });
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
        let extents: BTreeSet<Span> = resources.map(|it| it.extent).filter(|extent| extent.source == id).collect();
        for extent in extents {
            starts.entry(source.line_of(extent.start)).or_default().push(extent);
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
