//! Small repositories with the output they must give: `testdata/scenarios/NAME/expected.txt` holds the concise format.
//! `UPDATE=1` writes it anew.

// A test that can't read its own folder has failed.
#![allow(clippy::unwrap_used)]

use std::path::Path;

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
    lint(found, &Outlook::default())
}

fn concise(linted: &Linted) -> String {
    let told = Told { report: &linted.report, store: &linted.store, secrets: &[] };
    let mut bytes = Vec::new();
    write(Format::Concise, &told, &[], &Look::default(), &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn scenarios() -> Vec<std::path::PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/scenarios");
    let mut found: Vec<_> = std::fs::read_dir(root).unwrap().flatten().map(|entry| entry.path()).collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

#[test]
fn scenarios_say_what_they_must() {
    let mut wrong = Vec::new();
    for folder in scenarios() {
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
fn fixed_twins_are_clean_and_broken_ones_are_not() {
    for folder in scenarios() {
        let linted = run(&folder);
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let has = |verdict| linted.report.pulls.iter().any(|pull| pull.verdict == verdict);
        match name.ends_with("-fixed") {
            true => assert!(linted.report.findings.is_empty() && has(Verdict::Fine) && !has(Verdict::Broken), "{name}"),
            false => assert!(!linted.report.findings.is_empty() && has(Verdict::Broken), "{name}"),
        }
    }
}
