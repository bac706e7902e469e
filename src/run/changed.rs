//! What of a run a change has to do with: what its lines have a part in, and what was not so before it. The tree is judged
//! once more as it was, with the diff taken back; where it has to be found out which of several changes led to a finding,
//! they are taken back one by one.

mod cause;
mod former;
mod placed;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::clock::Clock;
use super::{Round, RunError};
use crate::finding::{Finding, Label, One, Severity};
use crate::settings::Settings;
use crate::source::{Span, Store};
use cause::Causes;
use former::{Former, explains};
use placed::Placed;

/// A finding as its rule told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trace {
    rule: &'static str,
    severity: Severity,
    span: Span,
    key: String,
    deployment: Option<Arc<str>>,
}

impl Trace {
    pub fn of(finding: &Finding) -> Trace {
        Trace {
            rule: finding.rule,
            severity: finding.severity,
            span: finding.primary.span,
            key: finding.key.clone(),
            deployment: finding.deployment.clone(),
        }
    }
}

/// The traces of findings at one place.
type Members<'r> = BTreeMap<(&'static str, Span), Vec<&'r Trace>>;

/// Keeps the findings that the change has to do with, each told at a line of it, and says on a few lines what it left out.
pub(super) fn narrow(settings: &Settings, round: &mut Round, clock: &mut Clock) -> Result<Vec<String>, RunError> {
    let Some(changes) = &settings.changes else { return Ok(Vec::new()) };
    let read = round.store.sources().into_iter().map(|(_, source)| source.path.clone()).collect();
    let placed = Placed::of(changes, &round.store);
    let placed = match placed.and_then(|placed| placed.hides(settings, &read).map_or(Ok(placed), Err)) {
        Ok(placed) => placed,
        Err(why) => return Ok(vec![format!("{why}: all findings are reported")]),
    };
    let mut sorted = Sorted::default();
    for finding in std::mem::take(&mut round.report.findings) {
        let mut own = finding.clone();
        match placed.tell(&mut own, &round.store) {
            true if own.primary.span == finding.primary.span || !placed.takes_away() => sorted.told.push(own),
            true => sorted.moved.push((finding, own)),
            false => sorted.rest.push(finding),
        }
    }
    if placed.matters() && !(sorted.rest.is_empty() && sorted.moved.is_empty()) {
        sorted = compared(settings, round, &placed, sorted, clock)?;
    }
    let Sorted { mut told, rest: elsewhere, .. } = sorted;
    let mut notes = notes(&elsewhere, &round.store);
    notes.extend(placed.note());
    if changes.diff.files.is_empty() {
        notes.insert(0, format!("{} is empty: nothing has changed, and nothing is reported", changes.name));
    }
    Finding::sort(&mut told, |finding| round.store.source(finding.primary.span.source).path.to_string());
    round.report.elsewhere = Some(elsewhere.len());
    round.report.findings = told;
    Ok(notes)
}

/// The findings of a run, by what the change has to do with them.
#[derive(Default)]
struct Sorted {
    /// Those that the change has to do with, as they are told.
    told: Vec<Finding>,
    /// Those that it touches at a related place only: as the rule told them, and as they are told.
    moved: Vec<(Finding, Finding)>,
    /// Those of which it touches nothing.
    rest: Vec<Finding>,
}

/// Tells those findings apart that were not there before, or that a pull fails for which did not fail before; and says of
/// each which part of the change led to it.
fn compared(
    settings: &Settings,
    round: &Round,
    placed: &Placed<'_>,
    sorted: Sorted,
    clock: &mut Clock,
) -> Result<Sorted, RunError> {
    let before = super::round(settings, &[], placed.before(|_, _| true), clock)?;
    let former = Former::of(&before, placed, round);
    let mut members = Members::new();
    for trace in &round.traces {
        members.entry((trace.rule, trace.span)).or_default().push(trace);
    }
    let new = |finding: &Finding| {
        let own = members.get(&(finding.rule, finding.primary.span));
        let traces = own.map_or_else(|| vec![Trace::of(finding)], |own| own.iter().map(|&it| it.clone()).collect());
        former.known.new_of(traces, &round.store)
    };
    let mut causes = Causes::new(settings, round, &before, placed, &former);
    let Sorted { mut told, moved, rest } = sorted;
    // What proved a pull and is gone says more than an image that happens to change as well.
    for (mut finding, own) in moved {
        let gone = if new(&finding).is_empty() { None } else { causes.evidence(&finding) };
        match gone {
            Some(spot) => {
                causes.tell_at(&mut finding, spot);
                told.push(finding);
            }
            None => told.push(own),
        }
    }
    let (mut found, mut elsewhere) = (Vec::new(), Vec::new());
    for mut finding in rest {
        let new = new(&finding);
        let fails = former.fails.iter().any(|(pull, _)| explains(&finding, pull));
        if !fails {
            only_new(&mut finding, &new, &round.store);
        }
        match !new.is_empty() || fails || finding.rule == "ACR903" {
            true => found.push((finding, new)),
            false => elsewhere.push(finding),
        }
    }
    told.extend(causes.tell(found)?);
    Ok(Sorted { told, moved: Vec::new(), rest: elsewhere })
}

/// Of what is told as one finding, what was there before belongs to no change.
fn only_new(finding: &mut Finding, new: &[Trace], store: &Store) {
    let is_new = |one: &One| {
        new.iter().any(|trace| {
            let path = store.source(trace.span.source).path.clone();
            trace.key == one.key && trace.deployment.as_deref().unwrap_or(&path) == one.home
        })
    };
    if finding.each.iter().any(is_new) {
        finding.each.retain(is_new);
    }
}

/// A file that can't be read may hide anything: that such a finding is left out is said.
fn notes(elsewhere: &[Finding], store: &Store) -> Vec<String> {
    let unread = elsewhere.iter().filter(|finding| is_unread(finding));
    let mut files: Vec<Arc<str>> = unread.map(|it| store.source(it.primary.span.source).path.clone()).collect();
    files.sort();
    files.dedup();
    let which = match files.as_slice() {
        [] => return Vec::new(),
        [file] => format!("`{file}`, which is not in the diff, could not be read as a whole: what it says"),
        [first, others @ ..] => {
            format!(
                "`{first}` and {} more that are not in the diff could not be read as a whole: what they say",
                others.len()
            )
        }
    };
    vec![format!("{which} is unknown, before the change and after it; a run without `--diff` tells more")]
}

/// Whether a finding says that a file, or a part of it, could not be read.
fn is_unread(finding: &Finding) -> bool {
    matches!(finding.rule, "ACR900" | "ACR901" | "ACR902")
}

/// Tells a finding at a place that is not in its story yet.
fn tell_at_new(finding: &mut Finding, label: Label) {
    finding.related.insert(0, label);
    finding.tell_at(0);
}
