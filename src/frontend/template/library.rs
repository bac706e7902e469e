//! Templates of the tree, each read once.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::Outside;
use super::arm;
use super::arm_value::Reading;
use super::bicep;
use super::frame::Loaded;
use super::modules::unreadable;
use super::registry::{Reference, Whereabouts};
use super::template::{Definition, ModuleTemplate, Template, What};
use crate::frontend::Problem;
use crate::ir::{Language, Why};
use crate::source::{SourceId, Span, Store};
use crate::syntax::tree::{Fault, Tree};
use crate::syntax::{bicep as bicep_syntax, json};

/// A template, or why there is none.
type Found = Result<Rc<Loaded>, Why>;

/// Templates of the tree, each read once.
pub struct Library<'a> {
    /// The texts.
    pub store: &'a Store,
    /// Files that could not be read whole.
    pub problems: RefCell<Vec<Problem>>,
    /// What the user says of the world outside of the tree.
    pub outside: Outside,
    /// Modules from registries are looked for.
    looks: bool,
    /// Files that are templates or parameter files.
    pub inputs: RefCell<BTreeSet<SourceId>>,
    /// Nothing while one is being read: its imports lead back to it.
    loaded: RefCell<BTreeMap<SourceId, Option<Found>>>,
    /// Templates that nobody can edit, by the place that uses them.
    placed: RefCell<BTreeMap<Span, Rc<Loaded>>>,
}

impl<'a> Library<'a> {
    /// An empty library over the texts.
    pub fn new(store: &'a Store, outside: Outside) -> Library<'a> {
        Library {
            store,
            problems: RefCell::default(),
            outside,
            looks: true,
            inputs: RefCell::default(),
            loaded: RefCell::default(),
            placed: RefCell::default(),
        }
    }

    /// An empty library that looks for no module of a registry.
    pub fn without_registries(store: &'a Store) -> Library<'a> {
        Library { looks: false, ..Library::new(store, Outside::default()) }
    }

    /// The template in a file, or why there is none.
    pub fn load(&self, source: SourceId) -> Result<Rc<Loaded>, Why> {
        let known = self.loaded.borrow().get(&source).cloned();
        match known {
            Some(Some(known)) => return known,
            Some(None) => return Err(Why::LimitReached("imports of each other".into())),
            None => {}
        }
        self.loaded.borrow_mut().insert(source, None);
        let file = self.store.source(source);
        let loaded = match is_bicep(&file.path) {
            true => Ok(Rc::new(self.bicep(source, &file.text))),
            false => self.arm(source, &file.text).map(|template| Rc::new(Loaded::new(Arc::new(template)))),
        };
        if loaded.is_ok() {
            self.inputs.borrow_mut().insert(source);
        }
        self.loaded.borrow_mut().insert(source, Some(loaded.clone()));
        loaded
    }

    fn bicep(&self, source: SourceId, text: &str) -> Loaded {
        let (file, _, faults) = bicep_syntax::parse(source, text);
        self.tell(faults);
        let loaded = Loaded::new(Arc::new(bicep::lower(&file, source)));
        self.with_imports(loaded, source, bicep::imports(&file))
    }

    fn with_imports(&self, mut loaded: Loaded, source: SourceId, imports: Vec<bicep::Import>) -> Loaded {
        for import in imports {
            match self.module(source, &import.path, import.span) {
                Ok(from) => {
                    let named = import.names.into_iter().map(|(name, alias)| (alias, from.clone(), name));
                    loaded.imports.extend(named);
                    loaded.namespaces.extend(import.wildcard.map(|alias| (alias, from.clone())));
                }
                Err(_) => {
                    let names = import.names.into_iter().map(|(_, alias)| alias).chain(import.wildcard).collect();
                    loaded.unresolved.push((names, import.path));
                }
            }
        }
        loaded
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
            self.inputs.borrow_mut().insert(source);
            self.tell(faults);
        }
        tree
    }

    /// A `.bicepparam` file: its values are the variables of a template that deploys nothing.
    pub fn parameters(&self, source: SourceId) -> (bicep::ParameterFile, Rc<Loaded>) {
        let text = self.store.source(source).text.clone();
        let (file, _, faults) = bicep_syntax::parse(source, &text);
        self.tell(faults);
        self.inputs.borrow_mut().insert(source);
        let parameters = bicep::lower_parameters(&file);
        let mut template = bicep::lower(&file, source);
        template.parameters.clear();
        template.resources.clear();
        let given: Vec<Definition> = parameters.values.clone();
        template.variables = parameters.variables.iter().cloned().chain(given).collect();
        let loaded = self.with_imports(Loaded::new(Arc::new(template)), source, bicep::imports(&file));
        (parameters, Rc::new(loaded))
    }

    fn tell(&self, faults: Vec<Fault>) {
        self.problems.borrow_mut().extend(faults.into_iter().map(Problem::from));
    }

    /// The template of a module, by its path seen from `from`; `at` is where the path stands.
    pub fn module(&self, from: SourceId, path: &str, at: Span) -> Found {
        if is_remote(path) {
            return self.registry(from, path, at);
        }
        let source = self.store.open(from, path).map_err(|error| unreadable(path, &error))?;
        self.load(source)
    }

    /// A module of a registry, as far as it is within reach.
    pub fn registry(&self, from: SourceId, text: &str, at: Span) -> Found {
        let place = self.place(from, text).ok_or_else(|| Why::UnresolvedModule(text.into()))?;
        let template = match place {
            Whereabouts::Tree(source) => return self.load(source),
            _ if self.placed.borrow().contains_key(&at) => None,
            Whereabouts::Cache(source) => Some(self.arm(source, &self.store.source(source).text)?),
            Whereabouts::Known(model) => Some(bicep::lower(&bicep_syntax::parse(from, model.text).0, from)),
        };
        if let Some(template) = template {
            // Who uses it in Bicep repairs it in Bicep.
            let language = if is_bicep(&self.store.source(from).path) { Language::Bicep } else { Language::Arm };
            let template = Template { language, ..template.placed(at) };
            self.placed.borrow_mut().insert(at, Rc::new(Loaded::new(Arc::new(template))));
        }
        self.placed.borrow().get(&at).cloned().ok_or_else(|| Why::UnresolvedModule(text.into()))
    }

    /// Where a module of a registry is.
    pub fn place(&self, from: SourceId, text: &str) -> Option<Whereabouts> {
        let reference = Reference::parse(text, from, self.store).filter(|_| self.looks)?;
        self.find(&reference)
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

/// Whether a module's path leads to a registry or a template spec.
pub fn is_remote(path: &str) -> bool {
    ["br:", "br/", "ts:", "ts/"].iter().any(|scheme| path.starts_with(scheme))
}

fn is_bicep(path: &str) -> bool {
    path.to_ascii_lowercase().ends_with(".bicep")
}
