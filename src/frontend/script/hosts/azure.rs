//! Azure Pipelines and their templates.

use std::sync::Arc;

use super::{called, filled, handed, inputs, scalar, script, settings, text_of};
use crate::frontend::script::meaning::steps;
use crate::frontend::script::run::{Context, Run};
use crate::frontend::script::syntax::Dialect;
use crate::ir::{Node, Why};
use crate::source::{Span, Via};
use crate::syntax::tree::Tree;

const DIALECT: Dialect = Dialect::Azure;
/// Stages, jobs, strategies and templates inside of each other.
const DEEPEST: u32 = 24;

/// Runs all steps of a pipeline; a template runs where others use it.
pub(super) fn run(run: &mut Run<'_>, root: &Tree) {
    let own = ["trigger", "pr", "schedules"].iter().any(|key| root.get(key).is_some());
    if run.tree.is_called(&run.path) && !own {
        return;
    }
    for (name, default, at) in declared(root) {
        let node = filled(run, &default, at, DIALECT).through(at, Via::Parameter);
        run.shell.vars.insert(format!("parameters.{name}"), node);
    }
    walk(run, root, DEEPEST);
}

/// The parameters of a file with their defaults, as a list or as an object.
fn declared(root: &Tree) -> Vec<(String, Arc<str>, Span)> {
    let parameters = root.get("parameters");
    let listed = parameters.and_then(Tree::as_list).unwrap_or_default().iter().filter_map(|it| {
        Some((it.get("name").and_then(Tree::as_str)?.to_owned(), it.get("default").and_then(scalar)?, it.span))
    });
    let members = parameters.and_then(Tree::as_map).unwrap_or_default().iter();
    listed.chain(members.filter_map(|it| Some((it.key.to_string(), scalar(&it.value)?, it.key_span)))).collect()
}

/// `template: file` with its parameters; says whether this is one.
fn template(run: &mut Run<'_>, data: &Tree, inner: impl FnOnce(&mut Run<'_>, &Tree)) -> bool {
    let Some(named) = data.get("template").and_then(Tree::as_str) else { return false };
    let own = run.here().to_owned();
    let path = called::of_azure(run.tree, &own, named);
    let root = path.as_deref().and_then(|path| called::opened(run, path));
    let (Some(path), Some(root)) = (path, root) else {
        let mut given = handed::over(run, data.get("parameters"), DIALECT);
        // A template sees the variables of the pipeline that it is put into.
        let set = run.shell.vars.iter().filter(|(name, node)| !name.contains('.') && node.as_str().is_some());
        given.extend(set.map(|(name, node)| (format!("variables.{}", name.to_ascii_lowercase()), node.clone())));
        steps::of_elsewhere(run, &given, data.span);
        return true;
    };
    let given = settings(run, data.get("parameters"), DIALECT);
    let defaults = declared(&root).into_iter().map(|(name, text, at)| (name, filled(run, &text, at, DIALECT)));
    let defaults: Vec<(String, Node)> = defaults.collect();
    run.calling(&path, data.span, |run| {
        run.shell.vars.retain(|name, _| !name.starts_with("parameters."));
        for (name, node) in defaults.into_iter().chain(given) {
            run.shell.vars.insert(format!("parameters.{name}"), node);
        }
        inner(run, &root);
    });
    true
}

fn walk(run: &mut Run<'_>, data: &Tree, depth: u32) {
    if depth == 0 {
        return;
    }
    for item in data.as_list().unwrap_or_default() {
        walk(run, item, depth - 1);
    }
    let Some(members) = data.as_map() else { return };
    if data.get("template").is_some() {
        run.alone(None, |run| {
            template(run, data, |run, root| walk(run, root, depth - 1));
        });
        return;
    }
    let kept = run.shell.scope.clone();
    let condition = run.condition(data.get("condition"));
    run.alone(condition, |run| {
        variables(run, data.get("variables"), depth);
        for member in members {
            match &*member.key {
                "steps" | "preSteps" | "postSteps" => {
                    run.shell.scope = format!("{}#{}", run.path, member.key_span.start).into();
                    run.shell.context = Context::default();
                    steps_of(run, &member.value, depth);
                }
                "variables" | "parameters" | "resources" | "trigger" | "pr" | "pool" => {}
                key if key.starts_with("${{") => {
                    let when = run.unsure(key, member.key_span);
                    run.alone(Some(when), |run| walk(run, &member.value, depth - 1));
                }
                _ => walk(run, &member.value, depth - 1),
            }
        }
    });
    run.shell.scope = kept;
}

/// `variables:` as an object, or as a list of names with values, groups and templates.
///
/// One that a step sets for those after it has another value from there on.
fn variables(run: &mut Run<'_>, data: Option<&Tree>, depth: u32) {
    let Some(data) = data.filter(|_| depth > 0) else { return };
    let text = text_of(run, data);
    let set = |run: &mut Run<'_>, name: &str, value: &Tree| {
        let node = match scalar(value) {
            _ if text.contains(&format!("setvariable variable={name}")) || run.tree.sets_later(&run.path, name) => {
                run.set_elsewhere(name, value.span)
            }
            Some(text) => filled(run, &text, value.span, DIALECT),
            None => Node::unknown(Why::External(name.into()), value.span),
        };
        // Scripts see them as variables of the environment.
        run.shell.vars.insert(name.replace(['.', ' '], "_").to_ascii_uppercase(), node.clone());
        run.shell.vars.insert(name.to_owned(), node);
    };
    for member in data.as_map().unwrap_or_default() {
        if member.key.starts_with("${{") {
            continue;
        }
        set(run, &member.key, &member.value);
    }
    for item in data.as_list().unwrap_or_default() {
        template(run, item, |run, root| variables(run, root.get("variables"), depth - 1));
        if let (Some(name), Some(value)) = (item.get("name").and_then(Tree::as_str), item.get("value")) {
            set(run, name, value);
        }
        // One of several values, as an expression picks.
        for member in item.as_map().unwrap_or_default().iter().filter(|member| member.key.starts_with("${{")) {
            for inner in member.value.as_list().unwrap_or_default() {
                if let Some(name) = inner.get("name").and_then(Tree::as_str) {
                    let node = Node::unknown(Why::External(name.into()), inner.span);
                    run.shell.vars.insert(name.replace(['.', ' '], "_").to_ascii_uppercase(), node.clone());
                    run.shell.vars.insert(name.to_owned(), node);
                }
            }
        }
    }
}

fn steps_of(run: &mut Run<'_>, steps: &Tree, depth: u32) {
    if depth == 0 {
        return;
    }
    for step in steps.as_list().unwrap_or_default() {
        // A step that is switched off runs when somebody switches it on.
        let off = step.get("enabled").filter(|enabled| scalar(enabled).as_deref() != Some("true"));
        let off = off.map(|enabled| run.unsure("enabled", enabled.span));
        let condition = run.condition(step.get("condition"));
        let condition = match (condition, off) {
            (Some(condition), Some(off)) => Some(crate::ir::Cond::all([condition, off])),
            (one, other) => one.or(other),
        };
        run.alone(condition, |run| {
            if !template(run, step, |run, root| walk(run, root, depth - 1)) {
                one(run, step);
            }
        });
        for member in step.as_map().unwrap_or_default().iter().filter(|member| member.key.starts_with("${{")) {
            let when = run.unsure(&member.key, member.key_span);
            run.alone(Some(when), |run| steps_of(run, &member.value, depth - 1));
        }
    }
}

fn one(run: &mut Run<'_>, step: &Tree) {
    for (name, node) in super::settings(run, step.get("env"), DIALECT) {
        run.shell.vars.insert(name, node);
    }
    let given = inputs(run, step.get("inputs"), DIALECT);
    let folder = step.get("workingDirectory").and_then(scalar).map(|folder| filled(run, &folder, step.span, DIALECT));
    if let Some(folder) = folder.or_else(|| given.get("workingdirectory").cloned()) {
        run.stand_in(&folder);
    }
    for (key, shell) in [("script", "bash"), ("bash", "bash"), ("pwsh", "pwsh"), ("powershell", "pwsh")] {
        if let Some(body) = step.get(key) {
            return script(run, body, shell, DIALECT);
        }
    }
    let Some(task) = step.get("task").and_then(Tree::as_str) else { return };
    let inline = ["inlineScript", "script", "Inline"].iter().find_map(|key| step.get("inputs")?.get_ci(key));
    if let Some(body) = inline {
        let lower = task.to_ascii_lowercase();
        let named = given.get("scripttype").and_then(Node::as_str).map(str::to_ascii_lowercase);
        let shell = match named {
            Some(shell) if shell != "inlinescript" => shell,
            _ if lower.contains("powershell") => "pwsh".to_owned(),
            _ => "bash".to_owned(),
        };
        return script(run, body, &shell, DIALECT);
    }
    steps::step(run, task, &given, step.span);
}
