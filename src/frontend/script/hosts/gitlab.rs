//! GitLab's pipelines.

use super::{script, settings};
use crate::frontend::script::run::{Context, Run};
use crate::frontend::script::syntax::Dialect;
use crate::syntax::tree::Tree;

/// Runs all jobs.
pub(super) fn run(run: &mut Run<'_>, root: &Tree, text: &str) {
    variables(run, root.get("variables"));
    for job in root.as_map().unwrap_or_default().iter().filter(|job| job.value.as_map().is_some()) {
        let kept = run.shell.scope.clone();
        run.shell.scope = format!("{}#{}", run.path, job.key).into();
        run.alone(None, |run| {
            run.shell.namespace = None;
            run.shell.context = Context::default();
            variables(run, job.value.get("variables"));
            let before = job.value.get("before_script").or_else(|| root.get("before_script"));
            for part in before.into_iter().chain(job.value.get("script")).chain(job.value.get("after_script")) {
                lines(run, part, text, 4);
            }
            run.shell.namespace = None;
            run.shell.context = Context::default();
        });
        run.shell.scope = kept;
    }
}

fn variables(run: &mut Run<'_>, data: Option<&Tree>) {
    for (name, node) in settings(run, data, Dialect::Plain) {
        run.shell.vars.insert(name, node);
    }
}

/// Lines run one after the other in one shell; lists may be put together of lists.
fn lines(run: &mut Run<'_>, data: &Tree, text: &str, depth: u32) {
    match data.as_list() {
        Some(items) if depth > 0 => items.iter().for_each(|item| lines(run, item, text, depth - 1)),
        Some(_) => {}
        None => script(run, data, text, "bash", Dialect::Plain),
    }
}
