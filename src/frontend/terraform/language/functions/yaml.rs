//! `yamldecode` and `yamlencode`.

use std::sync::Arc;

use super::encode::json_text;
use crate::frontend::node_of;
use crate::frontend::terraform::language::keys::members;
use crate::frontend::terraform::value::{LONGEST_TEXT, known, refused, text_of};
use crate::ir::{Node, Value, Why};
use crate::source::{SourceId, Span};
use crate::syntax::tree::{Tree, TreeKind};
use crate::syntax::yaml;

/// Longer texts might be folded, and how is nobody's business here.
const LONGEST_LINE: usize = 76;
/// Values that are nested deeper are not written.
const DEEPEST: usize = 60;

/// Nothing when the name is another's or an argument is not known.
pub(super) fn yaml_function(name: &str, values: &[Node], span: Span) -> Option<Node> {
    let first = values.first()?;
    match name {
        "yamlencode" => written(first).map(|text| Node::text(text, span)),
        "yamldecode" => match &first.value {
            Value::Call(name, inner) if &**name == "tf:yamlencode" => inner.first().cloned(),
            _ => decoded(first.span.source, &text_of(first)?, Some(first.span)),
        },
        _ => None,
    }
}

/// The one document of a text. With `at` all of it stands there, otherwise the text is the whole file.
pub(super) fn decoded(source: SourceId, text: &str, at: Option<Span>) -> Option<Node> {
    let (documents, _, faults) = yaml::parse(source, text);
    let span = at.unwrap_or_default();
    match documents.as_slice() {
        // What can't be read here may be read by Terraform.
        _ if !faults.is_empty() => None,
        [only] if !text.trim().is_empty() => {
            let mut node = node_of(&only.root);
            doubt(&mut node, &only.root, text)?;
            Some(at.map_or_else(|| node.clone(), |span| super::placed(node.clone(), span)))
        }
        _ => Some(refused("yamldecode", span)),
    }
}

/// Scalars that Terraform reads in another way than Kubernetes does become unknown: numbers and dates in some spellings.
/// Nothing when a key is such a word.
fn doubt(node: &mut Node, tree: &Tree, text: &str) -> Option<()> {
    let written = |span: Span| text.get(span.range()).unwrap_or_default();
    match (&mut node.value, &tree.kind) {
        (Value::List(list), TreeKind::List(items)) => {
            let nodes = Arc::make_mut(list).items.iter_mut();
            nodes.zip(items).try_for_each(|(node, tree)| doubt(node, tree, text))
        }
        (Value::Map(map), TreeKind::Map(members)) => {
            const WORDS: [&str; 10] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "~"];
            let word = |span: Span| WORDS.iter().any(|word| word.eq_ignore_ascii_case(written(span)));
            if members.iter().any(|member| word(member.key_span)) {
                return None;
            }
            let entries = Arc::make_mut(map).entries.iter_mut();
            entries.zip(members).try_for_each(|(entry, member)| doubt(&mut entry.value, &member.value, text))
        }
        _ => {
            if !is_plain(&tree.kind, written(tree.span)) {
                let why = Why::UnsupportedSyntax("a number or date of YAML in this spelling".into());
                node.value = Value::Unknown { why, sym: None };
            }
            Some(())
        }
    }
}

/// Whether a scalar is written as everybody reads it.
fn is_plain(kind: &TreeKind, written: &str) -> bool {
    let year = |(at, byte): (usize, u8)| if at == 4 { byte == b'-' } else { byte.is_ascii_digit() };
    match kind {
        TreeKind::Int(value) => written.trim_start_matches('+') == value.to_string(),
        TreeKind::Float(value) => value.is_finite() && written.parse() == Ok(*value),
        TreeKind::Str(_) if written.len() < 8 => true,
        TreeKind::Str(_) => !written.starts_with('!') && !written.bytes().take(5).enumerate().all(year),
        TreeKind::Null | TreeKind::Bool(_) => true,
        TreeKind::List(_) | TreeKind::Map(_) | TreeKind::Lost => false,
    }
}

/// A known value as the language writes it: every text in quotes, lists not indented.
fn written(node: &Node) -> Option<String> {
    if !known(node) {
        return None;
    }
    let mut text = String::new();
    match &node.value {
        Value::Null => text.push_str("null\n...\n"),
        Value::List(list) if !list.items.is_empty() => write_list(node, 0, &mut text, false)?,
        Value::Map(map) if !map.entries.is_empty() => write_map(node, 0, &mut text, false)?,
        _ => {
            text.push_str(&scalar(node, 0)?);
            text.push('\n');
            if !matches!(node.value, Value::Str(_) | Value::List(_) | Value::Map(_)) {
                text.push_str("...\n");
            }
        }
    }
    (text.len() <= LONGEST_TEXT).then_some(text)
}

fn pad(text: &mut String, indent: usize) {
    text.push_str(&" ".repeat(indent));
}

/// `inline`: the first line goes on where the text ends.
fn write_list(node: &Node, indent: usize, text: &mut String, inline: bool) -> Option<()> {
    for (at, item) in node.as_list()?.items.iter().enumerate() {
        if at > 0 || !inline {
            pad(text, indent);
        }
        text.push_str("- ");
        write_value(item, indent + 2, text, true)?;
    }
    Some(())
}

fn write_map(node: &Node, indent: usize, text: &mut String, inline: bool) -> Option<()> {
    let (members, _) = members(node, node.span)?;
    for (at, (key, value)) in members.iter().enumerate() {
        if at > 0 || !inline {
            pad(text, indent);
        }
        text.push_str(&json_like(key.as_str()?)?);
        text.push(':');
        match &value.value {
            Value::List(list) if !list.items.is_empty() => {
                text.push('\n');
                write_list(value, indent, text, false)?;
            }
            Value::Map(map) if !map.entries.is_empty() => {
                text.push('\n');
                write_map(value, indent + 2, text, false)?;
            }
            _ => {
                text.push(' ');
                text.push_str(&scalar(value, indent + 2)?);
                text.push('\n');
            }
        }
    }
    Some(())
}

fn write_value(node: &Node, indent: usize, text: &mut String, inline: bool) -> Option<()> {
    if indent > DEEPEST * 2 || text.len() > LONGEST_TEXT {
        return None;
    }
    match &node.value {
        Value::List(list) if !list.items.is_empty() => write_list(node, indent, text, inline),
        Value::Map(map) if !map.entries.is_empty() => write_map(node, indent, text, inline),
        _ => {
            text.push_str(&scalar(node, indent)?);
            text.push('\n');
            Some(())
        }
    }
}

fn scalar(node: &Node, indent: usize) -> Option<String> {
    match &node.value {
        Value::Str(inner) if inner.contains('\n') => block(inner, indent),
        Value::Str(inner) => json_like(inner),
        Value::List(_) => Some("[]".to_owned()),
        Value::Map(_) => Some("{}".to_owned()),
        _ => json_text(node),
    }
}

/// A text in double quotes; nothing when it might be escaped or folded in a way of its own.
fn json_like(inner: &str) -> Option<String> {
    let usual = |letter: char| letter == '\t' || !letter.is_control() && u32::from(letter) < 0xd800;
    if !inner.chars().all(usual) || inner.len() > LONGEST_LINE && inner.contains(' ') {
        return None;
    }
    let escaped = inner.replace('\\', "\\\\").replace('"', "\\\"").replace('\t', "\\t");
    Some(format!("\"{escaped}\""))
}

/// A text of several lines.
fn block(inner: &str, indent: usize) -> Option<String> {
    let plain = |line: &str| line.chars().all(|letter| !letter.is_control() && u32::from(letter) < 0xd800);
    let starts_oddly = inner.starts_with([' ', '\n', '\t']) || inner.ends_with("\n\n");
    if starts_oddly || !inner.split('\n').all(plain) || inner.split('\n').any(|line| line.ends_with(' ')) {
        return None;
    }
    let body = inner.strip_suffix('\n');
    let mark = if body.is_some() { "|" } else { "|-" };
    let lines = body.unwrap_or(inner).split('\n').map(|line| match line.is_empty() {
        true => String::new(),
        false => format!("{}{line}", " ".repeat(indent.max(2))),
    });
    Some(format!("{mark}\n{}", lines.collect::<Vec<_>>().join("\n")))
}
