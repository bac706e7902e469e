//! Whether a template that the Bicep compiler made is of the Bicep file as it is now.

use std::collections::BTreeSet;

use super::STACK;
use super::library::Library;
use super::template::Template;
use crate::frontend::{Problem, Trouble, on_all_cores};
use crate::source::{SourceId, Span};
use crate::syntax::json_skim::{Skimmed, member, members};

/// How a compiled template differs from its Bicep file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staleness {
    /// The first difference, a clause: "parameter `x` is missing".
    pub first: String,
    /// How many more there are.
    pub more: usize,
}

impl Staleness {
    /// What is wrong with the compiled template; the names of both files without their folder.
    pub fn message(&self, json: &str, bicep: &str) -> String {
        let more = match self.more {
            0 => String::new(),
            1 => " (and 1 more difference)".to_owned(),
            more => format!(" (and {more} more differences)"),
        };
        format!("`{json}` was compiled from an older `{bicep}`: {}{more}", self.first)
    }
}

/// The mark of the compiler stands among the first so many bytes of what it made.
pub const HEAD: usize = 4_096;

/// Whether the Bicep compiler made a file that begins so: its mark stands before the resources.
pub fn is_compiled(head: &str) -> bool {
    head.find("\"_generator\"").is_some_and(|mark| {
        let before = head.get(..mark).unwrap_or_default();
        !before.contains("\"resources\"") && head.get(mark..).is_some_and(|rest| rest.contains("\"bicep\""))
    })
}

/// What is to be said of compiled templates whose Bicep file is among the sources. A Bicep file that something is wrong
/// with is compared with nothing: `known` is what is wrong so far. Their texts are not kept, there are many of them.
pub(super) fn problems(library: &Library<'_>, compiled: &[String], known: &[Problem]) -> Vec<Problem> {
    let staleness = |path: &String| {
        let bicep = library.store.open_path(&bicep_of(path)).ok()?;
        let template = library.load(bicep).ok()?;
        let whole = known.iter().all(|problem| problem.span.source != bicep);
        let text = library.store.peek(path).ok().filter(|_| whole)?;
        stale(&template.template, &text)
    };
    let found = compiled.iter().zip(on_all_cores(STACK, compiled, staleness));
    found.filter_map(|(path, stale)| Some(problem(library.store.open_path(path).ok()?, path, &stale?))).collect()
}

/// The path of the Bicep file that a compiled template is made from.
fn bicep_of(json: &str) -> String {
    format!("{}.bicep", json.rsplit_once('.').map_or(json, |(stem, _)| stem))
}

fn problem(source: SourceId, path: &str, staleness: &Staleness) -> Problem {
    let (name, bicep) = (path.rsplit('/').next().unwrap_or(path), bicep_of(path));
    let message = staleness.message(name, bicep.rsplit('/').next().unwrap_or(&bicep));
    let help = Some(format!("run `az bicep build --file {bicep}`"));
    Problem { trouble: Trouble::Stale, message, span: Span::file(source), help }
}

/// Compares the names of parameters and outputs. Nothing when they are the same, when another tool made the JSON, or when
/// one of the files can't be read whole.
pub fn stale(bicep: &Template, json: &str) -> Option<Staleness> {
    if !bicep.lost.is_empty() {
        return None;
    }
    let compiled = members(json)?;
    let generator = member(&members(member(&members(member(&compiled, "metadata")?)?, "_generator")?)?, "name")?;
    if !generator.eq_ignore_ascii_case("\"bicep\"") {
        return None;
    }
    let parameters = bicep.parameters.iter().map(|parameter| &*parameter.name).collect();
    let outputs = bicep.outputs.iter().map(|output| &*output.name).collect();
    let mut found = differences("parameter", parameters, &names(&compiled, "parameters")?);
    found.extend(differences("output", outputs, &names(&compiled, "outputs")?));
    let more = found.len().checked_sub(1)?;
    Some(Staleness { first: found.into_iter().next()?, more })
}

/// The names in an object of the template. It has no such object where there would be nothing in it.
fn names(compiled: &[Skimmed<'_>], object: &str) -> Option<Vec<String>> {
    let Some(object) = member(compiled, object) else { return Some(Vec::new()) };
    Some(members(object)?.into_iter().map(|member| member.name).collect())
}

/// What the Bicep file has and the JSON lacks, in source order, then what only the JSON has.
fn differences(what: &str, own: Vec<&str>, compiled: &[String]) -> Vec<String> {
    let lower = |name: &str| name.to_ascii_lowercase();
    let (here, there): (BTreeSet<String>, BTreeSet<String>) =
        (own.iter().copied().map(lower).collect(), compiled.iter().map(|name| lower(name)).collect());
    let missing = own.into_iter().filter(|name| !there.contains(&lower(name)));
    let left = compiled.iter().filter(|name| !here.contains(&lower(name)));
    let missing = missing.map(|name| format!("{what} `{name}` is missing"));
    missing.chain(left.map(|name| format!("{what} `{name}` is still there"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frontend::template::bicep;
    use crate::source::SourceId;

    const JSON: &str = r#"{
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "metadata": { "_generator": { "name": "bicep", "version": "0.30.3.12046", "templateHash": "1" } },
        "parameters": { "Env": { "type": "string" }, "size": { "type": "int", "defaultValue": 1 } },
        "resources": { "acr": { "outputs": { "x": 1 }, "parameters": { "y": 1 } } },
        "outputs": { "host": { "type": "string", "value": "}" } }
    }"#;

    fn compared(bicep: &str, json: &str) -> Option<Staleness> {
        let (file, ..) = crate::syntax::bicep::parse(SourceId(0), bicep);
        stale(&bicep::lower(&file, SourceId(0)), json)
    }

    const BICEP: &str = "param env string\nparam size int = 1\noutput host string = ''\n";

    #[test]
    fn the_same_names_are_not_stale() {
        assert_eq!(compared(BICEP, JSON), None);
        let bare = r#"{"metadata": {"_generator": {"name": "bicep"}}, "resources": []}"#;
        assert_eq!(compared("var x = 1\n", bare), None);
    }

    #[test]
    fn differences_are_counted() {
        let (json, bicep) = ("main.json", "main.bicep");
        let found = compared(&format!("{BICEP}param more bool\n"), JSON).unwrap();
        assert_eq!(
            found.message(json, bicep),
            "`main.json` was compiled from an older `main.bicep`: parameter `more` is missing"
        );
        let found = compared("param env string\nparam size int\n", JSON).unwrap();
        assert_eq!(found, Staleness { first: "output `host` is still there".into(), more: 0 });
        let found = compared("param size int\noutput url string = ''\n", JSON).unwrap();
        assert_eq!(found, Staleness { first: "parameter `Env` is still there".into(), more: 2 });
    }

    #[test]
    fn what_cannot_be_compared_is_not_stale() {
        let other = "param other string\n";
        assert_eq!(compared(other, &JSON.replace("\"bicep\"", "\"psrule\"")), None);
        assert_eq!(compared(other, &JSON.replace("_generator", "generator")), None);
        assert_eq!(compared(other, JSON.trim_end_matches(['}', '\n', ' '])), None);
        assert_eq!(compared("param other string\nparam = 1\n", JSON), None);
    }
}
