//! Clusters and the identities they have: the one that pulls and the ones that don't.

use std::sync::Arc;

use super::fault::{Fault, faults};
use super::knowledge::{Fact, is_certain, unknown_of};
use super::region::region;
use super::registry::{Reader, within};
use crate::azure::kinds::CLUSTER;
use crate::azure::principal_of;
use crate::ir::{Assumption, Case, Cond, Node, Origin, Resolver, Resource, Truth, Value, Why, same_in};
use crate::source::Span;

/// Which identity the nodes show to a registry.
#[derive(Clone, Debug)]
pub enum Pulling {
    /// The kubelet identity; its object id. Supplied by the user, or made by AKS.
    Kubelet {
        /// The principal's object id, as a reference.
        principal: Node,
        /// The resource id of the identity when the user supplied it.
        supplied: Option<Node>,
    },
    /// The service principal; its client id.
    ServicePrincipal(Node),
    /// Neither can be told.
    Unknown(Why),
}

/// What is written about identities, for rules on the cluster itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stated {
    /// A managed identity.
    Managed,
    /// A service principal.
    ServicePrincipal,
    /// Both.
    Both,
    /// Neither.
    Neither,
    /// Can't be told.
    Unknown,
}

/// An AKS cluster.
#[derive(Clone, Debug)]
pub struct Cluster<'a> {
    /// Its place in the world.
    pub at: usize,
    /// The declaration.
    pub resource: &'a Resource,
    /// Its name, references followed.
    pub name: Node,
    /// Who pulls.
    pub pulling: Pulling,
    /// Where that is decided.
    pub pulling_span: Span,
    /// User-assigned identities of the control plane, by resource id.
    pub control: Vec<Node>,
    /// What the declaration states.
    pub stated: Stated,
    /// `networkProfile.outboundType`, lower-case, when it is written and known.
    pub outbound: Option<String>,
    /// Where that is written; the declaration when it isn't.
    pub outbound_span: Span,
    /// Its nodes reach the world through a proxy, or may.
    pub proxied: bool,
    /// Where it is.
    pub region: Fact<&'static str>,
    /// What is wrong with the identities that it states.
    pub faults: Vec<Fault>,
}

impl<'a> Cluster<'a> {
    /// Whether the type is a cluster's.
    pub fn is_one(resource: &Resource) -> bool {
        resource.is_kind(CLUSTER)
    }

    /// The tree creates it.
    pub fn is_declared(&self) -> bool {
        self.resource.origin == Origin::Declared
    }

    /// Something changes its identities after it is created.
    pub(super) fn unsettle(&mut self, why: &Why, span: Span) {
        self.pulling = Pulling::Unknown(why.clone());
        self.pulling_span = span;
        self.stated = Stated::Unknown;
        self.faults.clear();
    }

    /// The fault for which Azure refuses the cluster whatever the unknowns are.
    pub fn refused_for(&self) -> Option<&Fault> {
        let certain = self.is_declared() && is_certain(self.resource);
        self.faults.iter().find(|fault| certain && fault.what.is_refused())
    }

    /// Reads a cluster's declaration.
    pub fn read(resource: &'a Resource, resolver: &Resolver<'a>) -> Cluster<'a> {
        let read = Reader { resource, resolver };
        let (stated, pulling, pulling_span) = identities(resource, resolver);
        let outbound = read.at(&["properties", "networkProfile", "outboundType"]);
        Cluster {
            at: 0,
            resource,
            name: resolver.node(&resource.name),
            pulling,
            pulling_span,
            control: control_identities(&read),
            stated,
            outbound_span: outbound.as_ref().map_or(resource.declared, |node| node.span),
            proxied: read.at(&["properties", "httpProxyConfig"]).is_some(),
            outbound: outbound.map(|node| node.as_str().map_or("unknown".to_owned(), str::to_ascii_lowercase)),
            region: region(&read),
            faults: faults(resource, resolver),
        }
    }
}

/// More completions of the flags that choose identities are not tried.
const COMPLETIONS: usize = 16;

/// What the declaration states and who pulls: what every completion of the flags that its identities hang on says.
fn identities(resource: &Resource, resolver: &Resolver<'_>) -> (Stated, Pulling, Span) {
    let body = resolver.node(&resource.body);
    let paths: [&[&str]; 3] =
        [&["identity"], &["properties", "identityProfile"], &["properties", "servicePrincipalProfile"]];
    let parts: Vec<&Node> = paths.iter().filter_map(|path| body.at(path)).collect();
    let mut flags: Vec<Arc<str>> = Vec::new();
    for flag in parts.iter().flat_map(|part| part.flags()) {
        if !flags.contains(&flag) {
            flags.push(flag);
        }
    }
    let cases = Assumption::every(&flags, COMPLETIONS).filter(|cases| cases.len() > 1);
    let Some(cases) = cases else { return identities_in(resource, resolver, body) };
    let mut answers = cases.iter().map(|case| identities_in(resource, resolver, body.under(case)));
    let Some((stated, pulling, span)) = answers.next() else { return identities_in(resource, resolver, body) };
    let others: Vec<_> = answers.collect();
    let one_kind = others.iter().all(|(other, ..)| *other == stated);
    let one_puller = others.iter().all(|(_, other, _)| pulling.is_identical(other));
    let why = parts.iter().find_map(|part| chosen_by(part)).and_then(unknown_of).cloned();
    let why = why.unwrap_or(Why::UnsupportedSyntax("a conditional identity".into()));
    // Where AKS refuses the cluster in one of the completions, nobody may pull.
    let taken = resource.language.is_terraform() || cases.iter().all(|case| is_taken(&body.under(case)));
    let pulling = if one_puller && taken { pulling } else { Pulling::Unknown(why) };
    (if one_kind { stated } else { Stated::Unknown }, pulling, span)
}

/// Whether AKS takes the identity that is written: a type that it knows, with one identity where it needs one.
fn is_taken(body: &Node) -> bool {
    let own = body.at(&["identity", "userAssignedIdentities"]);
    let count = own.and_then(Node::as_map).filter(|own| own.open.is_none()).map(|own| own.entries.len());
    match body.at(&["identity", "type"]).map(|kind| (kind.as_str(), kind)) {
        Some((Some(kind), _)) if kind.eq_ignore_ascii_case("UserAssigned") => match own {
            None => false,
            Some(own) if own.is_null() => false,
            Some(_) => count.is_none_or(|count| count == 1),
        },
        Some((Some(kind), _)) => ["SystemAssigned", "None"].iter().any(|known| kind.eq_ignore_ascii_case(known)),
        _ => true,
    }
}

/// The first condition that a value hangs on.
fn chosen_by(node: &Node) -> Option<&Cond> {
    match &node.value {
        Value::Choice(choice) => Some(&choice.on),
        Value::List(list) => list.items.iter().find_map(chosen_by),
        Value::Map(map) => map.entries.iter().find_map(|entry| chosen_by(&entry.key).or(chosen_by(&entry.value))),
        _ => None,
    }
}

fn identities_in(resource: &Resource, resolver: &Resolver<'_>, body: Node) -> (Stated, Pulling, Span) {
    let at = |path: &[&str]| within(resolver, body.clone(), path);
    let client = at(&["properties", "servicePrincipalProfile", "clientId"]);
    let provider = resource.language.is_terraform();
    let stated = stated(at(&["identity"]), at(&["identity", "type"]), client.as_ref(), provider);
    // What is read back, by a plan or a command, names the identity that AKS made in the place of one that is supplied.
    let name = resolver.node(&resource.name);
    let supplied =
        at(&["properties", "identityProfile", "kubeletidentity", "resourceId"]).map(|id| only_candidate(&id));
    let supplied = supplied.filter(|id| made_by_aks(id, &name, resolver) != Truth::Yes);
    let (pulling, span) = pulling(resource, stated, client, supplied);
    (stated, pulling, span)
}

impl Pulling {
    /// Whether both are proved to be one identity, seen from their parts.
    fn is_identical(&self, other: &Pulling) -> bool {
        match (self, other) {
            (Pulling::Kubelet { supplied: None, .. }, Pulling::Kubelet { supplied: None, .. }) => true,
            (Pulling::Kubelet { supplied: Some(a), .. }, Pulling::Kubelet { supplied: Some(b), .. })
            | (Pulling::ServicePrincipal(a), Pulling::ServicePrincipal(b)) => a.is_identical(b),
            _ => false,
        }
    }
}

/// `provider`: the block is the Terraform provider's, which is not `msi` whatever its client id is.
fn stated(identity: Option<Node>, kind: Option<Node>, client: Option<&Node>, provider: bool) -> Stated {
    let unreadable = |node: &Node| node.as_map().is_none();
    let managed = match (&identity, &kind) {
        (None, _) => Some(false),
        (Some(identity), _) if unreadable(identity) => None,
        (_, Some(kind)) => kind.as_str().map(|kind| !kind.eq_ignore_ascii_case("None")),
        (_, None) => Some(true),
    };
    let principal = match client {
        None => Some(false),
        Some(client) if client.as_str().is_some() => {
            Some(client.as_str().is_some_and(|id| !id.eq_ignore_ascii_case("msi")))
        }
        // A client id that is a reference or parameter may still be `msi`, but nobody writes that.
        Some(client) if matches!(client.value, Value::Unknown { .. } | Value::Choice(_)) => provider.then_some(true),
        Some(_) => Some(true),
    };
    match (managed, principal) {
        (Some(true), Some(false)) => Stated::Managed,
        (Some(false), Some(true)) => Stated::ServicePrincipal,
        (Some(true), Some(true)) => Stated::Both,
        (Some(false), Some(false)) => Stated::Neither,
        // Only the kind of identity is open: with a managed identity beside it the client id is `msi` or a mistake.
        (Some(true), None) => Stated::Managed,
        _ => Stated::Unknown,
    }
}

fn pulling(resource: &Resource, stated: Stated, client: Option<Node>, supplied: Option<Node>) -> (Pulling, Span) {
    let made_by_aks = || {
        let path = ["properties", "identityProfile", "kubeletidentity", "objectId"];
        Pulling::Kubelet {
            principal: Node::reference(resource.address.clone(), &path, resource.declared),
            supplied: None,
        }
    };
    match (supplied, stated, client) {
        (Some(id), ..) if matches!(id.value, Value::Unknown { .. } | Value::Choice(_) | Value::Derived(_)) => {
            let why = id.why().cloned().unwrap_or(Why::UnsupportedSyntax("a conditional identity".into()));
            (Pulling::Unknown(why), id.span)
        }
        (Some(id), ..) => {
            // What was read back says which principal it is.
            let path = ["properties", "identityProfile", "kubeletidentity", "objectId"];
            let told = resource.is_read_back() && resource.body.at(&path).is_some_and(|it| it.as_str().is_some());
            let principal = match told {
                true => Node::reference(resource.address.clone(), &path, resource.declared),
                false => principal_of(&id, "principalId"),
            };
            let span = id.span;
            (Pulling::Kubelet { principal, supplied: Some(id) }, span)
        }
        (None, Stated::Managed, _) => (made_by_aks(), resource.declared),
        (None, Stated::ServicePrincipal, Some(client)) => {
            let span = client.span;
            (Pulling::ServicePrincipal(client), span)
        }
        // Of a cluster made elsewhere only the name is known; its kubelet identity is still its own.
        (None, Stated::Neither, _) if resource.origin == Origin::Existing => (made_by_aks(), resource.declared),
        (None, ..) => (Pulling::Unknown(Why::UnresolvedName("identity".into())), resource.declared),
    }
}

/// The kubelet identity that AKS makes is called `<cluster>-agentpool`. A template can only refer to it, never declare it.
pub(super) fn made_by_aks(id: &Node, cluster: &Node, resolver: &Resolver<'_>) -> Truth {
    let name = match resolver.resource_of(id) {
        Some(identity) if identity.origin == Origin::Declared => return Truth::No,
        Some(identity) => resolver.node(&identity.name),
        None => match resolver.id_of(id).and_then(|id| id.names.last().cloned()) {
            Some(name) => name,
            None => return Truth::Unknown,
        },
    };
    let made = Node::concat(vec![cluster.clone(), Node::text("-agentpool", name.span)], name.span);
    same_in(resolver, Case::Ignored, &made, &name)
}

/// The user-assigned identities of the control plane, whichever a condition picks.
fn control_identities(read: &Reader<'_, '_>) -> Vec<Node> {
    fn members(node: &Node, found: &mut Vec<Node>) {
        match &node.value {
            Value::Choice(choice) => {
                members(&choice.yes, found);
                members(&choice.no, found);
            }
            Value::Map(map) => found.extend(map.entries.iter().map(|entry| only_candidate(&entry.key))),
            _ => {}
        }
    }
    fn stated(node: &Node, found: &mut Vec<Node>) {
        match &node.value {
            Value::Choice(choice) => {
                stated(&choice.yes, found);
                stated(&choice.no, found);
            }
            _ => node.get("userAssignedIdentities").into_iter().for_each(|inner| members(inner, found)),
        }
    }
    let mut found = Vec::new();
    read.at(&["identity"]).into_iter().for_each(|identity| stated(&identity, &mut found));
    found
}

/// A plan tells of a computed id only what it was made from. Made from the id of one identity alone, it is that id.
pub(super) fn only_candidate(key: &Node) -> Node {
    match &key.value {
        Value::Derived(candidates) => match candidates.as_slice() {
            [only] if only.is(&["id"]) => Node { value: Value::Ref(std::sync::Arc::new(only.clone())), ..key.clone() },
            _ => key.clone(),
        },
        _ => key.clone(),
    }
}
