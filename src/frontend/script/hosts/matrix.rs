//! Jobs that run once for each combination of values.

use super::{filled, scalar};
use crate::frontend::script::run::Run;
use crate::frontend::script::syntax::Dialect;
use crate::ir::Node;
use crate::syntax::tree::Tree;

/// Combinations that are followed one by one.
const MOST: usize = 12;

/// The values of one run, by their names.
pub(super) type Combination = Vec<(String, Node)>;

/// The chosen values, as they are written.
type Chosen<'t> = Vec<(&'t str, &'t Tree)>;

/// The combinations of `strategy.matrix`; one without values where they are not written in place, or are too many.
pub(super) fn of_github(run: &Run<'_>, strategy: Option<&Tree>) -> Vec<Combination> {
    let chosen = strategy.and_then(|strategy| strategy.get("matrix")).and_then(combined);
    let Some(chosen) = chosen.filter(|chosen| !chosen.is_empty()) else { return vec![Vec::new()] };
    let nodes = |chosen: Chosen<'_>| {
        let mut found = Vec::new();
        chosen.iter().for_each(|(name, value)| spread(run, name, value, Dialect::GitHub, 4, &mut found));
        found
    };
    chosen.into_iter().map(nodes).collect()
}

/// The combinations of `parallel.matrix`.
pub(super) fn of_gitlab(run: &Run<'_>, parallel: Option<&Tree>) -> Vec<Combination> {
    let entries = parallel.and_then(|parallel| parallel.get("matrix")).and_then(Tree::as_list).unwrap_or_default();
    let chosen: Option<Vec<Vec<Chosen<'_>>>> = entries.iter().map(|entry| product(entry, &[])).collect();
    let chosen: Vec<Chosen<'_>> = chosen.unwrap_or_default().into_iter().flatten().collect();
    if chosen.is_empty() || chosen.len() > MOST {
        return vec![Vec::new()];
    }
    let nodes = |chosen: Chosen<'_>| {
        let mut found = Vec::new();
        chosen.iter().for_each(|(name, value)| spread(run, name, value, Dialect::Plain, 1, &mut found));
        found
    };
    chosen.into_iter().map(nodes).collect()
}

/// All combinations, those of `include` and without those of `exclude`.
fn combined(matrix: &Tree) -> Option<Vec<Chosen<'_>>> {
    let mut found = product(matrix, &["include", "exclude"])?;
    let agrees = |chosen: &Chosen<'_>, entry: &Tree, all: bool| {
        entry.as_map().unwrap_or_default().iter().all(|member| {
            match chosen.iter().find(|(name, _)| **name == *member.key) {
                Some((_, value)) => scalar(value) == scalar(&member.value),
                None => !all,
            }
        })
    };
    for entry in matrix.get("exclude").and_then(Tree::as_list).unwrap_or_default() {
        found.retain(|chosen| !agrees(chosen, entry, true));
    }
    if matrix.get("include").is_some_and(|include| include.as_list().is_none()) {
        return None;
    }
    let own = found.len();
    for entry in matrix.get("include").and_then(Tree::as_list).unwrap_or_default() {
        let members = || entry.as_map().unwrap_or_default().iter().map(|member| (&*member.key, &member.value));
        let mut fits = false;
        for chosen in found.iter_mut().take(own).filter(|chosen| !chosen.is_empty() && agrees(chosen, entry, false)) {
            let known: Vec<&str> = chosen.iter().map(|(name, _)| *name).collect();
            chosen.extend(members().filter(|(name, _)| !known.contains(name)));
            fits = true;
        }
        if !fits {
            found.push(members().collect());
        }
    }
    found.retain(|chosen| !chosen.is_empty());
    (found.len() <= MOST).then_some(found)
}

/// One value of each list.
fn product<'t>(lists: &'t Tree, but: &[&str]) -> Option<Vec<Chosen<'t>>> {
    let mut found: Vec<Chosen<'t>> = vec![Vec::new()];
    for member in lists.as_map()?.iter().filter(|member| !but.contains(&&*member.key)) {
        let values = match member.value.as_list() {
            Some(values) => values,
            None if scalar(&member.value).is_some_and(|text| !text.contains("${{")) => {
                std::slice::from_ref(&member.value)
            }
            None => return None,
        };
        let with = |chosen: &Chosen<'t>| {
            let chosen = chosen.clone();
            values
                .iter()
                .map(move |value| chosen.iter().copied().chain([(&*member.key, value)]).collect::<Chosen<'t>>())
        };
        found = found.iter().flat_map(with).take(MOST + 1).collect();
    }
    (found.len() <= MOST).then_some(found)
}

/// `app: {name: web}` is `app.name`.
fn spread(run: &Run<'_>, name: &str, value: &Tree, dialect: Dialect, depth: u32, found: &mut Combination) {
    match (scalar(value), value.as_map()) {
        (Some(text), _) => found.push((name.to_owned(), filled(run, &text, value.span, dialect))),
        (None, Some(members)) if depth > 0 => {
            for member in members {
                spread(run, &format!("{name}.{}", member.key), &member.value, dialect, depth - 1, found);
            }
        }
        _ => {}
    }
}
