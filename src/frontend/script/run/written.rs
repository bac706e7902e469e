//! Files that a script writes and then uses, as far as they are no files of the tree. Each is a variable, so that branches
//! and loops do to it what they do to those.

use super::super::meaning::arguments::Arguments;
use super::super::meaning::rewrite::is_in_place;
use super::super::syntax::{Command, Piece};
use super::{Printed, Run, value};
use crate::ir::{Cond, Node, Value, Why};

/// In front of the path, in the name of the variable.
const FILE: &str = "file:";

/// Commands that leave files as they are.
const READERS: [&str; 14] =
    ["cat", "kubectl", "oc", "k", "echo", "ls", "test", "[", "grep", "head", "tail", "envsubst", "docker", "jq"];

/// Whether a variable is a file.
pub(super) fn is_file(name: &str) -> bool {
    name.starts_with(FILE)
}

fn name_of(path: &str) -> String {
    format!("{FILE}{}", path.strip_prefix("./").unwrap_or(path))
}

/// The last part of a path.
fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

impl Run<'_> {
    /// What a command prints goes into a file.
    pub fn save(&mut self, file: &Node, text: Option<Node>, appends: bool) {
        let Some(path) = file.as_str() else { return };
        if path.starts_with("/dev/") || self.locate(path).is_some_and(|path| self.tree.has_file(&path)) {
            return;
        }
        let name = name_of(path);
        let before = self.shell.vars.get(&name).cloned();
        // What is called alike may be the same file, seen from another folder.
        self.drop_files(|own| own == last(path));
        let unknown = || Node::unknown(Why::External(path.into()), file.span);
        let text = text.unwrap_or_else(unknown);
        let text = match before {
            Some(before) if appends => {
                let between = Node::text("\n", text.span);
                Node::concat(vec![before, between, text.clone()], text.span)
            }
            // Nobody knows what stands in front of it.
            None if appends => unknown(),
            _ => text,
        };
        self.shell.vars.insert(name, value::bounded(text));
    }

    /// Manifests that a command printed go into a file; what is written only sometimes stands beside what was there.
    pub(super) fn keep(&mut self, path: &str, printed: &Printed) {
        let sometimes = self.when() != Cond::Always;
        match self.outputs.get_mut(path).filter(|_| sometimes) {
            Some(before) => {
                before.parcels.extend(printed.parcels.iter().cloned());
                before.secret = None;
            }
            None => drop(self.outputs.insert(path.to_owned(), printed.clone())),
        }
    }

    /// What the script wrote into a file before, where it is known.
    pub fn saved(&self, file: &Node) -> Option<Node> {
        let text = self.shell.vars.get(&name_of(file.as_str()?))?;
        matches!(text.value, Value::Str(_) | Value::Concat(_) | Value::Map(_)).then(|| text.clone())
    }

    /// What the script wrote into the files of a folder before; nothing where one of them is not known.
    pub fn saved_in(&self, folder: &Node) -> Vec<Node> {
        let Some(path) = folder.as_str().filter(|path| !path.is_empty() && *path != "-") else { return Vec::new() };
        let prefix = format!("{}/", name_of(path.trim_end_matches('/')));
        let inside = self.shell.vars.range(prefix.clone()..).take_while(|(name, _)| name.starts_with(&prefix));
        let known = |text: &Node| matches!(text.value, Value::Str(_) | Value::Concat(_) | Value::Map(_));
        inside.map(|(_, text)| text).filter(|text| known(text)).cloned().collect()
    }

    /// A command that is given a file may change it, wherever the shell stands by then; with a pattern, or in place with
    /// words that nobody knows, any file.
    pub(super) fn may_change(&mut self, arguments: &Arguments) {
        if arguments.first().is_some_and(|name| READERS.contains(&name)) {
            return;
        }
        let words: Vec<Option<&str>> = arguments.words.iter().skip(1).map(|word| word.text()).collect();
        let in_place = words.iter().flatten().any(|word| is_in_place(word));
        let pattern = |word: &Option<&str>| word.map_or(in_place, |text| text.contains(['*', '?']));
        let any = words.iter().any(pattern);
        let given: Vec<&str> = words.into_iter().flatten().map(last).collect();
        self.drop_files(|name| any || given.contains(&name));
    }

    fn drop_files(&mut self, is_it: impl Fn(&str) -> bool) {
        for (name, text) in self.shell.vars.range_mut(FILE.to_owned()..) {
            match name.strip_prefix(FILE) {
                Some(path) if is_it(last(path)) => *text = Node::unknown(Why::External(path.into()), text.span),
                Some(_) => {}
                None => return,
            }
        }
    }

    /// A statement that is no command but a text, or a variable of PowerShell: it is printed.
    pub(super) fn only_text(&self, command: &Command, arguments: &Arguments) -> Option<Node> {
        let ([word], [given]) = (command.words.as_slice(), arguments.words.as_slice()) else { return None };
        let variable = matches!(word.pieces.as_slice(), [Piece::Variable(name, ..)] if name.starts_with("ps:"));
        let lines = |node: &Node| match &node.value {
            Value::Concat(pieces) => pieces.iter().any(|it| it.as_str().is_some_and(|text| text.contains('\n'))),
            _ => node.as_str().is_some_and(|text| text.contains('\n')),
        };
        (command.input.is_none() && (variable || word.quoted && lines(&given.node))).then(|| given.node.clone())
    }
}
