//! Templates that something else deploys, with values that are its own: a resource of Terraform.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use super::Outside;
use super::arm;
use super::arm_value::Reading;
use super::evaluate::Evaluation;
use super::frame::{Frame, Given, Kind, Loaded};
use super::library::{Library, locked};
use super::scope::{Place, Standing};
use super::template::{Parameter, TargetScope, Template};
use crate::frontend::Problem;
use crate::ir::{Address, Cond, Gap, Node, Resource, Why};
use crate::source::{SourceId, Span, Store};
use crate::syntax::json;

/// The templates that others deploy.
pub struct Templates<'a> {
    library: Library<'a>,
    deployed: Mutex<BTreeSet<SourceId>>,
}

/// A template that can be deployed.
pub struct Ready(Arc<Loaded>);

/// How it is deployed.
pub struct Embedding {
    /// A name that nothing else in the run has, with which its own symbols begin.
    pub name: Arc<str>,
    /// Below which address its resources stand.
    pub address: Address,
    /// The id of the group, subscription or management group that it deploys to; `null` for the tenant.
    pub scope: Node,
    /// When it is deployed.
    pub deployed: Cond,
    /// The values of its parameters.
    pub parameters: Vec<(Arc<str>, Node)>,
    /// Why a parameter that is not among them may have any value.
    pub unseen: Option<Why>,
}

/// What it deploys.
#[derive(Debug)]
pub struct Embedded {
    /// Its resources, modules unfolded.
    pub resources: Vec<Resource>,
    /// Its outputs.
    pub outputs: Vec<(Arc<str>, Node)>,
    /// What was not understood.
    pub gaps: Vec<Gap>,
    /// Values that ask for credentials.
    pub asked: Vec<(Node, Cond)>,
}

impl<'a> Templates<'a> {
    /// Nothing is read yet.
    pub fn new(store: &'a Store, outside: Outside) -> Templates<'a> {
        Templates { library: Library::new(store, outside), deployed: Mutex::default() }
    }

    /// The texts.
    pub fn store(&self) -> &'a Store {
        self.library.store
    }

    /// The template in a file. What the Bicep compiler made of a file beside it counts as that file.
    pub fn of_file(&self, source: SourceId) -> Result<Ready, Why> {
        let loaded = self.library.load(source)?;
        let path = self.library.store.source(source).path.clone();
        let origin = self.beside(&path).filter(|_| loaded.template.compiled).unwrap_or(source);
        locked(&self.deployed).extend([source, origin]);
        self.library.load(origin).map(Ready)
    }

    /// The Bicep file that `main.json` would be made of.
    pub fn beside(&self, path: &str) -> Option<SourceId> {
        self.library.store.open_path(&format!("{}.bicep", path.strip_suffix(".json")?)).ok()
    }

    /// The template that a text is, all of it written at one place. Parts of the text that are not known yet are named
    /// by parameters, which are declared along with its own.
    pub fn of_text(&self, text: &str, parameters: &[Arc<str>], at: Span) -> Result<Ready, Why> {
        let unreadable = || Why::UnsupportedSyntax("a template that can't be read".into());
        let (tree, _, faults) = json::parse(at.source, text);
        let tree =
            tree.filter(|tree| faults.is_empty() && tree.get_ci("resources").is_some()).ok_or_else(unreadable)?;
        let mut reading = Reading { source: at.source, text, faults: Vec::new() };
        let template: Template = arm::lower(&tree, &mut reading).placed(at);
        Ok(Ready(Arc::new(Loaded::new(Arc::new(template.with_parameters(parameters, at))))))
    }

    /// Deploys a template.
    pub fn deploy(&self, ready: &Ready, embedding: Embedding) -> Embedded {
        let evaluation = Evaluation { whole: true, ..Evaluation::new(&self.library, embedding.name.clone()) };
        let (resources, outputs) = evaluation.run_inside(ready.0.clone(), embedding);
        let (gaps, asked) = (evaluation.gaps.take(), evaluation.asked.take());
        Embedded { resources, outputs, gaps, asked }
    }

    /// The files whose templates were deployed, what is wrong with them, and all files that were read.
    pub fn finish(self) -> (BTreeSet<SourceId>, Vec<Problem>, Vec<SourceId>) {
        let problems = std::mem::take(&mut *locked(&self.library.problems));
        let inputs = std::mem::take(&mut *locked(&self.library.inputs)).into_iter().collect();
        (std::mem::take(&mut *locked(&self.deployed)), problems, inputs)
    }
}

impl Template {
    fn with_parameters(mut self, names: &[Arc<str>], at: Span) -> Template {
        let parameter = |name: &Arc<str>| Parameter {
            name: name.clone(),
            span: at,
            secure: false,
            allowed: None,
            default: None,
            nullable: false,
        };
        self.parameters.extend(names.iter().map(parameter));
        self
    }
}

impl Evaluation<'_> {
    /// Evaluates a template as a part of another deployment: its resources, and its outputs with their names.
    fn run_inside(&self, loaded: Arc<Loaded>, embedding: Embedding) -> (Vec<Resource>, Vec<(Arc<str>, Node)>) {
        let template = loaded.template.clone();
        let place = self.place_of(&embedding, template.target);
        let frame = self.frame(loaded.clone(), embedding.address, place, Given::Values(Vec::new()));
        let mut given = embedding.parameters;
        for parameter in &template.parameters {
            let own = given.iter().any(|(name, _)| name.eq_ignore_ascii_case(&parameter.name));
            if let Some(why) = embedding.unseen.as_ref().filter(|_| !own) {
                let symbol = format!("{}#param:{}", self.name, parameter.name);
                given.push((parameter.name.clone(), Node::symbol(why.clone(), symbol, parameter.span)));
            }
        }
        let frame = Rc::new(Frame { deployed: embedding.deployed, given: Given::Values(given), ..frame });
        let resources = self.resources_of(&frame);
        let output = |name: &Arc<str>| Some((name.clone(), self.output(&frame, loaded.find(Kind::Output, name)?)));
        (resources, template.outputs.iter().filter_map(|it| output(&it.name)).collect())
    }

    fn place_of(&self, embedding: &Embedding, target: TargetScope) -> Place {
        let chosen = Place::chosen(&self.name, target, embedding.scope.span);
        match chosen.standing(&embedding.scope) {
            Standing::Container(place) => place,
            Standing::Resource(_) | Standing::Unknown(_) => chosen,
        }
    }
}
