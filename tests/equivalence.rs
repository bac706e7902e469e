//! One deployment in several spellings gives one world: the same rules at the same levels, the same pulls with the same
//! verdicts, whether it is written in Bicep, ARM JSON, Terraform, a plan, or a plan beside its configuration.

// A test that can't read its own folder has failed.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use acrlint::{Outlook, lint};

const SPELLINGS: [&str; 5] = ["bicep", "arm", "terraform", "plan", "both"];

fn files_of(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let name = folder.file_name().unwrap().to_string_lossy().into_owned();
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    let file = |path: &PathBuf| format!("{name}/{}", path.file_name().unwrap().to_string_lossy());
    entries.iter().map(|path| (file(path), std::fs::read(path).unwrap())).collect()
}

/// What a spelling says, without places and wording.
fn said(case: &Path, spelling: &str) -> Vec<String> {
    let mut files = files_of(&case.join(spelling));
    files.extend(files_of(&case.join("k8s")));
    let report = lint(files, &Outlook::default()).report;
    let findings = report.findings.iter().map(|finding| format!("{} {}", finding.rule, finding.severity.word()));
    let pulls = report.pulls.iter().map(|pull| {
        let steps: Vec<String> =
            pull.steps.iter().map(|step| format!("{} {}", step.name, step.verdict.word())).collect();
        let of = |text: &Option<String>| text.clone().unwrap_or_default();
        format!(
            "{} by {} from {}: {} ({})",
            of(&pull.image),
            of(&pull.cluster),
            of(&pull.registry),
            pull.verdict.word(),
            steps.join(", ")
        )
    });
    let mut all: Vec<String> = findings.chain(pulls).collect();
    all.sort();
    all
}

#[test]
fn spellings_of_one_deployment_say_the_same() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/equivalence");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(root).unwrap().flatten().map(|entry| entry.path()).collect();
    cases.sort();
    assert!(cases.len() >= 2);
    for case in cases {
        let first = said(&case, "bicep");
        let fixed = case.to_string_lossy().ends_with("-fixed");
        assert_eq!(first.iter().any(|line| line.starts_with("ACR102 error")), !fixed, "{first:?}");
        assert!(first.iter().any(|line| line.contains(if fixed { ": fine" } else { ": broken" })), "{first:?}");
        for spelling in SPELLINGS {
            assert_eq!(said(&case, spelling), first, "{} in {spelling}", case.display());
        }
    }
}
