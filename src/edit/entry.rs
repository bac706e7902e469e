//! Entries of `imagePullSecrets` in manifests.

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
    if !is_name || name.starts_with('-') {
        return None;
    }
    let before = page.before(at.start as usize).trim_end();
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

/// An entry that has a line of its own is taken out, the list too when nothing else is in it.
pub(super) fn without(store: &Store, at: Span, extent: Span) -> Option<Fix> {
    let page = manifest(store, at, extent)?;
    let name = page.part(at.range());
    let (start, text) = (page.line_start(at.start as usize), page.text());
    let end = text.get(at.end as usize..)?.find('\n').map_or(text.len(), |length| at.end as usize + length + 1);
    let line = page.part(start..end);
    let inside = line.trim_start().strip_prefix('-')?.trim_start().strip_prefix("name:")?.trim_start();
    let rest = inside.strip_prefix(name)?.trim();
    if !rest.is_empty() && !rest.starts_with('#') {
        return None;
    }
    let dash = indent(line);
    let next = page.part(end..text.len()).lines().next().unwrap_or_default();
    // More members of the entry would be left without their beginning.
    if !next.trim().is_empty() && indent(next) > dash {
        return None;
    }
    let before = start.checked_sub(1).map(|end| (page.line_start(end), page.part(page.line_start(end)..start)));
    let more = next.trim_start().starts_with("- ") && indent(next) == dash;
    let from = match before {
        Some((at, line)) if line.trim() == "imagePullSecrets:" && !more => at,
        _ => start,
    };
    made("drop the pull secret from the pod", vec![(place(at, from..end), String::new())], false)
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}
