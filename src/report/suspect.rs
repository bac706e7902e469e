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
        r#"\\?["']?(?:\s+string)?\s*[:=]\s*("(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?|[^\s"'\[{&*|>#(][^\s,}\])]*)"#,
    ))
    .ok()
});

/// What command lines say in their own ways, each with the literal as its only group: options with the value behind a
/// blank, logins, addresses with a password, headers, a text that is piped into a login, short names of variables, members
/// of a secret.
static SPOKEN: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    const LITERAL: &str = r#"("[^"]*"?|'[^']*'?|[^\s"'|;&]+)"#;
    const KEY: &str =
        "pass(?:word)?|passwd|passphrase|pwd|secret|token|api-?key|account-?key|access-?key|connection-?string";
    const IS: &str = r#"["']?(?:\s+string)?\s*[:=]\s*"#;
    let patterns = [
        format!(r"(?i)(?:^|\s)--?[\w-]*(?:{KEY})\s+{LITERAL}"),
        format!(r"(?i)\blogin\b.*?\s-p[\s=]*{LITERAL}"),
        format!(r"(?i)\bcurl\b.*?\s(?:-u|--user)[\s=]+{LITERAL}"),
        ADDRESS.to_owned(),
        r#"(?i)\b(?:bearer|basic)\s+([^\s"']{8,})"#.to_owned(),
        format!(r"(?i)\b(?:echo|printf)\s+(?:-\w+\s+)*{LITERAL}\s*\|.*(?:stdin|login|base64)"),
        format!(r#"(?i)(?:^|[\s;,({{"'$:])(?:\w*_)?(?:pass|pw|pwd|pswd|passphrase){IS}{LITERAL}"#),
        format!(r"\w*[a-z](?:Pass|Pw|Pwd|PW|PWD){IS}{LITERAL}"),
        format!(r#"--from-literal[=\s]["']?[\w.\-]+={LITERAL}"#),
    ];
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
static ADDRESSED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(ADDRESS).ok());

/// Keys that end so name something about a secret, not the secret.
const ABOUT: [&str; 12] =
    ["name", "names", "ref", "id", "ids", "type", "secrets", "namespace", "enabled", "kind", "version", "policy"];

/// The parts of a line that look like secrets, in order; `before` and `after` are the lines around it.
pub(super) fn parts(line: &str, before: &str, after: &str) -> Vec<Range<usize>> {
    let mut found = literals(line);
    // What follows in another item or after the end of this one is about something else.
    let after = if after.trim_start().starts_with(['-', '}', '{']) { "" } else { after };
    let value = VALUE.as_ref().filter(|_| speaks(before) || speaks(after));
    let value = value.and_then(|pattern| pattern.captures(line)?.get(1));
    if let Some(value) = value.filter(|_| found.is_empty()) {
        found.push(value.range());
    }
    found.extend(generated(line));
    found
}

/// The literals on a line that its own keys and words make secrets.
pub(super) fn literals(line: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for captures in KEYED.iter().flat_map(|pattern| pattern.captures_iter(line)) {
        let (Some(key), Some(value)) = (captures.get(1), captures.get(2)) else { continue };
        if !is_about(key.as_str()) && !is_reference(value.as_str()) {
            found.push(value.range());
        }
    }
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
    found
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
        parts(line, before, "").into_iter().map(|range| line[range].to_owned()).collect()
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
            "$pw = 'Tz9kW'",
            "$acrPw = 'Tz9kW'",
            "param pw string = 'Tz9kW'",
            "  env: [{name: DB_PASSWORD, value: Tz9kW}]",
            "  env: [{value: Tz9kW, name: DB_PASSWORD}]",
            r#"{"name": "ACR_TOKEN", "value": "Tz9kW"}"#,
            "kubectl create secret generic x --from-literal=key=Tz9kW",
        ] {
            let found = covered(line, "");
            assert!(found.len() == 1 && found[0].contains("Tz9kW") && found[0].len() < 8, "{line}: {found:?}");
        }
        assert_eq!(covered("curl -H \"Authorization: Bearer Tz9kWq8x7\" https://x", ""), ["Tz9kWq8x7"]);
    }

    #[test]
    fn texts_that_a_machine_made() {
        let made = "Zx81KqPw0aBn62LmTy7Rv3Uc9dEoF5gHj4S";
        assert_eq!(covered(&format!("      value: {made}"), "- name: REGION"), [made]);
        assert_eq!(in_words(&format!("type `{made}` is not read")).len(), 1);
        assert_eq!(in_words("image `https://u:Tz9kW@contoso.azurecr.io/t:1`").len(), 1);
        for name in [
            "contoso.azurecr.io/Team2/storefront@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "resources.azureContainerRegistryOfProduction01EUS2",
            "0b4e8d17-93a2-4c6f-85d0-f1e7a2c9b634",
            "/subscriptions/0b4e8d17-93a2-4c6f-85d0-f1e7a2c9b634/resourceGroups/rg-Shop-EUS2",
        ] {
            assert!(in_words(name).is_empty(), "{name}");
        }
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
        assert!(covered("value: acr-pull", "- name: PULL_SECRET_NAME").is_empty());
        assert!(covered("  bypass: 'AzureServices'", "").is_empty());
        assert!(covered("env: [{name: REGION, value: eu}, {name: PASSWORD, valueFrom: {}}]", "").is_empty());
        // The name after the value, or that of the next variable.
        assert_eq!(parts("- value: Tz9", "", "  name: PASSWORD").first(), Some(&(9..12)));
        assert!(parts("  value: eu", "- name: REGION", "- name: PASSWORD").is_empty());
    }
}
