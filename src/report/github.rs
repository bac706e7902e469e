//! Workflow commands of GitHub Actions: the runner turns each into an annotation. It keeps the first ten of a kind for
//! each step, so the loud ones come first.

use std::io;

use super::closing;
use super::snippet::one_line;
use super::telling::Telling;
use crate::finding::{Finding, Severity};

pub(super) fn write(telling: &Telling<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut findings: Vec<&Finding> = telling.report.findings.iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    for finding in findings {
        writeln!(out, "{}", command(telling, finding))?;
    }
    closing::write_line(telling, out)
}

fn command(telling: &Telling<'_>, finding: &Finding) -> String {
    let word = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    // Columns of an annotation are read only when it begins and ends on the same line.
    let place = telling.line_place(finding.primary.span);
    let title = format!("{} {}", finding.rule, telling.rule_name(finding.rule));
    format!(
        "::{word} file={},line={},endLine={},col={},endColumn={},title={}::{}",
        property(&place.path),
        place.start.line,
        place.end.line,
        place.start.chars,
        place.end.chars,
        property(title.trim_end()),
        data(&message(telling, finding)),
    )
}

/// The message, the help and the story, a line each.
fn message(telling: &Telling<'_>, finding: &Finding) -> String {
    let mut lines = vec![one_line(&finding.message)];
    lines.extend(finding.help.as_deref().map(|help| format!("help: {help}")));
    for label in &finding.related {
        let place = telling.place(label.span);
        lines.push(format!("{}:{}: {}", place.path, place.start.line, one_line(&label.text)));
    }
    lines.join("\n")
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_escaped() {
        assert_eq!(data("100 %: a,\r\nb"), "100 %25: a,%0D%0Ab");
        assert_eq!(property("a:b,c%\n"), "a%3Ab%2Cc%25%0A");
    }
}
