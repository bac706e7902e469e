//! Makefiles: variables at the margin, recipes behind tabs. Each line of a recipe has a shell of its own.

use super::filled;
use crate::frontend::script::passage::Passage;
use crate::frontend::script::run::{Context, Run};
use crate::frontend::script::syntax::{Dialect, posix};
use crate::ir::{Node, Why};
use crate::source::{Span, Via, path};

/// Files that one line includes.
const FILES: usize = 20;

/// Runs all recipes.
pub(super) fn run(run: &mut Run<'_>, text: &str) {
    let mut conditional = 0_u32;
    let (mut target, mut last) = (0_u32, 0);
    let mut recipes = Vec::new();
    for parts in (Lines { text, at: 0 }) {
        let first = parts.first().and_then(|part| text.get(part.clone())).unwrap_or_default();
        if first.starts_with('\t') {
            recipes.push((target, parts));
            continue;
        }
        target += 1;
        let word = first.split_whitespace().next().unwrap_or_default();
        match word {
            "ifeq" | "ifneq" | "ifdef" | "ifndef" => conditional += 1,
            "endif" => conditional = conditional.saturating_sub(1),
            "include" | "-include" | "sinclude" => {
                let from = parts.first().map_or(0, |part| part.start);
                include(run, told(first), Span::new(run.source, from, from + told(first).len()));
            }
            _ => {
                let line = told(first);
                let from = parts.first().map_or(0, |part| part.start);
                let span = Span::new(run.source, from, from + line.len());
                variable(run, line, span, conditional == 0 && parts.len() == 1);
            }
        }
    }
    for (target, parts) in recipes {
        // Each target may be run by itself.
        if target != last {
            run.shell.context = Context::default();
            last = target;
        }
        let mut parts = parts;
        if let Some(first) = parts.first_mut() {
            let line = text.get(first.clone()).unwrap_or_default();
            first.start += line.len() - line.trim_start_matches(['\t', ' ', '@', '-', '+']).len();
        }
        let passage = Passage::of_parts(run.source, text, &parts);
        let statements = posix::parse(&passage, Dialect::Make);
        run.alone(None, |run| run.script(&statements));
    }
}

/// Lines with those that they go on in.
struct Lines<'t> {
    text: &'t str,
    at: usize,
}

impl Iterator for Lines<'_> {
    type Item = Vec<std::ops::Range<usize>>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut parts = Vec::new();
        loop {
            let line = self.text.get(self.at..)?.split_inclusive('\n').next()?;
            let from = self.at;
            self.at += line.len();
            parts.push(from..self.at);
            let goes_on = line.trim_end_matches(['\r', '\n']).ends_with('\\');
            if !goes_on || self.at >= self.text.len() {
                return Some(parts);
            }
        }
    }
}

/// `NAME = value`, `:=`, `?=`, `+=`.
fn variable(run: &mut Run<'_>, line: &str, span: Span, whole: bool) {
    let bare = line.trim_start().trim_start_matches("export ").trim_start_matches("override ").trim_start();
    let Some((name, value)) = bare.split_once('=') else { return };
    let (name, kind) = match name.strip_suffix([':', '?', '+', '!']) {
        Some(short) => (short.trim_end_matches(':').trim(), name.as_bytes().last().copied().unwrap_or_default()),
        None => (name.trim(), b'='),
    };
    // `target: NAME = value` holds for one target, and what that needs.
    let (for_target, name) = name.rsplit_once(':').map_or((false, name), |(_, name)| (true, name.trim()));
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return;
    }
    let whole = whole && !for_target && kind != b'!' && kind != b'+';
    let node = match whole {
        true => value_of(run, value.trim(), span),
        false => Node::unknown(Why::External(format!("$({name})").into()), span),
    };
    // What the command line says comes first, and what the environment says where the file leaves it to it.
    let fixed = line.trim_start().starts_with("override ");
    let another = !fixed && run.tree.overrides(&run.path, name, &node)
        || kind == b'?' && run.tree.gives_another(&run.path, name, &node);
    let node = if another { run.set_elsewhere(name, span) } else { node };
    let node = if kind == b'?' { node.through(span, Via::Parameter) } else { node };
    let again = run.shell.vars.get(name).is_some_and(|known| known.value != node.value);
    let node = if again { Node::unknown(Why::External(format!("$({name})").into()), span) } else { node };
    run.shell.vars.insert(name.to_owned(), node);
}

/// `include config.mk`: what it sets as well is not known to be what this file says.
fn include(run: &mut Run<'_>, line: &str, span: Span) {
    let folder = path::folder_of(&run.path).to_owned();
    for file in line.split_whitespace().skip(1).take(FILES) {
        let found = path::joined(&folder, file).filter(|path| run.tree.has_file(path));
        let Some(id) = found.and_then(|path| run.store.open_path(&path).ok()) else { continue };
        let text = run.store.source(id).text.clone();
        for parts in (Lines { text: &text, at: 0 }) {
            let first = parts.first().and_then(|part| text.get(part.clone())).unwrap_or_default();
            if !first.starts_with('\t') {
                variable(run, told(first), span, false);
            }
        }
    }
}

/// A line without its comment.
fn told(line: &str) -> &str {
    line.split(" #").next().unwrap_or_default().trim_end()
}

fn value_of(run: &Run<'_>, value: &str, span: Span) -> Node {
    let value = value.trim_matches('"');
    filled(run, value, span, Dialect::Make)
}
