//! One deployment in several spellings gives one world: the same rules at the same levels, the same pulls with the same
//! verdicts, whether it is written in Bicep, ARM JSON, Terraform, a plan, or a plan beside its configuration. Where a
//! spelling can't tell as much as the others, a file `UNKNOWN.md` in its folder says why, and it must be silent then.

// A test that can't read its own folder has failed.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use acrlint::{Outlook, lint};

/// `both` is the plan beside its configuration.
const SPELLINGS: [&str; 5] = ["bicep", "arm", "terraform", "plan", "both"];

fn files_of(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let name = folder.file_name().unwrap().to_string_lossy().into_owned();
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    let mut found = Vec::new();
    for path in entries {
        match path.is_dir() {
            true => found.extend(files_of(&path).into_iter().map(|(below, bytes)| (format!("{name}/{below}"), bytes))),
            false => {
                let file = format!("{name}/{}", path.file_name().unwrap().to_string_lossy());
                found.push((file, std::fs::read(path).unwrap()));
            }
        }
    }
    found
}

/// What a spelling says, without places and wording.
fn said(case: &Path, spelling: &str) -> Vec<String> {
    let mut files = match spelling {
        "both" => {
            let mut beside = files_of(&case.join("terraform"));
            beside.push(("terraform/plan.json".to_owned(), std::fs::read(case.join("plan/plan.json")).unwrap()));
            beside
        }
        spelling => files_of(&case.join(spelling)),
    };
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
    let mut wrong = Vec::new();
    for case in &cases {
        let first = said(case, "bicep");
        let fixed = case.to_string_lossy().ends_with("-fixed");
        let verdict = if fixed { ": fine" } else { ": broken" };
        if first.iter().any(|line| line.contains(" error")) == fixed || !first.iter().any(|line| line.contains(verdict))
        {
            wrong.push(format!("{} is not{verdict}: {first:#?}", case.display()));
        }
        for spelling in SPELLINGS {
            let other = said(case, spelling);
            let silent = case.join(spelling).join("UNKNOWN.md").exists();
            let agrees = match silent {
                true => other.len() == 1 && other.iter().all(|line| line.contains(": unknown")),
                false => other == first,
            };
            if !agrees {
                wrong.push(format!("{} in {spelling}: {other:#?}\n  in bicep: {first:#?}", case.display()));
            }
        }
    }
    assert!(wrong.is_empty() && !cases.is_empty(), "{}", wrong.join("\n"));
}
