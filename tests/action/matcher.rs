//! The problem matcher, for jobs that run acrlint without the action.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::{broken, workload, write};

/// What a matcher gives for a line: its owner, severity and the other groups by name.
fn matched(line: &str) -> Option<(String, String, [String; 5])> {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/.github/acrlint-matcher.json")).unwrap();
    let matchers: Value = serde_json::from_str(&text).unwrap();
    matchers["problemMatcher"].as_array().unwrap().iter().find_map(|matcher| {
        let pattern = &matcher["pattern"][0];
        let groups = regex::Regex::new(pattern["regexp"].as_str().unwrap()).unwrap().captures(line)?;
        let group = |name: &str| groups[usize::try_from(pattern[name].as_u64().unwrap()).unwrap()].to_owned();
        let severity = matcher["severity"].as_str().map_or_else(|| group("severity"), str::to_owned);
        let rest = ["file", "line", "column", "code", "message"].map(group);
        Some((matcher["owner"].as_str().unwrap().to_owned(), severity, rest))
    })
}

#[test]
fn the_matcher_reads_lines_as_they_are_printed() {
    let folder = broken();
    write(folder.path(), &[("k8s/a b.yaml", &workload("x", "bakeryimages.azurecr.io/Image:1"))]);
    let concise = |level: &str| {
        let config = format!("rules:\n  ACR101: {level}\n");
        write(folder.path(), &[("acrlint.yaml", &config)]);
        let output = Command::new(env!("CARGO_BIN_EXE_acrlint"))
            .args(["--format", "concise", "--color", "never"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    for (level, owner, severity) in
        [("error", "acrlint", "error"), ("warning", "acrlint", "warning"), ("note", "acrlint-note", "notice")]
    {
        let printed = concise(level);
        let line = printed.lines().find(|line| line.contains("[ACR101]")).unwrap();
        let (found_owner, found_severity, [file, at, column, code, message]) = matched(line).unwrap();
        assert_eq!((found_owner.as_str(), found_severity.as_str()), (owner, severity));
        assert_eq!((file.as_str(), at.as_str(), column.as_str(), code.as_str()), ("main.bicep", "7", "10", "ACR101"));
        assert!(line.ends_with(&message) && message.starts_with("`aks-bakery`"), "{line}");
        assert_eq!(printed.lines().filter(|line| matched(line).is_some()).count(), 2, "and no other line: {printed}");
    }
}

#[test]
fn the_matcher_reads_absolute_paths() {
    for file in ["/home/a/shop/main.bicep", "C:\\shop\\main.bicep", "D:/a/shop/main.bicep"] {
        let line = format!("{file}:7:10: error[ACR101] `aks: 1:2: error` has no role");
        let (_, _, [path, at, column, _, message]) = matched(&line).unwrap();
        assert_eq!((path.as_str(), at.as_str(), column.as_str()), (file, "7", "10"));
        assert_eq!(message, "`aks: 1:2: error` has no role");
    }
    for line in ["2 errors", "error: no such path: `a`", "a.tf:1:1: error[E0308] mismatched types", ""] {
        assert_eq!(matched(line), None, "{line}");
    }
}
