//! `acrlint/1`: everything that a run found out, for programs. `testdata/schema/acrlint-1.schema.json` describes it.

use std::io;

use serde::Serialize;

use super::telling::Telling;
use super::{Coverage, Pull, Step};
use crate::finding::{Finding, Fix, Label};
use crate::inert;
use crate::source::Span;

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    today: String,
    findings: Vec<JsonFinding>,
    suppressed: usize,
    in_baseline: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    elsewhere: Option<usize>,
    pulls: Vec<JsonPull>,
    coverage: JsonCoverage,
}

#[derive(Serialize)]
struct JsonFinding {
    rule: &'static str,
    name: &'static str,
    severity: &'static str,
    message: String,
    help: Option<String>,
    fix: Option<JsonFix>,
    #[serde(flatten)]
    region: Region,
    related: Vec<Related>,
    key: String,
}

#[derive(Serialize)]
struct JsonFix {
    title: String,
    safe: bool,
    edits: Vec<JsonEdit>,
}

#[derive(Serialize)]
struct JsonEdit {
    #[serde(flatten)]
    region: Region,
    text: String,
}

/// Lines and columns from 1; columns in code points, the end exclusive.
#[derive(Serialize)]
struct Region {
    file: String,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
struct Related {
    text: String,
    #[serde(flatten)]
    region: Region,
}

#[derive(Serialize)]
struct JsonPull {
    image: Option<String>,
    workload: Option<String>,
    file: String,
    line: usize,
    cluster: Option<String>,
    registry: Option<String>,
    parameters: Vec<String>,
    verdict: &'static str,
    steps: Vec<JsonStep>,
}

#[derive(Serialize)]
struct JsonStep {
    name: &'static str,
    verdict: &'static str,
    text: String,
    file: Option<String>,
    line: Option<usize>,
}

#[derive(Serialize)]
struct JsonCoverage {
    files: usize,
    inputs: usize,
    deployments: usize,
    resources: usize,
    join_values: usize,
    join_values_unknown: usize,
    reasons: Vec<Reason>,
    not_understood: Vec<Gap>,
}

#[derive(Serialize)]
struct Reason {
    why: String,
    count: usize,
}

#[derive(Serialize)]
struct Gap {
    why: String,
    file: String,
    line: usize,
    column: usize,
}

pub(super) fn write(telling: &Telling<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let report = &telling.report;
    let document = Document {
        schema: "acrlint/1",
        today: report.today.clone(),
        findings: report.findings.iter().map(|finding| json_finding(telling, finding)).collect(),
        suppressed: report.suppressed,
        in_baseline: report.in_baseline,
        elsewhere: report.elsewhere,
        pulls: report.pulls.iter().map(|pull| json_pull(telling, pull)).collect(),
        coverage: json_coverage(telling, &report.coverage),
    };
    writeln!(out, "{}", inert::pretty(&document)?)
}

fn json_finding(telling: &Telling<'_>, finding: &Finding) -> JsonFinding {
    JsonFinding {
        rule: finding.rule,
        name: telling.rule_name(finding.rule),
        severity: finding.severity.word(),
        message: finding.message.clone(),
        help: finding.help.clone(),
        fix: finding.fix.as_ref().map(|fix| json_fix(telling, fix)),
        region: region(telling, finding.primary.span),
        related: finding.related.iter().map(|label| related(telling, label)).collect(),
        key: finding.key.clone(),
    }
}

fn json_fix(telling: &Telling<'_>, fix: &Fix) -> JsonFix {
    let edit = |(span, text): &(Span, String)| JsonEdit { region: region(telling, *span), text: text.clone() };
    JsonFix { title: fix.title.clone(), safe: fix.safe, edits: fix.edits.iter().map(edit).collect() }
}

fn related(telling: &Telling<'_>, label: &Label) -> Related {
    Related { text: label.text.clone(), region: region(telling, label.span) }
}

fn region(telling: &Telling<'_>, span: Span) -> Region {
    let place = telling.place(span);
    Region {
        file: place.path,
        line: place.start.line,
        column: place.start.chars,
        end_line: place.end.line,
        end_column: place.end.chars,
    }
}

fn json_pull(telling: &Telling<'_>, pull: &Pull) -> JsonPull {
    let place = telling.place(pull.place);
    JsonPull {
        image: pull.image.clone(),
        workload: pull.workload.clone(),
        file: place.path,
        line: place.start.line,
        cluster: pull.cluster.clone(),
        registry: pull.registry.clone(),
        parameters: pull.parameters.clone(),
        verdict: pull.verdict.word(),
        steps: pull.steps.iter().map(|step| json_step(telling, step)).collect(),
    }
}

fn json_step(telling: &Telling<'_>, step: &Step) -> JsonStep {
    let place = step.place.map(|span| telling.place(span));
    JsonStep {
        name: step.name,
        verdict: step.verdict.word(),
        text: step.text.clone(),
        line: place.as_ref().map(|place| place.start.line),
        file: place.map(|place| place.path),
    }
}

fn json_coverage(telling: &Telling<'_>, coverage: &Coverage) -> JsonCoverage {
    let gap = |gap: &super::NotUnderstood| {
        let place = telling.place(gap.place);
        Gap { why: gap.why.clone(), file: place.path, line: place.start.line, column: place.start.chars }
    };
    JsonCoverage {
        files: coverage.files,
        inputs: coverage.inputs,
        deployments: coverage.deployments,
        resources: coverage.resources,
        join_values: coverage.join_values,
        join_values_unknown: coverage.join_values_unknown,
        reasons: coverage.reasons.iter().map(|(why, count)| Reason { why: why.clone(), count: *count }).collect(),
        not_understood: coverage.not_understood.iter().map(gap).collect(),
    }
}
