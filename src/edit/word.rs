//! Words that are written out: hosts, namespaces, types, policies, flags, names of zones and sub-resources.

use super::page::{Page, Tongue};
use super::readers::is_within;
use super::repair::{made, only, place};
use crate::finding::Fix;
use crate::source::{Span, Store};
use crate::world::secret::Secret;
use crate::world::workload::Namespace;

/// The host of an image becomes the one that is meant, wherever the image is written: all of that or nothing.
pub(super) fn host(store: &Store, places: &[Span], from: &str, to: &str, sure: bool) -> Option<Fix> {
    let mut edits = places.iter().map(|&at| one_host(store, at, from, to)).collect::<Option<Vec<_>>>()?;
    edits.sort();
    edits.dedup();
    made(format!("write `{to}`"), edits, sure)
}

fn one_host(store: &Store, at: Span, from: &str, to: &str) -> Option<(Span, String)> {
    let page = Page::of(store, at)?;
    let from = only(&page, at, from)?;
    // In `https://host/…` and the like it may be somebody else's affair.
    let alone = !page.before(from.start as usize).ends_with("//");
    (alone && is_plain(to)).then(|| (from, to.to_owned()))
}

/// A secret moves to another namespace; who else reads it where it is now, nobody knows.
pub(super) fn namespace(store: &Store, secret: &Secret<'_>, to: &str) -> Option<Fix> {
    let Namespace::Known(from, span) = &secret.namespace else { return None };
    // What a controller makes it of may be bound to its namespace, as a sealed secret is.
    if secret.maker.is_some() || !is_within(*span, secret.resource.extent) {
        return None;
    }
    word(store, *span, from, to, false)
}

/// A word that is the whole of a value becomes another one.
pub(super) fn word(store: &Store, at: Span, from: &str, to: &str, safe: bool) -> Option<Fix> {
    let page = Page::of(store, at)?;
    let written = page.part(at.range());
    let bare = written.trim_matches(['"', '\'']);
    if !bare.eq_ignore_ascii_case(from) || !is_plain(to) || page.slot(at.range()).is_none() {
        return None;
    }
    let start = at.start as usize + written.find(bare)?;
    made(format!("write `{to}` instead of `{bare}`"), vec![(place(at, start..start + bare.len()), to.to_owned())], safe)
}

/// A word that stands once in what is written at a place, in quotes or on its own, becomes another one.
pub(super) fn word_within(store: &Store, at: Span, from: &str, to: &str, safe: bool) -> Option<Fix> {
    let page = Page::of(store, at)?;
    let from_place = only(&page, at, from)?;
    is_plain(to).then_some(())?;
    made(format!("write `{to}` instead of `{from}`"), vec![(from_place, to.to_owned())], safe)
}

/// The host in a rule of a firewall becomes the one that is meant. What a firewall lets out is the user's to decide.
pub(super) fn rule_host(store: &Store, at: Span, from: &str, to: &str) -> Option<Fix> {
    let page = Page::of(store, at)?;
    let from_place = only(&page, at, from)?;
    // A star begins an alias in YAML; in the languages that declare firewalls it stands in quotes.
    let quoted = page.tongue != Tongue::Yaml;
    (quoted && is_plain(to.strip_prefix("*.").unwrap_or(to))).then_some(())?;
    made(format!("write `{to}` instead of `{from}`"), vec![(from_place, to.to_owned())], false)
}

/// An image reference that no kubelet takes becomes the one that it can only mean.
pub(super) fn reference(store: &Store, at: Span, from: &str, to: &str) -> Option<Fix> {
    let page = Page::of(store, at)?;
    let from_place = only(&page, at, from)?;
    let plain = !to.is_empty()
        && to.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/' | ':' | '@'));
    plain.then_some(())?;
    made(format!("write `{to}`"), vec![(from_place, to.to_owned())], true)
}

/// Nothing in it has a meaning in any of the languages, in quotes or without.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/' | ':'))
}
