//! `toYaml`, `fromYaml`, `toJson`: values as text and back, with the places of what is in them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::format::json_float;
use super::text::{Origin, Text, has_hole, hole, is_block, letter};
use super::value::{Kind, List, Map, Native, Value};
use crate::ir::Why;
use crate::source::SourceId;
use crate::syntax::scalar::{ScalarTag, resolve};
use crate::syntax::tree::{Member, Tree, TreeKind};
use crate::syntax::yaml;

/// Nesting of what is written.
const DEEPEST: usize = 200;

/// Gives the letter that stands for what else there may be in something open.
type Opened<'a> = &'a mut dyn FnMut(&Why) -> char;

/// A value as Helm's `toYaml` writes it, without the line feed at the end.
pub(super) fn to_yaml(value: &Value, opened: Opened<'_>) -> Text {
    let mut out = Text::default();
    match &value.kind {
        Kind::Map(map) if !is_empty(value) => write_map(&map.borrow(), 0, &mut out, opened),
        Kind::List(list) if !is_empty(value) => write_list(list, 0, &mut out, opened),
        Kind::Hole(at) => out.push(&Text::written(letter(*at, true).to_string(), value.origin)),
        _ => write_scalar(value, 0, &mut out),
    }
    let end = out.text.trim_end_matches('\n').len();
    if end == out.text.len() { out } else { out.slice(0, end) }
}

fn is_empty(value: &Value) -> bool {
    match &value.kind {
        Kind::Map(map) => map.borrow().entries.is_empty() && map.borrow().open.is_none(),
        Kind::List(list) => list.items.is_empty() && list.open.is_none(),
        _ => true,
    }
}

fn write_map(map: &Map, indent: usize, out: &mut Text, opened: Opened<'_>) {
    for (at, (key, value)) in map.entries.iter().enumerate() {
        if at > 0 {
            out.push_str(&" ".repeat(indent));
        }
        write_string(&Text::plain(&**key), indent, out);
        out.push_str(":");
        write_member(value, indent, out, opened);
    }
    if let Some(why) = &map.open {
        if !map.entries.is_empty() {
            out.push_str(&" ".repeat(indent));
        }
        let letter = opened(why);
        out.push_str(&format!("{letter}: {letter}\n"));
    }
}

fn write_member(value: &Value, indent: usize, out: &mut Text, opened: Opened<'_>) {
    if indent > DEEPEST * 2 {
        out.push_str(" null\n");
        return;
    }
    match &value.kind {
        Kind::Map(map) if !is_empty(value) => {
            out.push_str("\n");
            out.push_str(&" ".repeat(indent + 2));
            write_map(&map.borrow(), indent + 2, out, opened);
        }
        Kind::List(list) if !is_empty(value) => {
            out.push_str("\n");
            out.push_str(&" ".repeat(indent));
            write_list(list, indent, out, opened);
        }
        _ => {
            out.push_str(" ");
            write_scalar(value, indent, out);
            out.push_str("\n");
        }
    }
}

fn write_list(list: &List, indent: usize, out: &mut Text, opened: Opened<'_>) {
    for (at, item) in list.items.iter().enumerate() {
        if at > 0 {
            out.push_str(&" ".repeat(indent));
        }
        out.push_str("- ");
        if indent > DEEPEST * 2 {
            out.push_str("null\n");
            continue;
        }
        match &item.kind {
            Kind::Map(map) if !is_empty(item) => write_map(&map.borrow(), indent + 2, out, opened),
            Kind::List(inner) if !is_empty(item) => write_list(inner, indent + 2, out, opened),
            _ => {
                write_scalar(item, indent, out);
                out.push_str("\n");
            }
        }
    }
    if let Some(why) = &list.open {
        if !list.items.is_empty() {
            out.push_str(&" ".repeat(indent));
        }
        let letter = opened(why);
        out.push_str(&format!("- {letter}\n"));
    }
}

fn write_scalar(value: &Value, indent: usize, out: &mut Text) {
    let mut own = |text: String| out.push(&Text::written(text, value.origin));
    match &value.kind {
        Kind::Nil => own("null".to_owned()),
        Kind::Bool(it) => own(it.to_string()),
        Kind::Int(it) => own(it.to_string()),
        Kind::Float(it) => own(json_float(*it)),
        Kind::Text(text) => write_string(text, indent, out),
        Kind::Map(_) => own("{}".to_owned()),
        Kind::List(_) => own("[]".to_owned()),
        Kind::Hole(at) => own(letter(*at, false).to_string()),
        Kind::Native(Native::Version(text, _)) => own(format!("{text:?}")),
        Kind::Native(Native::Files(_) | Native::Glob(..) | Native::ApiVersions | Native::KubeVersion) => {
            own("{}".to_owned());
        }
    }
}

fn write_string(text: &Text, indent: usize, out: &mut Text) {
    let plain = text.text.as_str();
    let other = !has_hole(plain) && !matches!(resolve(plain, true, ScalarTag::None), TreeKind::Str(_));
    if other || looks_like_time(plain) {
        return out.push(&super::format::quoted(text));
    }
    if plain.contains('\n') && is_block_text(plain) {
        return write_lines(text, indent + 2, out);
    }
    if plain.chars().any(|letter| letter.is_control()) {
        return out.push(&super::format::quoted(text));
    }
    if is_plain(plain) {
        return out.push(text);
    }
    out.push_str("'");
    let mut from = 0;
    for (at, _) in plain.match_indices('\'') {
        out.push(&text.slice(from, at + 1));
        out.push_str("'");
        from = at + 1;
    }
    out.push(&text.slice(from, plain.len()));
    out.push_str("'");
}

/// `2020-01-01` and `12:30` are quoted, so that older readers take neither for a time.
fn looks_like_time(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let date = text.get(..10).is_some_and(|head| {
        let parts: Vec<&str> = head.split('-').collect();
        parts.len() == 3 && parts.iter().all(|part| digits(part))
    });
    let time = text.contains(':') && text.split(':').all(digits) && text.split(':').skip(1).all(|part| part.len() <= 2);
    date || time
}

/// Whether a text of lines can stand as such.
fn is_block_text(text: &str) -> bool {
    let odd = text.chars().any(|letter| letter.is_control() && !matches!(letter, '\n' | '\t'));
    !odd && !text.ends_with(' ') && !text.contains(" \n") && !text.trim_matches('\n').is_empty()
}

fn write_lines(text: &Text, indent: usize, out: &mut Text) {
    let plain = text.text.as_str();
    let body = plain.trim_end_matches('\n');
    let chomp = match plain.len() - body.len() {
        0 => "-",
        1 => "",
        _ => "+",
    };
    let hint = if plain.starts_with([' ', '\n']) { "2" } else { "" };
    out.push_str(&format!("|{hint}{chomp}"));
    let content = if chomp == "+" { plain.strip_suffix('\n').unwrap_or(plain) } else { body };
    for line in content.split('\n') {
        out.push_str("\n");
        if !line.is_empty() {
            out.push_str(&" ".repeat(indent));
            out.push(&text.part(line));
        }
    }
}

/// Whether YAML reads the text as it stands.
fn is_plain(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let second = text.chars().nth(1);
    let indicator = match first {
        '-' | '?' | ':' => second.is_none_or(|next| next == ' '),
        ',' | '[' | ']' | '{' | '}' | '#' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' => true,
        _ => false,
    };
    !indicator
        && !text.starts_with(' ')
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.starts_with("---")
        && !text.starts_with("...")
}

/// A value as JSON. Holes stand bare: the result is read as YAML.
pub(super) fn to_json(value: &Value, pretty: Option<usize>, escapes: bool, opened: Opened<'_>) -> Text {
    let mut out = Text::default();
    Json { pretty: pretty.is_some(), escapes }.write(value, 0, &mut out, opened);
    out
}

struct Json {
    pretty: bool,
    escapes: bool,
}

impl Json {
    fn write(&self, value: &Value, depth: usize, out: &mut Text, opened: Opened<'_>) {
        if depth > DEEPEST {
            return out.push_str("null");
        }
        match &value.kind {
            Kind::Text(text) => out.push(&self.string(text)),
            Kind::List(list) => {
                let mut open = list.open.as_ref().map(|why| opened(why).to_string());
                out.push_str("[");
                for (at, item) in list.items.iter().enumerate() {
                    self.between(at, depth + 1, out);
                    self.write(item, depth + 1, out, opened);
                }
                if let Some(letter) = open.take() {
                    self.between(list.items.len(), depth + 1, out);
                    out.push_str(&letter);
                }
                self.end(!list.items.is_empty(), depth, out);
                out.push_str("]");
            }
            Kind::Map(map) => {
                let map = map.borrow();
                out.push_str("{");
                for (at, (key, item)) in map.entries.iter().enumerate() {
                    self.between(at, depth + 1, out);
                    out.push(&self.string(&Text::plain(&**key)));
                    out.push_str(if self.pretty { ": " } else { ":" });
                    self.write(item, depth + 1, out, opened);
                }
                if let Some(why) = &map.open {
                    let letter = opened(why);
                    self.between(map.entries.len(), depth + 1, out);
                    out.push_str(&format!("\"{letter}\":\"{letter}\""));
                }
                self.end(!map.entries.is_empty(), depth, out);
                out.push_str("}");
            }
            _ => write_scalar(value, 0, out),
        }
    }

    fn between(&self, at: usize, depth: usize, out: &mut Text) {
        if at > 0 {
            out.push_str(",");
        }
        if self.pretty {
            out.push_str(&format!("\n{}", "  ".repeat(depth)));
        }
    }

    fn end(&self, any: bool, depth: usize, out: &mut Text) {
        if self.pretty && any {
            out.push_str(&format!("\n{}", "  ".repeat(depth)));
        }
    }

    fn string(&self, text: &Text) -> Text {
        let mut out = Text::plain("\"");
        let mut from = 0;
        for (at, sign) in text.text.char_indices() {
            let escaped = match sign {
                '"' => "\\\"".to_owned(),
                '\\' => "\\\\".to_owned(),
                '\n' => "\\n".to_owned(),
                '\r' => "\\r".to_owned(),
                '\t' => "\\t".to_owned(),
                '<' | '>' | '&' if self.escapes => format!("\\u{:04x}", u32::from(sign)),
                sign if u32::from(sign) < 0x20 => format!("\\u{:04x}", u32::from(sign)),
                _ => continue,
            };
            out.push(&text.slice(from, at));
            out.push_str(&escaped);
            from = at + sign.len_utf8();
        }
        out.push(&text.slice(from, text.text.len()));
        out.push_str("\"");
        out
    }
}

/// `fromYaml`, `fromJson` and their like: the first document of a text; the message when it can't be read.
pub(super) fn from_yaml(text: &Text) -> Result<Value, String> {
    let (documents, _, faults) = yaml::parse(SourceId::default(), &text.text);
    if let Some(fault) = faults.first() {
        return Err(fault.message.clone());
    }
    Ok(documents.first().map_or_else(Value::nil, |document| value_in(&document.root, text)))
}

/// A part of a text that was read, as a value.
fn value_in(tree: &Tree, text: &Text) -> Value {
    let range = tree.span.range();
    let touched = text.touched(range.start, range.end);
    let secret = touched.iter().any(|mark| mark.origin.secret);
    let lead = touched.iter().find(|mark| mark.origin.is_value).or(touched.first());
    let origin = lead.map(|mark| Origin { secret, ..mark.origin });
    built(tree, origin, &text.text, &mut |inner| value_in(inner, text))
}

/// A file's tree as values. `secret` says which keys hold secrets.
pub(super) fn value_of(tree: &Tree, text: &str, secret: bool) -> Value {
    let origin = Some(Origin { span: tree.span, is_value: true, secret, composed: false });
    match &tree.kind {
        TreeKind::Map(members) => {
            let mut entries = BTreeMap::new();
            for member in members {
                let secret = secret || is_secret_key(&member.key);
                let key: Rc<str> = super::text::without_holes(&key_name(member, text)).into();
                entries.insert(key, value_of(&member.value, text, secret));
            }
            Value::map(entries).at(origin)
        }
        TreeKind::Str(text) => Value::text(Text::written(super::text::without_holes(text), origin)),
        _ => built(tree, origin, text, &mut |inner| value_of(inner, text, secret)),
    }
}

/// Whether what stands under a key is a secret.
pub(super) fn is_secret_key(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let plain =
        ["password", "passwd", "token", "secretkey", "clientsecret", "apikey", "dockerconfigjson", ".dockerconfigjson"];
    plain.iter().any(|word| key.ends_with(word)) && !key.contains("automount")
}

/// The key as Helm has it: a bare `y` or `on` is a boolean by way of JSON.
fn key_name(member: &Member, text: &str) -> String {
    let quoted = text.get(member.key_span.range()).is_some_and(|key| key.starts_with(['"', '\'']));
    match resolve(&member.key, !quoted, ScalarTag::None) {
        TreeKind::Bool(value) => value.to_string(),
        _ => member.key.to_string(),
    }
}

fn built(tree: &Tree, origin: Option<Origin>, text: &str, inner: &mut dyn FnMut(&Tree) -> Value) -> Value {
    let value = match &tree.kind {
        TreeKind::Null | TreeKind::Lost => Value::nil(),
        TreeKind::Bool(value) => Value::bool(*value),
        // Helm reads YAML by way of JSON: every number is a float.
        TreeKind::Int(value) => Value::float(*value as f64),
        TreeKind::Float(value) => Value::float(*value),
        TreeKind::Str(text) => {
            let mut signs = text.chars();
            if let (Some(at), None) = (signs.next().and_then(hole), signs.next()) {
                return Value::new(Kind::Hole(at)).at(origin);
            }
            return Value::text(Text::written(&**text, origin));
        }
        TreeKind::List(items) => {
            let mut list = List::default();
            for item in items {
                match item
                    .as_str()
                    .and_then(|text| text.chars().next())
                    .filter(|letter| hole(*letter).is_some() && is_block(*letter))
                {
                    Some(_) => list.open = Some(Why::TemplateText),
                    None => list.items.push(inner(item)),
                }
            }
            Value::new(Kind::List(Rc::new(list)))
        }
        TreeKind::Map(members) => {
            let mut map = Map::default();
            for member in members {
                match has_hole(&member.key) {
                    true => map.open = Some(Why::TemplateText),
                    false => drop(map.entries.insert(key_name(member, text).as_str().into(), inner(&member.value))),
                }
            }
            Value::new(Kind::Map(Rc::new(RefCell::new(map))))
        }
    };
    value.at(origin)
}
