//! Runs templates: values in, text with its places out.
//!
//! What is not known goes on as a hole. A condition that hangs on an unknown is decided: first one way, then, in a
//! further run, the other way; the same unknown is decided the same way everywhere in a run.

mod evaluate;
mod files;
mod holes;
mod run;

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

pub(super) use evaluate::KUBE_VERSION;

use super::text::{Origin, Text};
use super::value::{Truth, Value};
use crate::ir::{Node, Why};
use crate::source::{SourceId, Span};
use crate::syntax::gotemplate::{self, Item};

/// Unknown conditions that are decided both ways in one file; further ones leave what hangs on them unknown.
const MOST_DECISIONS: usize = 4;
/// Templates that include templates.
const DEEPEST: usize = 100;
/// Commands that one chart may run, and bytes that it may write.
const MOST_STEPS: u64 = 3_000_000;
const MOST_BYTES: u64 = 256 << 20;

/// The keys of the unknowns that stand for what the release is called and where it goes.
pub(super) const RELEASE_NAME: &str = "name of the release";
pub(super) const RELEASE_NAMESPACE: &str = "namespace of the release";

/// Functions that make objects and lists, and how many a file may make.
const MAKE_MEMBERS: [&str; 10] =
    ["dict", "set", "list", "tuple", "append", "push", "prepend", "concat", "merge", "mergeOverwrite"];
const MOST_MADE: usize = 100_000;
/// No text gets longer than this.
const LONGEST_TEXT: usize = 8 << 20;

/// Why a template can't be run to its end.
#[derive(Clone, Debug)]
pub(super) struct Stop {
    pub(super) why: Why,
    pub(super) span: Span,
}

/// A named template, or a file.
#[derive(Debug)]
pub(super) struct Unit {
    pub(super) items: Vec<Item>,
    /// The text that the places of the items count in.
    pub(super) home: Text,
}

/// A chart's files as templates see them: paths in the chart.
#[derive(Debug, Default)]
pub(super) struct ChartFiles(pub(super) BTreeMap<Rc<str>, SourceId>);

/// Everything that a run needs and doesn't change.
pub(super) struct Program<'a> {
    pub(super) store: &'a crate::source::Store,
    /// By name: definitions, and files by their paths.
    pub(super) units: BTreeMap<Arc<str>, Rc<Unit>>,
    pub(super) files: Vec<ChartFiles>,
}

/// One way in which an unknown condition may come out.
#[derive(Clone, Debug)]
pub(super) struct Decision {
    key: String,
    /// The condition, as a value that is the same wherever it stands.
    pub(super) flag: Node,
    pub(super) yes: bool,
}

/// A run.
pub(super) struct Machine<'a> {
    program: &'a Program<'a>,
    /// What the names of unknowns begin with.
    name: Arc<str>,
    holes: holes::Holes,
    pub(super) decisions: Vec<Decision>,
    /// Templates defined in texts that are templates themselves.
    defined: BTreeMap<Arc<str>, Rc<Unit>>,
    depth: usize,
    steps: u64,
    bytes: u64,
    made: usize,
    /// The template file that is running, and the action.
    here: Span,
}

impl<'a> Machine<'a> {
    pub(super) fn new(program: &'a Program<'a>, name: Arc<str>) -> Machine<'a> {
        Machine {
            program,
            name,
            holes: holes::Holes::default(),
            decisions: Vec::new(),
            defined: BTreeMap::new(),
            depth: 0,
            steps: MOST_STEPS,
            bytes: MOST_BYTES,
            made: 0,
            here: Span::default(),
        }
    }

    /// The same unknowns, with another program.
    pub(super) fn continued<'b>(self, program: &'b Program<'b>) -> Machine<'b> {
        let Machine { name, holes, decisions, defined, depth, steps, bytes, made, here, .. } = self;
        Machine { program, name, holes, decisions, defined, depth, steps, bytes, made, here }
    }

    /// Runs a file with some conditions decided already.
    pub(super) fn file(&mut self, unit: &Rc<Unit>, dot: &Value, decided: &[Decision]) -> Result<Text, Stop> {
        self.decisions = decided.to_vec();
        self.defined.clear();
        self.depth = 0;
        self.made = 0;
        self.here = unit.home.origin().map_or_else(Span::default, |origin| Span::file(origin.span.source));
        self.template(unit, dot.clone())
    }

    pub(super) fn is_spent(&self) -> bool {
        self.steps == 0 || self.bytes == 0
    }

    pub(super) fn unit(&self, name: &str) -> Option<Rc<Unit>> {
        self.defined.get(name).or_else(|| self.program.units.get(name)).cloned()
    }

    fn spend(&mut self, steps: usize, bytes: usize) -> Result<(), Stop> {
        self.steps = self.steps.saturating_sub(steps as u64);
        self.bytes = self.bytes.saturating_sub(bytes as u64);
        match self.is_spent() {
            true => Err(self.stop(Why::LimitReached("work that one chart may ask for".into()))),
            false => Ok(()),
        }
    }

    fn stop(&self, why: Why) -> Stop {
        Stop { why, span: self.here }
    }

    /// Objects and lists that a file makes may hold each other, so that their number bounds how deep they get.
    pub(super) fn room_for(&mut self, name: &str) -> Result<(), Stop> {
        if MAKE_MEMBERS.contains(&name) {
            self.made += 1;
            if self.made > MOST_MADE {
                return Err(self.stop(Why::LimitReached("objects that a template makes".into())));
            }
        }
        Ok(())
    }

    /// A text that a function gave.
    pub(super) fn written_text(&mut self, bytes: usize) -> Result<(), Stop> {
        if bytes > LONGEST_TEXT {
            return Err(self.stop(Why::LimitReached("text that a template makes".into())));
        }
        self.spend(0, bytes / 16)
    }

    /// Work that a function does beyond its call.
    pub(super) fn work(&mut self, steps: usize) -> Result<(), Stop> {
        self.spend(steps, 0)
    }

    pub(super) fn is_filled(&self, at: u32) -> bool {
        self.holes.is_filled(at)
    }

    /// Whether a hole is the one of this key.
    pub(super) fn is_key(&self, at: u32, key: &str) -> bool {
        self.holes.key(at) == key
    }

    /// Whether a hole is the name of the release or of its namespace: a name that Kubernetes has checked.
    pub(super) fn is_name(&self, at: u32) -> bool {
        [RELEASE_NAME, RELEASE_NAMESPACE].contains(&self.holes.key(at).as_str())
    }

    pub(super) fn refusal<T>(&self, what: &str) -> Result<T, Stop> {
        self.refuse(what)
    }

    /// Helm would refuse to go on.
    fn refuse<T>(&self, what: &str) -> Result<T, Stop> {
        let mut what = what.to_owned();
        if let Some((at, _)) = what.char_indices().nth(160) {
            what.truncate(at);
        }
        let shown: String =
            what.chars().map(|letter| if super::text::hole(letter).is_some() { '?' } else { letter }).collect();
        Err(self.stop(Why::UnsupportedSyntax(format!("a template that Helm refuses ({shown})").into())))
    }

    /// Whether a value counts as true; nothing when that is not decided.
    pub(super) fn holds(&mut self, value: &Value) -> Option<bool> {
        let holes = &self.holes;
        match value.truth(&|at| holes.is_filled(at)) {
            Truth::Yes => Some(true),
            Truth::No => Some(false),
            Truth::Open => None,
            Truth::Hangs(at) => {
                let (key, node) = (self.holes.key(at), self.holes.node(at));
                self.decide(&format!("truth of {key}"), node.why().cloned().unwrap_or(Why::TemplateText))
            }
        }
    }

    /// The outcome of an unknown condition in this run.
    fn decide(&mut self, key: &str, why: Why) -> Option<bool> {
        if let Some(known) = self.decisions.iter().find(|it| it.key == key) {
            return Some(known.yes);
        }
        if self.decisions.len() >= MOST_DECISIONS {
            return None;
        }
        let sym: String =
            key.chars().map(|letter| if super::text::hole(letter).is_some() { '?' } else { letter }).collect();
        let flag = Node::symbol(why, format!("{}#if:{sym}", self.name), self.here);
        self.decisions.push(Decision { key: key.to_owned(), flag, yes: true });
        Some(true)
    }

    fn origin_here(&self) -> Origin {
        Origin { span: self.here, is_value: false, secret: false, composed: false }
    }
}

impl Decision {
    /// The same condition, the other way.
    pub(super) fn other(&self) -> Decision {
        Decision { yes: !self.yes, ..self.clone() }
    }
}

/// What a template text is made of: its own body, and the templates that it defines. A text that can't be read gives
/// the fault.
pub(super) type Parsed = Result<(Rc<Unit>, Vec<(Arc<str>, Rc<Unit>)>), crate::syntax::tree::Fault>;

/// The units of a template text.
pub(super) fn units(source: SourceId, home: &Text) -> Parsed {
    let template = gotemplate::parse(source, &home.text);
    if let Some(fault) = template.fault {
        return Err(fault);
    }
    let defines = template.defines.into_iter();
    let defines = defines.map(|it| (it.name, Rc::new(Unit { items: it.body, home: home.clone() }))).collect();
    Ok((Rc::new(Unit { items: template.body, home: home.clone() }), defines))
}
