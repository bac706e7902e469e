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

/// What command lines say in their own ways, each with the literal as its only group: options with the value behind a
/// blank, logins, addresses with a password, headers, a text that is piped into a login, short names of variables.
static SPOKEN: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    const LITERAL: &str = r#"("[^"]*"?|'[^']*'?|[^\s"'|;&]+)"#;
    const KEY: &str =
        "pass(?:word)?|passwd|passphrase|pwd|secret|token|api-?key|account-?key|access-?key|connection-?string";
    let patterns = [
        format!(r"(?i)(?:^|\s)--?[\w-]*(?:{KEY})\s+{LITERAL}"),
        format!(r"(?i)\blogin\b.*?\s-p[\s=]*{LITERAL}"),
        format!(r"(?i)\bcurl\b.*?\s(?:-u|--user)[\s=]+{LITERAL}"),
        r"(?i)://[^\s/:@]*:([^\s/@]+)@".to_owned(),
        r#"(?i)\b(?:bearer|basic)\s+([^\s"']{8,})"#.to_owned(),
        format!(r"(?i)\b(?:echo|printf)\s+(?:-\w+\s+)*{LITERAL}\s*\|.*(?:stdin|login|base64)"),
        format!(r"(?i)(?:^|[\s;])(?:\$?\w*_)?(?:pass|pw|pwd|pswd|passphrase)\s*=\s*{LITERAL}"),
    ];
    patterns.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect()
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
    for captures in SPOKEN.iter().flat_map(|pattern| pattern.captures_iter(line)) {
        if let Some(value) = captures.get(1).filter(|value| !is_option_or_variable(value.as_str())) {
            found.push(value.range());
        }
    }
    found.sort_by_key(|range| (range.start, range.end));
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

/// What stands where a command line has a secret, and is none.
fn is_option_or_variable(value: &str) -> bool {
    let bare = value.trim_start_matches(['"', '\'']);
    bare.starts_with(['-', '$', '%', '<', '{', '@', '=']) || is_reference(value)
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
    fn literals_on_command_lines() {
        for line in [
            "docker login contoso.azurecr.io -u contoso -p Tz9kW",
            "az login --service-principal -u http://x -p Tz9kW --tenant t",
            "az aks create --windows-admin-password Tz9kW -g rg",
            "az aks create --client-secret 'Tz9kW'",
            "echo Tz9kW | docker login contoso.azurecr.io --password-stdin",
            "git clone https://bot:Tz9kW@dev.azure.com/x",
            "export AZ_PASS=\"Tz9kW\" NAME=x",
            "set PW=Tz9kW",
        ] {
            let found = covered(line, "");
            assert!(found.len() == 1 && found[0].contains("Tz9kW") && found[0].len() < 8, "{line}: {found:?}");
        }
        assert_eq!(covered("curl -H \"Authorization: Bearer Tz9kWq8x7\" https://x", ""), ["Tz9kWq8x7"]);
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
            "kubectl create secret docker-registry acr --docker-password \"$PW\" --docker-username x",
            "docker login x -u y --password-stdin < file",
            "echo $PW | docker login x --password-stdin",
            "kubectl create secret docker-registry acr -n shop",
        ] {
            assert!(covered(line, "").is_empty(), "{line}");
        }
        assert!(covered("value: eu", "- name: REGION").is_empty());
    }
}
