//! The hooks of pre-commit start for every file that acrlint reads, and are the same but for their language.

#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

use acrlint::discover;
use serde_yaml::Value;

fn hooks() -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/.pre-commit-hooks.yaml");
    serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// pre-commit searches with the expressions of Python, which these are, too.
fn expression(hook: &Value, key: &str) -> regex::Regex {
    regex::Regex::new(hook[key].as_str().unwrap()).unwrap()
}

fn is_read(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap();
    discover::is_input(name) || discover::is_script(path)
}

/// Every ending of up to three letters, every one that the hooks or the walk may know, and names without one.
fn names() -> Vec<String> {
    let letters = || 'a'..='z';
    let mut endings: Vec<String> = letters().map(String::from).collect();
    endings.extend(letters().flat_map(|a| letters().map(move |b| format!("{a}{b}"))));
    endings.extend(letters().flat_map(|a| letters().flat_map(move |b| letters().map(move |c| format!("{a}{b}{c}")))));
    for source in [include_str!("../src/discover.rs"), include_str!("../.pre-commit-hooks.yaml")] {
        endings.extend(source.split(|letter: char| !letter.is_ascii_alphanumeric()).map(str::to_owned));
    }
    endings.retain(|ending| !ending.is_empty());
    let mut names: Vec<String> = endings.iter().map(|ending| format!("main.{ending}")).collect();
    names.extend(endings.iter().map(|ending| format!("terraform.tfvars.{ending}")));
    names.extend(endings.iter().map(|ending| format!("MAIN.{}", ending.to_uppercase())));
    names.extend(
        ["Kustomization", "Makefile", ".gitignore", ".env.prod", "a.b.yaml", "acrlint.yaml"].map(str::to_owned),
    );
    names
}

#[test]
fn a_hook_starts_for_what_the_walk_reads_and_for_nothing_else() {
    for hook in hooks() {
        let files = expression(&hook, "files");
        for name in names() {
            for path in [name.clone(), format!("a.b/c/{name}")] {
                assert_eq!(files.is_match(&path), is_read(&path), "{path}");
            }
        }
    }
}

#[test]
fn folders_of_tools_start_no_hook() {
    let exclude = expression(&hooks()[0], "exclude");
    assert!(exclude.is_match(".terraform/modules/a/main.tf") && exclude.is_match("web/node_modules/a/package.json"));
    assert!(!exclude.is_match("infra/main.tf"));
}

#[test]
fn hooks_differ_in_their_language_only() {
    let hooks = hooks();
    let languages: Vec<&str> = hooks.iter().map(|hook| hook["language"].as_str().unwrap()).collect();
    assert_eq!(languages, ["python", "rust", "system"]);
    for hook in &hooks {
        assert_eq!(hook["pass_filenames"], Value::Bool(false));
        assert_eq!(hook["require_serial"], Value::Bool(true));
        for key in ["name", "entry", "files", "exclude", "minimum_pre_commit_version"] {
            assert_eq!(hook[key], hooks[0][key], "{key}");
        }
    }
}
