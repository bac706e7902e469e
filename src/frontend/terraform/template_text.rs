//! A template as it stands in a configuration: a text with `${…}` in it, the argument of `jsonencode`, the body of an
//! `azapi_resource`. What is not known yet becomes a parameter of the template, so that a reference stays a reference.

use std::sync::Arc;

use super::tables::reference::Settler;
use crate::ir::{Node, Value};

/// The private-use characters around the number of a value in a text.
const MARKS: (char, char) = ('\u{e000}', '\u{e001}');

/// A template's text, and the values that its added parameters have.
pub(super) struct Text {
    pub(super) text: String,
    pub(super) values: Vec<(Arc<str>, Node)>,
}

/// The text of a template; nothing when the value is no text and no object.
pub(super) fn of(node: &Node) -> Option<Text> {
    let mut writer = Writer { out: String::new(), values: Vec::new(), inside: false };
    match &node.value {
        Value::Str(text) => writer.raw(text),
        Value::Concat(pieces) => pieces.iter().for_each(|piece| writer.piece(piece)),
        Value::Call(name, arguments) if &**name == "tf:jsonencode" => writer.json(arguments.first()?, 0),
        Value::Map(map) if map.open.is_none() => writer.json(node, 0),
        _ => return None,
    }
    let mut settler = Settler::new();
    let named = |(at, node): (usize, Node)| (name_of(at), settler.settle(&node));
    let values = writer.values.into_iter().enumerate().map(named).collect();
    Some(Text { text: with_parameters(&writer.out), values })
}

fn name_of(at: usize) -> Arc<str> {
    format!("value {at} of the configuration").into()
}

/// Writes JSON; `inside` says whether the text so far ends within a string.
struct Writer {
    out: String,
    values: Vec<Node>,
    inside: bool,
}

/// Deeper values are taken as one.
const DEEPEST: usize = 100;

impl Writer {
    /// Text that is JSON already.
    fn raw(&mut self, text: &str) {
        let mut escaped = false;
        for letter in text.chars().filter(|letter| ![MARKS.0, MARKS.1].contains(letter)) {
            match letter {
                '"' if !escaped => self.inside = !self.inside,
                _ => {}
            }
            escaped = letter == '\\' && !escaped;
            self.out.push(letter);
        }
    }

    fn piece(&mut self, piece: &Node) {
        match &piece.value {
            Value::Str(text) => self.raw(text),
            _ => self.mark(piece),
        }
    }

    /// A value that is not known: a mark, in quotes where no string is around it.
    fn mark(&mut self, node: &Node) {
        let mark = format!("{}{}{}", MARKS.0, self.values.len(), MARKS.1);
        self.values.push(node.clone());
        self.out.push_str(&if self.inside { mark } else { format!("\"{mark}\"") });
    }

    fn json(&mut self, node: &Node, depth: usize) {
        match &node.value {
            Value::Null => self.out.push_str("null"),
            Value::Bool(value) => self.out.push_str(if *value { "true" } else { "false" }),
            Value::Int(value) => self.out.push_str(&value.to_string()),
            Value::Float(value) => self.out.push_str(&serde_json::Value::from(*value).to_string()),
            Value::Str(text) => self.quoted(text),
            Value::Concat(pieces) => {
                self.out.push('"');
                self.inside = true;
                for piece in pieces.iter() {
                    match &piece.value {
                        Value::Str(text) => self.escaped(text),
                        _ => self.mark(piece),
                    }
                }
                self.inside = false;
                self.out.push('"');
            }
            Value::List(list) if list.open.is_none() && depth < DEEPEST => {
                self.out.push('[');
                for (at, item) in list.items.iter().enumerate() {
                    self.comma(at);
                    self.json(item, depth + 1);
                }
                self.out.push(']');
            }
            Value::Map(map) if map.open.is_none() && depth < DEEPEST => {
                self.out.push('{');
                let known = map.entries.iter().filter_map(|entry| Some((entry.key.as_str()?, &entry.value)));
                for (at, (key, value)) in known.enumerate() {
                    self.comma(at);
                    self.quoted(key);
                    self.out.push(':');
                    self.json(value, depth + 1);
                }
                self.out.push('}');
            }
            _ => self.mark(node),
        }
    }

    fn comma(&mut self, at: usize) {
        if at > 0 {
            self.out.push(',');
        }
    }

    fn quoted(&mut self, text: &str) {
        self.out.push('"');
        self.escaped(text);
        self.out.push('"');
    }

    fn escaped(&mut self, text: &str) {
        let text: String = text.chars().filter(|letter| ![MARKS.0, MARKS.1].contains(letter)).collect();
        let quoted = serde_json::Value::from(text).to_string();
        self.out.push_str(quoted.trim_start_matches('"').strip_suffix('"').unwrap_or_default());
    }
}

/// The text with each string that has marks as an expression of the template language.
fn with_parameters(text: &str) -> String {
    if !text.contains(MARKS.0) {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('"') {
        let (before, string) = rest.split_at(start + 1);
        let end = closing(string);
        let (inner, after) = string.split_at(end);
        out.push_str(before);
        out.push_str(&if inner.contains(MARKS.0) { expression(inner) } else { inner.to_owned() });
        let quote = after.chars().next().map_or(0, char::len_utf8);
        let (closing, remainder) = after.split_at(quote);
        out.push_str(closing);
        rest = remainder;
    }
    out.push_str(rest);
    out
}

/// Where the quote stands that ends a JSON string.
fn closing(string: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in string.char_indices() {
        match letter {
            '"' if !escaped => return at,
            _ => escaped = letter == '\\' && !escaped,
        }
    }
    string.len()
}

/// A string with marks as an expression: `a-<0>` is `[concat('a-', parameters('…'))]`; in an expression the literals
/// with marks become such calls.
fn expression(string: &str) -> String {
    let is_expression = string.starts_with('[') && !string.starts_with("[[") && string.ends_with(']');
    if !is_expression {
        let literal = string.strip_prefix('[').filter(|_| string.starts_with("[[")).unwrap_or(string);
        return format!("[{}]", concat(&literal.replace('\'', "''")));
    }
    let mut out = String::new();
    let mut literal: Option<String> = None;
    for letter in string.chars() {
        match (&mut literal, letter) {
            (None, '\'') => literal = Some(String::new()),
            (Some(text), '\'') => {
                out.push_str(&if text.contains(MARKS.0) { concat(text) } else { format!("'{text}'") });
                literal = None;
            }
            (Some(text), letter) => text.push(letter),
            (None, letter) => out.push(letter),
        }
    }
    out.push_str(&literal.unwrap_or_default());
    // Marks outside of literals stand for themselves.
    call_marks(&out)
}

fn call_marks(text: &str) -> String {
    let mut out = String::new();
    for (at, part) in text.split(MARKS.0).enumerate() {
        match part.split_once(MARKS.1).filter(|_| at > 0) {
            Some((number, after)) => {
                out.push_str(&parameter(number));
                out.push_str(after);
            }
            None => out.push_str(part),
        }
    }
    out
}

/// Text and marks joined by the template's `concat`.
fn concat(text: &str) -> String {
    let mut arguments = Vec::new();
    for (at, part) in text.split(MARKS.0).enumerate() {
        let (mark, literal) = part.split_once(MARKS.1).filter(|_| at > 0).map_or((None, part), |(a, b)| (Some(a), b));
        arguments.extend(mark.map(parameter));
        if !literal.is_empty() {
            arguments.push(format!("'{literal}'"));
        }
    }
    match arguments.as_slice() {
        [only] => only.clone(),
        _ => format!("concat({})", arguments.join(", ")),
    }
}

fn parameter(number: &str) -> String {
    format!("parameters('{}')", name_of(number.parse().unwrap_or(usize::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::Why;
    use crate::source::Span;

    fn unknown() -> Node {
        Node::unknown(Why::KnownAfterApply, Span::default())
    }

    fn text(pieces: &[&str]) -> String {
        let mut nodes = Vec::new();
        for (at, piece) in pieces.iter().enumerate() {
            if at > 0 {
                nodes.push(unknown());
            }
            nodes.push(Node::text(*piece, Span::default()));
        }
        of(&Node::concat(nodes, Span::default())).unwrap().text.replace(" of the configuration", "")
    }

    #[test]
    fn what_is_not_known_becomes_a_parameter() {
        assert_eq!(text(&["{\"a\": \"", "\"}"]), "{\"a\": \"[parameters('value 0')]\"}");
        assert_eq!(text(&["{\"a\": \"it's-", "\"}"]), "{\"a\": \"[concat('it''s-', parameters('value 0'))]\"}");
        assert_eq!(text(&["{\"a\": ", ", \"b\": 1}"]), "{\"a\": \"[parameters('value 0')]\", \"b\": 1}");
        assert_eq!(
            text(&["{\"a\": \"[f('x", "', '\\\"q')]\"}"]),
            "{\"a\": \"[f(concat('x', parameters('value 0')), '\\\"q')]\"}"
        );
        assert_eq!(text(&["{\"a\": \"[f(", ")]\"}"]), "{\"a\": \"[f(parameters('value 0'))]\"}");
    }

    #[test]
    fn an_argument_of_jsonencode_is_written_out() {
        let map = Node::map(
            vec![
                crate::ir::Entry::new("a \"b\"", Span::default(), unknown()),
                crate::ir::Entry::new("c", Span::default(), Node::text("\\", Span::default())),
            ],
            Span::default(),
        );
        let found = of(&map).unwrap();
        assert_eq!(found.text, r#"{"a \"b\"":"[parameters('value 0 of the configuration')]","c":"\\"}"#);
        assert_eq!(found.values.len(), 1);
    }
}
