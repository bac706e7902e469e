//! SARIF 2.1.0 as code scanning reads it: one run, every rule listed, one-line regions, fingerprints, the story as
//! related locations and as a code flow, and what was not understood as notifications.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io;

use sarif_rust::types::{CodeFlow, ColumnKind, ThreadFlow, ThreadFlowLocation, ThreadFlowLocationImportance};
use sarif_rust::{
    Invocation, Level, Location, Message, MultiformatMessage, Notification, NotificationLevel, ReportingDescriptor,
    ReportingDescriptorReference, Result as SarifResult, Run, SarifLog, Tool, ToolComponent,
};
use serde_json::Value;

use super::line_hash::line_hashes;
use super::sarif_fix;
use super::sarif_location::{bare_location, location, number, told_location};
use super::sarif_rules::{descriptor, sentence};
use super::snippet::{first_line, one_line};
use super::telling::Telling;
use crate::finding::{Finding, Label, Severity};
use crate::inert;
use crate::source::{SourceId, Span};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
const REPOSITORY: &str = "https://github.com/acrlint/acrlint";
const NOT_UNDERSTOOD: &str = "not-understood";

/// More notifications than this tell nobody more; the last one says how many there are.
const MOST_NOTIFICATIONS: usize = 500;

/// Code scanning refuses a run with more results. Of these it keeps the loudest 5,000.
const MOST_RESULTS: usize = 25_000;

/// Code scanning keeps so many locations of a result.
const MOST_LOCATIONS: usize = 100;

pub(super) fn write(telling: &Telling<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut log = SarifLog::new("2.1.0");
    log.schema = Some(SCHEMA.to_owned());
    log.runs = vec![run(telling)];
    let log = tidy(serde_json::to_value(&log)?);
    writeln!(out, "{}", inert::pretty(&log)?)
}

fn run(telling: &Telling<'_>) -> Run {
    let indexes: BTreeMap<&str, usize> = telling.rules().enumerate().map(|(at, rule)| (rule.id, at)).collect();
    let mut hashes = BTreeMap::new();
    let mut result = |finding: &Finding| result(telling, finding, &indexes, &mut hashes);
    let mut run = Run::new(Tool { driver: driver(telling), extensions: None, properties: None });
    run.results = Some(loudest(&telling.report.findings, MOST_RESULTS).into_iter().map(&mut result).collect());
    run.invocations = Some(vec![invocation(telling)]);
    run.column_kind = Some(ColumnKind::Utf16CodeUnits);
    run
}

/// The findings, or the loudest of them, in their order.
fn loudest(findings: &[Finding], most: usize) -> Vec<&Finding> {
    let mut chosen: Vec<(usize, &Finding)> = findings.iter().enumerate().collect();
    if chosen.len() > most {
        chosen.sort_by_key(|(_, finding)| Reverse(finding.severity));
        chosen.truncate(most);
        chosen.sort_by_key(|&(at, _)| at);
    }
    chosen.into_iter().map(|(_, finding)| finding).collect()
}

fn driver(telling: &Telling<'_>) -> ToolComponent {
    let mut driver = ToolComponent::new("acrlint");
    driver.organization = Some("acrlint".to_owned());
    driver.information_uri = Some(REPOSITORY.to_owned());
    driver.version = Some(env!("CARGO_PKG_VERSION").to_owned());
    driver.semantic_version = Some(env!("CARGO_PKG_VERSION").to_owned());
    driver.rules = Some(telling.rules().map(descriptor).collect());
    driver.notifications = Some(vec![gap_descriptor()]);
    driver
}

/// What a notification about something that was not understood is; code scanning wants it as complete as a rule.
fn gap_descriptor() -> ReportingDescriptor {
    let what = "acrlint does not understand a construct, so what depends on it is unknown.";
    let help = "Nothing is reported on unknown values. `acrlint pulls` says for each pull what could not be known.";
    let mut gap = ReportingDescriptor::new(NOT_UNDERSTOOD);
    gap.name = Some("NotUnderstood".to_owned());
    gap.short_description = Some(MultiformatMessage::new("Not understood."));
    gap.full_description = Some(MultiformatMessage::new(what));
    gap.help_uri = Some(format!("{REPOSITORY}/blob/main/docs/unknown.md"));
    gap.help = Some(MultiformatMessage::new(help));
    gap
}

/// The fingerprints of the lines of files that findings point at.
type Hashes = BTreeMap<SourceId, Vec<String>>;

fn result(
    telling: &Telling<'_>,
    finding: &Finding,
    indexes: &BTreeMap<&str, usize>,
    hashes: &mut Hashes,
) -> SarifResult {
    let story: Vec<&Label> = finding.related.iter().take(MOST_LOCATIONS).collect();
    let mut result = SarifResult::new(Message::new(message(finding, &story)));
    result.rule_id = Some(finding.rule.to_owned());
    result.rule_index = indexes.get(finding.rule).map(|&index| number(index));
    result.level = Some(level(finding.severity));
    let place = if finding.is_about_the_file() { bare_location } else { location };
    result.locations = Some(vec![place(telling, finding.primary.span)]);
    result.partial_fingerprints = Some(fingerprints(telling, finding, hashes).into_iter().collect());
    result.fixes = finding.fix.as_ref().map(|fix| vec![sarif_fix::fix(telling, fix)]);
    if !story.is_empty() {
        result.related_locations = Some(related(telling, &story));
        result.code_flows = Some(vec![code_flow(telling, finding, &story)]);
    }
    result
}

fn level(severity: Severity) -> Level {
    match severity {
        Severity::Note => Level::Note,
        Severity::Warning => Level::Warning,
        Severity::Error => Level::Error,
    }
}

/// The first sentence becomes the alert's title; then the change to make, then links to the related locations.
fn message(finding: &Finding, story: &[&Label]) -> String {
    let mut message = sentence(&one_line(&finding.message));
    if let Some(help) = &finding.help {
        message.push_str("\nTo fix it: ");
        message.push_str(&sentence(help));
    }
    if !story.is_empty() {
        let links = story.iter().enumerate().map(|(at, label)| format!("[{}]({})", link_text(&label.text), at + 1));
        message.push_str("\nHow it comes about: ");
        message.push_str(&links.collect::<Vec<_>>().join(", "));
        message.push('.');
    }
    message
}

/// Brackets inside a link's text are escaped, as the format wants it.
fn link_text(text: &str) -> String {
    one_line(text).replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

fn fingerprints(telling: &Telling<'_>, finding: &Finding, hashes: &mut Hashes) -> Vec<(String, String)> {
    let span = finding.primary.span;
    let source = telling.source(span.source);
    let line = source.line_of(first_line(&source, span).start);
    if source.is_elsewhere() {
        return vec![("acrlint/v1".to_owned(), finding.key.clone())];
    }
    let of_file = hashes.entry(span.source).or_insert_with(|| line_hashes(&source.text));
    let hash = of_file.get(line - 1).or(of_file.last()).cloned();
    let line = hash.map(|hash| ("primaryLocationLineHash".to_owned(), hash));
    line.into_iter().chain([("acrlint/v1".to_owned(), finding.key.clone())]).collect()
}

fn related(telling: &Telling<'_>, story: &[&Label]) -> Vec<Location> {
    let told = |(at, label): (usize, &&Label)| {
        told_location(telling, label.span, Some(at + 1), &sentence(&one_line(&label.text)))
    };
    story.iter().enumerate().map(told).collect()
}

/// The story in telling order, and at its end the place to change.
fn code_flow(telling: &Telling<'_>, finding: &Finding, story: &[&Label]) -> CodeFlow {
    let primary = if finding.primary.text.is_empty() { &finding.message } else { &finding.primary.text };
    let steps = story.iter().map(|label| flow_step(telling, label.span, &label.text, false));
    let steps = steps.chain([flow_step(telling, finding.primary.span, primary, true)]).collect();
    let flow = ThreadFlow {
        id: None,
        message: None,
        initial_state: None,
        immutable_state: None,
        locations: steps,
        properties: None,
    };
    CodeFlow { message: None, thread_flows: vec![flow], properties: None }
}

fn flow_step(telling: &Telling<'_>, span: Span, text: &str, essential: bool) -> ThreadFlowLocation {
    use ThreadFlowLocationImportance::{Essential, Important};
    ThreadFlowLocation {
        index: None,
        location: Some(told_location(telling, span, None, &sentence(&one_line(text)))),
        stack: None,
        kinds: None,
        taxa: None,
        module: None,
        state: None,
        execution_order: None,
        execution_time_utc: None,
        importance: Some(if essential { Essential } else { Important }),
        web_request: None,
        web_response: None,
        properties: None,
    }
}

fn invocation(telling: &Telling<'_>) -> Invocation {
    let gaps = &telling.report.coverage.not_understood;
    let shown = if gaps.len() > MOST_NOTIFICATIONS { MOST_NOTIFICATIONS - 1 } else { gaps.len() };
    let told = gaps.iter().take(shown);
    let mut notifications: Vec<Notification> =
        told.map(|gap| notification(&gap.why, vec![bare_location(telling, gap.place)])).collect();
    if gaps.len() > shown {
        let rest = format!("{} more constructs were not understood", gaps.len() - shown);
        notifications.push(notification(&rest, Vec::new()));
    }
    let left = telling.report.findings.len().saturating_sub(MOST_RESULTS);
    notifications.extend((left > 0).then(|| results_left_out(left)));
    let mut invocation = Invocation::new();
    invocation.execution_successful = Some(true);
    invocation.tool_execution_notifications = Some(notifications);
    invocation
}

fn results_left_out(left: usize) -> Notification {
    let why = format!("{left} more findings are not in this file: code scanning takes {MOST_RESULTS} at most");
    Notification { level: Some(NotificationLevel::Warning), descriptor: None, ..notification(&why, Vec::new()) }
}

fn notification(why: &str, locations: Vec<Location>) -> Notification {
    let descriptor = ReportingDescriptorReference {
        id: Some(NOT_UNDERSTOOD.to_owned()),
        index: Some(0),
        guid: None,
        tool_component: None,
        properties: None,
    };
    Notification {
        locations: Some(locations).filter(|locations| !locations.is_empty()),
        message: Message::new(sentence(&one_line(why))),
        level: Some(NotificationLevel::Note),
        thread_id: None,
        time_utc: None,
        exception: None,
        descriptor: Some(descriptor),
        associated_rule: None,
        properties: None,
    }
}

/// Drops the nulls that stand for absent fields, and sorts the maps whose order is random at every run.
fn tidy(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(tidy).collect(),
        Value::Object(map) => {
            let kept = map.into_iter().filter(|(_, value)| !value.is_null());
            kept.map(
                |(key, value)| if key == "partialFingerprints" { (key, sorted(value)) } else { (key, tidy(value)) },
            )
            .collect()
        }
        other => other,
    }
}

fn sorted(value: Value) -> Value {
    let Value::Object(map) = value else { return value };
    let mut entries: Vec<(String, Value)> = map.into_iter().collect();
    entries.sort_by(|(a, _), (b, _)| a.cmp(b));
    Value::Object(entries.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loudest_stay_and_keep_their_order() {
        let finding = |severity, start| Finding {
            rule: "ACR101",
            severity,
            message: String::new(),
            primary: Label::new(Span::new(SourceId(0), start, start), ""),
            related: Vec::new(),
            help: None,
            fix: None,
            key: String::new(),
            deployment: None,
            each: Vec::new(),
            moved_from: None,
        };
        let findings = [
            finding(Severity::Note, 0),
            finding(Severity::Error, 1),
            finding(Severity::Warning, 2),
            finding(Severity::Error, 3),
        ];
        let starts = |most| loudest(&findings, most).iter().map(|it| it.primary.span.start).collect::<Vec<_>>();
        assert_eq!(starts(4), [0, 1, 2, 3]);
        assert_eq!(starts(3), [1, 2, 3]);
        assert_eq!(starts(2), [1, 3]);
    }
}
