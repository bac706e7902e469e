//! Taskfiles and justfiles.

use std::collections::BTreeSet;

use super::{filled, scalar, script, settings};
use crate::frontend::script::passage::Passage;
use crate::frontend::script::run::{Context, Run};
use crate::frontend::script::syntax::{Dialect, posix};
use crate::ir::Node;
use crate::source::Span;
use crate::syntax::tree::Tree;

const DIALECT: Dialect = Dialect::Braces;
/// Objects and lists inside of each other.
const DEEPEST: u32 = 24;

/// Runs all tasks of a Taskfile.
pub(super) fn run(run: &mut Run<'_>, root: &Tree) {
    let mut passed = BTreeSet::new();
    calls(root, DEEPEST, &mut passed);
    variables(run, root, &passed);
    for task in root.get("tasks").and_then(Tree::as_map).unwrap_or_default() {
        let kept = run.shell.scope.clone();
        run.shell.scope = format!("{}#{}", run.path, task.key).into();
        run.shell.context = Context::default();
        run.alone(None, |run| {
            variables(run, &task.value, &passed);
            let folder =
                task.value.get("dir").and_then(scalar).map(|folder| filled(run, &folder, task.key_span, DIALECT));
            let commands = task.value.get("cmds").and_then(Tree::as_list).unwrap_or_default();
            for command in commands.iter().chain(task.value.get("cmd")) {
                let body = command.get("cmd").unwrap_or(command);
                run.alone(None, |run| {
                    folder.iter().for_each(|folder| run.stand_in(folder));
                    script(run, body, "sh", DIALECT);
                });
            }
        });
        run.shell.scope = kept;
    }
}

/// The variables that tasks are called with: `task: name` and `vars: …` beside it.
fn calls<'t>(data: &'t Tree, depth: u32, passed: &mut BTreeSet<&'t str>) {
    if depth == 0 {
        return;
    }
    if data.get("task").is_some_and(|task| task.as_str().is_some()) {
        let vars = data.get("vars").and_then(Tree::as_map).unwrap_or_default();
        passed.extend(vars.iter().map(|member| &*member.key));
    }
    let members = data.as_map().unwrap_or_default().iter().map(|member| &member.value);
    members.chain(data.as_list().unwrap_or_default()).for_each(|inner| calls(inner, depth - 1, passed));
}

fn variables(run: &mut Run<'_>, data: &Tree, passed: &BTreeSet<&str>) {
    for key in ["vars", "env"] {
        for (name, node) in settings(run, data.get(key), DIALECT) {
            let node = match passed.contains(name.as_str()) {
                true => run.set_elsewhere(&name, node.span),
                false => or_given(run, &name, node),
            };
            run.shell.vars.insert(name, node);
        }
    }
}

/// What the file says, unless whoever runs it says otherwise.
fn or_given(run: &Run<'_>, name: &str, own: Node) -> Node {
    match run.tree.overrides(&run.path, name, &own) {
        true => run.set_elsewhere(name, own.span),
        false => own,
    }
}

/// Runs all recipes of a justfile: indented lines; `name := "value"` at the margin.
pub(super) fn just(run: &mut Run<'_>, text: &str) {
    let (mut at, mut recipe) = (0, Vec::new());
    for line in text.split_inclusive('\n') {
        let from = at;
        at += line.len();
        let bare = line.trim_start_matches([' ', '\t']);
        if bare.len() < line.len() && !bare.trim().is_empty() {
            let start = at - bare.trim_start_matches(['@', '-']).len();
            recipe.push(start..at);
            continue;
        }
        if !bare.trim().is_empty() {
            finish(run, text, &mut recipe);
        }
        if let Some((name, value)) = line.split_once(":=") {
            let name = name.trim().trim_start_matches("export ").trim();
            let value = value.trim();
            let inner = value.strip_prefix(['"', '\'']).and_then(|value| value.strip_suffix(['"', '\'']));
            if let Some(inner) = inner.filter(|inner| !inner.contains(['"', '\''])) {
                let span = Span::new(run.source, from, from + line.trim_end().len());
                let node = filled(run, inner, span, DIALECT);
                let node = or_given(run, name, node);
                run.shell.vars.insert(name.to_owned(), node);
            }
        }
    }
    finish(run, text, &mut recipe);
}

fn finish(run: &mut Run<'_>, text: &str, recipe: &mut Vec<std::ops::Range<usize>>) {
    if recipe.is_empty() {
        return;
    }
    let passage = Passage::of_parts(run.source, text, &std::mem::take(recipe));
    let statements = posix::parse(&passage, DIALECT);
    run.shell.context = Context::default();
    run.alone(None, |run| run.script(&statements));
}
