//! Paths in scripts: where a script stands is seldom written, so what exists decides.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::super::callers::Given;
use super::super::meaning::arguments::Arguments;
use super::super::passage::Passage;
use super::super::syntax::{Dialect, Statement, posix, powershell};
use super::Run;
use crate::ir::{Node, Parcel, Why};
use crate::source::{Span, path};

/// Stands for the root of the tree in a path.
pub(in crate::frontend::script) const ROOT: &str = "/\u{1}root";
/// Stands for the folder of the script.
pub(in crate::frontend::script) const HERE: &str = "/\u{1}here";

/// The files of the tree.
#[derive(Default)]
pub(in crate::frontend::script) struct Tree {
    pub files: BTreeSet<Arc<str>>,
    /// Pipelines that other pipelines call, so that they don't run by themselves.
    pub called: BTreeSet<String>,
    /// What callers of scripts give to them.
    pub given: HashMap<Arc<str>, Given>,
}

impl Tree {
    /// Whether callers may give something else than the default of a variable in a file.
    pub fn gives_another(&self, path: &str, name: &str, default: &Node) -> bool {
        self.given.get(path).is_some_and(|given| given.differs(name, default))
    }

    /// Whether a script that a pipeline calls may set a variable anew for its later steps.
    pub fn sets_later(&self, path: &str, name: &str) -> bool {
        self.given.get(path).is_some_and(|given| given.sets_later(name))
    }

    /// Whether whoever runs the targets of a file may say something else than the file itself.
    pub fn overrides(&self, path: &str, name: &str, own: &Node) -> bool {
        self.given.get(path).is_some_and(|given| given.overrides(name, own))
    }

    pub fn is_called(&self, path: &str) -> bool {
        self.called.contains(path)
    }

    /// The file that a path from the root of a repository means in a file of that repository: the root is one of the
    /// folders around it, the nearest in which there is such a file.
    pub fn at_root(&self, own: &str, path: &str) -> Option<String> {
        let mut folder = own;
        loop {
            folder = path::folder_of(folder);
            if let Some(found) = joined(folder, path).filter(|found| self.has_file(found)) {
                return Some(found);
            }
            if folder.is_empty() {
                return None;
            }
        }
    }

    /// The file that a path beside another file means.
    pub fn beside(&self, own: &str, path: &str) -> Option<String> {
        let folder = path::folder_of(own);
        let absolute = path.starts_with('/');
        let found = joined(if absolute { "" } else { folder }, path).filter(|found| self.has_file(found));
        found.or_else(|| self.at_root(own, path))
    }

    pub fn has_file(&self, path: &str) -> bool {
        self.files.contains(path)
    }

    /// Whether a chart lies in a folder of this name.
    pub fn has_chart(&self, name: &str) -> bool {
        let file = format!("{name}/Chart.yaml");
        self.files
            .iter()
            .any(|path| path.strip_suffix(&file).is_some_and(|rest| rest.is_empty() || rest.ends_with('/')))
    }

    pub fn has_folder(&self, path: &str) -> bool {
        let prefix = format!("{path}/");
        path.is_empty()
            || self
                .files
                .range(Arc::<str>::from(prefix.as_str())..)
                .next()
                .is_some_and(|next| next.starts_with(&prefix))
    }
}

/// `relative` seen from `folder`, as either system writes paths.
fn joined(folder: &str, relative: &str) -> Option<String> {
    path::joined(folder, &relative.replace('\\', "/"))
}

impl Run<'_> {
    /// The folder of the script.
    fn own_folder(&self) -> &str {
        path::folder_of(&self.path)
    }

    /// The paths that a path may mean, the likeliest first.
    pub(super) fn candidates(&self, text: &str) -> Vec<String> {
        if let Some(rest) = text.strip_prefix(ROOT) {
            return joined("", rest).into_iter().collect();
        }
        if let Some(rest) = text.strip_prefix(HERE) {
            return joined(self.own_folder(), rest).into_iter().collect();
        }
        if text.starts_with(['/', '~']) || text.contains("://") || text.get(1..3) == Some(":\\") {
            return Vec::new();
        }
        let own = [self.own_folder().to_owned(), String::new()];
        self.shell.folders.iter().chain(&own).filter_map(|folder| joined(folder, text)).collect()
    }

    /// The file or folder of the tree that a path means.
    pub fn locate(&self, text: &str) -> Option<String> {
        let there = |path: &String| self.tree.has_file(path) || self.tree.has_folder(path);
        self.candidates(text).into_iter().find(there)
    }

    /// What `-f` applies: a file or a folder; nothing for standard input.
    pub fn manifests(&self, path: &Node, recursive: bool) -> Option<Parcel> {
        let Some(text) = path.as_str() else {
            return Some(Parcel::Elsewhere(
                path.why().cloned().unwrap_or(Why::External("a path with variables".into())),
            ));
        };
        if text == "-" {
            return None;
        }
        Some(match self.locate(text) {
            Some(path) => Parcel::Manifests { path: path.into(), recursive },
            None => Parcel::Elsewhere(Why::External(text.into())),
        })
    }

    /// `cd folder`.
    pub(super) fn enter(&mut self, arguments: &Arguments) {
        let Some(to) =
            arguments.words.iter().skip(1).find(|word| word.text().is_none_or(|text| !text.starts_with('-')))
        else {
            return;
        };
        let Some(text) = to.text() else { return self.shell.folders.clear() };
        let own = [self.own_folder().to_owned(), String::new()];
        let folders = match text.strip_prefix("..").filter(|rest| rest.is_empty() || rest.starts_with('/')) {
            // From where it stands now, when that is known.
            Some(_) if !self.shell.folders.is_empty() => {
                self.shell.folders.iter().filter_map(|folder| joined(folder, text)).collect()
            }
            Some(_) => own.iter().filter_map(|folder| joined(folder, text)).collect(),
            None => self.candidates(text),
        };
        self.shell.folders = folders.into_iter().filter(|folder| self.tree.has_folder(folder)).take(2).collect();
    }

    /// The folder in which a step runs.
    pub fn stand_in(&mut self, folder: &Node) {
        let folders = folder.as_str().map(|text| self.candidates(text)).unwrap_or_default();
        self.shell.folders = folders.into_iter().filter(|folder| self.tree.has_folder(folder)).take(2).collect();
    }

    /// `source file`: what it sets counts; what it does is told where it stands.
    pub(super) fn read_file(&mut self, arguments: &Arguments) {
        const HARMLESS: [&str; 6] = ["activate", ".bashrc", ".profile", "completion", "/etc/", "nvm.sh"];
        let Some(word) = arguments.words.get(1).filter(|word| word.text() != Some("-")) else { return };
        let text = word.text().map(str::to_owned);
        if text.as_ref().is_some_and(|text| HARMLESS.iter().any(|harmless| text.contains(harmless))) {
            return;
        }
        let file = text.as_deref().and_then(|text| self.locate(text)).filter(|path| self.tree.has_file(path));
        let content = file.as_ref().and_then(|path| self.store.open_path(path).ok());
        let given = Arguments { words: arguments.words.iter().skip(1).cloned().collect(), open: arguments.open };
        self.after_sourced(content, &given);
        let Some(content) = content else {
            return self.forget(word.node.span);
        };
        let source = self.store.source(content);
        let passage = Passage::whole(content, &source.text);
        let statements = match source.path.ends_with(".ps1") {
            true => powershell::parse(&passage, Dialect::Plain),
            false => posix::parse(&passage, Dialect::Plain),
        };
        self.settings(&statements);
    }

    /// Something sets variables, nobody knows which.
    pub(super) fn forget(&mut self, at: Span) {
        for (name, value) in &mut self.shell.vars {
            let symbol = format!("{}#{name}@{}", self.path, at.start);
            *value = Node::symbol(Why::External(format!("${name}").into()), symbol, at);
        }
    }

    /// Only what a file sets: variables and functions.
    fn settings(&mut self, statements: &[Statement]) {
        for statement in statements {
            let sets = match statement {
                Statement::Command(command) => command.words.is_empty(),
                Statement::Function { .. } => true,
                _ => false,
            };
            if sets {
                self.statement(statement, super::Printed::default());
            }
        }
    }
}
