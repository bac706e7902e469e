//! What stands behind a key that speaks of a secret: the texts in it that are the secret, and not the names and calls that
//! only say where it comes from.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// What a word without quotes is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bare {
    /// The name of something, where it is written like one.
    Name,
    /// A text, up to the next blank.
    Word,
    /// A text, up to the end of the line or the next sign of a collection.
    Sentence,
}

/// A text in quotes, also one that misses its end.
static QUOTED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"^(?:"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|''|\\.)*'?)"#).ok());

/// A name or a path, as far as its first bracket.
static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^[$@!]*[A-Za-z_][\w.:$-]*[!?]?").ok());

/// What says where a value comes from and nothing else, whole.
static REFERENCE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^(?:\$\{\{.*\}\}|\{\{[^\x22]*\}\}|\$\{[\w.]+\}|\$\([\w.\-]+\)|%\w+%|#\{[\w.]+\}#",
        r"|\$[A-Z_][A-Z0-9_]*|\$[\w:]*(?i:pass|pwd|pw|secret|token|key|cred)\w*)$",
    ))
    .ok()
});

/// A part of a shell's `${NAME:-text}` or of a template's `default "text"`.
static DEFAULTS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let patterns = [r#"\$\{\w+:?[-=+]([^}]+)"#, r#"\bdefault\s+("[^"]*"?)"#];
    patterns.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect()
});

/// A command that says a text.
static SAYS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^(?:\$\(|`)\s*(?:echo|printf)\s+").ok());

/// The texts of a value, in order.
pub(super) fn literals(behind: &str, bare: Bare) -> Vec<Range<usize>> {
    let start = behind.len() - behind.trim_start().len();
    let rest = behind.get(start..).unwrap_or_default();
    let within = match rest.chars().next() {
        None | Some('&' | '*' | '|' | '>' | '#') => Vec::new(),
        Some('$') if rest.starts_with("$(") => said(rest),
        Some('`') => said(rest),
        Some('{') if rest.starts_with("{{") => defaults(rest),
        Some('$') if rest.starts_with("${") => defaults(rest),
        Some('[' | '{') => Vec::new(),
        Some('"' | '\'' | '(' | '$' | '@' | '!') => expression(rest),
        Some(_) if bare == Bare::Name && is_name(rest) => expression(rest),
        Some(_) => plain(rest, bare),
    };
    within.into_iter().map(|part| start + part.start..start + part.end).collect()
}

/// `var.password`, `true`, `"${PASSWORD}"`: says where a secret comes from, or that there is none.
pub(super) fn is_reference(value: &str) -> bool {
    const ROOTS: [&str; 9] = ["var.", "local.", "module.", "data.", "each.", "azurerm_", "azuread_", "random_", "${{"];
    let bare = value.trim_matches('"');
    matches!(value, "true" | "false" | "null" | "~" | "\"\"" | "''" | "string" | "object")
        || ROOTS.iter().any(|root| value.starts_with(root))
        || REFERENCE.as_ref().is_some_and(|pattern| pattern.is_match(bare))
}

/// A path, a call, or a word that says of itself that a secret is behind it.
fn is_name(text: &str) -> bool {
    let Some(name) = NAME.as_ref().and_then(|pattern| pattern.find(text)) else { return false };
    let next = text.get(name.end()..).and_then(|rest| rest.chars().next());
    let first = name.as_str().split(['.', ':']).next().unwrap_or_default();
    first.len() < name.len() || matches!(next, Some('(' | '[')) || super::speaks(name.as_str()) || decides(text)
}

/// `prod ? a : b`.
fn decides(text: &str) -> bool {
    let name = NAME.as_ref().and_then(|pattern| pattern.find(text)).map_or(0, |name| name.end());
    let next = text.get(name..).unwrap_or_default().trim_start();
    ["?", "==", "!=", "+"].iter().any(|sign| next.starts_with(sign))
}

fn plain(text: &str, bare: Bare) -> Vec<Range<usize>> {
    let ends = |(at, letter): (usize, char)| match (letter, bare) {
        (',' | '}' | ']' | ')', _) => true,
        ('#', Bare::Sentence) => text.get(..at).is_some_and(|before| before.ends_with(char::is_whitespace)),
        (letter, Bare::Sentence) => matches!(letter, '\n' | '\r'),
        (letter, _) => letter.is_whitespace(),
    };
    let end = text.char_indices().find(|&it| ends(it)).map_or(text.len(), |(at, _)| at);
    let word = text.get(..end).unwrap_or_default().trim_end();
    if word.is_empty() || is_reference(word) { Vec::new() } else { std::iter::once(0..word.len()).collect() }
}

/// What a command in the place of a value says by itself: `$(echo text)`. What others say isn't on the line.
fn said(text: &str) -> Vec<Range<usize>> {
    let Some(start) = SAYS.as_ref().and_then(|pattern| pattern.find(text)).map(|it| it.end()) else {
        return Vec::new();
    };
    let rest = text.get(start..).unwrap_or_default();
    let end = rest.find([')', '`', '|']).unwrap_or(rest.len());
    let word = rest.get(..end).unwrap_or_default().trim_end();
    if is_reference(word) { Vec::new() } else { std::iter::once(start..start + word.len()).collect() }
}

fn defaults(text: &str) -> Vec<Range<usize>> {
    let captures = DEFAULTS.iter().flat_map(|pattern| pattern.captures_iter(text));
    captures.filter_map(|captures| captures.get(1)).map(|text| text.range()).collect()
}

/// Functions that are told where a value is, not what it is.
const SOURCES: [&str; 14] = [
    "file",
    "templatefile",
    "getsecret",
    "reference",
    "listkeys",
    "listcredentials",
    "getenv",
    "get",
    "env",
    "lookup",
    "resourceid",
    "readfile",
    "environ",
    "loadtextcontent",
];

/// The texts in quotes of an expression: operands, outcomes of a decision, and what functions make a value of.
fn expression(text: &str) -> Vec<Range<usize>> {
    let (mut found, mut at) = (Vec::new(), 0);
    // For each open bracket, whether the texts inside of it only name something.
    let mut open: Vec<bool> = Vec::new();
    let (mut names, mut operand) = (false, false);
    while let Some(letter) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(at..).unwrap_or_default();
        let quoted = QUOTED.as_ref().and_then(|pattern| pattern.find(rest)).map(|it| it.end());
        let name = NAME.as_ref().and_then(|pattern| pattern.find(rest)).map(|it| it.as_str());
        // Two values without a sign between them: the second one is another matter.
        if (quoted.is_some() || name.is_some()) && operand && open.is_empty() {
            break;
        }
        if let Some(length) = quoted {
            let value = rest.get(..length).unwrap_or_default();
            let inner = if value.starts_with('"') { defaults(value) } else { Vec::new() };
            let covers = !is_reference(value) && !open.iter().any(|&names| names);
            match inner.is_empty() {
                true if covers => found.push(at..at + length),
                true => {}
                false => found.extend(inner.into_iter().map(|part| at + part.start..at + part.end)),
            }
            (at, operand, names) = (at + length, true, true);
            continue;
        }
        if let Some(name) = name {
            let function = name.rsplit(['.', ':']).next().unwrap_or_default().to_ascii_lowercase();
            (operand, names) = (true, SOURCES.contains(&function.as_str()));
            // A member of something: what stands in its brackets is a key.
            at += name.len();
            if text.get(at..).is_some_and(|rest| rest.starts_with('[')) {
                names = true;
            }
            continue;
        }
        match letter {
            '(' | '[' | '{' if letter != '{' || !open.is_empty() => {
                open.push(names);
                (names, operand) = (false, false);
            }
            ')' | ']' | '}' => {
                if open.pop().is_none() {
                    break;
                }
                (names, operand) = (true, true);
            }
            ',' if !open.is_empty() => operand = false,
            ',' | ';' | '{' | '#' => break,
            '+' | '?' | ':' | '|' | '&' | '=' | '<' | '>' | '!' => operand = false,
            _ => {}
        }
        at += letter.len_utf8();
    }
    found
}
