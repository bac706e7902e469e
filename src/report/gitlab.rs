//! A code quality report, as GitLab shows it beside a merge request: an array of issues. GitLab keeps one of each
//! fingerprint in the whole report and stops reading at the first issue that its schema refuses. It compares fingerprints
//! with those of the target branch, so what other formats tell as one is an issue for each thing that is wrong.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::annotation::named;
use super::snippet::one_line;
use super::telling::Telling;
use crate::finding::{Finding, One, Severity};
use crate::inert;

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
    let findings = telling.report.findings.iter();
    let each = findings.flat_map(|finding| telling.each(finding).into_iter().map(move |one| (finding, one)));
    let issues: Vec<Issue> = each.map(|(finding, one)| issue(telling, finding, one, &mut seen)).collect();
    writeln!(out, "{}", inert::pretty(&issues)?)
}

/// How often the same is wrong in the same home.
type Times = BTreeMap<(String, String), usize>;

fn issue(telling: &Telling<'_>, finding: &Finding, one: One, seen: &mut Times) -> Issue {
    let fingerprint = fingerprint(&one.key, &one.home, seen);
    let place = telling.line_place(finding.primary.span);
    Issue {
        description: format!("{} ({})", one_line(&one.message), named(telling, finding.rule)),
        check_name: finding.rule,
        fingerprint,
        severity: match one.severity {
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

/// The same finding keeps its fingerprint when lines move and when others come and go; equal ones of one home are told
/// apart by their order.
fn fingerprint(key: &str, home: &str, seen: &mut Times) -> String {
    let times = seen.entry((key.to_owned(), home.to_owned())).or_default();
    *times += 1;
    let hash = Sha256::digest(format!("{key}\n{home}\n{times}"));
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::{Times, fingerprint};

    #[test]
    fn fingerprints_are_of_the_key_and_its_home_and_the_order_there() {
        let prints = |all: &[(&str, &str)]| {
            let mut seen = Times::new();
            all.iter().map(|(key, home)| fingerprint(key, home, &mut seen)).collect::<Vec<_>>()
        };
        let both = prints(&[("ACR101:a", "dev"), ("ACR101:a", "prod"), ("ACR101:a", "prod")]);
        assert!(both[0] != both[1] && both[1] != both[2] && both[0] != both[2]);
        assert_eq!(prints(&[("ACR101:a", "prod"), ("ACR101:a", "prod")]), both[1..]);
        assert!(both.iter().all(|one| one.len() == 64 && one.bytes().all(|byte| byte.is_ascii_hexdigit())));
    }
}
