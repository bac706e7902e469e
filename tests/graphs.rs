//! The pictures of some repositories as they are drawn: `UPDATE=1` writes them anew.

// A test that can't read its own folder has failed.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use acrlint::finding::Severity;
use acrlint::report::Verdict;
use acrlint::{Outlook, lint};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")
}

fn drawn(folder: &Path, format: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_acrlint"));
    let command = command.current_dir(folder).args(["graph", "--no-config", "--format", format, "--now", "2026-01-31"]);
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

#[test]
fn pictures_are_those_of_the_files() {
    let mut wrong = Vec::new();
    for name in [
        "broken/control-plane-grant",
        "broken/secret-in-other-namespace",
        "broken/diagnosis-no-network",
        "broken/private-zone-linked-to-the-hub-only",
        "broken/firewall-without-the-layers",
        "fine/private-zone-linked-to-the-spoke",
    ] {
        for (format, ending) in [("mermaid", "mmd"), ("dot", "dot")] {
            let said = drawn(&root().join("scenarios").join(name), format);
            let own = name.split('/').next_back().unwrap();
            let file = root().join("graphs").join(format!("{own}.{ending}"));
            if std::env::var_os("UPDATE").is_some() {
                std::fs::create_dir_all(root().join("graphs")).unwrap();
                std::fs::write(&file, &said).unwrap();
            }
            let wanted = std::fs::read_to_string(&file).unwrap_or_default();
            if said != wanted {
                wrong.push(format!("{}:\n  wanted\n{wanted}  said\n{said}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_page_shows_a_picture_as_it_is_drawn() {
    let picture = std::fs::read_to_string(root().join("graphs/control-plane-grant.mmd")).unwrap();
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/graph.md")).unwrap();
    assert!(page.contains(&format!("```mermaid\n{picture}```\n")), "the block has to be\n{picture}");
}

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

/// What stops nodes on their way stands on a red arrow, whichever thing it is; so does what Azure refuses.
#[test]
fn what_stops_a_pull_is_on_an_arrow() {
    let (mut silent, mut seen) = (Vec::new(), BTreeSet::new());
    let mut folders: Vec<_> = std::fs::read_dir(root().join("scenarios/broken")).unwrap().flatten().collect();
    folders.sort_by_key(std::fs::DirEntry::file_name);
    for folder in folders {
        let mut found = Vec::new();
        files(&folder.path(), "", &mut found);
        let report = lint(found, &Outlook { today: jiff::civil::date(2026, 1, 31), ..Outlook::default() }).report;
        let drawn = report.graph.edges.iter().filter(|edge| edge.verdict == Verdict::Broken);
        let drawn: BTreeSet<&str> = drawn.flat_map(|edge| edge.rules.iter().copied()).collect();
        let of_steps = |rule: &str| rule.starts_with("ACR3") || ["ACR404", "ACR602", "ACR701"].contains(&rule);
        let errors = report.findings.iter().filter(|it| it.severity == Severity::Error && of_steps(it.rule));
        for rule in errors.map(|it| it.rule) {
            seen.insert(rule);
            if !drawn.contains(rule) {
                silent.push(format!("{}: {rule} is not among {drawn:?}", folder.file_name().to_string_lossy()));
            }
        }
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
    assert!(seen.len() > 10, "{seen:?}");
}
