//! The configuration file as a tree with places: small, so that every mistake can be told in our own words.

use std::ops::Range;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};

use crate::suggestion::nearest;

/// A value and where it stands.
#[derive(Debug)]
pub(super) struct Item {
    pub kind: Kind,
    /// Line and column, from 1.
    pub at: Option<(u64, u64)>,
    /// Bytes of the file.
    pub bytes: Range<usize>,
}

#[derive(Debug)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    Text(String),
    Number,
    List(Vec<Item>),
    Map(Vec<(Item, Item)>),
}

/// What is wrong, and where.
#[derive(Debug)]
pub(super) struct Mistake {
    pub at: Option<(u64, u64)>,
    pub message: String,
}

/// The first document of the file; an empty file is null.
pub(super) fn parse(text: &str) -> Result<Item, Mistake> {
    let budget = serde_saphyr::budget! { max_depth: 32, max_nodes: 100_000, max_aliases: 1_000 };
    let options = serde_saphyr::options! { budget: budget, strict_booleans: true };
    match serde_saphyr::from_str_with_options::<Option<Item>>(text, options) {
        Ok(item) => Ok(item.unwrap_or(Item { kind: Kind::Null, at: Some((1, 1)), bytes: 0..0 })),
        Err(error) => {
            let at = error.location().and_then(place);
            Err(Mistake { at, message: first_line(&error.without_snippet().to_string()) })
        }
    }
}

/// The message alone: the reader's own place, excerpt and advice to programmers are left out.
fn first_line(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    let line = line.strip_prefix("error: ").unwrap_or(line);
    if line.starts_with("multiple YAML documents") {
        return "one document is wanted, and there is a second one".to_owned();
    }
    let line = line.split(" at line ").next().unwrap_or(line);
    line.split(", set ").next().unwrap_or(line).to_owned()
}

fn place(location: Location) -> Option<(u64, u64)> {
    (location.line() > 0).then(|| (location.line(), location.column()))
}

impl Item {
    /// A mistake at this place.
    pub(super) fn wrong(&self, message: String) -> Mistake {
        Mistake { at: self.at, message }
    }

    /// The text.
    pub(super) fn text(&self) -> Result<&str, Mistake> {
        match &self.kind {
            Kind::Text(text) => Ok(text),
            _ => Err(self.expected("text")),
        }
    }

    /// The items of a list.
    pub(super) fn items(&self) -> Result<&[Item], Mistake> {
        match &self.kind {
            Kind::List(items) => Ok(items),
            _ => Err(self.expected("a list")),
        }
    }

    /// The members of a map.
    pub(super) fn members(&self) -> Result<&[(Item, Item)], Mistake> {
        match &self.kind {
            Kind::Map(members) => Ok(members),
            _ => Err(self.expected("a map")),
        }
    }

    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Item> {
        let Kind::Map(members) = &self.kind else { return None };
        let is_it = |(own, _): &&(Item, Item)| matches!(&own.kind, Kind::Text(text) if text == key);
        members.iter().find(is_it).map(|(_, value)| value)
    }

    /// The boolean.
    pub(super) fn flag(&self) -> Result<bool, Mistake> {
        match self.kind {
            Kind::Bool(value) => Ok(value),
            _ => Err(self.expected("a boolean")),
        }
    }

    /// The key, which must be one of `keys`.
    pub(super) fn key(&self, keys: &[&'static str]) -> Result<&'static str, Mistake> {
        self.known("key", keys)
    }

    /// The word, which must be one of `words`.
    pub(super) fn word(&self, words: &[&'static str]) -> Result<&'static str, Mistake> {
        self.known("word", words)
    }

    fn known(&self, what: &str, words: &[&'static str]) -> Result<&'static str, Mistake> {
        let text = self.text()?;
        words.iter().find(|&&word| word == text).copied().ok_or_else(|| {
            let meant = match nearest(text, words.iter().copied()) {
                Some(word) => format!("did you mean `{word}`?"),
                None => {
                    format!("known are {}", words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "))
                }
            };
            self.wrong(format!("unknown {what} `{text}`; {meant}"))
        })
    }

    fn expected(&self, what: &str) -> Mistake {
        let found = match &self.kind {
            Kind::Null => "nothing",
            Kind::Bool(_) => "a boolean",
            Kind::Text(_) => "text",
            Kind::Number => "a number",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a map",
        };
        self.wrong(format!("expected {what}, found {found}"))
    }
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Item, D::Error> {
        let Spanned { value, referenced, .. } = Spanned::<Kind>::deserialize(deserializer)?;
        let span = referenced.span();
        let start = span.byte_offset().unwrap_or_default() as usize;
        let length = span.byte_len().unwrap_or_default() as usize;
        Ok(Item { kind: value, at: place(referenced), bytes: start..start.saturating_add(length) })
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Kind, D::Error> {
        deserializer.deserialize_any(KindVisitor)
    }
}

struct KindVisitor;

impl<'de> Visitor<'de> for KindVisitor {
    type Value = Kind;

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("plain YAML")
    }

    fn visit_unit<E>(self) -> Result<Kind, E> {
        Ok(Kind::Null)
    }

    fn visit_none<E>(self) -> Result<Kind, E> {
        Ok(Kind::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Kind, E> {
        Ok(Kind::Bool(value))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Kind, E> {
        Ok(Kind::Number)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Kind, E> {
        Ok(Kind::Number)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Kind, E> {
        Ok(Kind::Number)
    }

    fn visit_str<E>(self, text: &str) -> Result<Kind, E> {
        Ok(Kind::Text(text.to_owned()))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Kind, D::Error> {
        Kind::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Kind, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Kind::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Kind, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Kind::Map(members))
    }
}
