//! One deployed instance of a template, and the names that an expression in it sees.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::scope::Place;
use super::template::Template;
use crate::ir::{Address, Cond, Node};

/// A template with its names looked up fast, and what it imports.
pub struct Loaded {
    /// The template.
    pub template: Arc<Template>,
    names: HashMap<(Kind, String), usize>,
    /// Names of resources that no other declaration has: `child`, `child #2`.
    pub labels: Vec<Arc<str>>,
    /// Names imported from other files: as called here, the file's template, as called there.
    pub imports: Vec<(Arc<str>, Arc<Loaded>, Arc<str>)>,
    /// `import * as alias`.
    pub namespaces: Vec<(Arc<str>, Arc<Loaded>)>,
    /// Imports that could not be followed: the names and the path.
    pub unresolved: Vec<(Vec<Arc<str>>, Arc<str>)>,
}

/// What a name names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A parameter.
    Parameter,
    /// A variable.
    Variable,
    /// An output.
    Output,
    /// A user's function.
    Function,
    /// A resource or module.
    Resource,
}

impl Loaded {
    /// A template without imports.
    pub fn new(template: Arc<Template>) -> Loaded {
        let mut names = HashMap::new();
        let mut put = |kind, name: &str, at| {
            names.insert((kind, name.to_ascii_lowercase()), at);
        };
        template.parameters.iter().enumerate().for_each(|(at, it)| put(Kind::Parameter, &it.name, at));
        template.variables.iter().enumerate().for_each(|(at, it)| put(Kind::Variable, &it.name, at));
        template.outputs.iter().enumerate().for_each(|(at, it)| put(Kind::Output, &it.name, at));
        template.functions.iter().enumerate().for_each(|(at, it)| put(Kind::Function, &it.name, at));
        template.resources.iter().enumerate().for_each(|(at, it)| put(Kind::Resource, &it.symbol, at));
        let mut seen: HashMap<&str, usize> = HashMap::new();
        let labels = template.resources.iter().map(|declaration| {
            let count = seen.entry(&declaration.symbol).or_default();
            *count += 1;
            if *count == 1 { declaration.symbol.clone() } else { format!("{} #{count}", declaration.symbol).into() }
        });
        let labels = labels.collect();
        Loaded { template, names, labels, imports: Vec::new(), namespaces: Vec::new(), unresolved: Vec::new() }
    }

    /// The position of a name among the declarations of its kind; the last one of that name.
    pub fn find(&self, kind: Kind, name: &str) -> Option<usize> {
        self.names.get(&(kind, name.to_ascii_lowercase())).copied()
    }
}

/// One deployed instance of a template.
pub struct Frame {
    /// Its number in the evaluation.
    pub number: usize,
    /// Its template.
    pub loaded: Arc<Loaded>,
    /// The address of the module; the deployment for a root.
    pub address: Address,
    /// When the module is deployed.
    pub deployed: Cond,
    /// Where it deploys to.
    pub place: Place,
    /// The values of its parameters.
    pub given: Given,
    /// Names are looked up there and not here: a nested deployment that is evaluated in the outer scope.
    pub outer: Option<Scope>,
    /// The frame that deploys it.
    pub parent: Option<Rc<Frame>>,
    /// The name of the deployment, when it is a module.
    pub name: Option<Node>,
}

/// Where the values of parameters come from.
pub enum Given {
    /// Nowhere.
    Nothing,
    /// A parameter file.
    Values(Vec<(Arc<str>, Node)>),
    /// The declaration of the module at this position of the scope's template.
    Call(Scope, usize),
    /// An import: no parameters are there at all.
    Import,
}

/// What names an expression sees.
#[derive(Clone)]
pub struct Scope {
    /// Its template.
    pub frame: Rc<Frame>,
    /// Loop variables, lambda parameters and parameters of user's functions.
    pub locals: Locals,
}

/// Local names, the innermost first.
pub type Locals = Option<Rc<Local>>;

/// A local name.
pub struct Local {
    /// What it names.
    pub what: LocalKind,
    /// Its value; for a loop the index.
    pub value: Node,
    /// The names around.
    pub outer: Locals,
}

/// What a local name names.
pub enum LocalKind {
    /// A loop variable, lambda parameter or function parameter.
    Name(Arc<str>),
    /// The index of a loop, for `copyIndex`.
    Loop(Option<Arc<str>>),
}

impl Scope {
    /// The names of a template without locals.
    pub fn of(frame: &Rc<Frame>) -> Scope {
        Scope { frame: frame.clone(), locals: None }
    }

    /// This scope with one more name.
    pub fn with(&self, what: LocalKind, value: Node) -> Scope {
        let local = Local { what, value, outer: self.locals.clone() };
        Scope { frame: self.frame.clone(), locals: Some(Rc::new(local)) }
    }

    /// This scope with one more name, if there is one.
    pub fn named(&self, name: Option<&Arc<str>>, value: &Node) -> Scope {
        name.map_or_else(|| self.clone(), |name| self.with(LocalKind::Name(name.clone()), value.clone()))
    }

    /// The local names, the innermost first.
    pub fn locals(&self) -> impl Iterator<Item = &Local> {
        std::iter::successors(self.locals.as_deref(), |local| local.outer.as_deref())
    }

    /// The value of a local name.
    pub fn local(&self, name: &str) -> Option<&Node> {
        let named = |local: &&Local| matches!(&local.what, LocalKind::Name(own) if own.eq_ignore_ascii_case(name));
        self.locals().find(named).map(|local| &local.value)
    }

    /// The index of the innermost loop, or of the one with this label.
    pub fn loop_index(&self, label: Option<&str>) -> Option<&Node> {
        let fits = |local: &&Local| match &local.what {
            LocalKind::Loop(own) => {
                label.is_none_or(|label| own.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(label)))
            }
            LocalKind::Name(_) => false,
        };
        self.locals().find(fits).map(|local| &local.value)
    }

    /// The scope in which the expressions of this scope's template are evaluated.
    pub fn evaluated(&self) -> Scope {
        let mut scope = self.clone();
        while let Some(outer) = scope.frame.outer.clone() {
            // Loops inside see their own variables first; they have no names but the loop's label.
            scope = match &scope.locals {
                None => outer,
                Some(_) => outer.under(&scope),
            };
        }
        scope
    }

    fn under(&self, inner: &Scope) -> Scope {
        let locals: Vec<&Local> = inner.locals().collect();
        locals.into_iter().rev().fold(self.clone(), |scope, local| {
            let what = match &local.what {
                LocalKind::Name(name) => LocalKind::Name(name.clone()),
                LocalKind::Loop(label) => LocalKind::Loop(label.clone()),
            };
            scope.with(what, local.value.clone())
        })
    }
}

impl Frame {
    /// Whether this frame or one that deploys it is of the template.
    pub fn is_inside(&self, template: &Arc<Template>) -> bool {
        Arc::ptr_eq(&self.loaded.template, template)
            || self.parent.as_ref().is_some_and(|parent| parent.is_inside(template))
    }

    /// How many modules it is deep.
    pub fn depth(&self) -> usize {
        self.address.path.len()
    }
}
