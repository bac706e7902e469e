//! What looks like a secret on a line that is about to be shown, though nobody marked it: the neighbours of a finding are
//! not all read as values. Better a line too well covered than a password in a log.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// A key that speaks of a secret, and the literal after it: quoted, or plain up to the end of the line.
static KEYED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)([\w.\-]*(?:password|passwd|pwd|secret|token|credential|connection_?string|api_?key|account_?key|access_?key",
        r"|private_?key|sas_?(?:url|key))[\w.\-]*)",
        r#"["']?(?:\s+string)?\s*[:=]\s*("(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?|[^\s"'\[{&*|>#(][^\s,}\])]*)"#,
    ))
    .ok()
});

/// `value: …`, as under the name of an environment variable.
static VALUE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"^\s*(?:-\s+)?"?value"?\s*[:=]\s*(.+?),?\s*$"#).ok());

/// Words that make a name one of a secret.
static SPEAKS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)password|passwd|pwd|secret|token|credential|connection_?string|api_?key|private_?key").ok()
});

/// Keys that end so name something about a secret, not the secret.
const ABOUT: [&str; 12] =
    ["name", "names", "ref", "id", "ids", "type", "secrets", "namespace", "enabled", "kind", "version", "policy"];

/// The parts of a line that look like secrets, in order; `before` is the line above it.
pub(super) fn parts(line: &str, before: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for captures in KEYED.iter().flat_map(|pattern| pattern.captures_iter(line)) {
        let (Some(key), Some(value)) = (captures.get(1), captures.get(2)) else { continue };
        let key = key.as_str().to_ascii_lowercase();
        let about = ABOUT.iter().any(|end| key.ends_with(end));
        if !about && !is_reference(value.as_str()) {
            found.push(value.range());
        }
    }
    let speaks = SPEAKS.as_ref().is_some_and(|pattern| pattern.is_match(before));
    let value = VALUE.as_ref().filter(|_| speaks).and_then(|pattern| pattern.captures(line)?.get(1));
    if let Some(value) = value.filter(|_| found.is_empty()) {
        found.push(value.range());
    }
    found
}

/// `var.password`, `listKeys(…)`, `true`: says where a secret comes from, not what it is.
fn is_reference(value: &str) -> bool {
    const ROOTS: [&str; 9] = ["var.", "local.", "module.", "data.", "each.", "azurerm_", "azuread_", "random_", "${{"];
    matches!(value, "true" | "false" | "null" | "~" | "\"\"" | "''" | "string" | "object")
        || ROOTS.iter().any(|root| value.starts_with(root))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covered(line: &str, before: &str) -> Vec<String> {
        parts(line, before).into_iter().map(|range| line[range].to_owned()).collect()
    }

    #[test]
    fn literals_after_a_telling_key() {
        assert_eq!(covered(r#"  client_secret = "Tz9""#, ""), [r#""Tz9""#]);
        assert_eq!(covered(r#"{"adminPassword": "a\"b", "name": "x"}"#, ""), [r#""a\"b""#]);
        assert_eq!(covered("  password: Tz9 # mine", ""), ["Tz9"]);
        assert_eq!(covered("param adminPassword string = 'it''s'", ""), ["'it''s'"]);
        assert_eq!(covered("      value: Tz9", "    - name: DB_PASSWORD"), ["Tz9"]);
    }

    #[test]
    fn names_and_references_stay() {
        for line in [
            "secretName: acr-pull",
            "client_secret = var.secret",
            "imagePullSecrets:",
            "  token = data.x.y",
            "key: value",
            "password: \"\"",
        ] {
            assert!(covered(line, "").is_empty(), "{line}");
        }
        assert!(covered("value: eu", "- name: REGION").is_empty());
    }
}
