//! Links between the pages lead somewhere, and blocks of YAML are YAML.

use std::collections::BTreeSet;

use crate::markdown::{Piece, anchor, pieces};
use crate::{files_of, report, root, text_of, written_pages};

#[test]
fn links_lead_somewhere() {
    let mut problems = Vec::new();
    let own = ["ARCHITECTURE.md", "CONTRIBUTING.md"].map(str::to_owned);
    for page in written_pages().into_iter().chain(files_of("docs/rules", "md")).chain(own) {
        for link in links(&text_of(&page)) {
            if let Some(problem) = problem(&page, &link) {
                problems.push(format!("{page}: {link}: {problem}"));
            }
        }
    }
    report("links", &problems);
}

/// Targets of links outside of code that are neither addresses nor in other repositories.
fn links(page: &str) -> Vec<String> {
    let link = regex::Regex::new(r"\]\(([^)\s]+)\)").expect("the expression is right");
    let code = regex::Regex::new(r"`[^`]*`").expect("the expression is right");
    let mut found = Vec::new();
    for piece in pieces(page) {
        if let Piece::Prose(text) = piece {
            // Code may be the text of a link: only the ticks go.
            let text = code.replace_all(&text, "code");
            found.extend(link.captures_iter(&text).map(|link| link[1].to_owned()));
        }
    }
    found.retain(|link| !link.contains("://"));
    found
}

fn problem(page: &str, link: &str) -> Option<String> {
    let (path, place) = link.split_once('#').map_or((link, None), |(path, place)| (path, Some(place)));
    let folder = root().join(page).parent()?.to_owned();
    let target = if path.is_empty() { root().join(page) } else { folder.join(path) };
    if !target.exists() {
        return Some("there is no such file".to_owned());
    }
    let place = place?;
    let text = std::fs::read_to_string(&target).ok()?;
    let anchors: BTreeSet<String> = pieces(&text)
        .iter()
        .filter_map(|piece| match piece {
            Piece::Heading(_, title) => Some(anchor(title)),
            _ => None,
        })
        .collect();
    (!anchors.contains(place)).then(|| format!("no such heading among {anchors:?}"))
}

#[test]
fn blocks_of_yaml_and_json_can_be_read() {
    let mut problems = Vec::new();
    for page in written_pages() {
        for piece in pieces(&text_of(&page)) {
            let Piece::Block { info, text, line } = piece else { continue };
            let wrong = match info.as_str() {
                "yaml" => {
                    let documents = serde_yaml::Deserializer::from_str(&text);
                    let read = |document| <serde_yaml::Value as serde::Deserialize>::deserialize(document).err();
                    documents.into_iter().find_map(read).map(|error| error.to_string())
                }
                "json" => serde_json::from_str::<serde_json::Value>(&text).err().map(|error| error.to_string()),
                _ => None,
            };
            problems.extend(wrong.map(|error| format!("{page}:{line}: {error}")));
        }
    }
    report("blocks", &problems);
}
