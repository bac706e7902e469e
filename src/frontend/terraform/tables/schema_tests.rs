//! Rows against the providers' schemas.

use super::azurerm;
use super::azurerm::table::{As, Field};

/// Spellings of versions that neither schema has: before 3.116, and since 5.0 (upgrade guides of the provider).
const OTHER_SPELLINGS: &str = "azurerm-other-spellings.txt";
const SCHEMAS: &str = "azurerm-attributes.txt";

fn list_of(name: &str) -> String {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/schema");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

fn listed<'t>(list: &'t str, kind: &str) -> Vec<&'t str> {
    let line = list.lines().find_map(|line| line.strip_prefix(kind)?.strip_prefix(": "));
    line.map(|line| line.split(' ').collect()).unwrap_or_default()
}

pub fn attributes(fields: &[Field], within: &str, found: &mut Vec<String>) {
    for (from, _, how) in fields {
        let path = [within, *from].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".");
        match how {
            As::Each(inner) | As::Named(inner) | As::Block(inner) | As::Single(inner) => {
                if !from.is_empty() {
                    found.push(path.clone());
                }
                attributes(inner, &path, found);
            }
            As::Text(_) => {}
            _ => found.push(path),
        }
    }
}

#[test]
fn rows_name_attributes_that_providers_have() {
    let (schemas, others) = (list_of(SCHEMAS), list_of(OTHER_SPELLINGS));
    let mut wrong = Vec::new();
    let mut used = Vec::new();
    for row in azurerm::all() {
        let mut named: Vec<String> =
            row.computed.iter().copied().flatten().map(|(name, _)| (*name).to_owned()).collect();
        row.fields.iter().for_each(|fields| attributes(fields, "", &mut named));
        let (schema, other) = (listed(&schemas, row.terraform), listed(&others, row.terraform));
        let shared = |name: &str| ["name", "location", "tags", "id"].contains(&name);
        for name in named.iter().map(String::as_str).filter(|name| !shared(name) && !schema.contains(name)) {
            match other.contains(&name) {
                true => used.push(format!("{} {name}", row.terraform)),
                false => wrong.push(format!("{} {name}", row.terraform)),
            }
        }
    }
    assert!(wrong.is_empty(), "no version is known to have\n{}", wrong.join("\n"));
    for line in others.lines().filter(|line| line.starts_with("azure")) {
        let (kind, names) = line.split_once(": ").unwrap();
        let unused = names.split(' ').find(|name| !used.contains(&format!("{kind} {name}")));
        assert_eq!(unused, None, "{kind}");
    }
}

#[test]
fn rows_are_sorted_out() {
    let mut seen = std::collections::BTreeSet::new();
    for row in azurerm::all() {
        assert!(seen.insert(row.terraform), "{} stands twice", row.terraform);
        assert_eq!(azurerm::find(row.terraform).unwrap().kind, row.kind);
    }
}
