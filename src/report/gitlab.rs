//! A code quality report, as GitLab shows it beside a merge request: an array of issues. GitLab keeps one of each
//! fingerprint in the whole report and stops reading at the first issue that its schema refuses.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::annotation::named;
use super::snippet::one_line;
use super::telling::Telling;
use crate::finding::{Finding, Severity};

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

pub(super) fn write(telling: &Telling<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut seen = BTreeMap::new();
    let issues: Vec<Issue> = telling.report.findings.iter().map(|finding| issue(telling, finding, &mut seen)).collect();
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    writeln!(out)
}

fn issue<'t>(telling: &Telling<'_>, finding: &'t Finding, seen: &mut BTreeMap<&'t str, usize>) -> Issue {
    let times = seen.entry(&finding.key).or_default();
    *times += 1;
    let place = telling.line_place(finding.primary.span);
    Issue {
        description: format!("{} ({})", one_line(&finding.message), named(telling, finding.rule)),
        check_name: finding.rule,
        fingerprint: fingerprint(&finding.key, *times),
        severity: match finding.severity {
            Severity::Error => "critical",
            Severity::Warning => "major",
            Severity::Note => "info",
        },
        location: Location {
            path: if place.path.is_empty() { ".".to_owned() } else { place.path },
            lines: Lines { begin: place.start.line, end: place.end.line },
        },
    }
}

/// The same finding keeps its fingerprint when lines move; equal keys are told apart by their order.
fn fingerprint(key: &str, times: usize) -> String {
    let hash = Sha256::digest(format!("{key}\n{times}"));
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    #[test]
    fn fingerprints_are_of_the_key_and_its_order() {
        assert_eq!(fingerprint("ACR101:a", 1), fingerprint("ACR101:a", 1));
        assert_ne!(fingerprint("ACR101:a", 1), fingerprint("ACR101:a", 2));
        assert!(fingerprint("", 1).len() == 64 && fingerprint("", 1).bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
}
