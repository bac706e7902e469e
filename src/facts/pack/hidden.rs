//! What takes the place of secrets.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::{Gate, wire};
use crate::ir::{Entry, Map, Why};
use crate::world::secret::withheld;

/// Secrets by their texts: equal ones stay equal.
#[derive(Default)]
pub(super) struct Hidden(BTreeMap<Arc<str>, usize>);

impl Hidden {
    /// What is told of a secret text: something that is read alike, or that it is the same as elsewhere.
    pub(super) fn text(&mut self, text: &Arc<str>) -> wire::Value {
        if let Some(told) = withheld(text) {
            return wire::Value::Text(told);
        }
        let next = self.0.len();
        let number = *self.0.entry(text.clone()).or_insert(next);
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

/// Whether a member's key says that its value is a secret; of a list of variables the name that stands beside it.
pub(super) fn speaks(map: &Map, entry: &Entry, gate: &dyn Gate) -> bool {
    let Some(value) = entry.value.as_str() else { return false };
    let named = map.get("name").and_then(|name| name.as_str());
    let keys = [entry.key.as_str(), named.filter(|_| entry.key.as_str() == Some("value"))];
    keys.into_iter().flatten().any(|key| {
        let said = format!("{key}: {value}");
        gate.line(&said) != said
    })
}
