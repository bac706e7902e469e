//! Workflow commands of GitHub Actions: the runner turns each into an annotation. The log that follows has every finding,
//! also those for which there is no annotation.

use std::io;

use super::annotation::{Annotation, annotations, write_folded};
use super::closing;
use super::telling::Telling;
use crate::finding::Severity;

pub(super) fn write(telling: &Telling<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    for annotation in annotations(telling) {
        writeln!(out, "{}", command(&annotation))?;
    }
    write_folded(telling, "::group::", "::endgroup::", out)?;
    closing::write_line(telling, out)
}

fn command(annotation: &Annotation) -> String {
    let word = match annotation.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    // Columns of an annotation are read only when it begins and ends on the same line.
    let place = annotation.place.as_ref().map(|place| {
        let (start, end) = (place.start, place.end);
        format!(
            "file={},line={},endLine={},col={},endColumn={},",
            property(&place.path),
            start.line,
            end.line,
            start.chars,
            end.chars
        )
    });
    let place = place.unwrap_or_default();
    format!("::{word} {place}title={}::{}", property(&annotation.title), data(&annotation.text))
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
