//! Functions over texts, all of whose arguments are known; `join` also of texts with unknown pieces.

use super::refuses_null;
use crate::frontend::terraform::value::{LONGEST_TEXT, known, limit, text_of, text_of_pieces, whole};
use crate::ir::{Node, Value};
use crate::source::Span;

/// Nothing when the name is another's or an argument is not known.
pub(super) fn text_function(name: &str, values: &[Node], span: Span) -> Option<Node> {
    if name == "join" {
        return join(values, span);
    }
    const NAMES: [&str; 20] = [
        "lower",
        "upper",
        "title",
        "trimspace",
        "chomp",
        "trim",
        "trimprefix",
        "trimsuffix",
        "startswith",
        "endswith",
        "strcontains",
        "split",
        "substr",
        "strrev",
        "indent",
        "dirname",
        "basename",
        "pathexpand",
        "replace",
        "strlen",
    ];
    if !NAMES.contains(&name) {
        return None;
    }
    if let Some(refused) = refuses_null(name, values, span) {
        return Some(refused);
    }
    if !values.iter().all(known) {
        return None;
    }
    let at = |at: usize| values.get(at).and_then(text_of);
    let text = |text: String| (text.len() <= LONGEST_TEXT).then(|| Node::text(text, span));
    let truth = |value: bool| Some(Node::new(Value::Bool(value), span));
    match name {
        "lower" => text(at(0)?.chars().map(lower).collect()),
        "upper" => text(at(0)?.chars().map(upper).collect()),
        "title" => text(title(&at(0)?)),
        "trimspace" => text(at(0)?.trim().to_owned()),
        "chomp" => text(at(0)?.trim_end_matches(['\n', '\r']).to_owned()),
        "trim" => text(at(0)?.trim_matches(|letter| at(1).is_some_and(|cut| cut.contains(letter))).to_owned()),
        "trimprefix" => text(at(0)?.strip_prefix(&*at(1)?).unwrap_or(&at(0)?).to_owned()),
        "trimsuffix" => text(at(0)?.strip_suffix(&*at(1)?).unwrap_or(&at(0)?).to_owned()),
        "startswith" => truth(at(0)?.starts_with(&*at(1)?)),
        "endswith" => truth(at(0)?.ends_with(&*at(1)?)),
        "strcontains" => truth(at(0)?.contains(&*at(1)?)),
        "split" => Some(split(&at(0)?, &at(1)?, span)),
        "replace" => super::pattern::replace(&at(0)?, &at(1)?, &at(2)?, span),
        "substr" => substr(&at(0)?, whole(values.get(1)?)?, whole(values.get(2)?)?, span),
        "strrev" => text(letters(&at(0)?)?.into_iter().rev().collect()),
        "indent" => {
            let spaces = usize::try_from(whole(values.first()?)?).ok().filter(|&spaces| spaces <= 1_000)?;
            let lines = at(1)?.matches('\n').count();
            (lines.saturating_mul(spaces) <= LONGEST_TEXT).then_some(())?;
            text(at(1)?.replace('\n', &format!("\n{}", " ".repeat(spaces))))
        }
        "dirname" => text(dirname(&at(0)?)),
        "basename" => text(basename(&at(0)?)),
        "pathexpand" => at(0).filter(|path| !path.starts_with('~')).map(|path| Node::text(path, span)),
        _ => None,
    }
}

/// Longer lists are not made of one text.
const MOST_PARTS: usize = 50_000;

/// The language changes letters one by one: one that would become several stays.
fn lower(letter: char) -> char {
    letter.to_lowercase().next().unwrap_or(letter)
}

fn upper(letter: char) -> char {
    let mut upper = letter.to_uppercase();
    upper.next().filter(|_| upper.next().is_none()).unwrap_or(letter)
}

fn title(text: &str) -> String {
    let mut begins = true;
    let letter = |letter: char| {
        let first = std::mem::replace(&mut begins, separates(letter));
        if first { upper(letter) } else { letter }
    };
    text.chars().map(letter).collect()
}

/// Whether a word begins after this letter.
fn separates(letter: char) -> bool {
    match letter.is_ascii() {
        true => !letter.is_ascii_alphanumeric() && letter != '_',
        false => letter.is_whitespace(),
    }
}

/// The letters as the language counts them; nothing when some of them might belong together.
pub(super) fn letters(text: &str) -> Option<Vec<char>> {
    let alone = |letter: char| {
        let code = u32::from(letter);
        code < 0x300 && letter != '\r' || (0x3040..0xa000).contains(&code)
    };
    text.chars().all(alone).then(|| text.chars().collect())
}

fn split(separator: &str, text: &str, span: Span) -> Node {
    let part = |part: &str| Node::text(part, span);
    let many = if separator.is_empty() { text.len() } else { text.matches(separator).count() };
    if many > MOST_PARTS {
        return limit("list members", span);
    }
    let parts: Vec<Node> = match (separator.is_empty(), text.is_empty()) {
        (_, true) => vec![part("")],
        (true, false) => text.chars().map(|letter| part(letter.encode_utf8(&mut [0; 4]))).collect(),
        (false, false) => text.split(separator).map(part).collect(),
    };
    Node::list(if separator.is_empty() && text.is_empty() { Vec::new() } else { parts }, span)
}

fn join(values: &[Node], span: Span) -> Option<Node> {
    let separator = text_of(values.first()?)?;
    let mut pieces: Vec<Node> = Vec::new();
    let lists = values.iter().skip(1).map(|value| value.as_list().filter(|list| list.open.is_none()));
    for item in lists.collect::<Option<Vec<_>>>()?.into_iter().flat_map(|list| &list.items) {
        if item.is_null() {
            return Some(crate::frontend::terraform::value::refused("null in `join`", span));
        }
        if matches!(item.value, Value::List(_) | Value::Map(_)) {
            return None;
        }
        if !pieces.is_empty() {
            pieces.push(Node::text(separator.clone(), span));
        }
        pieces.push(item.clone());
        // An empty first item still has a separator after it.
        if pieces.len() == 1 {
            pieces.insert(0, Node::text("", span));
        }
    }
    Some(text_of_pieces(pieces, span))
}

fn substr(text: &str, offset: i64, length: i64, span: Span) -> Option<Node> {
    let letters = letters(text)?;
    let count = i64::try_from(letters.len()).ok()?;
    let start = if offset < 0 { (count + offset).max(0) } else { offset.min(count) };
    let end = if length < 0 { count } else { start.saturating_add(length).min(count) };
    let cut = letters.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)?;
    Some(Node::text(cut.iter().collect::<String>(), span))
}

/// A path without double slashes and `.` steps, as Go's path functions leave it.
pub(super) fn cleaned(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut steps: Vec<&str> = Vec::new();
    for step in path.split('/') {
        match step {
            "" | "." => {}
            ".." if steps.last().is_some_and(|last| *last != "..") => drop(steps.pop()),
            ".." if rooted => {}
            step => steps.push(step),
        }
    }
    match (rooted, steps.is_empty()) {
        (true, _) => format!("/{}", steps.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => steps.join("/"),
    }
}

fn dirname(path: &str) -> String {
    let folder = path.rfind('/').and_then(|end| path.get(..=end)).unwrap_or_default();
    cleaned(folder)
}

fn basename(path: &str) -> String {
    let stripped = path.trim_end_matches('/');
    match (path.is_empty(), stripped.is_empty()) {
        (true, _) => ".".to_owned(),
        (false, true) => "/".to_owned(),
        _ => stripped.rsplit('/').next().unwrap_or(stripped).to_owned(),
    }
}
