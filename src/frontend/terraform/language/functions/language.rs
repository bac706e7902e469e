//! The language itself as text: `provider::terraform::…`.

use super::encode::json_text;
use crate::frontend::terraform::language::evaluate::Session;
use crate::frontend::terraform::language::keys::members;
use crate::frontend::terraform::language::scope::Scope;
use crate::frontend::terraform::value::{LONGEST_TEXT, known, refused, text_of};
use crate::ir::{Entry, Node, Value};
use crate::source::Span;
use crate::syntax::hcl;

/// Values that are nested deeper are not written.
const DEEPEST: usize = 50;

/// Nothing when the name is another's or an argument is not known.
pub(super) fn language_function(
    session: &Session<'_>,
    scope: Scope<'_>,
    name: &str,
    values: &[Node],
    span: Span,
) -> Option<Node> {
    let first = values.first()?;
    let written = match name.strip_prefix("provider::terraform::")? {
        "encode_expr" => known(first).then(|| expression(first, 0)).flatten()?,
        "encode_tfvars" => {
            first.as_map().filter(|_| known(first))?;
            arguments(first, 0)?
        }
        "decode_tfvars" => return decoded(session, scope, first, span),
        _ => return None,
    };
    (written.len() <= LONGEST_TEXT).then(|| Node::text(written, span))
}

/// The arguments of a text as an object; all of it stands where the text does.
fn decoded(session: &Session<'_>, scope: Scope<'_>, from: &Node, span: Span) -> Option<Node> {
    let (body, faults) = hcl::parse(from.span.source, from.as_str()?);
    if !faults.is_empty() || !body.blocks.is_empty() {
        return Some(refused("decode_tfvars", span));
    }
    let entry = |attribute: &hcl::Attribute| {
        let value = session.evaluate(scope, &attribute.value);
        Entry::new(&attribute.name, from.span, super::placed(value, from.span))
    };
    let entries: Vec<Entry> = body.attributes.iter().map(entry).collect();
    entries.iter().all(|entry| known(&entry.value)).then(|| Node::map(entries, from.span))
}

fn expression(node: &Node, depth: usize) -> Option<String> {
    match &node.value {
        _ if depth > DEEPEST => None,
        Value::Str(text) => quoted(text),
        Value::List(list) => {
            let items: Option<Vec<String>> = list.items.iter().map(|item| expression(item, depth)).collect();
            Some(format!("[{}]", items?.join(", ")))
        }
        Value::Map(map) if map.entries.is_empty() => Some("{}".to_owned()),
        Value::Map(_) => Some(format!("{{\n{}{}}}", arguments(node, depth + 1)?, "  ".repeat(depth))),
        Value::Null => Some("null".to_owned()),
        _ => text_of(node).map(|text| text.to_string()),
    }
}

/// One line for each member; neighbours of one line each have their signs below each other.
fn arguments(node: &Node, depth: usize) -> Option<String> {
    let mut written: Vec<(String, String)> = Vec::new();
    for (key, value) in members(node, node.span)?.0 {
        written.push((word(key.as_str()?)?, expression(&value, depth)?));
    }
    let plain = |line: &(String, String)| !line.1.contains('\n');
    let mut text = String::new();
    for run in written.chunk_by(|a, b| plain(a) && plain(b)) {
        let width = run.iter().map(|(key, _)| key.chars().count()).max().unwrap_or(0);
        for (key, value) in run {
            text.push_str(&format!("{}{key:width$} = {value}\n", "  ".repeat(depth)));
        }
    }
    Some(text)
}

fn word(key: &str) -> Option<String> {
    let letter = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-');
    let bare = key.starts_with(|letter: char| letter.is_alphabetic() || letter == '_') && key.chars().all(letter);
    if bare { Some(key.to_owned()) } else { quoted(key) }
}

fn quoted(text: &str) -> Option<String> {
    if text.contains(['<', '>', '&', '\u{2028}', '\u{2029}']) {
        return None;
    }
    let quoted = json_text(&Node::text(text, Span::default()))?;
    Some(quoted.replace("${", "$${").replace("%{", "%%{"))
}
