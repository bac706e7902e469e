//! Secrets that a controller makes of another object: what it states of them is known.

use super::Secret;
use super::payload::{Payload, key_of, read};
use crate::ir::{Node, Resolver, Resource, Why};
use crate::source::Span;
use crate::world::knowledge::Fact;
use crate::world::workload::metadata;

/// The kinds of controllers' objects that make a secret of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Maker {
    /// External Secrets Operator.
    ExternalSecret,
    /// Sealed Secrets.
    SealedSecret,
    /// Vault Secrets Operator.
    Vault,
    /// The Secrets Store driver.
    ProviderClass,
}

impl Maker {
    /// Where the type of the secret is written in the object.
    pub fn type_path(self) -> &'static str {
        match self {
            Maker::ExternalSecret => "spec.target.template.type",
            Maker::SealedSecret => "spec.template.type",
            Maker::Vault => "spec.destination.type",
            Maker::ProviderClass => "spec.secretObjects[].type",
        }
    }

    fn of(resource: &Resource) -> Option<Maker> {
        let (group, kind) = resource.kind.rsplit_once('/')?;
        match (group.split('/').next().unwrap_or_default(), kind) {
            ("external-secrets.io", "ExternalSecret") => Some(Maker::ExternalSecret),
            ("bitnami.com", "SealedSecret") => Some(Maker::SealedSecret),
            ("secrets.hashicorp.com", _) => Some(Maker::Vault),
            ("secrets-store.csi.x-k8s.io", "SecretProviderClass") => Some(Maker::ProviderClass),
            _ => None,
        }
    }
}

/// The secrets that a controller makes of this object, where names and types are up to the object; none where some can't
/// be told.
pub(in crate::world) fn secrets<'a>(resource: &'a Resource, resolver: &Resolver<'a>) -> Vec<Secret<'a>> {
    let Some(maker) = Maker::of(resource) else { return Vec::new() };
    let body = resolver.node(&resource.body);
    let (own, namespace) = metadata(&body, resource);
    let made = match maker {
        Maker::ExternalSecret => external(&body).into_iter().collect(),
        Maker::SealedSecret => sealed(&body).into_iter().collect(),
        Maker::Vault => vault(&body).into_iter().collect(),
        Maker::ProviderClass => synced(&body).unwrap_or_default(),
    };
    let secret = |made: Made| {
        let kind = kind(made.kind.as_ref(), resource.declared);
        let (payload, payload_span) = match kind.value() {
            None => (Payload::Unknown(Why::TemplateText), resource.declared),
            Some(kind) => made.payload(kind, resource.declared),
        };
        let (name, namespace) = (made.name.unwrap_or_else(|| own.clone()), namespace.clone());
        Secret {
            resource,
            name,
            namespace,
            kind,
            payload,
            payload_span,
            composer: None,
            copied: false,
            goes: false,
            maker: Some(maker),
        }
    };
    made.into_iter().map(secret).collect()
}

/// What an object says of the secret that is made of it.
struct Made {
    name: Option<Node>,
    kind: Option<Node>,
    /// The texts of keys that are written out, as templates.
    texts: Option<Node>,
    /// The keys that it will have; nothing when others may come.
    keys: Option<Vec<Node>>,
}

impl Made {
    fn payload(&self, kind: &str, declared: Span) -> (Payload, Span) {
        let Some(key) = key_of(kind) else {
            let span = self.kind.as_ref().map_or(declared, |kind| kind.span);
            return (Payload::Ignored(format!("type `{kind}` is not read by the kubelet")), span);
        };
        let text = self.texts.as_ref().and_then(|texts| texts.as_map()?.get_exact(key));
        let unknown = (Payload::Unknown(Why::External("a value that is filled in later".into())), declared);
        match (text, &self.keys) {
            // A template is filled in before it is read: what is wrong with its text may be right then.
            (Some(text), _) => match read(text, false, key) {
                entries @ Payload::Entries(_) => (entries, text.span),
                _ => unknown,
            },
            (None, Some(keys)) if keys.iter().all(|own| own.as_str().is_some_and(|own| own != key)) => {
                (Payload::Ignored(format!("a secret of type `{kind}` needs the key `{key}`")), declared)
            }
            _ => unknown,
        }
    }
}

fn kind(written: Option<&Node>, declared: Span) -> Fact<String> {
    let Some(node) = written else { return Fact::Default("Opaque".to_owned(), declared) };
    match node.as_str() {
        Some(text) if !crate::ir::placeholder::stands_in(text) => Fact::Known(text.to_owned(), node.span),
        _ => Fact::Unknown(node.why().cloned().unwrap_or(Why::TemplateText), node.span),
    }
}

/// Whether an object is all there.
fn whole(node: &Node) -> bool {
    node.as_map().is_some_and(|map| map.open.is_none())
}

/// The value at a path; `Err` when something on the way can't be read.
fn at(node: &Node, path: &[&str]) -> Result<Option<Node>, ()> {
    let Some((step, rest)) = path.split_first() else { return Ok(Some(node.clone())) };
    match node.get(step) {
        None if node.is_null() || whole(node) => Ok(None),
        None => Err(()),
        Some(inner) if inner.is_null() => Ok(None),
        Some(inner) => at(inner, rest),
    }
}

/// Without a type in the template the operator makes an `Opaque` secret; one that it merges into keeps its own.
fn external(body: &Node) -> Option<Made> {
    let target = at(body, &["spec", "target"]).ok()?;
    let policy = at(body, &["spec", "target", "creationPolicy"]).ok()?;
    let owner = policy.is_none_or(|policy| matches!(policy.as_str(), Some("Owner" | "Orphan")));
    if !owner || target.as_ref().is_some_and(|target| target.get("manifest").is_some()) {
        return None;
    }
    let texts = at(body, &["spec", "target", "template", "data"]).ok()?;
    let merges = at(body, &["spec", "target", "template", "mergePolicy"]).ok()?.is_some();
    let wide = at(body, &["spec", "target", "template", "templateFrom"]).ok()?.is_some()
        || at(body, &["spec", "dataFrom"]).ok()?.is_some();
    let keys = match &texts {
        _ if wide || merges => None,
        Some(texts) => texts.as_map().filter(|map| map.open.is_none()).map(|map| keys(&map.entries)),
        None => fetched(body),
    };
    Some(Made {
        name: at(body, &["spec", "target", "name"]).ok()?,
        kind: at(body, &["spec", "target", "template", "type"]).ok()?,
        texts: texts.filter(|_| !merges),
        keys,
    })
}

fn keys(entries: &[crate::ir::Entry]) -> Vec<Node> {
    entries.iter().map(|entry| entry.key.clone()).collect()
}

/// The keys that are fetched one by one.
fn fetched(body: &Node) -> Option<Vec<Node>> {
    let list = body.at(&["spec", "data"])?.as_list().filter(|list| list.open.is_none())?;
    list.items.iter().map(|item| item.get("secretKey").cloned()).collect()
}

/// The type is in the clear; the first version of the object sealed it with the rest.
fn sealed(body: &Node) -> Option<Made> {
    let encrypted = at(body, &["spec", "encryptedData"]).ok()??;
    if at(body, &["spec", "data"]).ok()?.is_some() {
        return None;
    }
    let clear = at(body, &["spec", "template", "data"]).ok()?.is_some();
    let map = encrypted.as_map().filter(|map| map.open.is_none() && !clear);
    Some(Made {
        name: None,
        kind: at(body, &["spec", "template", "type"]).ok()?,
        texts: None,
        keys: map.map(|map| keys(&map.entries)),
    })
}

/// What the driver makes while a pod mounts the class. It wants name and type of every one.
fn synced(body: &Node) -> Option<Vec<Made>> {
    let objects = at(body, &["spec", "secretObjects"]).ok()??;
    let list = objects.as_list().filter(|list| list.open.is_none())?;
    let made = |object: &Node| {
        let data = object.get("data").and_then(Node::as_list).filter(|data| data.open.is_none());
        let keys = data.and_then(|data| data.items.iter().map(|item| item.get("key").cloned()).collect());
        Some(Made {
            name: Some(object.get("secretName")?.clone()),
            kind: Some(object.get("type")?.clone()),
            texts: None,
            keys,
        })
    };
    list.items.iter().map(made).collect()
}

/// Only a secret that the operator creates itself gets the type that is written here.
fn vault(body: &Node) -> Option<Made> {
    let create = at(body, &["spec", "destination", "create"]).ok()??;
    (create.as_bool() == Some(true)).then_some(())?;
    Some(Made {
        name: Some(at(body, &["spec", "destination", "name"]).ok()??),
        kind: at(body, &["spec", "destination", "type"]).ok()?,
        texts: None,
        keys: None,
    })
}
