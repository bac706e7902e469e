//! What a mutation writes, as far as it matters for pulls.

use std::sync::LazyLock;

use regex::Regex;

use crate::ir::{Node, Value};

/// What a mutation writes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Written {
    /// Images: of the containers with these names, or of all; nothing where it writes none.
    pub images: Option<Option<Vec<String>>>,
    /// Pull secrets.
    pub secrets: bool,
}

/// What is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Image,
    Secrets,
}

/// An image that is written by a patch, or by an expression that makes an object; the path in a patch is the first group.
static IMAGE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"([^\s"']*)/image(?:["'\s\\,})]|$)|\bimage["']?\s*:"#).ok());

impl Written {
    /// What nobody can read may write all of it.
    pub(super) fn anything() -> Written {
        Written { images: Some(None), secrets: true }
    }

    /// What a mutation writes.
    pub(super) fn of(mutation: &Node) -> Written {
        let mut names = Vec::new();
        let of_named = named(mutation, false, &mut names);
        let images = writes(mutation, false, What::Image).then_some(of_named.then_some(names));
        Written { images, secrets: writes(mutation, false, What::Secrets) }
    }
}

/// A key without the signs that Kyverno puts around it: `+(image)`, `=(image)`. Those in bare parentheses are conditions.
fn written_key(key: &str) -> Option<&str> {
    match key.strip_suffix(')').and_then(|key| key.split_once('(')) {
        Some(("" | "^" | "<" | "X", _)) => None,
        Some((_, name)) => Some(name),
        None => Some(key),
    }
}

/// Whether what is looked for is written somewhere in a mutation, or may be.
fn writes(node: &Node, is_patch: bool, what: What) -> bool {
    match &node.value {
        Value::Map(map) => {
            let entries = map.entries.iter();
            let any = entries.into_iter().any(|entry| {
                let Some(whole) = entry.key.as_str() else { return is_patch };
                match written_key(whole) {
                    Some("image") if what == What::Image => true,
                    Some("imagePullSecrets") if what == What::Secrets => true,
                    // Labels and annotations, whatever they are called.
                    Some("metadata" | "labels" | "annotations") if is_patch => false,
                    // The containers' own pieces are written below their lists.
                    _ => writes(&entry.value, is_patch || is_change(whole), what),
                }
            });
            any || is_patch && map.open.is_some()
        }
        Value::List(list) => {
            is_patch && list.open.is_some() || list.items.iter().any(|item| writes(item, is_patch, what))
        }
        Value::Str(text) => says(text, what),
        // A patch of which no word is known may be any.
        Value::Concat(pieces) => {
            let texts = || pieces.iter().filter_map(Node::as_str);
            texts().any(|text| says(text, what)) || is_patch && !texts().any(|text| text.contains(char::is_alphabetic))
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) => false,
        _ => is_patch,
    }
}

/// Whether what stands under a key is a change, and not a list to go through or a condition.
fn is_change(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key.starts_with("patch") || key == "expression" || key == "assign"
}

fn says(text: &str, what: What) -> bool {
    match what {
        What::Secrets => text.contains("imagePullSecrets"),
        What::Image => IMAGE.as_ref().is_some_and(|pattern| {
            pattern
                .captures_iter(text)
                .any(|found| found.get(1).is_none_or(|path| !path.as_str().contains("/metadata/")))
        }),
    }
}

/// Gathers the names of the containers whose images are written; says whether all are known.
fn named(node: &Node, is_patch: bool, names: &mut Vec<String>) -> bool {
    match &node.value {
        Value::Map(map) => {
            let key = |entry: &crate::ir::Entry| entry.key.as_str().map(str::to_owned);
            let image = map.entries.iter().any(|entry| key(entry).is_some_and(|it| written_key(&it) == Some("image")));
            let name = node.get("name").or_else(|| node.get("(name)")).and_then(Node::as_str);
            let known = name.filter(|name| !name.contains(['*', '?', '{', '|', '&', '!']));
            match (image, known) {
                (true, None) => return false,
                (true, Some(name)) => names.push(name.to_owned()),
                (false, _) => {}
            }
            map.entries.iter().all(|entry| {
                let change = is_patch || key(entry).is_some_and(|key| is_change(&key));
                named(&entry.value, change, names)
            })
        }
        Value::List(list) => list.items.iter().all(|item| named(item, is_patch, names)),
        // Patches as text say places, not names.
        _ => !writes(node, is_patch, What::Image),
    }
}
