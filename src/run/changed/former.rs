//! The tree before the change: what was found in it, and which pulls did not fail.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::Round;
use super::Trace;
use super::placed::Placed;
use crate::finding::{Finding, Severity};
use crate::report::{Pull, Report, Verdict};
use crate::source::{Span, Store, path};

/// What a finding is known by in two trees: its rule, its key, and the deployment or the file that it is of.
type Name = (&'static str, String, String);

/// What was found in a tree, and how loud it was.
pub(super) struct Known(BTreeMap<Name, Severity>);

/// The tree before the change.
pub(super) struct Former<'r> {
    pub known: Known,
    /// Pulls that fail now and did not fail before, or were none; each with what it was before.
    pub fails: Vec<(&'r Pull, Option<&'r Pull>)>,
}

impl<'r> Former<'r> {
    pub fn of(before: &'r Round, placed: &Placed<'_>, round: &'r Round) -> Former<'r> {
        let (now, now_store) = (&round.report, &round.store);
        let mut worked: BTreeMap<PullName, &Pull> = BTreeMap::new();
        let mut failed: BTreeMap<PullName, usize> = BTreeMap::new();
        let mut faults = BTreeSet::new();
        for pull in &before.report.pulls {
            match pull.verdict {
                Verdict::Broken => {
                    *failed.entry(name(pull, pull.image.as_deref(), placed)).or_default() += 1;
                    let (own, steps) = fault(pull, placed, &before.store);
                    // Where no image of a cluster is known any image is judged, which fails as each of them did.
                    faults.insert((PullName { image: None, workload: None, ..own.clone() }, steps.clone()));
                    faults.insert((own, steps));
                }
                // Another version of the image is the same pull, where nothing else is known.
                _ => [pull.image.as_deref(), None].into_iter().for_each(|image| {
                    worked.insert(name(pull, image, placed), pull);
                }),
            }
        }
        let broken = |report: &'r Report| report.pulls.iter().filter(|pull| pull.verdict == Verdict::Broken);
        // A workload that is called otherwise now is no other pull: there is one that failed before in its place.
        let nameless = |pull: &Pull| PullName { workload: None, ..name(pull, pull.image.as_deref(), placed) };
        let mut more: BTreeMap<PullName, isize> = BTreeMap::new();
        broken(now).for_each(|pull| *more.entry(nameless(pull)).or_default() += 1);
        broken(&before.report).for_each(|pull| *more.entry(nameless(pull)).or_default() -= 1);
        let mut fail: BTreeMap<PullName, usize> = BTreeMap::new();
        broken(now).for_each(|pull| *fail.entry(name(pull, pull.image.as_deref(), placed)).or_default() += 1);
        let mut fails = Vec::new();
        for pull in broken(now) {
            let [own, any] = [pull.image.as_deref(), None].map(|image| name(pull, image, placed));
            let was = worked.get(&own).or_else(|| worked.get(&any)).copied();
            let is_more = more.get(&nameless(pull)).is_some_and(|&more| more > 0);
            let is_new = match failed.get(&own) {
                // A second one of the same name is another one, which the change writes.
                Some(before) => fail.get(&own) > Some(before) && placed.touches(pull.place),
                // With further parameters the same pull fails at the same place.
                None => was.is_some() || is_more && !faults.contains(&fault(pull, placed, now_store)),
            };
            if is_new {
                fails.push((pull, was));
            }
        }
        Former { known: Known::of(before, placed), fails }
    }
}

/// What a pull is known by in two trees.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct PullName {
    image: Option<String>,
    workload: Option<String>,
    cluster: Option<String>,
    registry: Option<String>,
    /// The parameter files that it is so with.
    parameters: Vec<String>,
}

fn name(pull: &Pull, image: Option<&str>, placed: &Placed<'_>) -> PullName {
    let moved = |path: &String| placed.renamed(path).unwrap_or(path).to_owned();
    PullName {
        image: image.map(str::to_owned),
        workload: pull.workload.clone(),
        cluster: pull.cluster.clone(),
        registry: pull.registry.clone(),
        parameters: pull.parameters.iter().map(moved).collect(),
    }
}

/// A pull, and the steps of it that fail, each with the file that decides it.
type Fault = (PullName, Vec<(&'static str, Option<String>)>);

/// The pull without the parameters that it is so with, and the steps that fail with the files that decide them.
fn fault(pull: &Pull, placed: &Placed<'_>, store: &Store) -> Fault {
    let broken = pull.steps.iter().filter(|step| step.verdict == Verdict::Broken);
    let file = |span: Span| {
        let path = store.source(span.source).path.clone();
        placed.renamed(&path).unwrap_or(&path).to_owned()
    };
    let steps = broken.map(|step| (step.name, step.place.map(file)));
    (PullName { parameters: Vec::new(), ..name(pull, pull.image.as_deref(), placed) }, steps.collect())
}

impl Known {
    /// What a round reported, under every name that it may have in the tree after the change.
    pub fn of(round: &Round, placed: &Placed<'_>) -> Known {
        let told: BTreeSet<(&str, Span)> =
            round.report.findings.iter().map(|finding| (finding.rule, finding.primary.span)).collect();
        let mut known = Known(BTreeMap::new());
        let traces = round.traces.iter().filter(|trace| told.contains(&(trace.rule, trace.span))).cloned();
        // What is no rule's affair has no trace.
        let own = round.report.findings.iter().filter(|it| it.is_about_the_file()).map(Trace::of);
        let mut called: BTreeMap<Arc<str>, String> = BTreeMap::new();
        for trace in traces.chain(own) {
            let path = &round.store.source(trace.span.source).path;
            match &trace.deployment {
                Some(deployment) => {
                    let moved = || moved(deployment, placed, &round.store);
                    known.add(&trace, called.entry(deployment.clone()).or_insert_with(moved));
                }
                None => known.add(&trace, placed.renamed(path).unwrap_or(path)),
            }
            // Where its file has moved, it is the same finding whatever deploys it is called.
            placed.renamed(path).into_iter().for_each(|path| known.add(&trace, &format!("at {path}")));
        }
        known
    }

    fn add(&mut self, trace: &Trace, of: &str) {
        let louder = self.0.entry((trace.rule, trace.key.clone(), of.to_owned())).or_insert(trace.severity);
        *louder = (*louder).max(trace.severity);
    }

    /// Those traces that are not known, or louder than they were.
    pub fn new_of(&self, traces: Vec<Trace>, store: &Store) -> Vec<Trace> {
        traces.into_iter().filter(|trace| !self.has(trace, store)).collect()
    }

    /// Whether a finding of the tree after the change is known and was as loud.
    pub fn has(&self, trace: &Trace, store: &Store) -> bool {
        let path = store.source(trace.span.source).path.clone();
        let names = [trace.deployment.as_deref().unwrap_or(&path).to_owned(), format!("at {path}")];
        let loud = names.into_iter().filter_map(|of| self.0.get(&(trace.rule, trace.key.clone(), of)));
        loud.max().is_some_and(|severity| *severity >= trace.severity)
    }
}

/// What a deployment is called after the change: by the file or the folder that has moved.
fn moved(deployment: &str, placed: &Placed<'_>, before: &Store) -> String {
    let mut called = deployment.to_owned();
    for (old, new) in placed.renames() {
        let (old_folder, new_folder) = (path::folder_of(old), path::folder_of(new));
        if let Some((head, tail)) = called.split_once(old) {
            called = format!("{head}{new}{tail}");
        } else if called == old_folder && moves_as_a_whole(old_folder, placed, before) {
            called = new_folder.to_owned();
        }
    }
    called
}

/// Whether no file stays in a folder.
fn moves_as_a_whole(folder: &str, placed: &Placed<'_>, before: &Store) -> bool {
    let names = before.list(folder);
    let moves = |name: &String| {
        let path = path::in_folder(folder, name);
        placed.renamed(&path).is_some() || placed.removes(&path)
    };
    names.iter().all(moves)
}

/// Whether a finding says why a pull fails: its story has the place that decides the step that fails, and the registry.
pub(super) fn explains(finding: &Finding, pull: &Pull) -> bool {
    let tells = |span: Span| finding.primary.span == span || finding.related.iter().any(|label| label.span == span);
    let mut broken = pull.steps.iter().filter(|step| step.verdict == Verdict::Broken);
    let registry = pull.steps.iter().find(|step| step.name == "registry").and_then(|step| step.place);
    finding.severity == Severity::Error
        && broken.any(|step| step.place.is_some_and(tells))
        && registry.is_none_or(tells)
}
