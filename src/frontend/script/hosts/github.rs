//! Workflows and composite actions of GitHub.

use super::{called, filled, handed, inputs, matrix, scalar, script, settings, text_of};
use crate::frontend::script::meaning::steps;
use crate::frontend::script::run::{Context, Run};
use crate::frontend::script::syntax::Dialect;
use crate::ir::Node;
use crate::source::Span;
use crate::syntax::tree::{Member, Tree};

const DIALECT: Dialect = Dialect::GitHub;

/// Runs all jobs of a workflow, or the steps of an action; what only runs where others call it runs there.
pub(super) fn run(run: &mut Run<'_>, root: &Tree) {
    let only_called = root.get("runs").is_some() || root.get("on").is_some_and(is_call);
    if !(only_called && run.tree.is_called(&run.path)) {
        whole(run, root);
    }
}

/// `on: workflow_call`, and nothing else.
fn is_call(on: &Tree) -> bool {
    let members = on.as_map().map(|members| members.iter().map(|member| &*member.key).collect());
    let items = || on.as_list().map(|items| items.iter().filter_map(Tree::as_str).collect());
    let events: Vec<&str> = members.or_else(items).or_else(|| Some(vec![on.as_str()?])).unwrap_or_default();
    events == ["workflow_call"]
}

fn whole(run: &mut Run<'_>, root: &Tree) {
    environment(run, root.get("env"), root);
    if let Some(steps) = root.get("runs").and_then(|runs| runs.get("steps")) {
        run_steps(run, steps, (root, root));
    }
    for member in root.get("jobs").and_then(Tree::as_map).unwrap_or_default() {
        let kept = run.shell.scope.clone();
        run.shell.scope = format!("{kept}#{}", member.key).into();
        let condition = run.condition(member.value.get("if"));
        let combinations = matrix::of_github(run, member.value.get("strategy"));
        run.alone(condition, |run| {
            for combination in &combinations {
                run.alone(None, |run| job(run, root, member, combination));
            }
        });
        run.shell.scope = kept;
    }
}

/// One run of a job, on a machine of its own.
fn job(run: &mut Run<'_>, root: &Tree, member: &Member, combination: &[(String, Node)]) {
    let own = &member.value;
    run.shell.namespace = None;
    run.shell.context = Context::default();
    for (name, node) in combination {
        run.shell.scope = format!("{}#{}", run.shell.scope, node.as_str().unwrap_or_default()).into();
        run.shell.vars.insert(format!("matrix.{name}"), node.clone());
    }
    environment(run, own.get("env"), root);
    if let Some(steps) = own.get("steps") {
        run_steps(run, steps, (root, own));
    }
    if let Some(uses) = own.get("uses").and_then(Tree::as_str) {
        let given = settings(run, own.get("with"), DIALECT);
        if !call(run, uses, given, member.key_span, true) {
            steps::of_elsewhere(run, &handed::over(run, own.get("with"), DIALECT), member.key_span);
        }
    }
    run.shell.namespace = None;
    run.shell.context = Context::default();
}

/// Runs a workflow or an action of the tree with what is given to it; says whether it is one.
fn call(run: &mut Run<'_>, uses: &str, given: Vec<(String, Node)>, at: Span, workflow: bool) -> bool {
    let Some(path) = called::of_github(run.tree, &run.path, uses) else { return false };
    let Some(root) = called::opened(run, &path) else { return false };
    let declared = match workflow {
        true => root.get("on").and_then(|on| on.get("workflow_call")).and_then(|call| call.get("inputs")),
        false => root.get("inputs"),
    };
    let defaults = declared.and_then(Tree::as_map).unwrap_or_default().iter();
    let defaults: Vec<(String, Node)> = defaults
        .filter_map(|input| Some((input.key.to_string(), default(run, input.value.get("default")?)?)))
        .collect();
    run.calling(&path, at, |run| {
        run.alone(None, |run| {
            // A workflow sees nothing of its caller but the inputs; an action sees the environment as well.
            run.shell.vars.retain(|name, _| !workflow && !name.starts_with("inputs.") && !name.starts_with("matrix."));
            for (name, node) in defaults.into_iter().chain(given) {
                run.shell.vars.insert(format!("inputs.{name}"), node);
            }
            whole(run, &root);
        });
    })
}

fn default(run: &Run<'_>, data: &Tree) -> Option<Node> {
    Some(filled(run, &scalar(data)?, data.span, DIALECT))
}

/// A variable that a step sets for those after it has another value from there on.
fn environment(run: &mut Run<'_>, data: Option<&Tree>, root: &Tree) {
    let Some(data) = data else { return };
    let text = text_of(run, root);
    for (name, node) in settings(run, Some(data), DIALECT) {
        let own = text.contains("GITHUB_ENV") && text.contains(&format!("{name}="));
        let later = own || run.tree.sets_later(&run.path, &name);
        let node = if later { run.set_elsewhere(&name, node.span) } else { node };
        run.shell.vars.insert(name, node);
    }
}

fn run_steps(run: &mut Run<'_>, steps: &Tree, around: (&Tree, &Tree)) {
    for step in steps.as_list().unwrap_or_default() {
        let condition = run.condition(step.get("if"));
        run.alone(condition, |run| {
            environment(run, step.get("env"), around.0);
            one(run, step, around);
        });
    }
}

fn one(run: &mut Run<'_>, step: &Tree, (root, job): (&Tree, &Tree)) {
    let default = |key: &str| {
        let of = |from: &'_ Tree| {
            from.get("defaults").and_then(|it| it.get("run")).and_then(|it| it.get(key)).and_then(scalar)
        };
        step.get(key).and_then(scalar).or_else(|| of(job)).or_else(|| of(root))
    };
    if let Some(folder) = default("working-directory") {
        let folder = filled(run, &folder, step.span, DIALECT);
        run.stand_in(&folder);
    }
    if let Some(body) = step.get("run") {
        let shell = default("shell").unwrap_or_else(|| "bash".into());
        script(run, body, shell.split([' ', '.']).next().unwrap_or_default(), DIALECT);
    }
    let Some(uses) = step.get("uses").and_then(Tree::as_str) else { return };
    let with = step.get("with");
    if let Some(body) = with.and_then(|with| with.get_ci("inlineScript")) {
        let shell = if uses.to_ascii_lowercase().starts_with("azure/powershell") { "pwsh" } else { "bash" };
        return script(run, body, shell, DIALECT);
    }
    let given = settings(run, with, DIALECT);
    if !call(run, uses, given, step.span, false) {
        steps::step(run, uses, &inputs(run, with, DIALECT), step.span);
    }
}
