//! Taskfiles and justfiles.

use super::{filled, scalar, script, settings};
use crate::frontend::script::passage::Passage;
use crate::frontend::script::run::{Context, Run};
use crate::frontend::script::syntax::{Dialect, posix};
use crate::source::Span;
use crate::syntax::tree::Tree;

const DIALECT: Dialect = Dialect::Braces;

/// Runs all tasks of a Taskfile.
pub(super) fn run(run: &mut Run<'_>, root: &Tree) {
    variables(run, root);
    for task in root.get("tasks").and_then(Tree::as_map).unwrap_or_default() {
        let kept = run.shell.scope.clone();
        run.shell.scope = format!("{}#{}", run.path, task.key).into();
        run.shell.context = Context::default();
        run.alone(None, |run| {
            variables(run, &task.value);
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

fn variables(run: &mut Run<'_>, data: &Tree) {
    for key in ["vars", "env"] {
        for (name, node) in settings(run, data.get(key), DIALECT) {
            run.shell.vars.insert(name, node);
        }
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
