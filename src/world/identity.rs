//! Identity of identities: whom does an expression mean?

use super::cluster::{Cluster, Pulling, made_by_aks};
use crate::azure::kinds::PULLER;
use crate::azure::kinds::{APPLICATION, CLUSTER, ENTRA_GROUP, IDENTITY, SERVICE_PRINCIPAL};
use crate::azure::principal_of;
use crate::ir::{Case, Node, Origin, Ref, Resolver, Resource, Target, Truth, Value, Why, same_in};

/// Whom a `principalId` means.
#[derive(Clone, Debug)]
pub enum Holder<'a> {
    /// The system-assigned identity of a cluster's control plane.
    ControlPlane(&'a Resource),
    /// The kubelet identity that AKS makes for a cluster.
    Kubelet(&'a Resource),
    /// Whichever identity pulls for a cluster.
    Puller(&'a Resource),
    /// A user-assigned identity, by resource id.
    UserAssigned(Node),
    /// An Entra service principal.
    ServicePrincipal(&'a Resource),
    /// An Entra group: its members may be anybody.
    Group,
    /// The system-assigned identity of something else.
    Other(&'a Resource),
    /// No object id at all: what it is instead.
    WrongKind(&'static str),
    /// An object id as text.
    Guid(String),
    /// Can't be told.
    Unknown(Why),
}

/// Whom `principal` means. References are followed first.
pub fn holder<'a>(resolver: &Resolver<'a>, principal: &Node) -> Holder<'a> {
    // What an expression reads is often more telling than the value that is read.
    if let Value::Ref(reference) = &principal.value
        && reference.is(&["properties", "servicePrincipalProfile", "clientId"])
    {
        return Holder::WrongKind("a client id");
    }
    let node = resolver.node(principal);
    match (&node.value, &principal.value) {
        // A plan knows the value, too.
        (Value::Str(text), Value::Ref(reference)) => match referenced(resolver, reference) {
            Holder::Unknown(_) => literal(text),
            telling => telling,
        },
        _ => of_value(resolver, &node),
    }
}

fn of_value<'a>(resolver: &Resolver<'a>, node: &Node) -> Holder<'a> {
    match &node.value {
        Value::Ref(reference) => referenced(resolver, reference),
        Value::Id(_) => Holder::WrongKind("a resource id"),
        Value::Str(text) => literal(text),
        // `kubelet ?? ''`: the property of a deployed cluster is there, so the fallback is never taken.
        Value::Call(name, arguments) if matches!(&**name, "coalesce" | "tryget" | "tf:coalesce" | "tf:try") => {
            arguments
                .first()
                .map_or(Holder::Unknown(Why::UnsupportedCall(name.clone())), |first| holder(resolver, first))
        }
        Value::Call(name, _) => Holder::Unknown(Why::UnsupportedCall(name.clone())),
        Value::Unknown { why, .. } => Holder::Unknown(why.clone()),
        Value::Derived(_) => Holder::Unknown(Why::KnownAfterApply),
        _ => Holder::Unknown(Why::UnsupportedSyntax("an expression".into())),
    }
}

fn literal(text: &str) -> Holder<'static> {
    let hex = |part: &str, length: usize| part.len() == length && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let parts: Vec<&str> = text.split('-').collect();
    match parts.as_slice() {
        [a, b, c, d, e] if hex(a, 8) && hex(b, 4) && hex(c, 4) && hex(d, 4) && hex(e, 12) => {
            Holder::Guid(text.to_ascii_lowercase())
        }
        _ if text.starts_with('/') => Holder::WrongKind("a resource id"),
        // Something fills in what is in angle brackets, is empty, looks like a variable or asks to be replaced.
        _ if text.is_empty() || text.contains(['<', '$', '{', '#', '%', '_', '@', ' ']) || asks(text) => {
            Holder::Unknown(Why::TemplateText)
        }
        _ => Holder::WrongKind("no GUID"),
    }
}

/// Whether a text says what belongs in its place: `GEN-GUID`, `REPLACE-WITH-OBJECT-ID`, `xxxxxxxx-xxxx-…`.
fn asks(text: &str) -> bool {
    const WORDS: [&str; 16] = [
        "guid",
        "uuid",
        "objectid",
        "object-id",
        "principal",
        "replace",
        "change",
        "your",
        "insert",
        "enter",
        "todo",
        "tbd",
        "placeholder",
        "example",
        "sample",
        "dummy",
    ];
    let lower = text.to_ascii_lowercase();
    WORDS.iter().any(|word| lower.contains(word)) || lower.starts_with("xx") || lower.starts_with("get-")
}

fn referenced<'a>(resolver: &Resolver<'a>, reference: &Ref) -> Holder<'a> {
    let unknown = || Holder::Unknown(Why::Runtime(reference.path.join(".").into()));
    if reference.is(&["id"]) && !is_entra(resolver, reference) {
        return Holder::WrongKind("a resource id");
    }
    let Some(resource) = resolver.target(&reference.target) else { return by_id(resolver, reference) };
    let kubelet = |last: &str| reference.is(&["properties", "identityProfile", "kubeletidentity", last]);
    match () {
        () if resource.is_kind(CLUSTER) && reference.is(&[PULLER]) => Holder::Puller(resource),
        () if resource.is_kind(CLUSTER) && reference.is(&["identity", "principalId"]) => Holder::ControlPlane(resource),
        () if resource.is_kind(CLUSTER) && is_user_assigned(reference, "clientId") => Holder::WrongKind("a client id"),
        // What a cluster made elsewhere has for its control plane may be what pulls, too.
        () if is_user_assigned(reference, "principalId")
            && resource.is_kind(CLUSTER)
            && resource.origin == Origin::Declared =>
        {
            Holder::ControlPlane(resource)
        }
        () if resource.is_kind(CLUSTER) && kubelet("objectId") => Holder::Kubelet(resource),
        () if resource.is_kind(CLUSTER) && kubelet("clientId") => Holder::WrongKind("a client id"),
        () if resource.is_kind(CLUSTER) && kubelet("resourceId") => Holder::WrongKind("a resource id"),
        () if resource.is_kind(CLUSTER) && reference.is(&["properties", "servicePrincipalProfile", "clientId"]) => {
            Holder::WrongKind("a client id")
        }
        () if resource.is_kind(CLUSTER) && is_addon(reference) => Holder::Other(resource),
        () if resource.is_kind(IDENTITY) && reference.is(&["properties", "principalId"]) => {
            Holder::UserAssigned(Node::reference(resource.address.clone(), &["id"], resource.declared))
        }
        () if resource.is_kind(IDENTITY) && reference.is(&["properties", "clientId"]) => {
            Holder::WrongKind("a client id")
        }
        () if resource.is_kind(SERVICE_PRINCIPAL) && last(reference, &["appId", "clientId", "applicationId"]) => {
            Holder::WrongKind("a client id")
        }
        () if resource.is_kind(SERVICE_PRINCIPAL) && last(reference, &["id", "objectId"]) => {
            Holder::ServicePrincipal(resource)
        }
        () if resource.is_kind(APPLICATION) && last(reference, &["appId", "clientId", "applicationId"]) => {
            Holder::WrongKind("a client id")
        }
        () if resource.is_kind(APPLICATION) => Holder::WrongKind("the object id of an application"),
        () if resource.is_kind(ENTRA_GROUP) => Holder::Group,
        () if reference.is(&["identity", "principalId"]) => Holder::Other(resource),
        () => unknown(),
    }
}

fn last(reference: &Ref, names: &[&str]) -> bool {
    reference.path.last().is_some_and(|step| names.iter().any(|name| step.eq_ignore_ascii_case(name)))
}

/// `identity.userAssignedIdentities.<id>.principalId`: a cluster has one such identity, whatever the id is written like.
fn is_user_assigned(reference: &Ref, property: &str) -> bool {
    matches!(reference.path.as_slice(), [identity, all, _, last] if identity.eq_ignore_ascii_case("identity")
        && all.eq_ignore_ascii_case("userAssignedIdentities") && last.eq_ignore_ascii_case(property))
}

/// `addonProfiles.<name>.identity.objectId`: identities of add-ons, which never pull.
fn is_addon(reference: &Ref) -> bool {
    reference.path.iter().any(|step| step.eq_ignore_ascii_case("addonProfiles")) && last(reference, &["objectId"])
}

fn is_entra(resolver: &Resolver<'_>, reference: &Ref) -> bool {
    resolver
        .target(&reference.target)
        .is_some_and(|resource| resource.kind.to_ascii_lowercase().starts_with("microsoft.graph/"))
}

/// A resource that the tree doesn't have, known only by its id.
fn by_id<'a>(resolver: &Resolver<'a>, reference: &Ref) -> Holder<'a> {
    let unknown = Holder::Unknown(Why::Runtime(reference.path.join(".").into()));
    let Target::Id(id) = &reference.target else { return unknown };
    match resolver.id_of(id) {
        Some(parts) if parts.is_kind(IDENTITY) && reference.is(&["properties", "principalId"]) => {
            Holder::UserAssigned((**id).clone())
        }
        Some(parts) if parts.is_kind(IDENTITY) && reference.is(&["properties", "clientId"]) => {
            Holder::WrongKind("a client id")
        }
        _ => unknown,
    }
}

impl<'a> Holder<'a> {
    /// Whether this is the identity with which the nodes of `cluster` pull.
    pub fn pulls_for(&self, cluster: &Cluster<'a>, resolver: &Resolver<'a>) -> Truth {
        match (&cluster.pulling, self) {
            // One identity for both, reached by way of the cluster.
            (Pulling::Kubelet { supplied: Some(kubelet), .. }, Holder::ControlPlane(_))
                if cluster.control.iter().any(|it| same_in(resolver, Case::Ignored, it, kubelet) != Truth::No) =>
            {
                Truth::Unknown
            }
            // The one that is chosen later may be that of the control plane.
            (Pulling::Unknown(_), Holder::ControlPlane(_)) if !cluster.control.is_empty() => Truth::Unknown,
            (_, Holder::WrongKind(_) | Holder::ControlPlane(_) | Holder::Other(_)) => Truth::No,
            // Another one may be given to it after it was looked up.
            (Pulling::Unknown(Why::NotAnalysed(_)), Holder::Puller(of)) => {
                same_resource(of, cluster.resource, resolver).and(Truth::Unknown)
            }
            (_, Holder::Puller(of)) => same_resource(of, cluster.resource, resolver),
            (Pulling::Unknown(_), _) | (_, Holder::Group | Holder::Unknown(_)) => Truth::Unknown,
            (Pulling::Kubelet { supplied: None, .. }, Holder::Kubelet(of)) => {
                same_resource(of, cluster.resource, resolver)
            }
            (Pulling::Kubelet { supplied: Some(_), .. }, Holder::Kubelet(of)) => {
                match same_resource(of, cluster.resource, resolver) {
                    Truth::No => Truth::No,
                    _ => Truth::Unknown,
                }
            }
            (Pulling::Kubelet { supplied: Some(kubelet), .. }, Holder::UserAssigned(id)) => {
                same_in(resolver, Case::Ignored, kubelet, id)
            }
            (Pulling::Kubelet { supplied: None, .. }, Holder::UserAssigned(id)) => {
                made_by_aks(id, &cluster.name, resolver)
            }
            (Pulling::Kubelet { principal, .. }, Holder::Guid(guid)) => guid_is(principal, guid, resolver),
            // Every managed identity has a service principal in Entra, which can be looked up.
            (Pulling::Kubelet { supplied, .. }, Holder::ServicePrincipal(found))
                if found.origin == Origin::Existing =>
            {
                let app = Node::reference(found.address.clone(), &["appId"], found.declared);
                match same_in(resolver, Case::Ignored, &client_of(cluster, supplied.as_ref()), &app) {
                    Truth::Yes => Truth::Yes,
                    _ => Truth::Unknown,
                }
            }
            (Pulling::Kubelet { .. }, Holder::ServicePrincipal(_)) => Truth::No,
            (Pulling::ServicePrincipal(client), Holder::ServicePrincipal(principal)) => {
                let app = Node::reference(principal.address.clone(), &["appId"], principal.declared);
                same_in(resolver, Case::Ignored, client, &app)
            }
            (Pulling::ServicePrincipal(client), Holder::Guid(guid)) => principal_is(client, guid, resolver),
            (Pulling::ServicePrincipal(_), Holder::Kubelet(_) | Holder::UserAssigned(_)) => Truth::No,
        }
    }

    /// Whether this is an identity of the control plane of `cluster`.
    pub fn is_control_plane_of(&self, cluster: &Cluster<'a>, resolver: &Resolver<'a>) -> Truth {
        match self {
            Holder::ControlPlane(of) => same_resource(of, cluster.resource, resolver),
            Holder::UserAssigned(id) => {
                let each = cluster.control.iter().map(|control| same_in(resolver, Case::Ignored, control, id));
                each.fold(Truth::No, Truth::or)
            }
            Holder::Guid(guid) => {
                let ids = cluster.control.iter().map(|id| principal_of(id, "principalId"));
                let path = ["identity", "principalId"];
                let own = Node::reference(cluster.resource.address.clone(), &path, cluster.resource.declared);
                ids.chain([own]).map(|id| guid_is(&id, guid, resolver)).fold(Truth::No, Truth::or)
            }
            Holder::Unknown(_) | Holder::Group => Truth::Unknown,
            _ => Truth::No,
        }
    }
}

/// Whether two resources are one.
///
/// What two deployments declare each for themselves is never joined.
pub fn same_resource(a: &Resource, b: &Resource, resolver: &Resolver<'_>) -> Truth {
    if a.address == b.address {
        return Truth::Yes;
    }
    if a.origin == Origin::Declared && b.origin == Origin::Declared && a.address.root != b.address.root {
        return Truth::No;
    }
    // Every grant asks of every cluster: most are told apart by what they are called.
    if let (Some(one), Some(other)) = (a.name.as_str(), b.name.as_str())
        && !one.eq_ignore_ascii_case(other)
    {
        return Truth::No;
    }
    let id = |resource: &Resource| Node::reference(resource.address.clone(), &["id"], resource.declared);
    same_in(resolver, Case::Ignored, &id(a), &id(b))
}

/// The client id of the kubelet identity.
fn client_of(cluster: &Cluster<'_>, supplied: Option<&Node>) -> Node {
    match supplied {
        Some(id) => principal_of(id, "clientId"),
        None => {
            let path = ["properties", "identityProfile", "kubeletidentity", "clientId"];
            Node::reference(cluster.resource.address.clone(), &path, cluster.resource.declared)
        }
    }
}

/// Whether an object id is that of the service principal with this client id, where something tells which one it is of.
fn principal_is(client: &Node, guid: &str, resolver: &Resolver<'_>) -> Truth {
    let id = |found: &Resource| found.body.get("id").and_then(Node::as_str).map(str::to_ascii_lowercase);
    let own = resolver.of_kind(SERVICE_PRINCIPAL).iter().find(|found| id(found).as_deref() == Some(guid));
    let app = own.and_then(|found| found.body.get("appId"));
    app.map_or(Truth::Unknown, |app| same_in(resolver, Case::Ignored, client, app))
}

fn guid_is(principal: &Node, guid: &str, resolver: &Resolver<'_>) -> Truth {
    let known = resolver.node(principal);
    match known.as_str() {
        Some(text) => Truth::of(text.eq_ignore_ascii_case(guid)),
        None => Truth::Unknown,
    }
}
