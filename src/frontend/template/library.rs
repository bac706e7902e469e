//! Templates of the tree, each read once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use regex::Regex;

use super::Outside;
use super::arm;
use super::arm_value::Reading;
use super::bicep;
use super::frame::Loaded;
use super::modules::unreadable;
use super::registry::{Reference, Whereabouts};
use super::template::{Definition, ModuleTemplate, Template, What, is_remote};
use crate::frontend::{Problem, Trouble};
use crate::ir::{Language, Why};
use crate::source::{OpenError, SourceId, Span, Store};
use crate::syntax::tree::{Fault, Tree};
use crate::syntax::{bicep as bicep_syntax, json};

/// A path in `loadTextContent('…')` and its kin.
static LOADS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\bload(?:\w+Content|FileAsBase64)\(\s*'([^'$]+)'").ok());

/// A template, or why there is none.
pub type Found = Result<Arc<Loaded>, Why>;

/// Where the modules are that a file calls by these names.
type Places = BTreeMap<(SourceId, Arc<str>), Option<Whereabouts>>;

/// A Bicep file by itself.
struct Parsed {
    template: Arc<Template>,
    imports: Vec<bicep::Import>,
    faults: Vec<Fault>,
}

impl Parsed {
    fn of(source: SourceId, text: &str) -> Parsed {
        let (file, _, faults) = bicep_syntax::parse(source, text);
        Parsed { template: Arc::new(bicep::lower(&file, source)), imports: bicep::imports(&file), faults }
    }
}

/// Templates of the tree, each read once. Several threads may ask.
pub struct Library<'a> {
    /// The texts.
    pub store: &'a Store,
    /// Files that could not be read whole.
    pub problems: Mutex<Vec<Problem>>,
    /// What the user says of the world outside of the tree.
    pub outside: Outside,
    /// Modules from registries are looked for.
    looks: bool,
    /// Files that are templates or parameter files.
    pub inputs: Mutex<BTreeSet<SourceId>>,
    loaded: Mutex<BTreeMap<SourceId, Found>>,
    /// Bicep files that are parsed ahead of their use.
    parsed: Mutex<BTreeMap<SourceId, Arc<Parsed>>>,
    /// Templates that nobody can edit, by the place that uses them.
    placed: Mutex<BTreeMap<Span, Arc<Loaded>>>,
    /// Where modules of registries are, as the files that use them call them.
    places: Mutex<Places>,
    mentions: Mutex<BTreeMap<(SourceId, String), bool>>,
}

impl<'a> Library<'a> {
    /// An empty library over the texts.
    pub fn new(store: &'a Store, outside: Outside) -> Library<'a> {
        Library {
            store,
            problems: Mutex::default(),
            outside,
            looks: true,
            inputs: Mutex::default(),
            loaded: Mutex::default(),
            parsed: Mutex::default(),
            placed: Mutex::default(),
            places: Mutex::default(),
            mentions: Mutex::default(),
        }
    }

    /// An empty library that looks for no module of a registry.
    pub fn without_registries(store: &'a Store) -> Library<'a> {
        Library { looks: false, ..Library::new(store, Outside::default()) }
    }

    /// Parses a Bicep file, so that loading it later takes no time. What it imports is not looked at.
    pub fn parse(&self, source: SourceId) {
        let parsed = Parsed::of(source, &self.store.source(source).text);
        locked(&self.parsed).insert(source, Arc::new(parsed));
    }

    /// Whether a lower-case word stands in a file in any case.
    pub fn mentions(&self, source: SourceId, word: &str) -> bool {
        *locked(&self.mentions)
            .entry((source, word.to_owned()))
            .or_insert_with(|| self.store.source(source).text.to_ascii_lowercase().contains(word))
    }

    /// Opens the files that a Bicep file loads as data.
    pub fn open_loads(&self, source: SourceId) {
        let text = self.store.source(source).text.clone();
        let paths = LOADS.iter().flat_map(|pattern| pattern.captures_iter(&text)).filter_map(|found| found.get(1));
        for path in paths {
            // One that can't be opened is told where it is used.
            let _ = self.store.open(source, path.as_str());
        }
    }

    /// The template in a file, or why there is none.
    pub fn load(&self, source: SourceId) -> Found {
        self.load_inside(source, &[])
    }

    /// As `load`, while the files `inside` are being loaded: imports that lead back to one of them are refused.
    fn load_inside(&self, source: SourceId, inside: &[SourceId]) -> Found {
        if let Some(known) = locked(&self.loaded).get(&source) {
            return known.clone();
        }
        if inside.contains(&source) {
            return Err(Why::LimitReached("imports of each other".into()));
        }
        let file = self.store.source(source);
        let loaded = match is_bicep(&file.path) {
            true => Ok(Arc::new(self.bicep(source, &[inside, &[source]].concat()))),
            false => self.arm(source, &file.text).map(|template| Arc::new(Loaded::new(Arc::new(template)))),
        };
        if loaded.is_ok() {
            locked(&self.inputs).insert(source);
        }
        locked(&self.loaded).entry(source).or_insert(loaded).clone()
    }

    fn bicep(&self, source: SourceId, inside: &[SourceId]) -> Loaded {
        let ahead = locked(&self.parsed).remove(&source);
        let parsed = ahead.unwrap_or_else(|| Arc::new(Parsed::of(source, &self.store.source(source).text)));
        self.tell(parsed.faults.clone());
        self.with_imports(Loaded::new(parsed.template.clone()), source, &parsed.imports, inside)
    }

    fn with_imports(
        &self,
        mut loaded: Loaded,
        source: SourceId,
        imports: &[bicep::Import],
        inside: &[SourceId],
    ) -> Loaded {
        for import in imports {
            match self.imported(source, import, inside) {
                Ok(from) => {
                    let named = import.names.iter().map(|(name, alias)| (alias.clone(), from.clone(), name.clone()));
                    loaded.imports.extend(named);
                    loaded.namespaces.extend(import.wildcard.clone().map(|alias| (alias, from.clone())));
                }
                Err(_) => {
                    let names = import.names.iter().map(|(_, alias)| alias).chain(&import.wildcard).cloned().collect();
                    loaded.unresolved.push((names, import.path.clone()));
                }
            }
        }
        loaded
    }

    fn imported(&self, source: SourceId, import: &bicep::Import, inside: &[SourceId]) -> Found {
        if is_remote(&import.path) {
            return self.registry(source, &import.path, import.span);
        }
        let from = self.open(source, &import.path, import.span)?;
        self.load_inside(from, inside)
    }

    fn arm(&self, source: SourceId, text: &str) -> Result<Template, Why> {
        let tree = self.json(source, text, "deploymentTemplate").filter(arm::is_template);
        let tree = tree.ok_or_else(|| Why::Unreadable(self.store.source(source).path.clone()))?;
        let mut reading = Reading { source, text, faults: Vec::new() };
        let template = arm::lower(&tree, &mut reading);
        self.tell(reading.faults);
        Ok(template)
    }

    /// A JSON document; that it can't be read is told only when it looks like one of ours.
    pub fn json(&self, source: SourceId, text: &str, mark: &str) -> Option<Tree> {
        let (tree, _, faults) = json::parse(source, text);
        if !faults.is_empty() && text.contains(mark) {
            locked(&self.inputs).insert(source);
            self.tell(faults);
        }
        tree
    }

    /// A `.bicepparam` file: its values are the variables of a template that deploys nothing.
    pub fn parameters(&self, source: SourceId) -> (bicep::ParameterFile, Arc<Loaded>) {
        let text = self.store.source(source).text.clone();
        let (file, _, faults) = bicep_syntax::parse(source, &text);
        self.tell(faults);
        locked(&self.inputs).insert(source);
        let parameters = bicep::lower_parameters(&file);
        let mut template = bicep::lower(&file, source);
        template.parameters.clear();
        template.resources.clear();
        let given: Vec<Definition> = parameters.values.clone();
        template.variables = parameters.variables.iter().cloned().chain(given).collect();
        let loaded = self.with_imports(Loaded::new(Arc::new(template)), source, &bicep::imports(&file), &[source]);
        (parameters, Arc::new(loaded))
    }

    fn tell(&self, faults: Vec<Fault>) {
        locked(&self.problems).extend(faults.into_iter().map(Problem::from));
    }

    /// The template of a module, by its path seen from `from`; `at` is where the path stands.
    pub fn module(&self, from: SourceId, path: &str, at: Span) -> Found {
        if is_remote(path) {
            return self.registry(from, path, at);
        }
        let source = self.open(from, path, at)?;
        self.load(source)
    }

    /// A file that another one names; that it isn't there is told at its name.
    pub fn open(&self, from: SourceId, path: &str, at: Span) -> Result<SourceId, Why> {
        self.store.open(from, path).map_err(|error| {
            if matches!(error, OpenError::NotFound) {
                let message = format!("`{path}` is named here, and there is no such file");
                let problem = Problem { trouble: Trouble::Unreadable, message, span: at, help: None };
                let mut problems = locked(&self.problems);
                if !problems.contains(&problem) {
                    problems.push(problem);
                }
            }
            unreadable(path, &error)
        })
    }

    /// A module of a registry, as far as it is within reach.
    pub fn registry(&self, from: SourceId, text: &str, at: Span) -> Found {
        let place = self.place(from, text).ok_or_else(|| Why::UnresolvedModule(text.into()))?;
        let template = match place {
            Whereabouts::Tree(source) => return self.load(source),
            _ if locked(&self.placed).contains_key(&at) => None,
            Whereabouts::Cache(source) => Some(self.arm(source, &self.store.source(source).text)?),
            Whereabouts::Known(model) => Some(bicep::lower(&bicep_syntax::parse(from, model.text).0, from)),
        };
        if let Some(template) = template {
            // Who uses it in Bicep repairs it in Bicep.
            let language = if is_bicep(&self.store.source(from).path) { Language::Bicep } else { Language::Arm };
            let template = Template { language, ..template.placed(at) };
            locked(&self.placed).insert(at, Arc::new(Loaded::new(Arc::new(template))));
        }
        locked(&self.placed).get(&at).cloned().ok_or_else(|| Why::UnresolvedModule(text.into()))
    }

    /// Where a module of a registry is.
    pub fn place(&self, from: SourceId, text: &str) -> Option<Whereabouts> {
        let key = (from, Arc::from(text));
        if let Some(known) = locked(&self.places).get(&key) {
            return *known;
        }
        let reference = Reference::parse(text, from, self.store).filter(|_| self.looks);
        let place = reference.and_then(|reference| self.find(&reference));
        locked(&self.places).insert(key, place);
        place
    }

    /// The files whose templates a template deploys as modules.
    pub fn uses(&self, template: &Template) -> Vec<SourceId> {
        let mut found = Vec::new();
        for declaration in &template.resources {
            let What::Module { template: module, .. } = &declaration.what else { continue };
            match module {
                ModuleTemplate::Inline(inner) => found.extend(self.uses(inner)),
                ModuleTemplate::File(path, _) => found.extend(self.store.open(template.source, path)),
                ModuleTemplate::Remote(path, _) => found.extend(match self.place(template.source, path) {
                    Some(Whereabouts::Tree(source)) => Some(source),
                    _ => None,
                }),
                ModuleTemplate::Computed(..) => {}
            }
        }
        found
    }
}

fn is_bicep(path: &str) -> bool {
    path.to_ascii_lowercase().ends_with(".bicep")
}

/// What a thread that panicked left behind is whole: nothing is changed in two steps.
pub fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
