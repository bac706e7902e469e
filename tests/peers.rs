//! Eighteen small repositories that were shown to other tools as well (the table in the README): sixteen with a cause that
//! keeps an image from being pulled, and two in which nothing is wrong.

// A test that can't read its own folder has failed.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::Path;

use acrlint::finding::Severity;
use acrlint::report::Verdict;
use acrlint::{Linted, Outlook, lint};

/// Each folder with the rule that has to name its cause and what that is worth, and the others that may speak of it.
const CAUSES: [(&str, &[&str], Severity); 16] = [
    ("01-controlplane-identity", &["ACR102"], Severity::Error),
    ("02-no-assignment", &["ACR101"], Severity::Error),
    ("03-wrong-scope", &["ACR108", "ACR101"], Severity::Error),
    ("04-missing-pull-secret", &["ACR202"], Severity::Note),
    ("05-secret-other-namespace", &["ACR201"], Severity::Error),
    ("06-malformed-dockerconfigjson", &["ACR204"], Severity::Error),
    ("07-public-off-no-pe", &["ACR301"], Severity::Error),
    ("08-firewall-without-aks-ip", &["ACR302"], Severity::Warning),
    ("09-dns-zone-not-linked", &["ACR303"], Severity::Error),
    ("10-basic-sku-network-rules", &["ACR310"], Severity::Error),
    ("11-cluster-without-identity", &["ACR401"], Severity::Warning),
    ("12-admin-disabled-creds-used", &["ACR501"], Severity::Error),
    ("13-region-mismatch", &["ACR601"], Severity::Note),
    ("14-login-server-typo", &["ACR702"], Severity::Warning),
    ("15-expired-token", &["ACR210"], Severity::Error),
    ("16-abac-mode-acrpull", &["ACR105"], Severity::Warning),
];
const CONTROLS: [&str; 2] = ["17-control-tf-ok", "18-control-bicep-ok"];

fn files(folder: &Path, prefix: &str, found: &mut Vec<(String, Vec<u8>)>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        match entry.path().is_dir() {
            true => files(&entry.path(), &format!("{name}/"), found),
            false => found.push((name, std::fs::read(entry.path()).unwrap())),
        }
    }
}

fn run(name: &str) -> Linted {
    let mut found = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/peers").join(name), "", &mut found);
    lint(found, &Outlook { today: jiff::civil::date(2026, 1, 31), ..Outlook::default() })
}

#[test]
fn each_cause_is_named() {
    let mut silent = Vec::new();
    for (name, rules, severity) in CAUSES {
        let findings = run(name).report.findings;
        if !findings.iter().any(|found| rules.first() == Some(&found.rule) && found.severity == severity) {
            let said: BTreeSet<(&str, Severity)> = findings.iter().map(|found| (found.rule, found.severity)).collect();
            silent.push(format!("{name}: {rules:?} is not among {said:?}"));
        }
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

#[test]
fn no_other_cause_is_made_up() {
    for (name, rules, _) in CAUSES {
        let report = run(name).report;
        let other = report.findings.iter().find(|it| it.severity == Severity::Error && !rules.contains(&it.rule));
        assert_eq!(other.map(|it| (it.rule, &it.message)), None, "{name}");
    }
}

#[test]
fn nothing_is_said_of_the_controls() {
    for name in CONTROLS {
        let report = run(name).report;
        assert_eq!(report.findings.iter().map(|it| (it.rule, &it.message)).collect::<Vec<_>>(), [], "{name}");
        let verdicts: Vec<Verdict> = report.pulls.iter().map(|it| it.verdict).collect();
        assert!(verdicts.contains(&Verdict::Fine) && !verdicts.contains(&Verdict::Broken), "{name}: {verdicts:?}");
    }
}

#[test]
fn every_folder_is_in_the_table() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/peers");
    let there = std::fs::read_dir(folder).unwrap().flatten().filter(|entry| entry.path().is_dir());
    let there: BTreeSet<String> = there.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    let known = CAUSES.iter().map(|(name, ..)| *name).chain(CONTROLS).map(str::to_owned).collect();
    assert_eq!(there, known);
}
