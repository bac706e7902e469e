//! The schema of `acrlint.yaml`: it is what the reader's table says, and reader and schema refuse the same files.

// A test that can't read its own folder has failed.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use acrlint::settings::{Settings, Surroundings, View};
use clap::Parser;
use serde_json::Value;

fn names() -> Vec<(&'static str, &'static str)> {
    acrlint::rules::all().iter().map(|rule| (rule.id, rule.name)).collect()
}

fn schema() -> String {
    acrlint::settings::schema(&names())
}

/// Whether reader and schema take a configuration.
fn taken(text: &str) -> (bool, bool) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("acrlint.yaml"), text).unwrap();
    let surroundings = Surroundings {
        current: folder.path().to_owned(),
        today: jiff::civil::date(2026, 1, 31),
        bicep_cache: None,
        environment: acrlint::settings::Environment::default(),
        checkout: acrlint::settings::Checkout::default(),
    };
    let cli = acrlint::cli::Cli::try_parse_from(["acrlint"]).unwrap();
    let read = Settings::resolve(View::Findings, &cli.flags, &surroundings, &names());
    let document: Value = serde_yaml::from_str(text).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema()).unwrap()).unwrap();
    (read.is_ok(), validator.is_valid(&document))
}

#[test]
fn the_schema_is_the_one_that_is_committed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("acrlint.schema.json");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, schema()).unwrap();
    }
    assert!(std::fs::read_to_string(path).unwrap() == schema(), "out of date: run with UPDATE=1");
}

#[test]
fn the_example_of_the_page_is_right() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md")).unwrap();
    let example = page.split("## acrlint.yaml").nth(1).unwrap().split("```yaml\n").nth(1).unwrap();
    let example = example.split("```").next().unwrap();
    for key in ["world", "modules", "clusters", "apply", "assume"] {
        assert!(example.contains(&format!("{key}:")), "{key}");
    }
    assert_eq!(taken(example), (true, true));
}

#[test]
fn reader_and_schema_agree() {
    let good = [
        "",
        "world: closed\n",
        "rules: {ACR503: off, missing-pull-grant: note}\n",
        "clusters: [{path: 'a/**', cluster: b}]\n",
        "apply: [{path: a}]\n",
        "assume: [{secret: {namespace: a, name: b}, reason: c}]\n",
        "allow: [{rules: [ACR503, missing-pull-grant], path: a, reason: b}]\n",
        "allow: [{rules: [ACR503], path: 'a/**', resource: b, reason: c}]\n",
    ];
    for text in good {
        assert_eq!(taken(text), (true, true), "{text}");
    }
    let bad = [
        "[]\n",
        "wrold: closed\n",
        "world: near\n",
        "exclude: a\n",
        "rules: {ACR000: note}\n",
        "rules: {ACR503: loud}\n",
        "clusters: {a: [b]}\n",
        "clusters: [{path: a}]\n",
        "apply: [{namespace: a}]\n",
        "apply: [{path: a, recursive: deep}]\n",
        "apply: [{path: a, values: b}]\n",
        "apply: [{path: a, name: b}]\n",
        "assume: [{grant: {registry: a, cluster: b}}]\n",
        "assume: [{reason: a}]\n",
        "assume: [{grant: {registry: a}, reason: c}]\n",
        "assume: [{grant: {registry: a, cluster: b}, reachable: {registry: a, cluster: b}, reason: c}]\n",
        "allow: [{rules: [ACR503], path: a}]\n",
        "allow: [{rules: [], path: a, reason: b}]\n",
        "allow: [{rules: ACR503, path: a, reason: b}]\n",
        "allow: [{rules: [ACR000], path: a, reason: b}]\n",
        "allow: [{rules: [ACR503], reason: b}]\n",
        "allow: {ACR503: a}\n",
        "baseline: [a]\n",
        "assume: [{grnat: {registry: a, cluster: b}, reason: c}]\n",
    ];
    for text in bad {
        assert_eq!(taken(text), (false, false), "{text}");
    }
}
