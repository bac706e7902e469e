//! Runs a script in thought: variables get their values in order, what hangs on something that is not known is
//! conditional, and each command is handed to who knows what it means.

mod branch;
mod called;
mod calls;
mod context;
mod files;
mod fuel;
mod inner;
mod screen;
mod value;
mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(super) use context::Context;
pub(super) use files::{HERE, ROOT, Tree};
use fuel::Fuel;

use super::book::{Book, Made};
use super::meaning;
use super::meaning::arguments::{Argument, Arguments};
use super::syntax::{Assigned, Assignment, Command, Input, Statement};
use crate::ir::{Cond, Delivery, Entry, Imperative, Makes, Node, Site, Why};
use crate::source::{Rewrite, SourceId, Span, Store};

/// Items of a loop that are followed one by one.
const ITEMS: usize = 12;
/// Stands among what `kustomize edit` sets for what it does that is not read.
pub(super) const MORE: &str = "";
/// Branches that a variable's value is remembered for.
const BRANCHES: usize = 4;

/// What a command prints for the next one.
#[derive(Clone, Debug, Default)]
pub(super) struct Printed {
    /// As a value.
    pub value: Option<Node>,
    /// As manifests: what would be applied.
    pub parcels: Vec<Delivery>,
    /// A secret that is only written, not made yet.
    pub secret: Option<meaning::secret::PullSecret>,
    /// As it is written, with its place.
    pub text: Option<(Arc<str>, Span)>,
    /// What of the manifests is changed on the way: it counts once somebody applies or keeps it.
    pub rewrites: Vec<Rewrite>,
    /// No pull secrets are in it but those that are told.
    pub plain: bool,
}

/// A script that is followed.
pub(super) struct Run<'r> {
    pub store: &'r Store,
    pub tree: &'r Tree,
    pub source: SourceId,
    pub path: Arc<str>,
    /// A page: nothing of it runs by itself.
    pub manual: bool,
    pub book: Book,
    pub imperative: Vec<Imperative>,
    pub deliveries: Vec<Delivery>,
    /// To which clusters the objects go that commands make by themselves.
    pub sites: Vec<Site>,
    /// Commands whose meaning is told in full.
    pub understood: Vec<Span>,
    /// Commands that only write a text for people, and those whose text goes somewhere else.
    pub shown: Vec<Span>,
    pub handed_on: Vec<Span>,
    /// How many read what is being written: nothing of it comes to the screen.
    pub readers: u32,
    pub shell: State,
    /// Parts of files that commands change, whoever uses them later.
    pub rewritten: Vec<Rewrite>,
    /// Files that commands have changed in ways that can't be told, or have written anew.
    pub changed: BTreeSet<String>,
    /// Secrets that commands took away after others made them.
    pub deleted: Vec<Node>,
    /// Manifests that commands printed into files.
    pub outputs: BTreeMap<String, Printed>,
    /// The files of pipelines that are being followed.
    callers: Vec<String>,
    /// The scripts that run this one, while it is followed for the context that it leaves behind.
    running: Vec<Arc<str>>,
    calls: u32,
    fuel: Fuel,
}

/// What a shell knows.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    pub vars: BTreeMap<String, Node>,
    /// Where it may stand, the likeliest first.
    pub folders: Vec<String>,
    /// The namespace that commands work in.
    pub namespace: Option<Node>,
    /// The clusters that `kubectl` knows.
    pub context: Context,
    /// Distinguishes variables that are set elsewhere.
    pub scope: Arc<str>,
    /// Images and the like that `kustomize edit` sets, by folder.
    pub edits: BTreeMap<String, Vec<(String, Node)>>,
    when: Vec<Cond>,
    functions: BTreeMap<String, Arc<Vec<Statement>>>,
    called: BTreeSet<String>,
    /// It is left: nothing more of it runs.
    pub left: bool,
}

impl<'r> Run<'r> {
    pub fn new(store: &'r Store, tree: &'r Tree, source: SourceId, path: &Arc<str>) -> Run<'r> {
        Run {
            store,
            tree,
            source,
            path: path.clone(),
            manual: false,
            book: Book::of(path, source),
            imperative: Vec::new(),
            deliveries: Vec::new(),
            sites: Vec::new(),
            understood: Vec::new(),
            rewritten: Vec::new(),
            shown: Vec::new(),
            handed_on: Vec::new(),
            readers: 0,
            changed: BTreeSet::new(),
            deleted: Vec::new(),
            outputs: BTreeMap::new(),
            shell: State { scope: path.clone(), ..State::default() },
            fuel: Fuel::full(),
            callers: Vec::new(),
            running: Vec::new(),
            calls: inner::CALLS,
        }
    }

    /// Runs a whole script, then what of it nobody in it calls.
    pub fn script(&mut self, statements: &[Statement]) {
        self.statements(statements);
        let left = std::mem::take(&mut self.shell.left);
        let functions = std::mem::take(&mut self.shell.functions);
        for (name, body) in &functions {
            if !self.shell.called.contains(name) {
                let span = Span::file(self.source);
                let when = self.flag(&format!("function {name}"), span);
                let kept = self.shell.clone();
                self.give(&Arguments::default(), name, span);
                self.shell.context = Context::default();
                let (deliveries, sites) = (self.deliveries.len(), self.sites.len());
                self.under(when, |run| drop(run.statements(body)));
                // Somebody else may call it, or nobody does: nothing is sure to go where it says.
                self.deliveries.iter_mut().skip(deliveries).for_each(|delivery| delivery.cluster = None);
                self.sites.iter_mut().skip(sites).for_each(|site| site.cluster = None);
                self.shell = kept;
            }
        }
        self.shell.functions = functions;
        self.shell.left = left;
    }

    fn statements(&mut self, statements: &[Statement]) -> Printed {
        let mut last = Printed::default();
        for statement in statements {
            last = self.statement(statement, Printed::default());
        }
        last
    }

    fn statement(&mut self, statement: &Statement, input: Printed) -> Printed {
        if self.shell.left || !self.begins(statement) {
            return Printed::default();
        }
        let printed = match statement {
            Statement::Command(command) => self.command(command, input),
            Statement::Pipeline(parts) => self.piped(parts, input),
            Statement::Group { body, own_shell } => {
                let kept = own_shell.then(|| self.shell.clone());
                let printed = self.statements(body);
                if let Some(kept) = kept {
                    self.return_to(kept);
                }
                printed
            }
            Statement::Choice { tests, bodies, whole, span } => {
                match (is_false(tests), bodies.as_slice(), whole) {
                    (true, [body], false) => self.never(body),
                    (true, [body, other], true) => {
                        self.never(body);
                        self.statements(other);
                    }
                    _ => {
                        self.statements(tests);
                        self.choice(bodies, *whole, *span);
                    }
                }
                Printed::default()
            }
            Statement::Loop { name, items, body, span } => {
                self.each(name.as_deref(), items.as_deref(), body, *span);
                Printed::default()
            }
            Statement::Function { name, body } => {
                self.shell.functions.insert(name.clone(), body.clone());
                Printed::default()
            }
            Statement::Then { first, next, on_failure, span } => {
                let printed = self.statement(first, input);
                match *on_failure || is_test(first) {
                    true => {
                        self.choice(std::slice::from_ref(&vec![(**next).clone()]), false, *span);
                        printed
                    }
                    false => {
                        let printed = self.statement(next, Printed::default());
                        // It is left only where the first one succeeds.
                        self.shell.left = false;
                        printed
                    }
                }
            }
        };
        self.ended();
        printed
    }

    /// Commands that print for each other, each in a shell that may be left alone.
    fn piped(&mut self, parts: &[Statement], input: Printed) -> Printed {
        let mut printed = input;
        for (at, part) in parts.iter().enumerate() {
            let read = u32::from(at + 1 < parts.len());
            self.readers += read;
            printed = self.statement(part, printed);
            self.readers -= read;
            self.shell.left = false;
        }
        printed
    }

    /// Leaves a shell: what it did to files and to the context of `kubectl` stays.
    pub(super) fn return_to(&mut self, before: State) {
        let inner = std::mem::replace(&mut self.shell, before);
        self.shell.namespace = inner.namespace;
        self.shell.context = inner.context;
        self.shell.edits = inner.edits;
        self.shell.called = inner.called;
        self.shell.vars.extend(inner.vars.into_iter().filter(|(name, _)| written::is_file(name)));
    }

    /// A condition that nobody knows.
    fn flag(&self, what: &str, span: Span) -> Cond {
        let called = if self.callers.is_empty() { "" } else { &*self.shell.scope };
        let name = format!("{}{called}#{what}@{}:{}", self.path, span.source.0, span.start);
        Cond::When(Arc::new(Node::symbol(Why::External("a condition of a script".into()), name, span)))
    }

    /// A condition that the file writes in words of its own.
    pub fn unsure(&self, what: &str, span: Span) -> Cond {
        self.flag(what, span)
    }

    /// Runs something that hangs on a condition.
    pub fn sometimes(&mut self, when: Cond, inner: impl FnOnce(&mut Self)) {
        self.under(when, inner);
    }

    fn under(&mut self, when: Cond, inner: impl FnOnce(&mut Self)) {
        self.shell.when.push(when);
        inner(self);
        self.shell.when.pop();
    }

    /// When the command runs that is being read.
    pub fn when(&self) -> Cond {
        Cond::all(self.shell.when.iter().cloned())
    }

    fn command(&mut self, command: &Command, input: Printed) -> Printed {
        if command.words.is_empty() {
            command.sets.iter().for_each(|set| self.assign(set));
            return Printed::default();
        }
        let kept: Vec<(String, Option<Node>)> =
            command.sets.iter().map(|set| (set.name.clone(), self.shell.vars.get(&set.name).cloned())).collect();
        command.sets.iter().for_each(|set| self.assign(set));
        let arguments = self.expand(&command.words);
        let input = match &command.input {
            Some(Input::File(word)) => {
                let file = self.word(word);
                let at = file.span;
                match self.saved(&file) {
                    Some(text) => Printed { value: Some(text), ..Printed::default() },
                    None => self.manifests(&file, false).map_or(input, |parcel| Printed {
                        parcels: vec![Delivery::of(parcel, at)],
                        ..Printed::default()
                    }),
                }
            }
            Some(Input::Text(text, word)) => {
                let at = self.place_of(text, command.span);
                let value = (!text.is_empty()).then(|| self.text_of(word));
                Printed { value, ..self.written(text, at) }
            }
            Some(Input::Word(word)) => {
                let node = self.word(word);
                let written = node.as_str().map(str::to_owned).map(|text| self.written(&text, node.span));
                Printed { value: Some(node), ..written.unwrap_or_default() }
            }
            Some(Input::Output(body)) => self.read_from(|run| run.statements(body)),
            None => input,
        };
        if let Some(text) = self.only_text(command, &arguments) {
            return Printed { value: Some(text), ..Printed::default() };
        }
        self.may_change(&arguments);
        let saved = arguments.first().is_some_and(|name| meaning::rewrite::saves(name, &arguments));
        self.tell_text(&arguments, command);
        let printed = self.call(arguments, command.span, input);
        if let Some(word) = command.output.as_ref().filter(|_| !saved) {
            let file = self.word(word);
            meaning::rewrite::written(self, &file);
            self.rewritten.extend(printed.rewrites.iter().cloned());
            if let Some(path) = file.as_str().filter(|_| !printed.parcels.is_empty() || printed.secret.is_some()) {
                self.keep(path, &printed);
            }
            self.save(&file, printed.value.clone(), command.appends);
        }
        self.restore(kept);
        printed
    }

    fn restore(&mut self, kept: Vec<(String, Option<Node>)>) {
        for (name, value) in kept {
            match value {
                Some(value) => self.shell.vars.insert(name, value),
                None => self.shell.vars.remove(&name),
            };
        }
    }

    fn assign(&mut self, set: &Assignment) {
        let value = match &set.value {
            Assigned::Word(word) => self.word(word),
            Assigned::List(words) => {
                let items = self.expand(words);
                let span = words.first().map_or(Span::file(self.source), |word| word.span);
                let nodes: Vec<Node> = items.words.into_iter().map(|it| it.node).collect();
                match items.open {
                    true => Node::unknown(Why::External(format!("${}", set.name).into()), span),
                    false => Node::list(nodes, span),
                }
            }
            Assigned::Table(members) => {
                let entries = members.iter().map(|(key, place, word)| Entry::new(key, *place, self.word(word)));
                let entries: Vec<Entry> = entries.collect();
                let span = entries.first().map_or(Span::file(self.source), |entry| entry.key.span);
                Node::map(entries, span)
            }
        };
        let before = self.shell.vars.get(&set.name).cloned().filter(|_| set.more);
        let value = match before {
            None if set.more => Node::unknown(Why::External(format!("${}", set.name).into()), value.span),
            None => value,
            Some(before) => match (before.as_list(), value.as_list()) {
                (Some(a), Some(b)) => Node::list(a.items.iter().chain(&b.items).cloned().collect(), value.span),
                (None, None) => Node::concat(vec![before, value.clone()], value.span),
                _ => Node::unknown(Why::External(format!("${}", set.name).into()), value.span),
            },
        };
        self.shell.vars.insert(set.name.clone(), value::bounded(value));
    }

    /// A command with its words.
    pub fn call(&mut self, mut arguments: Arguments, span: Span, input: Printed) -> Printed {
        const AROUND: [&str; 8] = ["sudo", "time", "exec", "command", "nohup", "call", "env", "!"];
        while arguments.first().is_some_and(|word| AROUND.contains(&word)) || arguments.first_sets() {
            arguments.words.remove(0);
        }
        let Some(name) = arguments.tool() else {
            arguments.words.first().into_iter().for_each(|word| self.after_unknown(word));
            return Printed::default();
        };
        if let Some(first) = arguments.words.first_mut().filter(|word| word.text().is_none()) {
            *first = Argument::of(Node::text(name.as_str(), first.node.span));
        }
        match name.as_str() {
            // A page shows what to type in one shell after the other.
            "exit" if !self.manual && is_final(&arguments) => self.shell.left = self.shell.when.is_empty(),
            "cd" | "pushd" | "Set-Location" | "sl" | "Push-Location" => self.enter(&arguments),
            "popd" | "Pop-Location" => self.shell.folders.clear(),
            "source" | "." => self.read_file(&arguments),
            "export" => self.forget(span),
            "shift" => self.give(&Arguments::default(), &format!("shift@{}", span.start), span),
            "read" | "unset" => {
                for word in arguments.words.iter().skip(1).filter_map(|word| word.text()) {
                    let symbol = format!("{}#{word}@{}", self.path, span.start);
                    let node = Node::symbol(Why::External(format!("${word}").into()), symbol, span);
                    self.shell.vars.insert(word.to_owned(), node);
                }
            }
            "eval" | "bash" | "sh" | "pwsh" | "powershell" => {
                let printed = self.inner(&name, &arguments);
                self.after_called(&name, &arguments);
                return printed;
            }
            _ if self.shell.functions.contains_key(&name.to_ascii_lowercase())
                || self.shell.functions.contains_key(&name) =>
            {
                return self.function(&name, &arguments, span);
            }
            _ => {
                self.after_called(&name, &arguments);
                return meaning::of(self, &name, arguments, span, input);
            }
        }
        Printed::default()
    }

    /// Where and when what is being read happens; `declared` is the place for labels.
    pub fn made(&self, extent: Span, declared: Span) -> Made {
        Made { extent, declared, when: self.when() }
    }

    /// A command that can't be read in full: what it makes may be anywhere.
    pub fn open(&mut self, makes: Makes, command: &'static str, span: Span, named: Named<'_>) {
        let literal = |node: Option<&Node>| {
            let text = node.filter(|node| !node.secret)?.as_str()?;
            Some(Box::from(text.rsplit('/').next().unwrap_or(text)))
        };
        self.imperative.push(Imperative {
            makes,
            command: command.into(),
            span,
            registry: literal(named.registry),
            cluster: literal(named.cluster),
            secret: literal(named.secret),
            manual: self.manual,
        });
    }
}

/// What a command names, as far as it is literal.
#[derive(Clone, Copy, Default)]
pub(super) struct Named<'n> {
    pub registry: Option<&'n Node>,
    pub cluster: Option<&'n Node>,
    pub secret: Option<&'n Node>,
}

/// A condition that never holds: `if false`.
fn is_false(tests: &[Statement]) -> bool {
    let [Statement::Command(command)] = tests else { return false };
    matches!(command.words.as_slice(), [word] if word.text().as_deref() == Some("false"))
}

/// `exit`, `exit 1`: `exit /b` of Windows only ends what was called.
fn is_final(arguments: &Arguments) -> bool {
    let mut codes = arguments.words.iter().skip(1);
    codes.all(|code| code.text().is_none_or(|text| text.bytes().all(|byte| byte.is_ascii_digit())))
}

/// Whether a command only asks, so that what follows it hangs on the answer.
fn is_test(statement: &Statement) -> bool {
    const TESTS: [&str; 9] = ["[", "[[", "test", "grep", "command", "which", "type", "diff", "false"];
    match statement {
        Statement::Command(command) => {
            let first = command.words.first().and_then(super::syntax::Word::text);
            first.is_some_and(|word| TESTS.contains(&word.as_str()))
        }
        Statement::Pipeline(parts) => parts.last().is_some_and(is_test),
        Statement::Then { first, next, .. } => is_test(first) || is_test(next),
        Statement::Group { body, .. } => body.last().is_some_and(is_test),
        _ => false,
    }
}
