//! JSON, base64, CSV and URLs.

use std::fmt::Write as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::refuses_null;
use crate::frontend::terraform::language::keys::members;
use crate::frontend::terraform::value::{LONGEST_TEXT, MOST_MEMBERS, known, refused, text_of};
use crate::ir::{Entry, Node, Value};
use crate::source::Span;

/// JSON that is nested deeper is not read or written.
const DEEPEST: usize = 100;

/// Nothing when the name is another's or an argument is not known.
pub(super) fn encoding_function(name: &str, values: &[Node], span: Span) -> Option<Node> {
    let (first, rest) = values.split_first()?;
    if matches!(name, "jsonencode" | "jsondecode") && !rest.is_empty() {
        return Some(refused("too many arguments", span));
    }
    match name {
        // What isn't known keeps its shape as a call, so that who decodes it or reads it can see inside.
        "jsonencode" => return known(first).then(|| json_text(first)).flatten().map(|json| Node::text(json, span)),
        "jsondecode" | "base64decode" if encoded_by(first, name).is_some() => return encoded_by(first, name).cloned(),
        "jsondecode" | "base64encode" | "base64decode" | "textencodebase64" | "textdecodebase64" | "csvdecode"
        | "urlencode" | "urldecode" => {}
        _ => return None,
    }
    if let Some(refused) = refuses_null(name, values, span) {
        return Some(refused);
    }
    let text = text_of(first)?;
    let no = || refused(name, span);
    let made = match name {
        "jsondecode" => return Some(json_value(&text, first.span).unwrap_or_else(no)),
        "csvdecode" => return Some(table(&text, first.span)?.unwrap_or_else(no)),
        "base64encode" => Some(STANDARD.encode(text.as_bytes())),
        "base64decode" => STANDARD.decode(text.as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok()),
        "urlencode" => Some(percent_encoded(&text)),
        "urldecode" => percent_decoded(&text),
        "textencodebase64" => Some(STANDARD.encode(bytes_of(&text, &text_of(values.get(1)?)?)?)),
        _ => match STANDARD.decode(text.as_bytes()) {
            Ok(bytes) => Some(text_of_bytes(&bytes, &text_of(values.get(1)?)?)?),
            Err(_) => None,
        },
    };
    match made {
        Some(made) => (made.len() <= LONGEST_TEXT).then(|| Node::text(made, span)),
        None => Some(no()),
    }
}

/// What a decoding finds inside of an encoding that is not known in full.
fn encoded_by<'n>(node: &'n Node, decode: &str) -> Option<&'n Node> {
    let encode = if decode == "jsondecode" { "tf:jsonencode" } else { "tf:base64encode" };
    match &node.value {
        Value::Call(name, arguments) if &**name == encode => arguments.first(),
        _ => None,
    }
}

/// A known value as JSON, as the language writes it: keys in order, `<`, `>` and `&` escaped.
pub(super) fn json_text(node: &Node) -> Option<String> {
    let mut text = String::new();
    write_json(node, &mut text, 0)?;
    Some(text)
}

fn write_json(node: &Node, text: &mut String, depth: usize) -> Option<()> {
    if depth > DEEPEST || text.len() > LONGEST_TEXT {
        return None;
    }
    match &node.value {
        Value::Null => text.push_str("null"),
        Value::Str(inner) => quote(inner, text),
        Value::Bool(_) | Value::Int(_) | Value::Float(_) => text.push_str(&text_of(node)?),
        Value::List(list) if list.open.is_none() => {
            text.push('[');
            for (at, item) in list.items.iter().enumerate() {
                text.push_str(if at > 0 { "," } else { "" });
                write_json(item, text, depth + 1)?;
            }
            text.push(']');
        }
        Value::Map(map) if map.open.is_none() => {
            text.push('{');
            for (at, (key, value)) in members(node, node.span)?.0.iter().enumerate() {
                text.push_str(if at > 0 { "," } else { "" });
                quote(key.as_str()?, text);
                text.push(':');
                write_json(value, text, depth + 1)?;
            }
            text.push('}');
        }
        _ => return None,
    }
    Some(())
}

fn quote(inner: &str, text: &mut String) {
    text.push('"');
    for letter in inner.chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                let _ = write!(text, "\\u{:04x}", u32::from(letter));
            }
            _ => text.push(letter),
        }
    }
    text.push('"');
}

/// The value that a JSON text stands for; all of it stands where the text does.
pub(super) fn json_value(text: &str, span: Span) -> Option<Node> {
    let json: serde_json::Value = serde_json::from_str(text).ok()?;
    Some(of_json(&json, span))
}

fn of_json(json: &serde_json::Value, span: Span) -> Node {
    use serde_json::Value as Json;
    let value = match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::Int(whole),
            None => {
                return crate::frontend::terraform::value::of_number(number.as_f64().unwrap_or(f64::NAN), span);
            }
        },
        Json::String(text) => Value::Str(text.as_str().into()),
        Json::Array(items) => return Node::list(items.iter().map(|item| of_json(item, span)).collect(), span),
        Json::Object(members) => {
            let entry = |(key, value): (&String, &Json)| Entry::new(key, span, of_json(value, span));
            return Node::map(members.iter().map(entry).collect(), span);
        }
    };
    Node::new(value, span)
}

/// The bytes of a text in an encoding; nothing when the encoding is not known here.
fn bytes_of(text: &str, encoding: &str) -> Option<Vec<u8>> {
    match &*encoding.to_ascii_lowercase() {
        "utf-8" | "utf8" => Some(text.as_bytes().to_vec()),
        "utf-16le" => Some(text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        "utf-16be" => Some(text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        "us-ascii" | "ascii" => text.is_ascii().then(|| text.as_bytes().to_vec()),
        "iso-8859-1" | "latin1" => text.chars().map(|letter| u8::try_from(u32::from(letter)).ok()).collect(),
        _ => None,
    }
}

fn text_of_bytes(bytes: &[u8], encoding: &str) -> Option<String> {
    let pair = |bytes: &[u8]| <[u8; 2]>::try_from(bytes).ok();
    match &*encoding.to_ascii_lowercase() {
        "utf-8" | "utf8" => String::from_utf8(bytes.to_vec()).ok(),
        "utf-16le" => {
            let units: Option<Vec<u16>> = bytes.chunks(2).map(|unit| pair(unit).map(u16::from_le_bytes)).collect();
            String::from_utf16(&units?).ok()
        }
        "utf-16be" => {
            let units: Option<Vec<u16>> = bytes.chunks(2).map(|unit| pair(unit).map(u16::from_be_bytes)).collect();
            String::from_utf16(&units?).ok()
        }
        "iso-8859-1" | "latin1" => Some(bytes.iter().map(|&byte| char::from(byte)).collect()),
        _ => None,
    }
}

fn percent_encoded(text: &str) -> String {
    let mut made = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => made.push(char::from(byte)),
            b' ' => made.push('+'),
            _ => {
                let _ = write!(made, "%{byte:02X}");
            }
        }
    }
    made
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits = std::str::from_utf8(rest.get(..2)?).ok().filter(|digits| !digits.starts_with('+'))?;
                bytes.push(u8::from_str_radix(digits, 16).ok()?);
                rest = rest.get(2..)?;
            }
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).ok()
}

/// A table with a head as a list of objects: nothing when it is too long, `Some(None)` when it is no table.
#[allow(clippy::option_option)]
fn table(text: &str, span: Span) -> Option<Option<Node>> {
    let Some(rows) = rows(text) else { return Some(None) };
    if rows.len() > MOST_MEMBERS {
        return None;
    }
    let Some((head, rows)) = rows.split_first() else { return Some(None) };
    let twice = head.iter().enumerate().any(|(at, name)| head.iter().take(at).any(|other| other == name));
    if twice || rows.iter().any(|row| row.len() != head.len()) {
        return Some(None);
    }
    let object = |row: &Vec<String>| {
        let cells = head.iter().zip(row);
        Node::map(
            cells.map(|(name, cell)| Entry::new(name, span, Node::text(Arc::from(&**cell), span))).collect(),
            span,
        )
    };
    Some(Some(Node::list(rows.iter().map(object).collect(), span)))
}

/// Rows of cells; empty lines are no rows.
fn rows(text: &str) -> Option<Vec<Vec<String>>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut quoted, mut was_quoted) = (false, false);
    let text = text.replace("\r\n", "\n");
    let mut letters = text.chars().chain((!text.ends_with('\n')).then_some('\n')).peekable();
    while let Some(letter) = letters.next() {
        match (letter, quoted) {
            ('"', true) if letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            ('"', true) => quoted = false,
            (letter, true) => cell.push(letter),
            ('"', false) if cell.is_empty() && !was_quoted => (quoted, was_quoted) = (true, true),
            ('"', false) => return None,
            (',', false) => {
                row.push(std::mem::take(&mut cell));
                was_quoted = false;
            }
            ('\n', false) if row.is_empty() && cell.is_empty() && !was_quoted => {}
            ('\n', false) => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
                was_quoted = false;
            }
            (letter, false) if !was_quoted => cell.push(letter),
            _ => return None,
        }
    }
    (!quoted).then_some(rows)
}
