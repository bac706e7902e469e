//! The closing words: how the pulls stand, how many findings there are, what was not understood.

use std::io;

use super::Verdict;
use super::look::Ink;
use super::snippet::one_line;
use super::telling::Telling;
use crate::finding::Severity;

/// How many reasons the closing words name.
const REASONS: usize = 3;

/// The closing words, one thought a line; a single line when nothing was found.
pub(super) fn lines(telling: &Telling<'_>) -> Vec<String> {
    if telling.look.quiet {
        return Vec::new();
    }
    if telling.report.findings.is_empty() {
        return vec![line(telling)];
    }
    let parts = [Some(findings(telling)), fixable(telling), Some(pulls(telling)), not_understood(telling)];
    parts.into_iter().flatten().collect()
}

/// Writes the closing words on one line, unless nobody wants them.
pub(super) fn write_line(telling: &Telling<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    if telling.look.quiet { Ok(()) } else { writeln!(out, "{}", line(telling)) }
}

fn line(telling: &Telling<'_>) -> String {
    let gaps = telling.report.coverage.not_understood.len();
    let gaps = (gaps > 0).then(|| format!("not understood: {gaps} (-v lists them)"));
    let parts = [Some(findings(telling)), fixable(telling), Some(pulls(telling)), gaps];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Everything that was not understood, for those who ask.
pub(super) fn gaps(telling: &Telling<'_>) -> Vec<String> {
    if !telling.look.verbose {
        return Vec::new();
    }
    let gap = |gap: &super::NotUnderstood| {
        let place = telling.place(gap.place);
        format!("{}:{}:{}: not understood: {}", place.path, place.start.line, place.start.chars, one_line(&gap.why))
    };
    telling.report.coverage.not_understood.iter().map(gap).collect()
}

pub(super) fn findings(telling: &Telling<'_>) -> String {
    let count = |severity| telling.report.findings.iter().filter(|finding| finding.severity == severity).count();
    let inks = [(Severity::Error, Ink::Red), (Severity::Warning, Ink::Yellow), (Severity::Note, Ink::Cyan)];
    let counted = inks.map(|(severity, ink)| (count(severity), severity.word(), ink));
    let mut parts: Vec<String> = counted
        .into_iter()
        .filter(|&(number, ..)| number > 0)
        .map(|(number, word, ink)| telling.look.paint(ink, &number_of(number, word)))
        .collect();
    if parts.is_empty() {
        parts.push("none".to_owned());
    }
    if telling.report.suppressed > 0 {
        parts.push(format!("{} suppressed", telling.report.suppressed));
    }
    if telling.report.in_baseline > 0 {
        parts.push(format!("{} in the baseline", telling.report.in_baseline));
    }
    if let Some(number) = telling.report.elsewhere.filter(|&number| number > 0) {
        parts.push(format!("{number} elsewhere, not by this change"));
    }
    format!("findings: {}", parts.join(" · "))
}

/// `3 fixable with --fix`, and how many more with fixes that have to be looked at.
fn fixable(telling: &Telling<'_>) -> Option<String> {
    let fixes = || telling.report.findings.iter().filter_map(|finding| finding.fix.as_ref());
    let safe = fixes().filter(|fix| fix.safe).count();
    let others = fixes().count() - safe;
    match (safe, others) {
        (0, 0) => None,
        (_, 0) => Some(format!("{safe} fixable with --fix")),
        (0, _) => Some(format!("{others} fixable with --fix --unsafe-fixes")),
        _ => Some(format!("{safe} fixable with --fix, {others} more with --unsafe-fixes")),
    }
}

/// `pulls: 9 fine · 2 broken · 3 unknown`, or what was read when no pull was found.
fn pulls(telling: &Telling<'_>) -> String {
    let pulls = &telling.report.pulls;
    if pulls.is_empty() {
        return nothing_to_pull(telling);
    }
    let count = |verdict| pulls.iter().filter(|pull| pull.verdict == verdict).count();
    let inks = [(Verdict::Fine, Ink::Green), (Verdict::Broken, Ink::Red), (Verdict::Unknown, Ink::Yellow)];
    let counted = inks.map(|(verdict, ink)| (count(verdict), verdict.word(), ink));
    let parts = counted.into_iter().filter(|&(number, ..)| number > 0);
    let parts: Vec<String> =
        parts.map(|(number, word, ink)| telling.look.paint(ink, &format!("{number} {word}"))).collect();
    format!("pulls: {}", parts.join(" · "))
}

pub(super) fn nothing_to_pull(telling: &Telling<'_>) -> String {
    let coverage = &telling.report.coverage;
    let files = number_of(coverage.files, "file");
    let failed = telling.report.findings.iter().any(crate::finding::Finding::is_about_the_file);
    if coverage.inputs == 0 && !failed {
        return format!("no inputs found in {files}");
    }
    let resources = number_of(coverage.resources, "resource");
    format!("pulls: none found ({files} read, {} understood, {resources})", coverage.inputs)
}

/// How much stayed in the dark, and why mostly.
pub(super) fn not_understood(telling: &Telling<'_>) -> Option<String> {
    let coverage = &telling.report.coverage;
    let gaps = coverage.not_understood.len();
    let places = (gaps > 0).then(|| format!("not understood: {} (-v lists them)", number_of(gaps, "place")));
    let unknown = (coverage.join_values_unknown > 0).then(|| {
        let reasons = coverage.reasons.iter().take(REASONS).map(|(why, times)| format!("{} ({times})", one_line(why)));
        let reasons: Vec<String> = reasons.collect();
        let mostly = if reasons.is_empty() { String::new() } else { format!(": {}", reasons.join(", ")) };
        format!(
            "unknown: {} of {}{mostly}",
            coverage.join_values_unknown,
            number_of(coverage.join_values, "deciding value")
        )
    });
    let parts: Vec<String> = [places, unknown].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// `3 errors`, `1 error`.
pub(super) fn number_of(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}
