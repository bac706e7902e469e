//! What looks like a secret on a line that is about to be shown, though nobody marked it: a line that a finding points at
//! may say more than what was read as values. Better a line too well covered than a password in a log.

mod value;

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// Keys that speak of a secret, up to where their values begin: long ones, short ones, and short ones in camel case.
static KEYED: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    const LONG: &str =
        "password|passwd|pwd|secret|token|credential|connection_?string|api_?key|account_?key|access_?key";
    const SHORT: &str = "pass|pw|pwd|pswd|passphrase|creds?";
    const IS: &str = r#"\\?["']?(?:\s+string)?\s*(?<sign>[:=])"#;
    let patterns = [
        format!(r"(?i)(?<key>[\w.\-]*(?:{LONG}|private_?key|sas_?(?:url|key))[\w.\-]*){IS}"),
        format!(r#"(?i)(?:^|[\s;,({{"'$:])(?<key>(?:[\w.\-]*[_.\-])?(?:{SHORT})){IS}"#),
        format!(r"(?<key>\w*[a-z](?:Pass|Pw|PW)){IS}"),
    ];
    patterns.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect()
});

/// What command lines say in their own ways, each with the literal as its only group: options with the value behind a
/// blank, logins, addresses with a password, headers, a text that is piped into a login, short names of variables, members
/// of a secret, texts that a stream editor puts in the place of a password.
static SPOKEN: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    const LITERAL: &str = r#"("[^"]*"?|'[^']*'?|[^\s"'|;&]+)"#;
    const KEY: &str =
        "pass(?:word)?|passwd|passphrase|pwd|secret|token|api-?key|account-?key|access-?key|connection-?string";
    const TO: &str = r"\|[^|]*(?:--password-stdin|\blogin(?:\s|$)|\bbase64\b|chpasswd|SecureString)";
    let mut patterns = vec![
        format!(r"(?i)(?:^|\s)--?[\w-]*(?:{KEY})\s+{LITERAL}"),
        // As members of a list: `["--token", "x"]`.
        format!(r#"(?i)["']--?[\w-]*(?:{KEY})["']\s*,\s*("[^"]*"?|'[^']*'?)"#),
        format!(r"(?i)\blogin\b.*?\s-p[\s=]*{LITERAL}"),
        format!(r"(?i)\s-u[\s=]*\S+.*?\s-p[\s=]*{LITERAL}"),
        format!(r"(?i)\bcurl\b.*?\s(?:-\w*u|--user)[\s=]+{LITERAL}"),
        ADDRESS.to_owned(),
        r"(?i)\bgit\b.*https://([^\s/:@]+)@".to_owned(),
        r#"(?i)[:="']\s*(?:bearer|basic|token)\s+([^\s"']{8,})(?:["',}\]\\]|\s*$)"#.to_owned(),
        r#"(?i)\b[\w-]*api-?key["']?\s*:\s*([^\s"']+)"#.to_owned(),
        r#"(?i)[?&](?:sig|code|access_token)=([^\s"'&]+)"#.to_owned(),
        format!(r"(?i)\b(?:echo|printf)\s+(?:-\w+\s+)*{LITERAL}\s*{TO}"),
        format!(r"<<<\s*{LITERAL}"),
        format!(r"(?i)\bsecret\s+set\b.*?\s--value[\s=]+{LITERAL}"),
        format!(r"(?i)\s--(?:\w+-)?creds?[\s=]+{LITERAL}"),
        format!(r"(?i)\bConvertTo-SecureString\s+(?:-String\s+)?{LITERAL}"),
        format!(r"(?i){LITERAL}\s*\|\s*ConvertTo-SecureString"),
        format!(r"(?i)::add-mask::{LITERAL}"),
        format!(r"(?i)##vso\[task\.setvariable[^\]]*(?:{KEY})[^\]]*\]{LITERAL}"),
        format!(r"\b[A-Z0-9_]+_KEY=\s*{LITERAL}"),
        format!(r#"--from-literal[=\s]["']?[\w.\-]+={LITERAL}"#),
    ];
    let replaced = |edge: char| format!(r"(?i)\bs{edge}[^{edge}]*(?:{KEY})[^{edge}]*{edge}([^{edge}]+){edge}");
    patterns.extend(['/', '#', ',', '~', '@', '%'].map(replaced));
    patterns.push(format!(r"(?i)\bs\|[^|]*(?:{KEY})[^|]*\|([^|]+)\|"));
    patterns.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect()
});

/// `scheme://user:password@`.
const ADDRESS: &str = r"(?i)://[^\s/:@]*:([^\s/@]+)@";

/// An environment variable on one line, name and value in either order.
static VARIABLES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let name = r#"\bname["']?\s*[:=]\s*["']?(?<name>[\w.\-]+)["']?"#;
    let value = r#"\bvalue["']?\s*[:=]\s*(?<value>"(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?|[^\s,}\])]+)"#;
    let patterns = [format!(r#"{name}\s*[,;]\s*["']?{value}"#), format!(r#"{value}\s*[,;]\s*["']?{name}"#)];
    patterns.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect()
});

/// `value: …`, as under the name of an environment variable.
static VALUE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"^\s*(?:-\s+)?"?value"?\s*[:=]\s*(.+?),?\s*$"#).ok());

/// Words that make a name one of a secret.
static SPEAKS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)password|passwd|pwd|secret|token|credential|connection_?string|api_?key|private_?key").ok()
});

/// A run of letters and digits as long as what machines make.
static LONG: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[A-Za-z0-9+/=_~.\-]{28,}").ok());

/// An address with a password.
static ADDRESSED: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let user_alone = r"://([^\s/:@]{20,})@";
    let parameter = r#"(?i)[?&](?:sig|code|access_token|token)=([^\s"'&`]+)"#;
    [ADDRESS, user_alone, parameter].iter().filter_map(|pattern| Regex::new(pattern).ok()).collect()
});

/// Keys that end so name something about a secret, not the secret.
const ABOUT: [&str; 22] = [
    "name",
    "names",
    "ref",
    "id",
    "ids",
    "type",
    "secrets",
    "namespace",
    "enabled",
    "kind",
    "version",
    "policy",
    "class",
    "endpoint",
    "uri",
    "path",
    "file",
    "pullsecret",
    "pull_secret",
    "existingsecret",
    "existing_secret",
    "token_url",
];

/// Whether a file is in a language in which a bare word is the name of something, and texts stand in quotes.
pub(super) fn quotes_texts(path: &str) -> bool {
    const THESE: [&str; 11] = ["tf", "tfvars", "hcl", "bicep", "bicepparam", "py", "ts", "js", "cs", "go", "java"];
    path.rsplit_once('.').is_some_and(|(_, ending)| THESE.contains(&ending))
}

/// The parts of a line that look like secrets, in order; `before` and `after` are the lines around it.
pub(super) fn parts(line: &str, before: &str, after: &str, quoted: bool) -> Vec<Range<usize>> {
    let mut found = literals(line, quoted);
    // What follows in another item or after the end of this one is about something else.
    let after = if after.trim_start().starts_with(['-', '}', '{']) { "" } else { after };
    let value = VALUE.as_ref().filter(|_| speaks(before) || speaks(after));
    let value = value.and_then(|pattern| pattern.captures(line)?.get(1));
    if let Some(value) = value.filter(|_| found.is_empty()) {
        found.push(value.range());
    }
    found.extend(argument(line, before));
    found.extend(generated(line));
    found
}

/// An option of a command as an item of a list, that takes a secret: `- --token`.
static OPTION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    const KEY: &str =
        "pass(?:word)?|passwd|passphrase|pwd|secret|token|api-?key|account-?key|access-?key|connection-?string";
    Regex::new(&format!(r#"(?i)^\s*(?:-\s+)?["']?--?[\w-]*(?:{KEY})["']?\s*,?\s*$"#)).ok()
});

/// The item of a list behind such an option.
fn argument(line: &str, before: &str) -> Option<Range<usize>> {
    OPTION.as_ref().filter(|pattern| pattern.is_match(before))?;
    let item = line.trim_start();
    let dash = before.trim_start().starts_with("- ");
    let item = if dash { item.strip_prefix("- ")?.trim_start() } else { item };
    let value = item.trim_end().trim_end_matches(',');
    let start = line.len() - item.len();
    (!value.is_empty() && !is_option_or_variable(value)).then(|| start..start + value.len())
}

/// The literals on a line that its own keys and words make secrets.
pub(super) fn literals(line: &str, quoted: bool) -> Vec<Range<usize>> {
    let mut found = keyed(line, quoted);
    for captures in SPOKEN.iter().flat_map(|pattern| pattern.captures_iter(line)) {
        if let Some(value) = captures.get(1).filter(|value| !is_option_or_variable(value.as_str())) {
            found.push(value.range());
        }
    }
    for captures in VARIABLES.iter().flat_map(|pattern| pattern.captures_iter(line)) {
        let (Some(name), Some(value)) = (captures.name("name"), captures.name("value")) else { continue };
        if speaks(name.as_str()) && !is_option_or_variable(value.as_str()) {
            found.push(value.range());
        }
    }
    found.sort_by_key(|range| (range.start, range.end));
    found.dedup();
    found
}

/// The literals behind keys that speak of a secret.
fn keyed(line: &str, quoted: bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for captures in KEYED.iter().flat_map(|pattern| pattern.captures_iter(line)) {
        let (Some(key), Some(sign)) = (captures.name("key"), captures.name("sign")) else { continue };
        let before = last_of(line.get(..key.start()).unwrap_or_default());
        let behind = first_of(line.get(sign.end()..).unwrap_or_default());
        // The last word of an image's name, and its tag.
        let tagged = (before.ends_with('/') || before.contains("image"))
            && sign.as_str() == ":"
            && !behind.starts_with([' ', '"', '\'']);
        if is_about(key.as_str()) || tagged {
            continue;
        }
        // Inside of a text of another language words are texts again.
        let within = before.matches(['"', '\'']).count() % 2 == 1 && !behind.trim_start().starts_with(['"', '\'']);
        let bare = match (quoted && !within, sign.as_str() == ":" && behind.starts_with(' ')) {
            (true, _) => value::Bare::Name,
            (false, true) => value::Bare::Sentence,
            (false, false) => value::Bare::Word,
        };
        let parts = value::literals(behind, bare).into_iter();
        found.extend(parts.map(|part| sign.end() + part.start..sign.end() + part.end));
    }
    found
}

/// How far around a key is looked, in bytes: documents of a megabyte on one line have thousands of keys.
const NEAR: usize = 2000;

fn first_of(text: &str) -> &str {
    let end = (0..=NEAR).rev().find(|&end| text.is_char_boundary(end)).unwrap_or_default();
    if text.len() <= NEAR { text } else { text.get(..end).unwrap_or_default() }
}

fn last_of(text: &str) -> &str {
    let from = text.len().saturating_sub(NEAR);
    let start = (from..=text.len()).find(|&start| text.is_char_boundary(start)).unwrap_or_default();
    text.get(start..).unwrap_or_default()
}

/// What nobody writes into a sentence by intent: passwords of addresses, and texts that a machine made up.
pub(super) fn in_words(sentence: &str) -> Vec<Range<usize>> {
    let mut found = generated(sentence);
    let captures = ADDRESSED.iter().flat_map(|pattern| pattern.captures_iter(sentence));
    found.extend(captures.filter_map(|captures| Some(captures.get(1)?.range())));
    found
}

/// Texts that no person made up: long, and letters of both cases and digits as by chance. Names have words in them, and
/// digests letters of one case.
fn generated(text: &str) -> Vec<Range<usize>> {
    let by_chance = |text: &str| {
        let count = |is: fn(&u8) -> bool| text.bytes().filter(is).count();
        let longest = |is: fn(&u8) -> bool| text.as_bytes().split(|byte| !is(byte)).map(<[u8]>::len).max();
        let least = [u8::is_ascii_uppercase, u8::is_ascii_lowercase, u8::is_ascii_digit].map(count);
        least.iter().all(|count| *count >= 3) && longest(u8::is_ascii_lowercase).is_some_and(|run| run <= 5)
    };
    let long = LONG.iter().flat_map(|pattern| pattern.find_iter(text));
    long.filter(|found| by_chance(found.as_str())).map(|found| found.range()).collect()
}

/// Whether a name, or a line that ends with one, is that of a secret.
fn speaks(name: &str) -> bool {
    let name = name.trim_end_matches(|letter: char| !letter.is_ascii_alphanumeric());
    SPEAKS.as_ref().is_some_and(|pattern| pattern.is_match(name)) && !is_about(name)
}

fn is_about(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ABOUT.iter().any(|end| name.ends_with(end))
}

/// What stands where a command line has a secret, and is none.
fn is_option_or_variable(value: &str) -> bool {
    let bare = value.trim_start_matches(['"', '\'']);
    bare.starts_with(['-', '$', '%', '<', '{', '@', '=']) || value::is_reference(value)
}
