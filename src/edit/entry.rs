//! Entries of `imagePullSecrets` in manifests.

use std::ops::Range;

use super::page::{Page, Tongue};
use super::readers::is_within;
use super::repair::{made, place};
use crate::finding::Fix;
use crate::source::{Span, Store};

/// The manifest that a place belongs to, when somebody writes it as it is applied.
fn manifest(store: &Store, at: Span, extent: Span) -> Option<Page> {
    let page = Page::of(store, at)?;
    let templated = page.text().contains("{{");
    (page.tongue == Tongue::Yaml && is_within(at, extent) && !templated).then_some(page)
}

/// A string becomes an object with that name.
pub(super) fn named(store: &Store, at: Span, extent: Span) -> Option<Fix> {
    let page = manifest(store, at, extent)?;
    let written = page.part(at.range());
    let name = written.trim_matches(['"', '\'']);
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    // A number, a boolean or the like stays one behind `name:`, and the API server takes texts only.
    let is_text = name.len() < written.trim().len() || !is_scalar(name);
    if !is_name || name.starts_with('-') || !is_text {
        return None;
    }
    let before = page.before(at.start as usize).trim_end();
    let rest = page.rest(at.end as usize);
    // The key of an object is no entry.
    if !rest.trim().is_empty() && !rest.trim_start().starts_with([',', ']']) && !rest.starts_with([' ', '\t']) {
        return None;
    }
    let edits = if before.ends_with('-') && before.trim() == "-" {
        vec![(place(at, at.start as usize..at.start as usize), "name: ".to_owned())]
    } else if before.ends_with(['[', ',']) {
        let ends = |offset: u32| place(at, offset as usize..offset as usize);
        vec![(ends(at.start), "{ name: ".to_owned()), (ends(at.end), " }".to_owned())]
    } else {
        return None;
    };
    made(format!("write `{name}` as an object with a name"), edits, true)
}

/// Whether YAML reads a bare word as something else than a text.
fn is_scalar(word: &str) -> bool {
    const WORDS: [&str; 10] = ["true", "false", "yes", "no", "on", "off", "y", "n", "null", "~"];
    WORDS.iter().any(|known| word.eq_ignore_ascii_case(known)) || word.parse::<f64>().is_ok() || word.starts_with("0x")
}

/// Entries of one list that have a line each are taken out, the list too when nothing else is in it.
pub(super) fn without(store: &Store, places: &[Span], extent: Span) -> Option<Fix> {
    let first = *places.first()?;
    let page = manifest(store, first, extent)?;
    let entries = places.iter().map(|&at| line_of(&page, at, extent)).collect::<Option<Vec<Range<usize>>>>()?;
    let edits = match list_of(&page, &entries) {
        Some(list) => vec![list],
        None => entries,
    };
    let mut edits: Vec<(Span, String)> = edits.into_iter().map(|range| (place(first, range), String::new())).collect();
    edits.sort();
    edits.dedup();
    made("drop the pull secret from the pod", edits, false)
}

/// The line of an entry that has nothing but its name.
fn line_of(page: &Page, at: Span, extent: Span) -> Option<Range<usize>> {
    if !is_within(at, extent) {
        return None;
    }
    let name = page.part(at.range());
    let (start, text) = (page.line_start(at.start as usize), page.text());
    let end = text.get(at.end as usize..)?.find('\n').map_or(text.len(), |length| at.end as usize + length + 1);
    let line = page.part(start..end);
    let inside = line.trim_start().strip_prefix('-')?.trim_start().strip_prefix("name:")?.trim_start();
    let rest = inside.strip_prefix(name)?.trim();
    if !rest.is_empty() && !rest.starts_with('#') {
        return None;
    }
    let next = page.part(end..text.len()).lines().next().unwrap_or_default();
    // More members of the entry would be left without their beginning.
    let more = !next.trim().is_empty() && !is_comment(next) && indent(next) > indent(line);
    (!more).then_some(start..end)
}

/// The whole list, from its name on, when these entries are all that it has.
fn list_of(page: &Page, entries: &[Range<usize>]) -> Option<Range<usize>> {
    let (start, end) = (entries.iter().map(|it| it.start).min()?, entries.iter().map(|it| it.end).max()?);
    let dash = indent(page.part(start..end));
    let (mut head, mut at) = (None, start);
    while let Some(above) = at.checked_sub(1) {
        at = page.line_start(above);
        let line = page.part(at..above);
        if line.trim().is_empty() || is_comment(line) {
            continue;
        }
        let rest = line.trim_start().strip_prefix("imagePullSecrets:").map(str::trim);
        head = rest.filter(|rest| rest.is_empty() || is_comment(rest)).map(|_| at);
        break;
    }
    let own = |line: &str, at: usize| entries.iter().any(|it| it.start <= at && at + line.len() <= it.end);
    let mut from = start;
    let between = page.part(start..end).split_inclusive('\n').all(|line| {
        let at = from;
        from += line.len();
        own(line, at) || line.trim().is_empty() || is_comment(line)
    });
    let rest = page.part(end..page.text().len());
    let next = rest.lines().find(|line| !line.trim().is_empty() && !is_comment(line)).unwrap_or_default();
    let more = next.trim_start().starts_with("- ") && indent(next) == dash;
    head.filter(|_| between && !more).map(|head| head..end)
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}
