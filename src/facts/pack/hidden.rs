//! What takes the place of secrets.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use regex::{Regex, RegexBuilder};

use super::super::{Gate, wire};
use crate::ir::{Entry, Map, Node, Value, Why};
use crate::world::secret::withheld;

/// Secrets by their texts: equal ones stay equal.
#[derive(Default)]
pub(super) struct Hidden {
    numbers: BTreeMap<Arc<str>, usize>,
    /// All that were met, which no other text may hold.
    met: BTreeSet<Arc<str>>,
    /// Those that were met before.
    known: Option<Regex>,
}

/// Shorter secrets are too likely to be ordinary words.
const SHORTEST: usize = 8;

impl Hidden {
    /// Those that were met, to be known from the beginning.
    pub(super) fn known(met: BTreeSet<Arc<str>>) -> Hidden {
        Hidden { known: any_of(&met), met, ..Hidden::default() }
    }

    /// Those that were met.
    pub(super) fn all(&self) -> &BTreeSet<Arc<str>> {
        &self.met
    }

    /// A text without the secrets that stand openly elsewhere.
    pub(super) fn out_of(&self, text: String) -> String {
        self.known.as_ref().map_or_else(|| text.clone(), |known| known.replace_all(&text, "•••").into_owned())
    }
}

impl Hidden {
    /// What is told of a secret text: something that is read alike, or that it is the same as elsewhere.
    pub(super) fn text(&mut self, text: &Arc<str>) -> wire::Value {
        if text.len() >= SHORTEST && !is_word(text) {
            self.met.insert(text.clone());
        }
        if let Some(told) = withheld(text) {
            return wire::Value::Text(told);
        }
        let next = self.numbers.len();
        let number = *self.numbers.entry(text.clone()).or_insert(next);
        wire::Value::Unknown { why: Why::Sensitive, symbol: Some(format!("#secret:{number}")) }
    }
}

/// A secret number, or one of several.
pub(super) fn unknown() -> wire::Value {
    wire::Value::Unknown { why: Why::Sensitive, symbol: None }
}

/// Whether a member is the user name of a registry's credential: who knows it knows nothing yet.
pub(super) fn is_user(map: &Map, entry: &Entry) -> bool {
    let beside = ["password", "auth"].iter().any(|key| map.get(key).is_some());
    beside && entry.key.as_str().is_some_and(|key| key.eq_ignore_ascii_case("username"))
}

/// One of these texts, the longest where one begins another.
pub(super) fn any_of(texts: &BTreeSet<Arc<str>>) -> Option<Regex> {
    let mut longest: Vec<String> = texts.iter().map(|text| regex::escape(text)).collect();
    longest.sort_by_key(|text| std::cmp::Reverse(text.len()));
    let pattern = (!longest.is_empty()).then(|| longest.join("|"))?;
    RegexBuilder::new(&pattern).size_limit(1 << 28).build().ok()
}

/// A word of letters, a host, a name: what may stand in a secret and is none.
fn is_word(text: &str) -> bool {
    text.len() < 64 && text.bytes().all(|byte| byte.is_ascii_lowercase() || b"-.".contains(&byte))
}

/// A member with the values in it hidden: the secret of a vault.
pub(super) fn value_of(entry: &Entry) -> Entry {
    let hide = |inner: &Entry| match inner.key.as_str() {
        Some(key) if key.eq_ignore_ascii_case("value") => {
            Entry { value: inner.value.clone().secret(), ..inner.clone() }
        }
        _ => inner.clone(),
    };
    let Some(map) = entry.value.as_map() else { return entry.clone() };
    let entries = map.entries.iter().map(hide).collect();
    let value = Value::Map(Arc::new(Map { entries, open: map.open.clone() }));
    Entry { value: Node { value, ..entry.value.clone() }, ..entry.clone() }
}

/// A key that speaks of a secret covers the value in an object of its own: `adminPassword: { value: 'x' }`.
pub(super) fn covers(entry: &Entry, gate: &dyn Gate) -> bool {
    let holds = entry.value.as_map().is_some_and(|map| map.get("value").is_some());
    let said = |key: &str| format!("{key}: vT3q8xKp0LwZr1mB");
    holds && entry.key.as_str().is_some_and(|key| gate.line(&said(key)) != said(key))
}

/// Whether a member's key says that its value is a secret; of a list of variables the name that stands beside it.
pub(super) fn speaks(map: &Map, entry: &Entry, gate: &dyn Gate) -> bool {
    if entry.key.as_str() == Some("secureValue") {
        return true;
    }
    let Some(value) = entry.value.as_str() else { return false };
    let named = map.get("name").and_then(|name| name.as_str());
    let keys = [entry.key.as_str(), named.filter(|_| entry.key.as_str() == Some("value"))];
    keys.into_iter().flatten().any(|key| {
        let said = format!("{key}: {value}");
        gate.line(&said) != said
    })
}
