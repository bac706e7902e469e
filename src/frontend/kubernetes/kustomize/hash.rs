//! The hash at the end of the names of what generators make.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::item::Item;
use crate::frontend::kubernetes::edit::{at, member};
use crate::ir::{Node, Value};

/// The hash of a Secret or a ConfigMap; nothing when its content is not known.
pub(super) fn of(item: &Item) -> Option<String> {
    if item.open_content {
        return None;
    }
    let body = &item.object.body;
    let mut members = vec![("kind", quoted(&item.object.kind)), ("name", quoted(""))];
    members.push(("data", member(body, "data").map_or(Some(quoted("")), texts)?));
    if &*item.object.kind == "Secret" {
        let kind = at(body, &["type"]).map_or(Some(""), Node::as_str)?;
        members.push(("type", quoted(kind)));
    }
    for key in ["binaryData", "stringData"] {
        let counts = (key == "stringData") == (&*item.object.kind == "Secret");
        if let Some(map) = member(body, key).filter(|_| counts) {
            members.push((key, texts(map)?));
        }
    }
    members.sort();
    let members: Vec<String> = members.iter().map(|(key, value)| format!("{}:{value}", quoted(key))).collect();
    Some(encoded(&format!("{{{}}}", members.join(","))))
}

/// The first letters of the digest, those that could spell words exchanged.
fn encoded(text: &str) -> String {
    let mut hex = String::new();
    for byte in Sha256::digest(text.as_bytes()).iter().take(5) {
        // Writing to a string can't fail.
        let _ = write!(hex, "{byte:02x}");
    }
    let letter = |letter| match letter {
        '0' => 'g',
        '1' => 'h',
        '3' => 'k',
        'a' => 'm',
        'e' => 't',
        other => other,
    };
    hex.chars().map(letter).collect()
}

/// An object of texts as Go writes JSON: sorted, `<`, `>` and `&` escaped.
fn texts(node: &Node) -> Option<String> {
    let map = node.as_map()?;
    if map.open.is_some() {
        return None;
    }
    let mut pairs = Vec::new();
    for entry in &map.entries {
        let value = match &entry.value.value {
            Value::Str(text) => quoted(text),
            Value::Bool(value) => value.to_string(),
            Value::Int(value) => value.to_string(),
            Value::Null => "null".to_owned(),
            _ => return None,
        };
        pairs.push((entry.key.as_str()?.to_owned(), value));
    }
    pairs.sort();
    let pairs: Vec<String> = pairs.iter().map(|(key, value)| format!("{}:{value}", quoted(key))).collect();
    Some(format!("{{{}}}", pairs.join(",")))
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}
