//! What stands in the place of a secret's text when it is told to others: the same facts, and nothing of the secret.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value as Json};

use super::keyring::{Lack, Password};
use super::password::{bytes, facts};
use super::payload::{Payload, read};
use crate::ir::Node;
use crate::source::Span;

/// Long enough, and without a word that says that it isn't real.
const REAL: &str = "withheld-by-acrlint";
/// Too short to look real.
const MADE_UP: &str = "withheld";
/// Others that may be taken for a document: no base64, base64 of text, base64 of something else; each made up and real.
const OTHERS: [&str; 4] = ["withheld!", "d2l0aA==", "d2l0aGhlbGQ=", "withheldbyacrlint000"];
/// A document may be encoded more often than it should.
const MOST_ENCODINGS: usize = 2;
/// Something that is filled in later.
const UNFILLED: &str = "#{withheld}#";

/// A text that is read as this one is, as a pull secret's document and as a password, and tells nothing of it; nothing where
/// there is none.
pub fn withheld(text: &str) -> Option<String> {
    let made = [document(text, MOST_ENCODINGS), Some(password(text))].into_iter().flatten();
    let mut candidates = made.chain(OTHERS.map(str::to_owned));
    candidates.find(|candidate| is_read_alike(text, candidate))
}

fn is_read_alike(text: &str, other: &str) -> bool {
    let node = |text: &str| Node::text(text, Span::default());
    let (own, other) = (node(text), node(other));
    let alike = |key: &str| [false, true].iter().all(|&encoded| read(&own, encoded, key) == read(&other, encoded, key));
    let is_document = |node: &Node, encoded: bool| {
        matches!(read(node, encoded, ".dockerconfigjson"), Payload::Entries(_))
            || matches!(read(node, encoded, ".dockercfg"), Payload::Entries(_))
    };
    // A document is no password: blanks in it, or at its end, mean nothing.
    let as_password = is_document(&own, false) || is_document(&own, true) || facts(&own) == facts(&other);
    alike(".dockerconfigjson") && alike(".dockercfg") && as_password
}

/// The document of a pull secret, plain or encoded, with what is withheld in the place of its passwords.
fn document(text: &str, encodings: usize) -> Option<String> {
    if let Ok(json) = serde_json::from_str::<Json>(text.trim()) {
        return Some(entries(&json)?.to_string());
    }
    let plain = String::from_utf8(bytes(text).filter(|_| encodings > 0)?).ok()?;
    Some(STANDARD.encode(document(&plain, encodings - 1)?))
}

fn entries(json: &Json) -> Option<Json> {
    let members = json.as_object()?;
    let auths = members.iter().find(|(key, _)| key.eq_ignore_ascii_case("auths"));
    let of = |hosts: &Json| -> Option<Json> {
        let hosts = hosts.as_object()?.iter();
        let told = hosts.map(|(host, it)| Some((host.clone(), entry(it)?)).filter(|_| !host.contains('@')));
        Some(Json::Object(told.collect::<Option<Map<String, Json>>>()?))
    };
    match auths {
        Some((auths, hosts)) => {
            let hosts = of(hosts)?;
            let told = members
                .iter()
                .map(|(key, value)| (key.clone(), if key == auths { hosts.clone() } else { beside(value) }));
            Some(Json::Object(told.collect()))
        }
        None => of(json),
    }
}

/// A member that nobody reads: of its kind, and empty.
fn beside(value: &Json) -> Json {
    match value {
        Json::Object(_) => Json::Object(Map::new()),
        Json::Array(_) => Json::Array(Vec::new()),
        Json::String(_) => Json::String(MADE_UP.to_owned()),
        Json::Number(_) => Json::from(0),
        Json::Null | Json::Bool(_) => value.clone(),
    }
}

fn entry(entry: &Json) -> Option<Json> {
    let mut told = Map::new();
    for (key, value) in entry.as_object()? {
        let text = value.as_str();
        let by = match key.to_ascii_lowercase().as_str() {
            "username" => text?.to_owned(),
            "password" => password(text?),
            "auth" => pair(text?)?,
            "identitytoken" | "registrytoken" if text?.is_empty() => String::new(),
            "identitytoken" | "registrytoken" => MADE_UP.to_owned(),
            _ => continue,
        };
        told.insert(key.clone(), Json::String(by));
    }
    Some(Json::Object(told))
}

fn pair(auth: &str) -> Option<String> {
    if auth.is_empty() {
        return Some(String::new());
    }
    let plain = String::from_utf8(bytes(auth)?).ok()?;
    let (user, secret) = plain.split_once(':')?;
    Some(STANDARD.encode(format!("{user}:{}", password(secret))))
}

fn password(text: &str) -> String {
    match facts(&Node::text(text, Span::default())) {
        // Of a closed list of words.
        Password::Lacking(Lack::Word | Lack::Password) => text.to_owned(),
        Password::Literal { real, line_end } => {
            format!("{}{}", if real { REAL } else { MADE_UP }, if line_end { "\n" } else { "" })
        }
        Password::Token(expires) => {
            let claims = expires.map_or_else(|| "{}".to_owned(), |at| format!(r#"{{"exp":{at}}}"#));
            format!("eyJhbGciOiJub25lIn0.{}.{MADE_UP}", URL_SAFE_NO_PAD.encode(claims))
        }
        Password::Unfilled | Password::Lacking(_) | Password::Elsewhere(_) => UNFILLED.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORD: &str = "vT3q8xKp0LwZr1mB";

    fn encoded(text: &str) -> String {
        STANDARD.encode(text)
    }

    #[test]
    fn what_is_told_in_its_place_is_read_alike_and_holds_nothing_of_it() {
        let claims = URL_SAFE_NO_PAD.encode(r#"{"exp":1533553200,"sub":"somebody"}"#);
        let token = format!("eyJhbGciOiJub25lIn0.{claims}.c2lnbmF0dXJl");
        let pair = encoded(&format!("ship:{PASSWORD}"));
        let plain = format!(r#"{{"auths":{{"a.azurecr.io":{{"auth":"{pair}","email":"x@y"}}}},"credsStore":"z"}}"#);
        let old = format!(r#"{{"a.azurecr.io":{{"username":"ship","password":"{PASSWORD}"}}}}"#);
        let login = r#"{"auths":{"a.azurecr.io":{"auth":"MDAwOg==","identitytoken":"vT3q8xKp0LwZr1mB"}}}"#;
        for text in [&*plain, &encoded(&plain), &old, &encoded(&old), login, PASSWORD, "hunter2!", &token] {
            let told = withheld(text).unwrap_or_else(|| panic!("{text}"));
            assert!(is_read_alike(text, &told), "{text} {told}");
            let open = bytes(&told).and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_else(|| told.clone());
            for secret in [PASSWORD, &pair, "hunter2", "c2lnbmF0dXJl", "somebody", "x@y"] {
                assert!(!told.contains(secret) && !open.contains(secret), "{secret}: {told} {open}");
            }
        }
        assert_eq!(withheld("<password>").as_deref(), Some("<password>"));
    }

    #[test]
    fn what_cannot_be_told_apart_from_the_secret_is_not_told() {
        for text in [
            "AAECAwQFBgcICQoLDA0ODw==",
            "vT3q8x Kp0\u{e9}",
            r#"{"auths":{"u:hunter2hunter2@a.azurecr.io":{"auth":""}}}"#,
        ] {
            assert!(
                withheld(text).is_none_or(|told| !told.contains("hunter2") && is_read_alike(text, &told)),
                "{text}"
            );
        }
    }
}
