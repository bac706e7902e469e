//! Who reads a value: what stands in a variable or is passed to a parameter may be changed only where it is certain that
//! one declaration alone reads it.

use std::ops::Range;
use std::sync::Arc;

use regex::Regex;

use super::page::{Page, Tongue};
use crate::ir::Resource;
use crate::source::{Span, Store, path};
use crate::syntax::json;
use crate::syntax::tree::Tree;

/// Whether what is written at `span` is read by this declaration and by nothing else.
pub(super) fn is_own(store: &Store, span: Span, owner: &Resource) -> bool {
    if is_within(span, owner.extent) {
        return true;
    }
    let Some(page) = Page::of(store, span) else { return false };
    let Some(named) = named(&page, span) else { return false };
    let same_scope = |page: &Page| match page.tongue {
        Tongue::Terraform => path::folder_of(page.path()) == path::folder_of(&store.source(owner.extent.source).path),
        _ => span.source == owner.extent.source,
    };
    // What is passed is read in the file that takes it, which may be the same one for no module.
    if named.passed == same_scope(&page) && !page.path().ends_with("vars") {
        return false;
    }
    only_within(store, &named, owner)
}

/// Whether a place lies in a declaration.
pub(super) fn is_within(span: Span, extent: Span) -> bool {
    span.source == extent.source && extent.start <= span.start && span.end <= extent.end
}

/// What a value is read by.
struct Named {
    name: String,
    /// It is given to a parameter of another file, not declared here.
    passed: bool,
}

/// The name behind which a value stands: a variable, the default of a parameter, an argument of a module.
fn named(page: &Page, span: Span) -> Option<Named> {
    let start = span.start as usize;
    let before = page.before(start);
    match page.tongue {
        Tongue::Bicep => of_bicep(page, before, start),
        Tongue::Terraform => of_terraform(page, before, start),
        Tongue::Arm => of_arm(page, span),
        Tongue::Yaml => None,
    }
}

fn capture(pattern: &str, text: &str) -> Option<String> {
    let found = Regex::new(pattern).ok()?.captures(text)?;
    found.get(1).map(|name| name.as_str().to_owned())
}

fn of_bicep(page: &Page, before: &str, start: usize) -> Option<Named> {
    // What is exported is read in other files.
    if page.text().contains("@export") {
        return None;
    }
    let declared = capture(r"^\s*(?:param|var)\s+(\w+)\b[^=]*=", before);
    if let Some(name) = declared {
        return Some(Named { name, passed: page.path().ends_with(".bicepparam") });
    }
    let head = head(page, start);
    if head.contains("Microsoft.Authorization/roleDefinitions@") && head.contains(" existing ") {
        let name = capture(r"^resource\s+(\w+)\s", head)?;
        return before.trim_start().starts_with("name:").then_some(Named { name, passed: false });
    }
    let argument = capture(r"^\s*(?:params\s*:\s*\{\s*)?(\w+)\s*:", before)?;
    head.starts_with("module ").then_some(Named { name: argument, passed: true })
}

fn of_terraform(page: &Page, before: &str, start: usize) -> Option<Named> {
    let name = capture(r"^\s*(\w+)\s*=", before)?;
    if page.path().ends_with(".tfvars") {
        return Some(Named { name: format!("var.{name}"), passed: true });
    }
    let head = head(page, start);
    if let Some(variable) = capture(r#"^variable\s+"(\w+)""#, head) {
        return (name == "default").then(|| Named { name: format!("var.{variable}"), passed: false });
    }
    match head {
        _ if head.starts_with("locals") => Some(Named { name: format!("local.{name}"), passed: false }),
        _ if head.starts_with("module ") => Some(Named { name: format!("var.{name}"), passed: true }),
        _ => None,
    }
}

/// The line that opens the declaration around an offset: the last one that isn't indented and closes nothing.
fn head(page: &Page, at: usize) -> &str {
    let opens = |line: &&str| line.starts_with(|first: char| first.is_ascii_alphabetic());
    page.part(0..at).lines().rev().find(opens).unwrap_or_default()
}

fn of_arm(page: &Page, span: Span) -> Option<Named> {
    let (tree, ..) = json::parse(span.source, page.text());
    let tree = tree?;
    let holds = |tree: &Tree| tree.span.start <= span.start && span.end <= tree.span.end;
    let member = |of: &Tree, name: &str| -> Option<String> {
        let members = of.get_ci(name)?.as_map()?;
        members.iter().find(|member| holds(&member.value)).map(|member| member.key.to_string())
    };
    if let Some(name) = member(&tree, "variables") {
        return Some(Named { name: format!("variables('{name}')"), passed: false });
    }
    let name = member(&tree, "parameters")?;
    let parameter = tree.get_ci("parameters")?.get(&name)?;
    let by_default = parameter.get_ci("defaultValue").is_some_and(holds);
    Some(Named { name: format!("parameters('{name}')"), passed: !by_default })
}

/// Whether something reads a name, and all of that lies in one declaration.
fn only_within(store: &Store, named: &Named, owner: &Resource) -> bool {
    let Some(files) = scope(store, owner) else { return false };
    let mut found = 0;
    for (own, text) in files {
        let reads = reads(&text, &named.name);
        if !reads.iter().all(|range| is_inside(range, own, owner)) {
            return false;
        }
        found += reads.len();
    }
    found > 0
}

/// Whether the files that can name a declaration do so outside of it.
pub(super) fn is_read_elsewhere(store: &Store, name: &str, owner: &Resource) -> bool {
    scope(store, owner).is_none_or(|files| {
        files.iter().any(|(own, text)| reads(text, name).iter().any(|at| !is_inside(at, *own, owner)))
    })
}

/// The texts of the files that see the names of a declaration, each with whether it is the declaration's own.
fn scope(store: &Store, owner: &Resource) -> Option<Vec<(bool, Arc<str>)>> {
    let own = store.source(owner.extent.source);
    if !own.path.ends_with(".tf") {
        return Some(vec![(true, own.text.clone())]);
    }
    let folder = path::folder_of(&own.path);
    let files = store.list(folder);
    let files = files.iter().filter(|file| file.ends_with(".tf") || file.ends_with(".tf.json"));
    files
        .map(|file| {
            let path = path::in_folder(folder, file);
            Some((path == *own.path, store.peek(&path).ok()?))
        })
        .collect()
}

fn is_inside(range: &Range<usize>, own: bool, owner: &Resource) -> bool {
    own && owner.extent.start as usize <= range.start && range.end <= owner.extent.end as usize
}

/// Where a text reads a name: a word of Bicep, `var.x` and `local.x`, `parameters('x')`.
fn reads(text: &str, name: &str) -> Vec<Range<usize>> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let (lower, name) = (text.to_ascii_lowercase(), name.to_ascii_lowercase());
    let whole = |range: &Range<usize>| {
        let before = text.get(..range.start).unwrap_or_default();
        let after = text.get(range.end..).unwrap_or_default();
        let parted = !before.ends_with(is_word) && !after.starts_with(|c: char| is_word(c) || c == '-');
        // `x.name` and `name: value` are members of that name, `param name` declares it.
        let member = before.ends_with('.')
            || after.trim_start().starts_with(':') && before.trim_end_matches([' ', '\t']).ends_with(['\n', '{', ',']);
        let words = before.trim_end_matches([' ', '\t']);
        let declared = words.len() < before.len()
            && ["param", "var", "resource"].iter().any(|word| {
                words
                    .strip_suffix(word)
                    .is_some_and(|rest| rest.trim_end_matches([' ', '\t']).ends_with('\n') || rest.is_empty())
            });
        parted && !member && !declared
    };
    let places = lower.match_indices(&name).map(|(at, found)| at..at + found.len());
    places.filter(whole).collect()
}

#[cfg(test)]
mod tests {
    use super::reads;

    #[test]
    fn reads_are_told_from_declarations_and_members() {
        let bicep =
            "param role string\nvar x = role\nresource a 'b' = {\n  role: role\n  c: y.role\n  d: on ? role : x\n}\n";
        assert_eq!(reads(bicep, "role").len(), 3);
        assert_eq!(reads("scope = var.role\nx = var.role_two\n", "var.role").len(), 1);
        assert_eq!(reads("\"[Parameters('role')]\" \"parameters('roles')\"", "parameters('role')").len(), 1);
    }
}
