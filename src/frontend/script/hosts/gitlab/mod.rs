//! GitLab's pipelines: a pipeline is put together of what it includes, a job of what it extends. Hidden jobs never run.

mod merged;

use super::{called, handed, matrix, script, settings};
use crate::frontend::script::meaning::steps;
use crate::frontend::script::run::{Context, Run, Tree as Files};
use crate::frontend::script::syntax::Dialect;
use crate::ir::Node;
use crate::syntax::tree::{Member, Tree, TreeKind};
use merged::{Whole, entries};

const DIALECT: Dialect = Dialect::Plain;
/// Members of a pipeline that are no jobs.
const GLOBAL: [&str; 11] = [
    "default",
    "include",
    "stages",
    "variables",
    "workflow",
    "image",
    "services",
    "cache",
    "before_script",
    "after_script",
    "spec",
];

/// Runs all jobs; what others include runs there.
pub(super) fn run(run: &mut Run<'_>, root: &Tree) {
    if !run.tree.is_called(&run.path) {
        pipeline(run, root, &[]);
    }
}

/// The files that a pipeline includes, or that its jobs start as pipelines of their own.
pub(super) fn called_by(tree: &Files, own: &str, root: &Tree, found: &mut Vec<String>) {
    let triggers = root.as_map().unwrap_or_default().iter().filter_map(|job| job.value.get("trigger")?.get("include"));
    for include in root.get("include").into_iter().chain(triggers) {
        for entry in entries(include) {
            found.extend(merged::local(entry).map(|path| merged::files(tree, own, path)).unwrap_or_default());
        }
    }
}

fn pipeline(run: &mut Run<'_>, root: &Tree, given: &[(String, Node)]) {
    let whole = Whole::of(run, root);
    variables(run, whole.root.get("variables"), &whole);
    let rules = whole.root.get("workflow").and_then(|workflow| workflow.get("rules"));
    unsettle(run, rules);
    run.shell.vars.extend(given.iter().cloned());
    if whole.unseen {
        unseen(run, &whole, &[whole.root.get("variables")]);
        let includes = whole.root.get("include").into_iter().flat_map(entries).filter_map(|entry| entry.get("inputs"));
        includes.for_each(|given| unseen(run, &whole, &[whole.root.get("variables"), Some(given)]));
    }
    let jobs = whole.root.as_map().unwrap_or_default();
    for member in jobs.iter().filter(|member| member.value.as_map().is_some() && !GLOBAL.contains(&&*member.key)) {
        if member.key.starts_with('.') {
            continue;
        }
        let kept = run.shell.scope.clone();
        let scope = format!("{kept}#{}", member.key);
        let (own, complete) = whole.extended(&member.value);
        for combination in matrix::of_gitlab(run, own.get("parallel")) {
            run.shell.scope = scope.as_str().into();
            run.alone(None, |run| job(run, &whole, &own, member, (combination, complete)));
        }
        run.shell.scope = kept;
    }
}

/// One run of a job.
fn job(run: &mut Run<'_>, whole: &Whole, own: &Tree, member: &Member, more: (matrix::Combination, bool)) {
    let (combination, complete) = more;
    run.shell.namespace = None;
    run.shell.context = Context::default();
    let global = || whole.root.get("variables").and_then(Tree::as_map).unwrap_or_default();
    let inherits = own.get("inherit").and_then(|inherit| inherit.get("variables"));
    let kept = |name: &str| match inherits.map(|inherits| &inherits.kind) {
        Some(TreeKind::List(names)) => names.iter().any(|known| known.as_str() == Some(name)),
        Some(TreeKind::Bool(all)) => *all,
        _ => true,
    };
    for variable in global().iter().filter(|variable| !complete || !kept(&variable.key)) {
        // What it extends elsewhere may set it anew.
        let node = run.set_elsewhere(&variable.key, variable.key_span);
        run.shell.vars.insert(variable.key.to_string(), node);
    }
    variables(run, own.get("variables"), whole);
    for (name, node) in combination {
        run.shell.scope = format!("{}#{}", run.shell.scope, node.as_str().unwrap_or_default()).into();
        run.shell.vars.insert(name, node);
    }
    unsettle(run, own.get("rules"));
    if !complete {
        unseen(run, whole, &[whole.root.get("variables"), own.get("variables")]);
    }
    if let Some(include) = own.get("trigger").and_then(|trigger| trigger.get("include")) {
        trigger(run, whole, own, include, member);
    }
    let default = |key: &str| {
        let defaults = own.get("inherit").and_then(|inherit| inherit.get("default"));
        let none = defaults.is_some_and(|it| it.kind == TreeKind::Bool(false));
        let shared = || whole.root.get("default").and_then(|default| default.get(key)).or_else(|| whole.root.get(key));
        own.get(key).or_else(|| (!none).then(shared).flatten())
    };
    for part in default("before_script").into_iter().chain(own.get("script")) {
        lines(run, part, whole, 6);
    }
    // It has a shell of its own.
    run.shell.left = false;
    if let Some(part) = default("after_script") {
        lines(run, part, whole, 6);
    }
    run.shell.namespace = None;
    run.shell.context = Context::default();
}

/// A pipeline of its own, with the variables of the job that starts it.
fn trigger(run: &mut Run<'_>, whole: &Whole, own: &Tree, include: &Tree, member: &Member) {
    let global = settings(run, whole.root.get("variables"), DIALECT);
    let given: Vec<(String, Node)> = global.into_iter().chain(settings(run, own.get("variables"), DIALECT)).collect();
    for entry in entries(include) {
        let files = merged::local(entry).map(|path| merged::files(run.tree, &run.path, path)).unwrap_or_default();
        for path in files {
            let Some(root) = called::opened(run, &path) else { continue };
            run.calling(&path, member.key_span, |run| {
                run.alone(None, |run| {
                    run.shell.vars.clear();
                    pipeline(run, &root, &given);
                });
            });
        }
    }
}

/// Variables of a pipeline or a job; those that a job writes for later ones have another value there.
fn variables(run: &mut Run<'_>, data: Option<&Tree>, whole: &Whole) {
    let Some(data) = data else { return };
    let data = whole.referred(run, data).unwrap_or(data);
    let text = super::text_of(run, data);
    for (name, node) in settings(run, Some(data), DIALECT) {
        let later = text.contains("dotenv") && text.contains(&format!("{name}="));
        let node = if later { run.set_elsewhere(&name, node.span) } else { node };
        run.shell.vars.insert(name, node);
    }
}

/// Rules that set variables where they hold.
fn unsettle(run: &mut Run<'_>, rules: Option<&Tree>) {
    let sets = rules.and_then(Tree::as_list).unwrap_or_default().iter().filter_map(|rule| rule.get("variables"));
    for member in sets.flat_map(|set| set.as_map().unwrap_or_default()) {
        let node = run.set_elsewhere(&member.key, member.key_span);
        run.shell.vars.insert(member.key.to_string(), node);
    }
}

/// Variables that a template from elsewhere may read: the charts that they name are its to release, and the cluster that
/// they name is its to let pull.
fn unseen(run: &mut Run<'_>, whole: &Whole, data: &[Option<&Tree>]) {
    let Some(last) = data.iter().rev().find_map(|data| *data) else { return };
    let given = data.iter().flat_map(|data| handed::over(run, *data, DIALECT)).collect();
    match whole.foreign {
        true => steps::of_elsewhere(run, &given, last.span),
        false => steps::unseen(run, &given, last.span),
    }
}

/// Lines run one after the other in one shell; lists may be put together of lists.
fn lines(run: &mut Run<'_>, data: &Tree, whole: &Whole, depth: u32) {
    if depth == 0 {
        return;
    }
    if let Some(referred) = whole.referred(run, data) {
        return lines(run, referred, whole, depth - 1);
    }
    match data.as_list() {
        Some(items) => items.iter().for_each(|item| lines(run, item, whole, depth - 1)),
        None => script(run, data, "bash", DIALECT),
    }
}
