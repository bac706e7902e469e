//! What every format's writer gets: a report whose words are safe to print, and answers about places and rules.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::snippet::{first_line, printable};
use super::veil::Veil;
use super::{Coverage, Format, Look, NotUnderstood, Pull, Report, RuleText, Step, Told};
use crate::finding::{Finding, Fix, Label, One};
use crate::source::{Place, Source, SourceId, Span, Store};

/// A run in the course of being told.
pub(super) struct Telling<'a> {
    /// The report; no word of it holds a secret.
    pub report: Report,
    /// What snippets must not show.
    pub veil: Veil,
    /// How it looks.
    pub look: &'a Look,
    rules: BTreeMap<&'static str, &'a RuleText>,
    store: &'a Store,
    for_people: bool,
}

impl<'a> Telling<'a> {
    /// Prepares a run for a format.
    pub(super) fn new(format: Format, told: &Told<'a>, rules: &'a [RuleText], look: &'a Look) -> Telling<'a> {
        let veil = Veil::new(told);
        let for_people = !matches!(format, Format::Json | Format::Sarif | Format::Gitlab);
        let words = |text: &str| {
            let text = veil.words(text);
            if for_people { printable(&text) } else { text.into_owned() }
        };
        let open = |text: &str| veil.words(text) == text;
        let report = reworded(told.report, &words, &open);
        let rules = rules.iter().map(|rule| (rule.id, rule)).collect();
        Telling { report, veil, look, rules, store: told.store, for_people }
    }

    /// The text of a source.
    pub(super) fn source(&self, id: SourceId) -> Arc<Source> {
        self.store.source(id)
    }

    /// The path of a source, relative to the root.
    pub(super) fn path(&self, id: SourceId) -> String {
        let path = &self.source(id).path;
        if self.for_people { printable(path).replace('\n', "\u{fffd}") } else { path.to_string() }
    }

    /// The findings that are told by one, each as it is known by itself.
    pub(super) fn each(&self, finding: &Finding) -> Vec<One> {
        if !finding.each.is_empty() {
            return finding.each.clone();
        }
        let home = finding.deployment.as_deref().map_or_else(|| self.path(finding.primary.span.source), str::to_owned);
        let (key, message) = (finding.key.clone(), finding.message.clone());
        vec![One { key, home, severity: finding.severity, message }]
    }

    /// Where a span lies.
    pub(super) fn place(&self, span: Span) -> Place {
        Place { path: self.path(span.source), ..self.source(span.source).place(span) }
    }

    /// Where the first line of a span lies.
    pub(super) fn line_place(&self, span: Span) -> Place {
        self.place(first_line(&self.source(span.source), span))
    }

    /// The rules by id.
    pub(super) fn rules(&self) -> impl Iterator<Item = &'a RuleText> {
        self.rules.values().copied()
    }

    /// The name of a rule; empty when the caller gave no text for it.
    pub(super) fn rule_name(&self, id: &str) -> &'static str {
        self.rules.get(id).map_or("", |rule| rule.name)
    }
}

/// A copy of a report with every sentence put through `words`.
fn reworded(report: &Report, words: &impl Fn(&str) -> String, open: &impl Fn(&str) -> bool) -> Report {
    Report {
        findings: report.findings.iter().map(|finding| reworded_finding(finding, words, open)).collect(),
        suppressed: report.suppressed,
        in_baseline: report.in_baseline,
        elsewhere: report.elsewhere,
        pulls: report.pulls.iter().map(|pull| reworded_pull(pull, words)).collect(),
        graph: report.graph.reworded(words),
        coverage: reworded_coverage(&report.coverage, words),
        today: report.today.clone(),
    }
}

fn reworded_finding(finding: &Finding, words: &impl Fn(&str) -> String, open: &impl Fn(&str) -> bool) -> Finding {
    let label = |label: &Label| Label { text: words(&label.text), ..*label };
    Finding {
        rule: finding.rule,
        severity: finding.severity,
        message: words(&finding.message),
        primary: label(&finding.primary),
        related: finding.related.iter().map(label).collect(),
        help: finding.help.as_deref().map(words),
        fix: finding.fix.as_ref().and_then(|fix| reworded_fix(fix, words, open)),
        key: words(&finding.key),
        deployment: finding.deployment.clone(),
        each: finding.each.iter().map(|one| reworded_one(one, words)).collect(),
        moved_from: finding.moved_from,
    }
}

fn reworded_one(one: &One, words: &impl Fn(&str) -> String) -> One {
    One { key: words(&one.key), home: words(&one.home), severity: one.severity, message: words(&one.message) }
}

/// A fix that would write a secret is none any more.
fn reworded_fix(fix: &Fix, words: &impl Fn(&str) -> String, open: &impl Fn(&str) -> bool) -> Option<Fix> {
    fix.edits.iter().all(|(_, by)| open(by)).then(|| Fix {
        title: words(&fix.title),
        edits: fix.edits.clone(),
        safe: fix.safe,
    })
}

fn reworded_pull(pull: &Pull, words: &impl Fn(&str) -> String) -> Pull {
    let step = |step: &Step| Step { text: words(&step.text), ..*step };
    Pull {
        image: pull.image.as_deref().map(words),
        workload: pull.workload.as_deref().map(words),
        cluster: pull.cluster.as_deref().map(words),
        registry: pull.registry.as_deref().map(words),
        parameters: pull.parameters.iter().map(|file| words(file)).collect(),
        steps: pull.steps.iter().map(step).collect(),
        ..*pull
    }
}

fn reworded_coverage(coverage: &Coverage, words: &impl Fn(&str) -> String) -> Coverage {
    let not_understood = |gap: &NotUnderstood| NotUnderstood { why: words(&gap.why), place: gap.place };
    Coverage {
        reasons: coverage.reasons.iter().map(|(why, times)| (words(why), *times)).collect(),
        not_understood: coverage.not_understood.iter().map(not_understood).collect(),
        ..*coverage
    }
}
