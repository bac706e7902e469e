//! What a build service shows beside the lines of a change: few notes of each kind, the loud ones first, those of one
//! line as one. GitHub's runner and the agent of Azure Pipelines keep the first ten of a kind for each step and say
//! nothing of the rest, so the last of the ten says how many more there are. The log has all of them.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io;

use super::closing;
use super::snippet::one_line;
use super::telling::Telling;
use crate::finding::{Finding, Severity};
use crate::source::{Place, SourceId};

/// So many annotations of a kind are kept for a step (`_maxCountPerIssueType` of github.com/actions/runner,
/// `_maxIssueCount` of github.com/microsoft/azure-pipelines-agent).
const MOST: usize = 10;

/// A longer message is cut by the runner, in characters (`_maxIssueMessageLength`, 4096); ours ends with a whole line.
const LONGEST: usize = 4_000;

/// One note beside a line.
pub(super) struct Annotation {
    /// How loud it is.
    pub severity: Severity,
    /// Where; none where it is about no file.
    pub place: Option<Place>,
    /// The rule, for formats that have a field for it.
    pub rule: Option<&'static str>,
    /// A few words.
    pub title: String,
    /// The message, the help, the story, and what else is found there; several lines.
    pub text: String,
}

/// The annotations of a report: errors, then warnings, then notes, no more than are kept of each.
pub(super) fn annotations(telling: &Telling<'_>) -> Vec<Annotation> {
    let mut annotations = Vec::new();
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        annotations.extend(of_kind(telling, severity));
    }
    annotations
}

fn of_kind(telling: &Telling<'_>, severity: Severity) -> Vec<Annotation> {
    let findings: Vec<&Finding> = telling.report.findings.iter().filter(|it| it.severity == severity).collect();
    let mut groups = folded(&findings, |finding| Spot::Line(finding.primary.span.source, line(telling, finding)));
    if groups.len() > MOST {
        // What one resource has on many lines takes one place of the ten.
        groups = folded(&findings, |finding| match resource(finding) {
            Some(resource) => Spot::Resource(finding.primary.span.source, finding.rule, resource),
            None => Spot::Line(finding.primary.span.source, line(telling, finding)),
        });
    }
    let kept = if groups.len() > MOST { MOST - 1 } else { groups.len() };
    let left: usize = groups.iter().skip(kept).map(Vec::len).sum();
    let mut annotations: Vec<Annotation> = groups.iter().take(kept).filter_map(|group| one(telling, group)).collect();
    if left > 0 {
        annotations.push(overflow(severity, left));
    }
    annotations
}

/// What makes findings one annotation.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Spot<'f> {
    /// A line of a file.
    Line(SourceId, usize),
    /// What one rule says of one resource in a file.
    Resource(SourceId, &'static str, &'f str),
}

/// Groups in the order of their first findings.
fn folded<'f>(findings: &[&'f Finding], spot: impl Fn(&'f Finding) -> Spot<'f>) -> Vec<Vec<&'f Finding>> {
    let mut places: BTreeMap<Spot<'f>, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    for &finding in findings {
        let next = groups.len();
        let at = *places.entry(spot(finding)).or_insert(next);
        match groups.get_mut(at) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups
}

fn line(telling: &Telling<'_>, finding: &Finding) -> usize {
    telling.source(finding.primary.span.source).line_of(finding.primary.span.start)
}

/// The address of the resource to change, which follows the rule in a finding's key.
fn resource(finding: &Finding) -> Option<&str> {
    let rest = finding.key.strip_prefix(finding.rule)?.strip_prefix(':')?;
    rest.split(':').next().filter(|address| !address.is_empty() && !finding.is_about_the_file())
}

fn one(telling: &Telling<'_>, group: &[&Finding]) -> Option<Annotation> {
    let (first, others) = group.split_first()?;
    let place = telling.line_place(first.primary.span);
    let more = if others.is_empty() { String::new() } else { format!(" and {} more", others.len()) };
    Some(Annotation {
        severity: first.severity,
        place: Some(place).filter(|place| !place.path.is_empty()),
        rule: Some(first.rule),
        title: format!("{}{more}", named(telling, first.rule)),
        text: cut(&lines(telling, first, others)),
    })
}

/// `ACR101 missing-pull-grant`.
pub(super) fn named(telling: &Telling<'_>, rule: &str) -> String {
    format!("{rule} {}", telling.rule_name(rule)).trim_end().to_owned()
}

fn lines(telling: &Telling<'_>, first: &Finding, others: &[&Finding]) -> Vec<String> {
    let mut lines = vec![one_line(&first.message)];
    lines.extend(
        first.help.iter().flat_map(|help| format!("help: {help}").lines().map(str::to_owned).collect::<Vec<_>>()),
    );
    lines.extend(first.related.iter().map(|label| {
        let place = telling.place(label.span);
        format!("{}:{}: {}", place.path, place.start.line, one_line(&label.text))
    }));
    lines.extend(others.iter().map(|finding| {
        let place = telling.place(finding.primary.span);
        let rule = named(telling, finding.rule);
        format!("also {rule} at {}:{}: {}", place.path, place.start.line, one_line(&finding.message))
    }));
    lines
}

/// As many whole lines as are kept, at least the beginning of the first.
fn cut(lines: &[String]) -> String {
    let (mut text, mut length) = (String::new(), 0);
    for line in lines {
        length += line.chars().count() + 1;
        if length > LONGEST {
            let room = LONGEST.saturating_sub(text.chars().count() + 2);
            let rest: String = if text.is_empty() { line.chars().take(room).collect() } else { "\n".to_owned() };
            return format!("{text}{rest}…");
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(line);
    }
    text
}

fn overflow(severity: Severity, left: usize) -> Annotation {
    let what = closing::number_of(left, &format!("more {}", severity.word()));
    let shown = format!("only {MOST} of a kind are shown here");
    Annotation {
        severity,
        place: None,
        rule: None,
        title: format!("acrlint: {what}"),
        text: format!("{what}: {shown}, the log of this step has all of them"),
    }
}

/// Writes the log between the lines that fold it away; nothing where there is nothing to tell.
pub(super) fn write_folded(telling: &Telling<'_>, open: &str, close: &str, out: &mut dyn io::Write) -> io::Result<()> {
    let mut log = Vec::new();
    write_log(telling, &mut log)?;
    if log.is_empty() {
        return Ok(());
    }
    writeln!(out, "{open}acrlint: {}", closing::number_of(telling.report.findings.len(), "finding"))?;
    out.write_all(&log)?;
    writeln!(out, "{close}")
}

/// Writes a line for each finding, loud ones first. No line begins with a word of a file: what stands at the beginning
/// of a line may be read as a command.
fn write_log(telling: &Telling<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut findings: Vec<&Finding> = telling.report.findings.iter().collect();
    findings.sort_by_key(|finding| Reverse(finding.severity));
    for finding in findings {
        let place = telling.place(finding.primary.span);
        let (level, message) = (finding.severity.word(), one_line(&finding.message));
        let (path, line, column) = (&place.path, place.start.line, place.start.chars);
        writeln!(out, "{level}[{}] {path}:{line}:{column}: {message}", finding.rule)?;
    }
    for gap in closing::gaps(telling) {
        writeln!(out, "- {gap}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_end_with_a_whole_line() {
        let lines = |lines: &[&str]| cut(&lines.iter().map(|&line| line.to_owned()).collect::<Vec<_>>());
        assert_eq!(lines(&["a", "b"]), "a\nb");
        let long = "x".repeat(LONGEST - 2);
        assert_eq!(lines(&[&long, "second"]), format!("{long}\n…"));
        let cut = lines(&["ü".repeat(2 * LONGEST).as_str()]);
        assert!(cut.chars().count() <= LONGEST && cut.ends_with("ü…"));
    }
}
