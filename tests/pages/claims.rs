//! Keys, flags, variables and reasons: none is left out on the page that explains them.

use std::collections::BTreeSet;

use acrlint::cli::Cli;
use acrlint::ir::Why;
use clap::CommandFactory;
use serde_json::Value;

use crate::{files_of, report, text_of};

const CONFIGURATION: &str = "docs/configuration.md";
const UNKNOWN: &str = "docs/unknown.md";

#[test]
fn every_key_of_the_configuration_is_explained() {
    let rules: Vec<(&str, &str)> = acrlint::rules::all().iter().map(|rule| (rule.id, rule.name)).collect();
    let schema: Value = serde_json::from_str(&acrlint::settings::schema(&rules)).expect("the schema is JSON");
    let mut keys = BTreeSet::new();
    keys_of(&schema, &mut keys);
    assert!(keys.len() > 15, "{keys:?}");
    missing(CONFIGURATION, keys.iter().map(|key| format!("`{key}`")));
}

/// The names of all properties that a schema speaks of.
fn keys_of(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::Object(properties)) = members.get("properties") {
                found.extend(properties.keys().cloned());
            }
            members.values().for_each(|member| keys_of(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| keys_of(item, found)),
        _ => {}
    }
}

#[test]
fn every_flag_and_command_is_explained() {
    let mut wanted = BTreeSet::new();
    let command = Cli::command();
    for command in [&command].into_iter().chain(command.get_subcommands()) {
        if command.get_name() != "acrlint" {
            wanted.insert(format!("`acrlint {}", command.get_name()));
        }
        let visible = command.get_arguments().filter(|flag| !flag.is_hide_set());
        wanted.extend(visible.filter_map(|flag| flag.get_long()).map(|long| format!("`--{long}")));
    }
    assert!(wanted.len() > 20, "{wanted:?}");
    missing(CONFIGURATION, wanted.into_iter());
}

#[test]
fn every_variable_that_is_read_is_explained() {
    let main = text_of("src/main.rs");
    let read = regex::Regex::new(r#"variable\("(\w+)"\)"#).expect("the expression is right");
    let names: Vec<String> = read.captures_iter(&main).map(|found| format!("`{}`", &found[1])).collect();
    assert!(names.len() > 4, "{names:?}");
    missing(CONFIGURATION, names.into_iter());
}

#[test]
fn every_reason_is_explained_with_its_words() {
    let said = |why: &Why| [format!("`{}`", why.kind()), why.to_string().replace('`', "")];
    let page = text_of(UNKNOWN);
    let words = page.replace('`', "");
    let reasons = reasons();
    let lost = reasons.iter().flat_map(|why| {
        let [kind, told] = said(why);
        let kind = (!page.contains(&kind)).then_some(kind);
        kind.into_iter().chain((!words.contains(&told)).then_some(told))
    });
    report(UNKNOWN, &lost.map(|lost| format!("{lost} is not on the page")).collect::<Vec<_>>());
}

/// Each reason once, about something called NAME. The match below refuses to compile when there is a new one.
fn reasons() -> Vec<Why> {
    let name = || "NAME".into();
    let all = vec![
        Why::Parameter(name()),
        Why::KnownAfterApply,
        Why::Runtime(name()),
        Why::External(name()),
        Why::Sensitive,
        Why::UnsupportedCall(name()),
        Why::UnsupportedSyntax(name()),
        Why::UnresolvedModule(name()),
        Why::UnresolvedName(name()),
        Why::DeploymentScope(name()),
        Why::TemplateText,
        Why::Unreadable(name()),
        Why::LimitReached(name()),
        Why::Element(name()),
        Why::Overridden(name()),
        Why::Command(name()),
        Why::NotAnalysed(name()),
    ];
    for why in &all {
        match why {
            Why::Parameter(_) | Why::KnownAfterApply | Why::Runtime(_) | Why::External(_) | Why::Sensitive => {}
            Why::UnsupportedCall(_) | Why::UnsupportedSyntax(_) | Why::UnresolvedModule(_) => {}
            Why::UnresolvedName(_) | Why::DeploymentScope(_) | Why::TemplateText | Why::Unreadable(_) => {}
            Why::LimitReached(_) | Why::Element(_) | Why::Overridden(_) | Why::Command(_) | Why::NotAnalysed(_) => {}
        }
    }
    all
}

#[test]
fn the_index_lists_every_page() {
    let index = text_of("docs/README.md");
    let names = files_of("docs", "md").into_iter().filter(|path| path != "docs/README.md");
    let lost = names
        .filter_map(|path| path.strip_prefix("docs/").map(str::to_owned))
        .filter(|name| !index.contains(&format!("({name})")));
    report("docs/README.md", &lost.map(|name| format!("no link to {name}")).collect::<Vec<_>>());
}

fn missing(page: &str, wanted: impl Iterator<Item = String>) {
    let text = text_of(page);
    let lost = wanted.filter(|wanted| !text.contains(wanted.as_str()));
    report(page, &lost.map(|lost| format!("{lost} is not on the page")).collect::<Vec<_>>());
}
