//! Small repositories with the output they must give: `testdata/scenarios/VERDICT/NAME/expected.txt` holds the concise
//! format, and `UPDATE=1` writes it anew. The folder says what is true of the repository: `fine`, `broken`, or `unknown`
//! because something that can't be read may wire it.

// A test that can't read its own folder has failed.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use acrlint::finding::{Finding, Severity};
use acrlint::report::{Format, Look, Told, Verdict, write};
use acrlint::{Linted, Outlook, lint};

fn files(folder: &Path, prefix: &str, found: &mut Vec<(String, Vec<u8>)>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        match entry.path().is_dir() {
            true => files(&entry.path(), &format!("{name}/"), found),
            false if name != "expected.txt" => found.push((name, std::fs::read(entry.path()).unwrap())),
            false => {}
        }
    }
}

fn run(folder: &Path) -> Linted {
    let mut found = Vec::new();
    files(folder, "", &mut found);
    lint(found, &Outlook { today: jiff::civil::date(2026, 1, 31), ..Outlook::default() })
}

fn concise(linted: &Linted) -> String {
    let told = Told { report: &linted.report, store: &linted.store, secrets: &[], names: &BTreeSet::new() };
    let mut bytes = Vec::new();
    write(Format::Concise, &told, &[], &Look::default(), &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()).collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/scenarios")
}

#[test]
fn scenarios_say_what_they_must() {
    let mut wrong = Vec::new();
    for folder in folders(&root()).iter().flat_map(|verdict| folders(verdict)) {
        let said = concise(&run(&folder));
        let expected = folder.join("expected.txt");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&expected, &said).unwrap();
        }
        let wanted = std::fs::read_to_string(&expected).unwrap_or_default();
        if said != wanted {
            wrong.push(format!("{}:\n  wanted\n{wanted}  said\n{said}", folder.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn verdicts_are_those_of_the_folder() {
    for (name, verdict) in [("fine", Verdict::Fine), ("broken", Verdict::Broken), ("unknown", Verdict::Unknown)] {
        for folder in folders(&root().join(name)) {
            let report = run(&folder).report;
            let verdicts: Vec<Verdict> = report.pulls.iter().map(|pull| pull.verdict).collect();
            // What a page tells somebody to repair by hand is broken until somebody does, and a warning.
            let by_hand =
                |finding: &Finding| finding.related.iter().any(|it| it.text.starts_with("somebody is told to"));
            let is_loud = |finding: &Finding| finding.severity == Severity::Error || by_hand(finding);
            let loud = report.findings.iter().any(is_loud);
            assert!(verdicts.contains(&verdict), "{}: {verdicts:?}", folder.display());
            assert_eq!(loud, verdict == Verdict::Broken, "{}", folder.display());
            assert!(loud || !verdicts.contains(&Verdict::Broken), "{}: {verdicts:?}", folder.display());
        }
    }
}
