//! Pull secrets: what they hold, and who else may make some.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use super::knowledge::Fact;
use super::workload::{Namespace, metadata};
use crate::azure::image;
use crate::ir::{Node, Resolver, Resource, Value, Why, placeholder};
use crate::source::Span;

/// A `v1/Secret`.
#[derive(Clone, Debug)]
pub struct Secret<'a> {
    /// The manifest.
    pub resource: &'a Resource,
    /// Its name.
    pub name: Node,
    /// Its namespace.
    pub namespace: Namespace,
    /// Its type and where that stands; `Opaque` when nobody wrote one.
    pub kind: Fact<String>,
    /// What the kubelet would read from it.
    pub payload: Payload,
    /// Where the payload is written.
    pub payload_span: Span,
    /// An annotation or label asks a controller to copy it to other namespaces.
    pub copied: bool,
}

/// What a pull secret offers.
#[derive(Clone, Debug, PartialEq)]
pub enum Payload {
    /// Entries for hosts.
    Entries(Vec<Credential>),
    /// The type is none of the two that the kubelet reads, or the key doesn't belong to the type.
    Ignored(String),
    /// It can't be read by anybody: the reason.
    Malformed(String),
    /// It can't be read here.
    Unknown(Why),
}

/// One entry of a pull secret.
#[derive(Clone, Debug, PartialEq)]
pub struct Credential {
    /// The key, as written.
    pub host: String,
    /// The user name.
    pub username: String,
    /// The password is a placeholder or empty. The password itself is not kept.
    pub placeholder: bool,
    /// The password is a token that expires (a JWT).
    pub expires: bool,
}

/// The types that the kubelet reads, each with its key (the keyring checks both).
const TYPES: [(&str, &str); 2] =
    [("kubernetes.io/dockerconfigjson", ".dockerconfigjson"), ("kubernetes.io/dockercfg", ".dockercfg")];

impl<'a> Secret<'a> {
    /// Whether it is a secret.
    pub fn is_one(resource: &Resource) -> bool {
        &*resource.kind == "v1/Secret"
    }

    /// Reads a secret.
    pub fn read(resource: &'a Resource, resolver: &Resolver<'a>) -> Secret<'a> {
        let body = resolver.node(&resource.body);
        let (name, namespace) = metadata(&body, resource);
        let kind = match body.get("type") {
            None => Fact::Default("Opaque".to_owned(), resource.declared),
            Some(node) => match node.as_str() {
                Some(text) => Fact::Known(text.to_owned(), node.span),
                None => Fact::Unknown(node.why().cloned().unwrap_or(Why::TemplateText), node.span),
            },
        };
        let (payload, payload_span) = match is_filled_in(&body) {
            true => (Payload::Unknown(Why::External("a value that is filled in later".into())), resource.declared),
            false => payload(&body, &kind, resource.declared),
        };
        Secret { resource, name, namespace, kind, payload, payload_span, copied: is_copied(&body) }
    }
}

/// Reflector, replicator, config-syncer and their like are asked by an annotation or a label of the secret.
fn is_copied(body: &Node) -> bool {
    const WORDS: [&str; 5] = ["reflector", "replicat", "kubed.", "config-syncer", "copier"];
    marks(body, |key| WORDS.iter().any(|word| key.contains(word)))
}

/// Tools that fill in the payload when the manifest is applied say so in an annotation, or encrypt the whole of it.
fn is_filled_in(body: &Node) -> bool {
    const WORDS: [&str; 4] =
        ["avp.kubernetes.io", "secretgen.carvel.dev", "vault.security.banzaicloud.io", "sealedsecrets.bitnami"];
    body.get("sops").is_some() || marks(body, |key| WORDS.iter().any(|word| key.contains(word)))
}

/// Whether some annotation or label has such a key, or one that can't be read.
fn marks(body: &Node, asks: impl Fn(&str) -> bool) -> bool {
    let asks = |key: &str| asks(&key.to_ascii_lowercase());
    ["annotations", "labels"].iter().filter_map(|kind| body.at(&["metadata", kind])).any(|marks| match marks.as_map() {
        Some(map) => map.open.is_some() || map.entries.iter().any(|entry| entry.key.as_str().is_none_or(asks)),
        None => !marks.is_null(),
    })
}

fn payload(body: &Node, kind: &Fact<String>, declared: Span) -> (Payload, Span) {
    let Some(kind) = kind.value().filter(|kind| !is_encrypted(kind) && !placeholder::stands_in(kind)) else {
        return (Payload::Unknown(Why::TemplateText), declared);
    };
    let present = |key: &str| {
        let plain =
            body.get("stringData").and_then(|data| data.as_map()?.get_exact(key)).map(|node| (node.clone(), false));
        plain.or_else(|| {
            body.get("data").and_then(|data| data.as_map()?.get_exact(key)).map(|node| (node.clone(), true))
        })
    };
    let open = ["data", "stringData"].iter().filter_map(|key| body.get(key)).any(|data| match &data.value {
        Value::Map(map) => map.open.is_some(),
        Value::Null => false,
        _ => true,
    });
    let Some((_, key)) = TYPES.iter().find(|(name, _)| name == kind) else {
        let looks = TYPES.iter().find_map(|(_, key)| present(key));
        let span = looks.map_or(declared, |(node, _)| node.span);
        return (Payload::Ignored(format!("type `{kind}` is not read by the kubelet")), span);
    };
    let Some((node, encoded)) = present(key) else {
        return match open {
            true => (Payload::Unknown(Why::UnsupportedSyntax("the data of the secret".into())), declared),
            false => (Payload::Ignored(format!("a secret of type `{kind}` needs the key `{key}`")), declared),
        };
    };
    if let Value::Call(name, arguments) = &node.value
        && let ("tf:jsonencode", [document]) = (&**name, arguments.as_slice())
    {
        return (written_entries(document, *key == ".dockerconfigjson"), node.span);
    }
    let Some(text) = node.as_str() else {
        return (Payload::Unknown(node.why().cloned().unwrap_or(Why::TemplateText)), node.span);
    };
    (read_payload(text, encoded, *key == ".dockerconfigjson"), node.span)
}

fn read_payload(text: &str, encoded: bool, wrapped: bool) -> Payload {
    if is_encrypted(text) {
        return Payload::Unknown(Why::External("an encrypted value".into()));
    }
    if is_placeholder(text.trim()) {
        return Payload::Entries(vec![Credential {
            host: String::new(),
            username: String::new(),
            placeholder: true,
            expires: false,
        }]);
    }
    if text.contains("{{") || text.contains("${") || text.trim_start().starts_with("<path:") {
        return Payload::Unknown(Why::TemplateText);
    }
    // In the place of the document; one inside of it is a matter of its entry.
    let document = |text: &str| text.trim_start().starts_with('{');
    if !document(text) && placeholder::stands_in(text) {
        return Payload::Unknown(Why::TemplateText);
    }
    let plain = match encoded {
        false => text.to_owned(),
        true => match decode(text) {
            Some(plain) => plain,
            None => return Payload::Malformed("the value is no valid base64".to_owned()),
        },
    };
    if !document(&plain) && placeholder::stands_in(&plain) {
        return Payload::Unknown(Why::TemplateText);
    }
    let Ok(json) = serde_json::from_str::<serde_json::Value>(plain.trim()) else {
        return match decode(&plain).is_some_and(|twice| twice.trim_start().starts_with('{')) {
            true => Payload::Malformed("the value is encoded twice".to_owned()),
            false => Payload::Malformed("the value is no valid JSON".to_owned()),
        };
    };
    let auths = if wrapped { member(&json, "auths") } else { Some(&json) };
    match auths.and_then(serde_json::Value::as_object) {
        None => Payload::Malformed("the JSON has no object `auths`".to_owned()),
        Some(auths) => entries(auths),
    }
}

/// The entries of a document that a template encodes: hosts and users are often known where the password is not.
fn written_entries(document: &Node, wrapped: bool) -> Payload {
    let unknown = || Payload::Unknown(Why::UnsupportedSyntax("the payload of the secret".into()));
    let auths = if wrapped { document.get("auths") } else { Some(document) };
    let Some(map) = auths.and_then(Node::as_map).filter(|map| map.is_whole()) else { return unknown() };
    let entry = |entry: &crate::ir::Entry| {
        let text = |key: &str| entry.value.get(key).and_then(Node::as_str);
        let placeholder = text("password").is_some_and(|password| is_placeholder(password.trim()));
        // Without a user in sight it may be any.
        let username = text("username").unwrap_or_default().to_owned();
        Some(Credential { host: entry.key.as_str()?.to_owned(), username, placeholder, expires: false })
    };
    map.entries.iter().map(entry).collect::<Option<Vec<_>>>().map_or_else(unknown, Payload::Entries)
}

/// A member by its name in any case, as the kubelet's JSON reader takes it.
fn member<'j>(json: &'j serde_json::Value, name: &str) -> Option<&'j serde_json::Value> {
    let object = json.as_object()?;
    object.get(name).or_else(|| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

fn entries(auths: &serde_json::Map<String, serde_json::Value>) -> Payload {
    let mut found = Vec::new();
    for (host, entry) in auths {
        if placeholder::stands_in(host) {
            return Payload::Unknown(Why::TemplateText);
        }
        let shaped = entry.is_object()
            && ["auth", "username", "password"]
                .iter()
                .all(|name| member(entry, name).is_none_or(|value| value.is_string() || value.is_null()));
        if !shaped {
            return Payload::Malformed("an entry of `auths` is no object of texts".to_owned());
        }
        let text = |key: &str| member(entry, key).and_then(serde_json::Value::as_str).unwrap_or_default();
        let auth = text("auth");
        let (username, password) = if auth.is_empty() {
            (text("username").to_owned(), text("password").to_owned())
        } else if placeholder::stands_in(auth) && !is_placeholder(auth) {
            return Payload::Unknown(Why::TemplateText);
        } else {
            // A non-empty `auth` wins over `username` and `password`; without a colon the whole document is refused.
            match decode(auth).as_deref().and_then(|pair| pair.split_once(':')) {
                Some((username, password)) => (username.to_owned(), password.to_owned()),
                None if is_placeholder(auth) => (text("username").to_owned(), String::new()),
                None => return Payload::Malformed("an `auth` is no base64 of `user:password`".to_owned()),
            }
        };
        let unsure = |text: &str| placeholder::stands_in(text) && !is_placeholder(text.trim());
        if unsure(&username) || unsure(&password) {
            return Payload::Unknown(Why::TemplateText);
        }
        let bracketed = |text: &str| text.starts_with('<') && text.ends_with('>');
        let placeholder = is_placeholder(password.trim()) || bracketed(username.trim());
        let expires = password.starts_with("eyJ") || username.starts_with("00000000-0000-0000-0000-");
        found.push(Credential { host: host.clone(), username, placeholder, expires });
    }
    Payload::Entries(found)
}

fn decode(text: &str) -> Option<String> {
    let compact: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    let bytes = STANDARD.decode(&compact).or_else(|_| STANDARD_NO_PAD.decode(&compact)).ok()?;
    String::from_utf8(bytes).ok()
}

fn is_encrypted(text: &str) -> bool {
    text.starts_with("ENC[") || text.starts_with("\0GITCRYPT")
}

/// The closed list of words that stand where a password will be.
pub(super) fn is_placeholder(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    // `${{ … }}` is an expression of a pipeline, `<path:…>` one of a vault: somebody is known to fill them in.
    if lower.starts_with("${{") || lower.starts_with("<path:") {
        return false;
    }
    let bracketed = |open: &str, close: &str| lower.starts_with(open) && lower.ends_with(close);
    const WORDS: [&str; 14] = [
        "",
        "changeme",
        "change-me",
        "change_me",
        "password",
        "xxx",
        "xxxx",
        "xxxxx",
        "todo",
        "tbd",
        "replaceme",
        "replace-me",
        "replace_me",
        "placeholder",
    ];
    WORDS.contains(&lower.as_str()) || bracketed("<", ">") || bracketed("${", "}")
}

impl Credential {
    /// The key without what somebody may have put in front of the host.
    pub fn bare_host(&self) -> &str {
        self.host.rsplit('@').next().unwrap_or_default()
    }

    /// Whether the kubelet offers it for an image of `host`/`path` (keyring: same port, same number of labels, each label
    /// matched as a glob, the key's path a prefix of the image's; comparison of letters is exact).
    pub fn is_for(&self, host: &str, path: &str) -> bool {
        let key = self.host.strip_prefix("https://").or(self.host.strip_prefix("http://")).unwrap_or(&self.host);
        let (key_host, key_path) = key.find('/').and_then(|at| key.split_at_checked(at)).unwrap_or((key, ""));
        let key_path = if key_path.starts_with("/v1/") || key_path.starts_with("/v2/") {
            key_path.get(3..).unwrap_or_default()
        } else {
            key_path
        };
        let key_path = if key_path == "/" { "" } else { key_path };
        let (key_name, key_port) = key_host.split_once(':').unwrap_or((key_host, ""));
        let (name, port) = host.split_once(':').unwrap_or((host, ""));
        let (keys, labels): (Vec<&str>, Vec<&str>) = (key_name.split('.').collect(), name.split('.').collect());
        key_port == port
            && keys.len() == labels.len()
            && format!("/{}", image::repository(path)).starts_with(key_path)
            && keys.iter().zip(&labels).all(|(key, label)| glob(key, label))
    }
}

fn glob(pattern: &str, text: &str) -> bool {
    globset::GlobBuilder::new(pattern).build().is_ok_and(|glob| glob.compile_matcher().is_match(text))
        || pattern == text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credential(host: &str) -> Credential {
        Credential { host: host.to_owned(), username: String::new(), placeholder: false, expires: false }
    }

    #[test]
    fn hosts_match_as_in_the_keyring() {
        let matches = |key: &str| credential(key).is_for("foo.azurecr.io", "web");
        assert!(matches("foo.azurecr.io") && matches("https://foo.azurecr.io/v2/") && matches("*.azurecr.io"));
        assert!(
            !matches("foo")
                && !matches("https://index.docker.io/v1/")
                && !matches("*.io")
                && !matches("foo.azurecr.io:443")
        );
        assert!(!credential("*.azurecr.io").is_for("foo.eastus.geo.azurecr.io", "web"));
        let of_web = |key: &str| credential(key).is_for("foo.azurecr.io", "web:1");
        assert!(of_web("foo.azurecr.io/web") && of_web("https://foo.azurecr.io/"));
        assert!(
            !of_web("foo.azurecr.io/web:1") && !of_web("https://foo.azurecr.io/v2") && !of_web("foo.azurecr.io/web/")
        );
    }

    #[test]
    fn payloads_are_read_as_the_kubelet_reads_them() {
        let encoded = |text: &str| STANDARD.encode(text);
        let auth = encoded("user:secret");
        let json = format!(r#"{{"auths":{{"foo.azurecr.io":{{"auth":"{auth}"}}}}}}"#);
        assert!(
            matches!(read_payload(&encoded(&json), true, true), Payload::Entries(found) if found[0].username == "user" && !found[0].placeholder)
        );
        assert!(
            matches!(read_payload(&encoded(&encoded(&json)), true, true), Payload::Malformed(why) if why.contains("twice"))
        );
        assert!(matches!(read_payload("%%%", true, true), Payload::Malformed(_)));
        assert!(
            matches!(read_payload(r#"{"foo.azurecr.io":{}}"#, false, true), Payload::Malformed(why) if why.contains("auths"))
        );
        assert!(matches!(read_payload("<base64>", true, true), Payload::Entries(found) if found[0].placeholder));
        assert!(matches!(read_payload("ENC[AES256]", true, true), Payload::Unknown(_)));
        for text in [
            "$(cfg)",
            "#{cfg}#",
            "__CFG__",
            "${{ secrets.X }}",
            "<path:secret/x#y>",
            r##"{"auths":{"#{acr}#.azurecr.io":{}}}"##,
        ] {
            assert!(matches!(read_payload(text, false, true), Payload::Unknown(_)), "{text}");
        }
        assert!(
            matches!(read_payload(r#"{"Auths":{"a.azurecr.io":{"Username":"u","password":"p"}}}"#, false, true), Payload::Entries(found) if found[0].username == "u")
        );
        assert!(matches!(read_payload(r#"{"auths":{"a":{"auth":1}}}"#, false, true), Payload::Malformed(_)));
    }
}
