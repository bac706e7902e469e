//! Pull secrets: what they hold, and what is made of other objects.

pub mod keyring;
pub mod made;
mod password;
pub mod payload;
mod withheld;

pub use self::keyring::{Credential, Lack, Password};
pub use self::made::Maker;
pub use self::password::looks_real;
pub use self::payload::Payload;
pub use self::withheld::withheld;
pub use crate::ir::placeholder::is_of_password as is_placeholder;

use self::payload::{TYPES, is_encrypted, key_of, read};
use super::knowledge::Fact;
use super::workload::{Namespace, metadata};
use crate::ir::{Language, Node, Resolver, Resource, Value, Why, placeholder};
use crate::source::{Span, Via};

/// A `v1/Secret`, or one that a controller makes of another object.
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
    /// The template that puts the payload together of several values.
    pub composer: Option<Span>,
    /// An annotation or label asks a controller to copy it to other namespaces.
    pub copied: bool,
    /// It is made for a hook, and gone after that.
    pub goes: bool,
    /// What makes it, when it is no manifest of its own.
    pub maker: Option<Maker>,
}

impl<'a> Secret<'a> {
    /// Whether it is a secret.
    pub fn is_one(resource: &Resource) -> bool {
        &*resource.kind == "v1/Secret"
    }

    /// Whether a command makes it, so that what is written there is no payload alone.
    pub fn is_made_by_command(&self) -> bool {
        self.resource.language == Language::Script
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
        let filled_in =
            || (Payload::Unknown(Why::External("a value that is filled in later".into())), resource.declared);
        let (payload, payload_span) = match payload(&body, &kind, resource.declared) {
            _ if is_filled_in(&body) => filled_in(),
            // What SOPS leaves in the clear holds whatever it encrypts.
            read if body.get("sops").is_some() => match read {
                (Payload::Ignored(_), _) => read,
                _ => filled_in(),
            },
            read => read,
        };
        let document = kind.value().and_then(|kind| present(&body, key_of(kind)?));
        let mut hops = document.iter().flat_map(|(node, _)| node.trail.hops());
        let composer = hops.find(|hop| hop.via == Via::Composed).map(|hop| hop.span);
        let copied = is_copied(&body);
        Secret {
            resource,
            name,
            namespace,
            kind,
            payload,
            payload_span,
            composer,
            copied,
            goes: goes(&body),
            maker: None,
        }
    }

    /// The secrets that a controller makes of an object, where the object says all of them.
    pub fn made(resource: &'a Resource, resolver: &Resolver<'a>) -> Vec<Secret<'a>> {
        made::secrets(resource, resolver)
    }

    /// Whether it has the key of `kubernetes.io/dockerconfigjson`, whatever its type is.
    pub fn has_docker_config(&self) -> bool {
        ["data", "stringData"].iter().any(|part| self.resource.body.at(&[part, ".dockerconfigjson"]).is_some())
    }

    /// The key that was to hold the payload, where it is called otherwise than its type wants.
    pub fn misnamed_key(&self) -> Option<Span> {
        let right = self.kind.value().is_some_and(|kind| key_of(kind).is_some());
        let elsewhere = self.maker.is_none() && self.payload_span != self.resource.declared;
        (right && elsewhere && matches!(self.payload, Payload::Ignored(_))).then_some(self.payload_span)
    }

    /// Its entries, when they can be read.
    pub fn entries(&self) -> &[Credential] {
        match &self.payload {
            Payload::Entries(entries) => entries,
            _ => &[],
        }
    }
}

/// Reflector, replicator, config-syncer and their like are asked by an annotation or a label of the secret.
fn is_copied(body: &Node) -> bool {
    const WORDS: [&str; 5] = ["reflector", "replicat", "kubed.", "config-syncer", "copier"];
    marks(body, |key| WORDS.iter().any(|word| key.contains(word)))
}

/// Whether a hook of Helm or Argo CD takes it away again, or makes it only when the release goes.
fn goes(body: &Node) -> bool {
    const LATE: [&str; 9] = [
        "pre-delete",
        "post-delete",
        "pre-rollback",
        "post-rollback",
        "test",
        "test-success",
        "PostDelete",
        "PreDelete",
        "SyncFail",
    ];
    let words = |key: &str| -> Vec<String> {
        let annotation = body.at(&["metadata", "annotations"]).and_then(|it| it.as_map()?.get_exact(key)?.as_str());
        annotation.into_iter().flat_map(|text| text.split(',')).map(|word| word.trim().to_owned()).collect()
    };
    [("helm.sh/hook", "hook-succeeded"), ("argocd.argoproj.io/hook", "HookSucceeded")].iter().any(|(key, succeeded)| {
        let (hooks, policies) = (words(key), words(&format!("{key}-delete-policy")));
        let late = !hooks.is_empty() && hooks.iter().all(|hook| LATE.contains(&hook.as_str()));
        late || !hooks.is_empty() && policies.iter().any(|policy| policy == succeeded)
    })
}

/// Tools that fill in the payload when the manifest is applied, or copy that of another secret into it, say so in an
/// annotation.
fn is_filled_in(body: &Node) -> bool {
    const WORDS: [&str; 7] = [
        "avp.kubernetes.io",
        "secretgen.carvel.dev",
        "vault.security.banzaicloud.io",
        "sealedsecrets.bitnami",
        "emberstack.com/reflects",
        "replicator.v1.mittwald.de/replicate-from",
        "replicator.v1.mittwald.de/replicated-from",
    ];
    marks(body, |key| WORDS.iter().any(|word| key.contains(word)))
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
    let Some(key) = key_of(kind) else {
        let looks = TYPES.iter().find_map(|(_, key)| present(body, key));
        let span = looks.map_or(declared, |(node, _)| node.span);
        return (Payload::Ignored(format!("type `{kind}` is not read by the kubelet")), span);
    };
    match present(body, key) {
        Some((node, encoded)) => (read(&node, encoded, key), node.span),
        None if is_open(body) => (Payload::Unknown(Why::UnsupportedSyntax("the data of the secret".into())), declared),
        None => {
            let why = format!("a secret of type `{kind}` needs the key `{key}`");
            (Payload::Ignored(why), misnamed(body, key).unwrap_or(declared))
        }
    }
}

/// The key that was meant to be this one: it has its letters.
fn misnamed(body: &Node, key: &str) -> Option<Span> {
    let letters = |key: &str| key.to_ascii_lowercase().replace(|letter: char| !letter.is_ascii_alphanumeric(), "");
    let parts = ["stringData", "data"].iter().filter_map(|part| body.get(part)?.as_map());
    let mut keys = parts.flat_map(|map| &map.entries).map(|entry| &entry.key);
    keys.find(|own| own.as_str().is_some_and(|own| letters(own) == letters(key))).map(|own| own.span)
}

/// A name in words for the user: that of a release that nobody names is no name.
pub fn spoken(name: &str, resource: &Resource) -> String {
    const DEFAULT: &str = "release-name";
    match name.strip_prefix(DEFAULT).filter(|_| resource.address.root.contains("Chart.yaml")) {
        Some(rest) => format!("<release>{rest}"),
        None => name.to_owned(),
    }
}

/// The value of a key, and whether it is base64: `stringData` wins over `data`.
fn present(body: &Node, key: &str) -> Option<(Node, bool)> {
    let written = |part: &str| body.get(part).and_then(|data| data.as_map()?.get_exact(key)).cloned();
    let plain = written("stringData").map(|node| (node, false));
    plain.or_else(|| written("data").map(|node| (node, true)))
}

/// Whether it may have keys that can't be seen.
fn is_open(body: &Node) -> bool {
    let unsure = body.as_map().is_none_or(|map| map.open.is_some());
    unsure
        || ["data", "stringData"].iter().filter_map(|key| body.get(key)).any(|data| match &data.value {
            Value::Map(map) => map.open.is_some(),
            Value::Null => false,
            _ => true,
        })
}
