//! Scripts, pipelines and pages. Where a script can be followed, its commands are read as a shell would read them and
//! become resources, changes and deliveries; everything else is recognised by its words.

mod book;
mod commands;
#[cfg(test)]
mod context_tests;
mod hosts;
mod meaning;
mod passage;
mod run;
mod syntax;
#[cfg(test)]
mod tests;
mod words;

use super::{Lowered, Problem, Trouble};
use crate::ir::{Delivery, Deployment, Imperative};
use crate::source::{SourceId, Span, Store};

/// Commands inside of commands are followed a few levels deep.
const STACK: usize = 16 << 20;

/// What scripts, pipelines and pages do.
#[derive(Debug, Default)]
pub struct Scripted {
    /// What they declare and change, as deployments.
    pub lowered: Lowered,
    /// What they make that is not known in full.
    pub imperative: Vec<Imperative>,
    /// What they apply.
    pub deliveries: Vec<Delivery>,
}

/// What one file does.
#[derive(Default)]
struct Found {
    imperative: Vec<Imperative>,
    deliveries: Vec<Delivery>,
    rewritten: Vec<Span>,
    deployment: Option<Deployment>,
}

/// Reads the commands in these files; the store learns which texts they change.
pub fn read(store: &Store, sources: &[SourceId]) -> Scripted {
    let paths = sources.iter().map(|&id| store.source(id).path.clone());
    let tree = run::Tree(paths.collect());
    let mut scripted = Scripted::default();
    for (found, &id) in super::on_all_cores(STACK, sources, |&id| file(store, &tree, id)).into_iter().zip(sources) {
        scripted.imperative.extend(found.imperative);
        scripted.deliveries.extend(found.deliveries);
        found.rewritten.into_iter().for_each(|part| store.rewrite(part));
        if let Some(deployment) = found.deployment {
            scripted.lowered.deployments.push(deployment);
            scripted.lowered.inputs.push(id);
        }
    }
    let gaps = scripted.lowered.deployments.iter().flat_map(|it| &it.gaps);
    let told =
        gaps.map(|gap| Problem { trouble: Trouble::Limit, message: gap.why.to_string(), span: gap.span, help: None });
    scripted.lowered.problems = told.collect();
    scripted.lowered = std::mem::take(&mut scripted.lowered).without_placeholders();
    scripted.lowered.deployments.sort_by(|a, b| a.name.cmp(&b.name));
    scripted
}

fn file(store: &Store, tree: &run::Tree, id: SourceId) -> Found {
    let imperative = words::commands(&store.source(id), id);
    let Some(mut run) = hosts::follow(store, tree, id) else { return Found { imperative, ..Found::default() } };
    meaning::finish(&mut run);
    run.tell_limit();
    // What a command is known to do needs no second telling.
    let known = |at: Span| run.understood.iter().any(|known| known.start <= at.start && at.start < known.end);
    let mut imperative: Vec<Imperative> = imperative.into_iter().filter(|it| !known(it.span)).collect();
    imperative.append(&mut run.imperative);
    let placed = |it: Delivery| Delivery { namespace: it.namespace.map(meaning::certain), ..it };
    let deliveries = std::mem::take(&mut run.deliveries).into_iter().map(placed).collect();
    let rewritten = if run.manual { Vec::new() } else { run.rewritten };
    let deployment = run.book.close().map(|it| Deployment { sites: run.sites, ..it });
    Found { imperative, deliveries, rewritten, deployment }
}
