//! Scripts, pipelines and pages. Where a script can be followed, its commands are read as a shell would read them and
//! become resources, changes and deliveries; everything else is recognised by its words.

mod book;
mod callers;
mod commands;
#[cfg(test)]
mod context_tests;
mod hosts;
mod meaning;
mod notebook;
mod passage;
mod run;
mod syntax;
#[cfg(test)]
mod tests;
mod words;
#[cfg(test)]
mod written_tests;

use std::collections::BTreeMap;

use super::{Lowered, Problem, Trouble};
use crate::ir::{Delivery, Deployment, Imperative, Why};
use crate::source::{Rewrite, SourceId, Span, Store};

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
    /// What is recognised by its words.
    words: Vec<Imperative>,
    imperative: Vec<Imperative>,
    deliveries: Vec<Delivery>,
    rewritten: Vec<Rewrite>,
    deployment: Option<Deployment>,
    /// Commands whose meaning is told in full, and those that only write a text; also of files that it calls.
    understood: Vec<Span>,
    shown: Vec<Span>,
    /// Commands whose text something reads.
    handed_on: Vec<Span>,
}

/// Reads the commands in these files; the store learns which texts they change.
pub fn read(store: &Store, sources: &[SourceId]) -> Scripted {
    let files = sources.iter().map(|&id| store.source(id).path.clone()).collect();
    let mut tree = run::Tree { files, ..run::Tree::default() };
    let called = super::on_all_cores(STACK, sources, |&id| hosts::called_by(store, &tree, id));
    tree.called = called.into_iter().flatten().collect();
    tree.given = callers::of(&hosts::callers(store, sources));
    let found: Vec<Found> = super::on_all_cores(STACK, sources, |&id| file(store, &tree, id));
    let understood = Places::of(found.iter().flat_map(|it| &it.understood));
    let shown = Places::of(found.iter().flat_map(|it| &it.shown));
    let handed_on = Places::of(found.iter().flat_map(|it| &it.handed_on));
    let by_hand = |at: Span| shown.hold(at) && !handed_on.hold(at);
    let mut scripted = Scripted::default();
    for (found, &id) in found.into_iter().zip(sources) {
        // What a command is known to do needs no second telling; what is only written on the screen is for somebody to do.
        let words = found.words.into_iter().filter(|it| !understood.hold(it.span));
        let words = words.map(|it| Imperative { manual: it.manual || by_hand(it.span), ..it });
        scripted.imperative.extend(words.chain(found.imperative));
        scripted.deliveries.extend(found.deliveries);
        found.rewritten.into_iter().for_each(|part| store.rewrite(part));
        if let Some(deployment) = found.deployment {
            scripted.lowered.deployments.push(deployment);
            scripted.lowered.inputs.push(id);
        }
    }
    let gaps = scripted.lowered.deployments.iter().flat_map(|it| &it.gaps);
    let limits = gaps.filter(|gap| matches!(gap.why, Why::LimitReached(_)));
    let told =
        limits.map(|gap| Problem { trouble: Trouble::Limit, message: gap.why.to_string(), span: gap.span, help: None });
    scripted.lowered.problems = told.collect();
    scripted.lowered = std::mem::take(&mut scripted.lowered).without_placeholders();
    scripted.lowered.deployments.sort_by(|a, b| a.name.cmp(&b.name));
    scripted
}

/// Places of files, by file.
struct Places(BTreeMap<SourceId, Vec<Span>>);

impl Places {
    fn of<'s>(spans: impl Iterator<Item = &'s Span>) -> Places {
        let mut found: BTreeMap<SourceId, Vec<Span>> = BTreeMap::new();
        spans.for_each(|span| found.entry(span.source).or_default().push(*span));
        Places(found)
    }

    /// Whether something begins within one of them.
    fn hold(&self, at: Span) -> bool {
        let own = self.0.get(&at.source);
        own.is_some_and(|own| own.iter().any(|span| span.start <= at.start && at.start < span.end))
    }
}

fn file(store: &Store, tree: &run::Tree, id: SourceId) -> Found {
    let words = words::commands(&store.source(id), id);
    let Some(mut run) = hosts::follow(store, tree, id) else { return Found { words, ..Found::default() } };
    meaning::finish(&mut run);
    run.tell_limit();
    let placed = |it: Delivery| Delivery { namespace: it.namespace.map(meaning::certain), ..it };
    Found {
        words,
        imperative: run.imperative,
        deliveries: run.deliveries.into_iter().map(placed).collect(),
        rewritten: if run.manual { Vec::new() } else { run.rewritten },
        deployment: run.book.close().map(|it| Deployment { sites: run.sites, ..it }),
        understood: run.understood,
        shown: run.shown,
        handed_on: run.handed_on,
    }
}
