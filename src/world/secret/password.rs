//! What can be told of a password without keeping it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::keyring::{Lack, Password};
use crate::ir::placeholder::is_of_password;
use crate::ir::placeholder::{self, Placeholders, filled_in_later};
use crate::ir::{Node, Value, Why};
use crate::source::Span;

/// What is known of this password.
pub(super) fn facts(password: &Node) -> Password {
    let Some(text) = password.as_str() else {
        // A text of pieces may hold a part of the secret; only what it is read from is kept.
        return Password::Elsewhere(match &password.value {
            Value::Ref(_) | Value::Unknown { .. } => password.clone(),
            _ => Node::unknown(Why::Sensitive, password.span),
        });
    };
    let line_end = text.ends_with(['\n', '\r']);
    match () {
        () if text.trim().is_empty() => Password::Lacking(Lack::Password),
        () if is_of_password(text.trim()) => Password::Lacking(Lack::Word),
        () if placeholder::stands_in(text) || is_reference(text.trim_start()) => Password::Unfilled,
        () if text.starts_with("eyJ") && !line_end => Password::Token(expiry(text)),
        () => Password::Literal { real: looks_real(text.trim_end()), line_end },
    }
}

/// Whether a text names a secret of a store: helm-secrets, vals, the vault plugin of Argo CD and their like put it in.
fn is_reference(text: &str) -> bool {
    const STORES: [&str; 8] =
        ["ref+", "secretref+", "akv://", "vault://", "op://", "awssm://", "awsssm://", "gcpsm://"];
    text.starts_with("<path:") || STORES.iter().any(|store| text.starts_with(store)) && text.contains("://")
}

/// A name with its placeholders as unknown pieces.
pub(super) fn name(text: &str, span: Span) -> Node {
    filled_in_later(text, Placeholders::AnyStyle, span)
}

/// Base64 with white space and with or without padding, as text.
pub(super) fn decode(text: &str) -> Option<String> {
    String::from_utf8(bytes(text)?).ok()
}

/// What such base64 stands for.
pub(super) fn bytes(text: &str) -> Option<Vec<u8>> {
    let compact: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    STANDARD.decode(&compact).or_else(|_| STANDARD_NO_PAD.decode(&compact)).ok()
}

/// The `exp` claim of a token of three parts.
fn expiry(token: &str) -> Option<i64> {
    let mut parts = token.split('.');
    let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let claims = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&claims).ok()?;
    claims.get("exp").and_then(serde_json::Value::as_i64)
}

/// Whether a secret looks like a real one: long enough, and without a word that says that it isn't one.
pub fn looks_real(text: &str) -> bool {
    const WORDS: [&str; 20] = [
        "your",
        "change",
        "replace",
        "example",
        "sample",
        "dummy",
        "placeholder",
        "insert",
        "enter",
        "todo",
        "gen-",
        "real",
        "fake",
        "redacted",
        "secret",
        "password",
        "xxx",
        "***",
        "hunter2",
        "demo",
    ];
    let lower = text.to_ascii_lowercase();
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    text.len() >= 12 && plain && !WORDS.iter().any(|word| lower.contains(word)) && !placeholder::stands_in(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Password {
        facts(&Node::text(text, Span::default()))
    }

    #[test]
    fn only_facts_of_a_password_are_kept() {
        let claims = URL_SAFE_NO_PAD.encode(r#"{"exp":1533553200}"#);
        assert_eq!(of(&format!("eyJhbGciOiJub25lIn0.{claims}.c2ln")), Password::Token(Some(1_533_553_200)));
        assert_eq!(of("eyJhbGciOiJub25lIn0.e30.c2ln"), Password::Token(None));
        assert_eq!(of("eyJ.a.b.c"), Password::Token(None));
        let literal = |real, line_end| Password::Literal { real, line_end };
        assert_eq!(of("hunter2"), literal(false, false));
        assert_eq!(of("vT3q8xKp0LwZr1mB"), literal(true, false));
        assert_eq!(of("vT3q8xKp0LwZr1mB\n"), literal(true, true));
        assert_eq!(of("not-a-real-password"), literal(false, false));
        for word in ["<password>", "${PASSWORD}", "ChangeMe", "TODO"] {
            assert_eq!(of(word), Password::Lacking(Lack::Word), "{word}");
        }
        assert_eq!([of(""), of(" ")], [Password::Lacking(Lack::Password), Password::Lacking(Lack::Password)]);
        for text in ["#{password}#", "${{ secrets.PASSWORD }}", "$(PASSWORD)", "{{ .p }}", "<path:secret/acr#pw>"]
            .into_iter()
            .chain(["ref+azurekeyvault://kv/acr-pw", "akv://kv/acr-pw"])
        {
            assert_eq!(of(text), Password::Unfilled, "{text}");
        }
        let pieces = Node::concat(
            vec![Node::text("hun", Span::default()), Node::unknown(Why::TemplateText, Span::default())],
            Span::default(),
        );
        assert!(matches!(facts(&pieces), Password::Elsewhere(node) if node.why() == Some(&Why::Sensitive)));
    }
}
