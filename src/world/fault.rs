//! What is wrong with the identities that a cluster's declaration states: shapes that Azure refuses, and ids that look
//! like a slip.

use super::registry::Reader;
use crate::azure::kinds::IDENTITY;
use crate::ir::{Case, Map, Node, Origin, Resolver, Resource, ResourceId, Truth, Value, Why, placeholder, same_in};
use crate::source::Span;

/// A fault of the identities that a cluster states, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// What is wrong.
    pub what: What,
    /// The value to change; the cluster's declaration where nothing is written.
    pub span: Span,
    /// The value with its trail, where one is written.
    pub value: Option<Node>,
}

/// What is wrong with the identities of a cluster (`ResourceIdentity` of Microsoft.ContainerService/managedClusters).
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// `UserAssigned` without an identity.
    NoIdentity,
    /// `UserAssigned` with more than the one that AKS takes; how many.
    SeveralIdentities(usize),
    /// A type that clusters don't have, such as `SystemAssigned, UserAssigned`.
    Type(String),
    /// A kubelet identity of the user's own, while the control plane has the system-assigned identity.
    CustomKubelet,
    /// No identity of the deployment is called so, but one nearly is: the name written and the name declared.
    Dangling(String, String, Span),
}

impl What {
    /// Azure, or the provider before it, refuses a cluster like this.
    pub fn is_refused(&self) -> bool {
        !matches!(self, What::Dangling(..))
    }

    /// The fault as a clause.
    pub fn text(&self) -> String {
        match self {
            What::NoIdentity => "is `UserAssigned` but names no identity".to_owned(),
            What::SeveralIdentities(count) => format!("names {count} user-assigned identities, AKS takes one"),
            What::Type(kind) => format!("has identity type `{kind}`, which AKS does not know"),
            What::CustomKubelet => "has a kubelet identity of its own but a `SystemAssigned` control plane".to_owned(),
            What::Dangling(written, declared, _) => format!("names identity `{written}`, declared is `{declared}`"),
        }
    }
}

/// The faults of a cluster's declaration. Only what the tree creates is looked at: what is read back has other shapes.
pub(super) fn faults<'a>(resource: &'a Resource, resolver: &Resolver<'a>) -> Vec<Fault> {
    if resource.origin != Origin::Declared {
        return Vec::new();
    }
    let read = Reader { resource, resolver };
    let Some(kind) = read.at(&["identity", "type"]) else { return Vec::new() };
    let found = match kind.as_str().map(str::to_ascii_lowercase).as_deref() {
        Some("userassigned") => user_assigned(&read),
        Some("systemassigned") => custom_kubelet(&read),
        Some("none") | None => None,
        Some(text) => {
            is_wrong_type(text).then(|| Fault::at(What::Type(kind.as_str().unwrap_or_default().to_owned()), &kind))
        }
    };
    found.into_iter().chain(dangling(&read)).collect()
}

impl Fault {
    fn at(what: What, value: &Node) -> Fault {
        Fault { what, span: value.span, value: Some(value.clone()) }
    }
}

/// A word about identities that is none of AKS's, if only by a slip. Anything else may be a text that somebody fills in.
fn is_wrong_type(text: &str) -> bool {
    let slips = |word: &str| strsim::damerau_levenshtein(word, text) <= 2;
    let meant = text.contains("assigned") || slips("systemassigned") || slips("userassigned");
    meant && !placeholder::stands_in(text) && text.bytes().all(is_letter_or_comma)
}

fn is_letter_or_comma(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b',' | b' ')
}

/// Exactly one user-assigned identity is allowed.
fn user_assigned(read: &Reader<'_, '_>) -> Option<Fault> {
    let Some(identities) = read.at(&["identity", "userAssignedIdentities"]) else {
        return Some(Fault { what: What::NoIdentity, span: read.resource.declared, value: None });
    };
    let map = identities.as_map().filter(|map| map.open.is_none())?;
    if map.entries.is_empty() {
        return Some(Fault::at(What::NoIdentity, &identities));
    }
    let count = distinct(map, read.resolver);
    (count > 1).then(|| Fault::at(What::SeveralIdentities(count), &identities))
}

/// How many members are proved to be different from each other. A member that is `null` removes an identity.
fn distinct(map: &Map, resolver: &Resolver<'_>) -> usize {
    let mut kept: Vec<&Node> = Vec::new();
    for entry in map.entries.iter().filter(|entry| !entry.value.is_null()) {
        let apart = |other: &&Node| same_in(resolver, Case::Ignored, other, &entry.key) == Truth::No;
        if kept.iter().all(apart) {
            kept.push(&entry.key);
        }
    }
    kept.len()
}

/// The service rejects a kubelet identity of the user's own on a cluster whose control plane is system-assigned
/// (`CustomKubeletIdentityOnlySupportedOnUserAssignedMSICluster`).
fn custom_kubelet(read: &Reader<'_, '_>) -> Option<Fault> {
    let id = read.at(&["properties", "identityProfile", "kubeletidentity", "resourceId"])?;
    let readable = matches!(id.value, Value::Str(_) | Value::Concat(_) | Value::Id(_) | Value::Ref(_));
    (readable && is_users_own(&id, read)).then(|| Fault::at(What::CustomKubelet, &id))
}

/// Proved to be an identity of the user's own: AKS writes the one that it made into the same place when it is read back.
fn is_users_own(id: &Node, read: &Reader<'_, '_>) -> bool {
    if read.resolver.resource_of(id).is_some_and(|identity| identity.origin == Origin::Declared) {
        return true;
    }
    let Some(parts) = read.resolver.id_of(id).filter(|parts| parts.is_kind(IDENTITY)) else { return false };
    let ends_in = |name: &Node| {
        let any = Node::unknown(Why::TemplateText, name.span);
        Node::concat(vec![any, Node::text("-agentpool", name.span)], name.span)
    };
    let named =
        parts.names.last().is_some_and(|name| same_in(read.resolver, Case::Ignored, name, &ends_in(name)) == Truth::No);
    named && !is_in_node_group(&parts, read)
}

/// Whether it is, or may be, in the group that AKS makes for the nodes: `MC_…`, or as the cluster says.
fn is_in_node_group(id: &ResourceId, read: &Reader<'_, '_>) -> bool {
    let Some(group) = &id.group else { return true };
    let group = read.resolver.node(group);
    let theirs = read.at(&["properties", "nodeResourceGroup"]);
    let same = theirs.is_some_and(|theirs| same_in(read.resolver, Case::Ignored, &group, &theirs) != Truth::No);
    same || group.as_str().is_none_or(|name| name.to_ascii_lowercase().starts_with("mc_"))
}

/// A control-plane identity that the deployment doesn't have, one slip away from one that it declares.
fn dangling(read: &Reader<'_, '_>) -> Option<Fault> {
    let identities = read.at(&["identity", "userAssignedIdentities"])?;
    let keys = identities.as_map()?.entries.iter().map(|entry| &entry.key);
    keys.into_iter().find_map(|key| {
        let id = read.resolver.id_of(key).filter(|id| id.is_kind(IDENTITY))?;
        let name = read.resolver.node(id.names.last()?);
        let (declared, span) = nearly_called(name.as_str()?, &id, read)?;
        let what = What::Dangling(name.as_str()?.to_owned(), declared, span);
        read.resolver.resource_of(key).is_none().then(|| Fault::at(what, key))
    })
}

/// The one identity that the same deployment declares under nearly this name, when none has or may have it. Names that
/// differ in digits alone are often both right.
fn nearly_called(name: &str, id: &ResourceId, read: &Reader<'_, '_>) -> Option<(String, Span)> {
    // Another group that is named on purpose has identities of its own.
    let one_group = |identity: &Resource| {
        let theirs = ResourceId::parse(&read.resolver.node(&identity.id)).and_then(|theirs| theirs.group);
        let same = |a: &Node, b: &Node| same_in(read.resolver, Case::Ignored, a, b) == Truth::Yes;
        theirs.is_some_and(|theirs| id.group.as_ref().is_some_and(|own| same(own, &theirs)))
    };
    let letters = |text: &str| text.chars().filter(|letter| !letter.is_ascii_digit()).collect::<String>();
    let root = &read.resource.address.root;
    let mut near = None;
    for identity in read.resolver.of_kind(IDENTITY) {
        let own = read.resolver.node(&identity.name);
        let own = own.as_str()?.to_ascii_lowercase();
        let name = name.to_ascii_lowercase();
        if own == name {
            return None;
        }
        let one_slip = strsim::damerau_levenshtein(&own, &name) == 1 && letters(&own) != letters(&name);
        let here = identity.address.root == *root && identity.origin == Origin::Declared;
        if one_slip && here && one_group(identity) {
            near = Some((own, identity.declared));
        }
    }
    near
}
