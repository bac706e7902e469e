//! Who calls a script, and with what: a default holds only where no caller of the tree says otherwise.

mod lines;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use crate::ir::Node;

pub(super) use lines::Caller;

/// Callers of callers that are asked for one script.
const CALLERS: usize = 400;

/// What callers say a variable is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// All say the same.
    Just(Box<str>),
    /// They differ, or it can't be told.
    Anything,
}

/// Values by the names of variables.
pub(super) type Values = BTreeMap<String, Said>;

/// Adds what somebody says; nothing stands for what isn't known.
fn say(values: &mut Values, name: &str, value: Option<&str>) {
    let said = value.map_or(Said::Anything, |value| Said::Just(value.into()));
    match values.get_mut(name) {
        Some(known) if *known != said => *known = Said::Anything,
        Some(_) => {}
        None => drop(values.insert(name.to_owned(), said)),
    }
}

fn say_all(values: &mut Values, more: &Values) {
    for (name, said) in more {
        let value = match said {
            Said::Just(value) => Some(&**value),
            Said::Anything => None,
        };
        say(values, name, value);
    }
}

/// What is given to one script.
#[derive(Debug, Default)]
pub(super) struct Given {
    /// By its place on the command line: `1`, `2`, …
    places: Values,
    /// Any number of arguments may be given.
    any_place: bool,
    /// By the environment.
    environment: Values,
    /// By the command line of `make`, `just` or `task`, which comes before what the file says.
    overrides: Values,
    /// What scripts that it calls set for its later steps.
    later: Values,
    /// What it writes is read, and perhaps run.
    pub read: bool,
}

impl Given {
    /// Whether a variable that has a default may be something else.
    pub fn differs(&self, name: &str, default: &Node) -> bool {
        let place = name.bytes().all(|byte| byte.is_ascii_digit());
        match place {
            true => self.any_place || differs(&self.places, name, default),
            false => differs(&self.environment, name, default) || differs(&self.overrides, name, default),
        }
    }

    /// Whether a step may set a variable anew for those behind it.
    pub fn sets_later(&self, name: &str) -> bool {
        self.later.contains_key(name) || self.later.contains_key(&name.replace('.', "_").to_ascii_uppercase())
    }

    /// Whether the command line says something else than the file.
    pub fn overrides(&self, name: &str, own: &Node) -> bool {
        differs(&self.overrides, name, own)
    }
}

fn differs(values: &Values, name: &str, own: &Node) -> bool {
    match values.get(name) {
        None => false,
        Some(Said::Just(value)) => own.as_str() != Some(value),
        Some(Said::Anything) => true,
    }
}

/// What scripts are run by, as far as it matters for who calls them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Runs {
    /// By its path.
    Path,
    /// By `make`, `just` or `task`.
    Targets,
    /// By itself.
    Itself,
}

/// A file that calls or is called.
pub(super) struct File {
    pub path: Arc<str>,
    pub runs: Runs,
    pub caller: Caller,
}

/// What is given to the scripts of a tree, by their paths.
pub(super) fn of(files: &[File]) -> HashMap<Arc<str>, Given> {
    let mut named: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, file) in files.iter().enumerate().filter(|(_, file)| file.runs != Runs::Itself) {
        named.entry(file.path.rsplit('/').next().unwrap_or_default()).or_default().push(at);
    }
    let mut given: Vec<Given> = files.iter().map(|_| Given::default()).collect();
    let mut callers: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); files.len()];
    let targets: Vec<usize> = (0..files.len()).filter(|&at| files.get(at).is_some_and(is_of_targets)).collect();
    for (from, file) in files.iter().enumerate() {
        for call in &file.caller.calls {
            let candidates = named.get(call.name()).map_or(&[][..], Vec::as_slice);
            for &to in
                candidates.iter().filter(|&&to| to != from && files.get(to).is_some_and(|it| call.means(&it.path)))
            {
                let Some(own) = given.get_mut(to) else { continue };
                for (at, value) in call.arguments.iter().enumerate() {
                    say(&mut own.places, &(at + 1).to_string(), value.as_deref());
                }
                own.any_place |= call.open;
                own.read |= call.read;
                callers.get_mut(to).map(|callers| callers.insert(from));
                if let (Some(caller), Some(called)) = (given.get_mut(from), files.get(to)) {
                    say_all(&mut caller.later, &called.caller.later);
                }
                // What a file takes in tells it what is what.
                if call.takes_in {
                    callers.get_mut(from).map(|callers| callers.insert(to));
                }
            }
        }
        for &to in targets.iter().filter(|_| file.caller.makes) {
            if let Some(own) = given.get_mut(to) {
                say_all(&mut own.overrides, &file.caller.overrides);
                own.read |= file.caller.reads_make;
            }
            if to != from {
                callers.get_mut(to).map(|callers| callers.insert(from));
            }
        }
    }
    for (at, own) in given.iter_mut().enumerate() {
        own.environment = environment(files, &callers, at);
    }
    files.iter().map(|file| file.path.clone()).zip(given).collect()
}

fn is_of_targets(file: &File) -> bool {
    file.runs == Runs::Targets
}

/// What the callers of a file set, and theirs; and what the file hands on to later steps of itself.
fn environment(files: &[File], callers: &[BTreeSet<usize>], at: usize) -> Values {
    let mut found = files.get(at).map(|file| file.caller.later.clone()).unwrap_or_default();
    let (mut seen, mut next) = (BTreeSet::from([at]), VecDeque::from([at]));
    while let Some(at) = next.pop_front() {
        for &caller in callers.get(at).into_iter().flatten() {
            if seen.len() < CALLERS && seen.insert(caller) {
                next.push_back(caller);
                say_all(&mut found, files.get(caller).map_or(&Values::new(), |file| &file.caller.sets));
            }
        }
    }
    found
}
