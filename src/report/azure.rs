//! Logging commands of Azure Pipelines: the agent shows them on the page of the run. It knows errors and warnings only,
//! so notes are told in the log alone.

use std::io;

use super::annotation::{Annotation, annotations, write_folded};
use super::closing;
use super::telling::Telling;
use crate::finding::Severity;

pub(super) fn write(telling: &Telling<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    for command in annotations(telling).iter().filter_map(command) {
        writeln!(out, "{command}")?;
    }
    write_folded(telling, "##[group]", "##[endgroup]", out)?;
    closing::write_line(telling, out)
}

fn command(annotation: &Annotation) -> Option<String> {
    let kind = match annotation.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => return None,
    };
    let place = annotation.place.as_ref().map(|place| {
        let (path, line, column) = (escaped(&place.path), place.start.line, place.start.chars);
        format!("sourcepath={path};linenumber={line};columnnumber={column};")
    });
    let place = place.unwrap_or_default();
    let code = annotation.rule.map(|rule| format!("code={rule};")).unwrap_or_default();
    // There is no field for a title; what is about no rule says all of it in its text.
    let title = annotation.rule.map(|_| format!("{}: ", annotation.title)).unwrap_or_default();
    Some(format!("##vso[task.logissue type={kind};{place}{code}]{}", escaped(&format!("{title}{}", annotation.text))))
}

/// The agent reads `%AZP25` as a percent sign, after it has read the others.
fn escaped(text: &str) -> String {
    let text = text.replace('%', "%AZP25").replace(';', "%3B").replace(']', "%5D");
    text.replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_escaped() {
        assert_eq!(escaped("100 %3B; [a]\r\nb"), "100 %AZP253B%3B [a%5D%0D%0Ab");
    }
}
