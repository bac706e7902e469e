//! Workflows and composite actions of GitHub.

use super::{filled, inputs, scalar, script, settings};
use crate::frontend::script::meaning::steps;
use crate::frontend::script::run::{Context, Run};
use crate::frontend::script::syntax::Dialect;
use crate::syntax::tree::Tree;

const DIALECT: Dialect = Dialect::GitHub;

/// Runs all jobs of a workflow, or the steps of an action.
pub(super) fn run(run: &mut Run<'_>, root: &Tree, text: &str) {
    environment(run, root.get("env"), text);
    if let Some(steps) = root.get("runs").and_then(|runs| runs.get("steps")) {
        run_steps(run, steps, text, (root, root));
    }
    let jobs = root.get("jobs").and_then(Tree::as_map).unwrap_or_default();
    for job in jobs {
        let kept = run.shell.scope.clone();
        run.shell.scope = format!("{}#{}", run.path, job.key).into();
        let condition = run.condition(job.value.get("if"));
        run.alone(condition, |run| {
            // Each job has a machine of its own.
            run.shell.namespace = None;
            run.shell.context = Context::default();
            environment(run, job.value.get("env"), text);
            if let Some(steps) = job.value.get("steps") {
                run_steps(run, steps, text, (root, &job.value));
            }
            run.shell.namespace = None;
            run.shell.context = Context::default();
        });
        run.shell.scope = kept;
    }
}

/// A variable that a step sets for those after it has another value from there on.
fn environment(run: &mut Run<'_>, data: Option<&Tree>, text: &str) {
    for (name, node) in settings(run, data, DIALECT) {
        let later = text.contains("GITHUB_ENV") && text.contains(&format!("{name}="));
        let node = if later { run.set_elsewhere(&name, node.span) } else { node };
        run.shell.vars.insert(name, node);
    }
}

fn run_steps(run: &mut Run<'_>, steps: &Tree, text: &str, around: (&Tree, &Tree)) {
    for step in steps.as_list().unwrap_or_default() {
        let condition = run.condition(step.get("if"));
        run.alone(condition, |run| {
            environment(run, step.get("env"), text);
            one(run, step, text, around);
        });
    }
}

fn one(run: &mut Run<'_>, step: &Tree, text: &str, (root, job): (&Tree, &Tree)) {
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
        script(run, body, text, shell.split([' ', '.']).next().unwrap_or_default(), DIALECT);
    }
    let Some(uses) = step.get("uses").and_then(Tree::as_str) else { return };
    let with = step.get("with");
    if let Some(body) = with.and_then(|with| with.get_ci("inlineScript")) {
        let shell = if uses.to_ascii_lowercase().starts_with("azure/powershell") { "pwsh" } else { "bash" };
        return script(run, body, text, shell, DIALECT);
    }
    let given = inputs(run, with, DIALECT);
    steps::step(run, uses, &given, step.span);
}
