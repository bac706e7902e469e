//! One line for each finding, as compilers write them, and the closing line.

use std::io;

use super::closing;
use super::look::Ink;
use super::snippet::one_line;
use super::telling::Telling;
use crate::finding::{Finding, Severity};

pub(super) fn write(telling: &Telling<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    for finding in &telling.report.findings {
        writeln!(out, "{}", line(telling, finding))?;
    }
    for gap in closing::gaps(telling) {
        writeln!(out, "{gap}")?;
    }
    closing::write_line(telling, out)
}

fn line(telling: &Telling<'_>, finding: &Finding) -> String {
    let ink = match finding.severity {
        Severity::Error => Ink::Red,
        Severity::Warning => Ink::Yellow,
        Severity::Note => Ink::Cyan,
    };
    let place = telling.place(finding.primary.span);
    let level = telling.look.paint(ink, &format!("{}[{}]", finding.severity.word(), finding.rule));
    format!("{}:{}:{}: {level} {}", place.path, place.start.line, place.start.chars, one_line(&finding.message))
}
