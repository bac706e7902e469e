//! What the kubelet would read from a pull secret.

use super::keyring::{Credential, Lack, Password};
use super::password::{bytes, decode, facts, name};
use crate::ir::placeholder::is_of_password;
use crate::ir::placeholder::{self, Placeholders, filled_in_later};
use crate::ir::{Node, Value, Why};
use crate::source::Span;

/// What a pull secret offers.
#[derive(Clone, Debug, PartialEq)]
pub enum Payload {
    /// Entries for hosts.
    Entries(Vec<Credential>),
    /// In the place of the document stands a word that somebody has to replace.
    Placeholder,
    /// The type is none of the two that the kubelet reads, or the key doesn't belong to the type.
    Ignored(String),
    /// It can't be read by anybody: the reason.
    Malformed(String),
    /// It can't be read here.
    Unknown(Why),
}

/// The types that the kubelet reads, each with its key (the keyring checks both).
pub(super) const TYPES: [(&str, &str); 2] =
    [("kubernetes.io/dockerconfigjson", ".dockerconfigjson"), ("kubernetes.io/dockercfg", ".dockercfg")];

/// The key of a type that the kubelet reads.
pub(super) fn key_of(kind: &str) -> Option<&'static str> {
    TYPES.iter().find(|(name, _)| *name == kind).map(|(_, key)| *key)
}

/// What is in the document of a secret with this key; `encoded`: it is base64.
pub(super) fn read(document: &Node, encoded: bool, key: &str) -> Payload {
    let wrapped = key == ".dockerconfigjson";
    let unknown = || Payload::Unknown(document.why().cloned().unwrap_or(Why::TemplateText));
    match &document.value {
        Value::Call(name, arguments) => match (&**name, arguments.as_slice()) {
            ("tf:jsonencode" | "string", [inner]) if !encoded => written(inner, wrapped),
            ("tf:base64encode" | "base64", [inner]) if encoded => read(inner, false, key),
            ("tf:base64encode" | "base64", [_]) => Payload::Malformed(TWICE.to_owned()),
            _ => unknown(),
        },
        Value::Str(text) => read_text(text, encoded, wrapped, document.span),
        Value::Concat(pieces) if !encoded => pieced(pieces, wrapped, document.span),
        _ => unknown(),
    }
}

const TWICE: &str = "the value is encoded twice";
const NO_AUTHS: &str = "the JSON has no object `auths`";
const NO_PAIR: &str = "an `auth` is no base64 of `user:password`";

/// Whether a text was encrypted before it was put here.
pub(super) fn is_encrypted(text: &str) -> bool {
    text.starts_with("ENC[") || text.starts_with("\0GITCRYPT")
}

fn read_text(text: &str, encoded: bool, wrapped: bool, span: Span) -> Payload {
    if is_encrypted(text) {
        return Payload::Unknown(Why::External("an encrypted value".into()));
    }
    if is_of_password(text.trim()) {
        return Payload::Placeholder;
    }
    let is_document = |text: &str| text.trim_start().starts_with('{') && !text.trim_start().starts_with("{{");
    // In the place of the document; one inside of it is a matter of its entry.
    if !is_document(text) && (text.trim_start().starts_with("<path:") || placeholder::stands_in(text)) {
        return Payload::Unknown(Why::TemplateText);
    }
    if text.contains("{{") || text.contains("${") {
        if let Some(entries) = around_placeholders(text, encoded, wrapped, span) {
            return entries;
        }
        let style = if text.contains("{{") { Placeholders::Actions } else { Placeholders::AnyStyle };
        return match filled_in_later(text, style, span).value {
            Value::Concat(pieces) if !encoded && !text.contains("${{") => unfilled(pieced(&pieces, wrapped, span)),
            _ => Payload::Unknown(Why::TemplateText),
        };
    }
    let plain = match encoded {
        false => text.to_owned(),
        true => match bytes(text).map(String::from_utf8) {
            Some(Ok(plain)) => plain,
            Some(Err(_)) => {
                return Payload::Malformed("the value is base64 of bytes that are no UTF-8 text".to_owned());
            }
            None => return Payload::Malformed("the value is no valid base64".to_owned()),
        },
    };
    if !is_document(&plain) && placeholder::stands_in(&plain) {
        return Payload::Unknown(Why::TemplateText);
    }
    let Ok(json) = serde_json::from_str::<serde_json::Value>(plain.trim()) else {
        return match decode(&plain).is_some_and(|twice| twice.trim_start().starts_with('{')) {
            true => Payload::Malformed(TWICE.to_owned()),
            false => Payload::Malformed("the value is no valid JSON".to_owned()),
        };
    };
    Entries { holes: &[], span }.of(&json, wrapped)
}

/// The entries of a document whose placeholders all stand inside of its texts. Expressions of a pipeline stay out: what
/// they are filled in with may be more than text.
fn around_placeholders(text: &str, encoded: bool, wrapped: bool, span: Span) -> Option<Payload> {
    let json = serde_json::from_str(text.trim()).ok().filter(|_| !encoded && !text.contains("${{"))?;
    let read = Entries { holes: &[], span }.of(&json, wrapped);
    matches!(read, Payload::Entries(_)).then_some(read)
}

/// What is read around placeholders of the text itself: nothing of the tree is known to fill them in.
fn unfilled(read: Payload) -> Payload {
    let Payload::Entries(mut entries) = read else { return read };
    for entry in &mut entries {
        if matches!(entry.password, Password::Elsewhere(_)) {
            entry.password = Password::Unfilled;
        }
    }
    Payload::Entries(entries)
}

/// A document with pieces that are not known. Each of them stands in the text as one letter that nobody writes, so that
/// the rest can be read around it.
fn pieced(pieces: &[Node], wrapped: bool, span: Span) -> Payload {
    let unknown = || Payload::Unknown(Why::UnsupportedSyntax("the payload of the secret".into()));
    let (mut text, mut holes) = (String::new(), Vec::new());
    for piece in pieces {
        match piece.as_str() {
            Some(known) if known.chars().any(|letter| hole_of(letter).is_some()) => return unknown(),
            Some(known) => text.push_str(known),
            None => {
                let Some(letter) = u32::try_from(holes.len()).ok().and_then(|at| char::from_u32(FIRST_HOLE + at))
                else {
                    return unknown();
                };
                text.push(letter);
                holes.push(piece.clone());
            }
        }
    }
    // What a piece is filled in with may be a part of the document itself.
    match serde_json::from_str::<serde_json::Value>(text.trim()) {
        Ok(json) => match (Entries { holes: &holes, span }).of(&json, wrapped) {
            Payload::Malformed(_) => unknown(),
            read => read,
        },
        Err(_) => unknown(),
    }
}

/// The first letter that stands for a piece: of a private plane of Unicode.
const FIRST_HOLE: u32 = 0xF_0000;

fn hole_of(letter: char) -> Option<usize> {
    usize::try_from(u32::from(letter).checked_sub(FIRST_HOLE)?).ok()
}

/// Reads the entries of a document in JSON.
struct Entries<'h> {
    holes: &'h [Node],
    span: Span,
}

impl Entries<'_> {
    fn of(&self, json: &serde_json::Value, wrapped: bool) -> Payload {
        let auths = if wrapped { member(json, "auths") } else { Some(json) };
        let Some(auths) = auths.and_then(serde_json::Value::as_object) else {
            return Payload::Malformed(NO_AUTHS.to_owned());
        };
        let read = auths.iter().map(|(host, entry)| self.entry(host, entry));
        match read.collect::<Result<Vec<Credential>, &str>>() {
            Ok(entries) => Payload::Entries(entries),
            Err(why) => Payload::Malformed(why.to_owned()),
        }
    }

    fn entry(&self, host: &str, entry: &serde_json::Value) -> Result<Credential, &'static str> {
        let is_text = |name: &&str| member(entry, name).is_none_or(|value| value.is_string() || value.is_null());
        // Go takes `null` as an entry without anything.
        if !(entry.is_object() || entry.is_null()) || !["auth", "username", "password"].iter().all(is_text) {
            return Err("an entry of `auths` is no object of texts");
        }
        let text = |key: &str| member(entry, key).and_then(serde_json::Value::as_str).unwrap_or_default();
        let (user, password) = match text("auth") {
            "" => (self.node(text("username")), self.node(text("password"))),
            // A non-empty `auth` wins over `username` and `password`.
            auth => self.pair(auth, text("username"))?,
        };
        let token = ["identitytoken", "registrytoken"].iter().any(|key| !text(key).is_empty());
        let mut found = credential(self.node(host), user, &password);
        if token && found.password == Password::Lacking(Lack::Password) {
            found.password = Password::Lacking(Lack::IdentityToken);
        }
        Ok(found)
    }

    /// User and password of an `auth`. Without a colon the whole document is refused.
    fn pair(&self, auth: &str, username: &str) -> Result<(Node, Node), &'static str> {
        let written = self.node(auth);
        if is_of_password(auth) {
            return Ok((self.node(username), Node::text("", self.span)));
        }
        pair(&written).ok_or(NO_PAIR)
    }

    /// A text with its pieces in their places.
    fn node(&self, text: &str) -> Node {
        let (mut pieces, mut known) = (Vec::new(), String::new());
        for letter in text.chars() {
            match hole_of(letter).and_then(|at| self.holes.get(at)) {
                Some(hole) => {
                    pieces.push(Node::text(std::mem::take(&mut known), self.span));
                    pieces.push(hole.clone());
                }
                None => known.push(letter),
            }
        }
        pieces.push(Node::text(known, self.span));
        Node::concat(pieces, self.span)
    }
}

/// The entries of a document that a template encodes: hosts and users are often known where the password is not.
fn written(document: &Node, wrapped: bool) -> Payload {
    let unknown = || Payload::Unknown(Why::UnsupportedSyntax("the payload of the secret".into()));
    if wrapped && lacks_auths(document) {
        return Payload::Malformed(NO_AUTHS.to_owned());
    }
    let auths = if wrapped { document.get("auths") } else { Some(document) };
    let Some(map) = auths.and_then(Node::as_map).filter(|map| map.is_whole()) else { return unknown() };
    let entry = |entry: &crate::ir::Entry| {
        let open = entry.value.as_map().ok_or("")?.open.clone();
        let absent = || match &open {
            Some(why) => Node::unknown(why.clone(), entry.value.span),
            None => Node::text("", entry.value.span),
        };
        let member = |key: &str| entry.value.get(key).filter(|node| !node.is_null()).cloned();
        let auth = member("auth").filter(|auth| auth.as_str() != Some(""));
        let auth = match auth {
            Some(auth) if auth.as_str().is_some_and(is_of_password) => {
                Some((member("username").unwrap_or_else(absent), Node::text("<auth>", auth.span)))
            }
            Some(auth) => Some(pair(&auth).ok_or(NO_PAIR)?),
            None => None,
        };
        let (user, password) = match (auth, member("username")) {
            // One that can't be read is made of what stands beside it.
            (Some((user, password)), None) => (user, password),
            (Some((user, password)), Some(_)) if user.why().is_none() => (user, password),
            (_, user) => (user.unwrap_or_else(absent), member("password").unwrap_or_else(absent)),
        };
        Ok(credential(entry.key.clone(), user, &password))
    };
    match map.entries.iter().map(entry).collect::<Result<Vec<_>, &str>>() {
        Ok(entries) => Payload::Entries(entries),
        Err("") => unknown(),
        Err(why) => Payload::Malformed(why.to_owned()),
    }
}

/// Whether a document is all there and has no `auths`: every key is another one, known or by what it holds.
fn lacks_auths(document: &Node) -> bool {
    let is_entry = |value: &Node| ["auth", "username", "password"].iter().any(|key| value.get(key).is_some());
    let is_other = |entry: &crate::ir::Entry| match entry.key.as_str() {
        Some(key) => !key.eq_ignore_ascii_case("auths"),
        None => is_entry(&entry.value),
    };
    document.as_map().is_some_and(|map| map.is_whole() && map.entries.iter().all(is_other))
}

/// User and password of an `auth`; nothing when it can't be one.
fn pair(auth: &Node) -> Option<(Node, Node)> {
    let unknown = || Node::unknown(Why::TemplateText, auth.span);
    match &auth.value {
        Value::Str(text) if placeholder::stands_in(text) => Some((unknown(), unknown())),
        Value::Str(text) => {
            let plain = decode(text)?;
            let (user, password) = plain.split_once(':')?;
            Some((Node::text(user, auth.span), Node::text(password, auth.span)))
        }
        Value::Call(name, arguments) if matches!(&**name, "tf:base64encode" | "base64") => {
            arguments.first().and_then(halves).or_else(|| Some((unknown(), unknown())))
        }
        Value::Concat(pieces) if pieces.iter().filter_map(Node::as_str).any(is_no_base64) => None,
        _ => Some((unknown(), unknown())),
    }
}

/// Whether a letter stands in a text that no base64 has.
fn is_no_base64(text: &str) -> bool {
    text.contains(|letter: char| !letter.is_ascii_alphanumeric() && !letter.is_whitespace() && !"+/=".contains(letter))
}

/// `user:password`, cut at its first colon that is known.
fn halves(joined: &Node) -> Option<(Node, Node)> {
    let pieces: &[Node] = match &joined.value {
        Value::Concat(pieces) => pieces,
        _ => std::slice::from_ref(joined),
    };
    let at = pieces.iter().position(|piece| piece.as_str().is_some_and(|text| text.contains(':')))?;
    let (before, after) = pieces.get(at)?.as_str()?.split_once(':')?;
    let span = joined.span;
    let user = pieces.iter().take(at).cloned().chain([Node::text(before, span)]).collect();
    let password = [Node::text(after, span)].into_iter().chain(pieces.iter().skip(at + 1).cloned()).collect();
    Some((Node::concat(user, span), Node::concat(password, span)))
}

fn credential(host: Node, user: Node, password: &Node) -> Credential {
    let named = |node: Node| match node.as_str() {
        Some(text) => name(text, node.span),
        None => node,
    };
    let bracketed = |text: &str| text.starts_with('<') && text.ends_with('>');
    let password_span = password.span;
    let password = match (user.as_str().map(str::trim), facts(password)) {
        (_, lacking @ Password::Lacking(_)) => lacking,
        (Some(""), _) => Password::Lacking(Lack::User),
        (Some(user), _) if bracketed(user) => Password::Lacking(Lack::Word),
        (_, password) => password,
    };
    Credential { host: named(host), user: named(user), password, password_span }
}

/// A member by its name in any case, as the kubelet's JSON reader takes it.
fn member<'j>(json: &'j serde_json::Value, name: &str) -> Option<&'j serde_json::Value> {
    let object = json.as_object()?;
    object.get(name).or_else(|| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    const LITERAL: Password = Password::Literal { real: false, line_end: false };

    fn at() -> Span {
        Span::default()
    }

    fn of(text: &str, encoded: bool) -> Payload {
        read(&Node::text(text, at()), encoded, ".dockerconfigjson")
    }

    fn only(payload: Payload) -> Credential {
        match payload {
            Payload::Entries(mut entries) if entries.len() == 1 => entries.remove(0),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn payloads_are_read_as_the_kubelet_reads_them() {
        let encoded = |text: &str| STANDARD.encode(text);
        let json =
            format!(r#"{{"auths":{{"foo.azurecr.io":{{"auth":"{}","username":"x"}}}}}}"#, encoded("user:se:cret"));
        let read = only(of(&encoded(&json), true));
        assert_eq!((read.username(), &read.password), (Some("user"), &LITERAL));
        assert!(matches!(of(&encoded(&encoded(&json)), true), Payload::Malformed(why) if why.contains("twice")));
        assert!(matches!(of("%%%", true), Payload::Malformed(_)));
        assert!(matches!(of(r#"{"foo.azurecr.io":{}}"#, false), Payload::Malformed(why) if why.contains("auths")));
        assert!(matches!(of(r#"{"auths":{"a":{"auth":1}}}"#, false), Payload::Malformed(_)));
        assert!(matches!(of(r#"{"auths":{"a":{"auth":"bm8="}}}"#, false), Payload::Malformed(_)));
        assert_eq!(of("<base64>", true), Payload::Placeholder);
        assert!(matches!(of("ENC[AES256]", true), Payload::Unknown(_)));
        for text in ["$(cfg)", "#{cfg}#", "__CFG__", "${{ secrets.X }}", "<path:secret/x#y>", "{{ .Values.pull }}"] {
            assert!(matches!(of(text, false), Payload::Unknown(_)), "{text}");
        }
        let cased = only(of(r#"{"Auths":{"a.azurecr.io":{"Username":"u","password":"p"}}}"#, false));
        assert_eq!(cased.username(), Some("u"));
    }

    #[test]
    fn an_entry_without_user_or_password_is_no_credential() {
        let lack = |entry: &str| match only(of(&format!(r#"{{"auths":{{"a.azurecr.io":{entry}}}}}"#), false)).password {
            Password::Lacking(lack) => Some(lack),
            _ => None,
        };
        assert_eq!(lack(r#"{"password":"hunter2"}"#), Some(Lack::User));
        assert_eq!(lack(r#"{"username":"u"}"#), Some(Lack::Password));
        let auth = |text: &str, more: &str| lack(&format!(r#"{{"auth":"{}"{more}}}"#, STANDARD.encode(text)));
        assert_eq!(auth(":hunter2", ""), Some(Lack::User));
        assert_eq!(auth("0000:", r#","identitytoken":"x""#), Some(Lack::IdentityToken));
        assert_eq!(auth("u:hunter2", r#","identitytoken":"x""#), None);
        let wide: Vec<u8> = r#"{"auths":{}}"#.encode_utf16().flat_map(u16::to_le_bytes).chain([0xFF]).collect();
        assert!(matches!(of(&STANDARD.encode(wide), true), Payload::Malformed(why) if why.contains("UTF-8")));
    }

    #[test]
    fn what_is_filled_in_leaves_the_rest_known() {
        let read = only(of(r##"{"auths":{"#{acr}#.azurecr.io":{"username":"u","password":"p"}}}"##, false));
        assert!(read.host.as_str().is_none() && read.username() == Some("u"));
        let template = r#"{"auths":{"a.azurecr.io":{"username":"u","password":"{{ .p | toString }}","auth":"{{ printf "%s:%s" .u .p | b64enc }}"}}}"#;
        let read = only(of(template, false));
        assert_eq!((read.host.as_str(), read.username()), (Some("a.azurecr.io"), None));
        assert!(matches!(read.password, Password::Unfilled));
        assert!(matches!(of(r#"{"auths":{ {{ .entries }} }}"#, false), Payload::Unknown(_)));
        let password = |text: &str| {
            only(of(&format!(r#"{{"auths":{{"a.azurecr.io":{{"username":"u","password":"{text}"}}}}}}"#), false))
        };
        assert_eq!(password("${P}").password, Password::Lacking(Lack::Word));
        for text in ["$(P)", "{{ .Values.p }}", "<path:secret/acr#p>", "a-${B}"] {
            assert_eq!(password(text).password, Password::Unfilled, "{text}");
        }
    }

    #[test]
    fn references_survive_in_documents_that_are_encoded() {
        let part = |name: &str| Node::symbol(Why::Parameter(name.into()), name, at());
        let text = |text: &str| Node::text(text, at());
        let call =
            |name: &str, inner: Node| Node::new(Value::Call(name.into(), std::sync::Arc::new(vec![inner])), at());
        let object = |members: Vec<(&str, Node)>| {
            Node::map(members.into_iter().map(|(key, value)| crate::ir::Entry::new(key, at(), value)).collect(), at())
        };
        let auth = call("tf:base64encode", Node::concat(vec![part("user"), text(":"), part("password")], at()));
        let auths = object(vec![("a.azurecr.io", object(vec![("auth", auth.clone())]))]);
        let document = call("tf:jsonencode", object(vec![("auths", auths)]));
        let read_as = |document: &Node, encoded| only(read(document, encoded, ".dockerconfigjson"));
        assert_eq!(read_as(&document, false).user, part("user"));
        assert_eq!(
            read_as(&call("tf:base64encode", document.clone()), true).password,
            Password::Elsewhere(part("password"))
        );
        let twice = read(&call("tf:base64encode", document.clone()), false, ".dockerconfigjson");
        assert_eq!(twice, Payload::Malformed(TWICE.to_owned()));
        let bare = call("tf:jsonencode", object(vec![("a.azurecr.io", object(vec![("auth", auth.clone())]))]));
        assert_eq!(read(&bare, false, ".dockerconfigjson"), Payload::Malformed(NO_AUTHS.to_owned()));
        let plain = Node::concat(vec![part("user"), text(":"), part("password")], at());
        let plain = object(vec![("auths", object(vec![("a.azurecr.io", object(vec![("auth", plain)]))]))]);
        let plain = read(&call("tf:jsonencode", plain), false, ".dockerconfigjson");
        assert_eq!(plain, Payload::Malformed(NO_PAIR.to_owned()));
        let joined = Node::concat(vec![text(r#"{"auths":{"a.azurecr.io":{"auth":""#), auth, text(r#""}}}"#)], at());
        assert_eq!(read_as(&joined, false).user, part("user"));
    }
}
