//! Private endpoints and the registries that they lead to.

use super::knowledge::is_certain;
use super::network::reading::{inner, written};
use super::registry::Registry;
use crate::azure::kinds::PRIVATE_ENDPOINT;
use crate::ir::{Case, Node, Origin, Resolver, Resource, Truth, same_in};
use crate::source::Span;

/// The lists of connections, with whether somebody has to approve what stands in them.
const LISTS: [(&str, bool); 2] =
    [("privateLinkServiceConnections", false), ("manualPrivateLinkServiceConnections", true)];

/// A private endpoint.
#[derive(Clone, Debug)]
pub struct Endpoint<'a> {
    /// The declaration.
    pub resource: &'a Resource,
    /// Its name, references followed.
    pub name: Node,
    /// Its connections; nothing when they can't be told.
    pub connections: Option<Vec<Connection>>,
}

/// What a private endpoint is connected to.
#[derive(Clone, Debug)]
pub struct Connection {
    /// The id of what it leads to.
    pub to: Node,
    /// Where it is written.
    pub span: Span,
    /// The parts of the resource that it asks for (`groupIds`), as written; nothing where they can't be told.
    pub groups: Option<Node>,
    /// Somebody has to approve it.
    pub manual: bool,
    /// Whether the owner of the registry lets it in.
    pub approved: Truth,
    /// It was read back as waiting for approval.
    pending: bool,
}

impl<'a> Endpoint<'a> {
    /// The private endpoint that a resource is.
    pub fn read(resource: &'a Resource, resolver: &Resolver<'a>) -> Option<Endpoint<'a>> {
        Endpoint::of(resource, &resource.body, resolver)
    }

    /// The same, with what is laid over its body.
    pub fn of(resource: &'a Resource, body: &Node, resolver: &Resolver<'a>) -> Option<Endpoint<'a>> {
        // What the tree declares and elsewhere only refers to is one thing.
        if !resource.is_kind(PRIVATE_ENDPOINT) || !std::ptr::eq(resolver.canonical(resource), resource) {
            return None;
        }
        let lists = LISTS.map(|(list, manual)| connections(resource, body, list, manual, resolver));
        let connections: Option<Vec<Vec<Connection>>> = lists.into_iter().collect();
        let connections = connections.map(|lists| lists.concat());
        // One that is only referred to has connections that stand elsewhere.
        let connections = connections.filter(|all| resource.origin != Origin::Existing || !all.is_empty());
        Some(Endpoint { resource, name: resolver.node(&resource.name), connections })
    }

    /// Whether it leads to the registry.
    pub fn leads_to(&self, registry: &Registry<'_>, resolver: &Resolver<'a>) -> Truth {
        let own = Node::reference(registry.resource.address.clone(), &["id"], registry.resource.declared);
        let Some(connections) = &self.connections else { return Truth::Unknown };
        connections.iter().map(|it| same_in(resolver, Case::Ignored, &it.to, &own)).fold(Truth::No, Truth::or)
    }

    /// The tree creates it, whatever the parameters are.
    pub fn is_certain(&self) -> bool {
        self.resource.origin == Origin::Declared && is_certain(self.resource)
    }

    /// Whether another endpoint is proved to be a second one: it has another name, or one deployment creates both.
    pub fn differs_from(&self, other: &Endpoint<'_>) -> bool {
        let (one, two) = (&self.resource.address, &other.resource.address);
        let names = self.name.as_str().zip(other.name.as_str());
        let both = self.is_certain() && other.is_certain() && one.root == two.root && one != two;
        both || names.is_some_and(|(one, two)| !one.eq_ignore_ascii_case(two))
    }

    /// The connection that leads, or may lead, to the registry.
    pub fn connection_to(&self, registry: &Registry<'_>, resolver: &Resolver<'a>) -> Option<&Connection> {
        let own = Node::reference(registry.resource.address.clone(), &["id"], registry.resource.declared);
        let leads = |it: &&Connection| same_in(resolver, Case::Ignored, &it.to, &own);
        let all = self.connections.as_deref().unwrap_or_default();
        all.iter().find(|it| leads(it) == Truth::Yes).or_else(|| all.iter().find(|it| leads(it) != Truth::No))
    }
}

impl Connection {
    /// It waits for approval, as far as it says itself.
    pub fn waits(&self) -> bool {
        self.approved == Truth::Unknown && (self.manual || self.pending)
    }

    /// Whether it asks for the one part that a registry offers: `registry` (ARM, `privateLinkResources` of a registry).
    pub fn asks_for_registry(&self) -> Truth {
        let Some(list) = self.groups.as_ref().and_then(Node::as_list) else { return Truth::Unknown };
        let is = |group: &Node| group.as_str().map(|text| text.eq_ignore_ascii_case("registry"));
        match list.items.as_slice() {
            [one] if list.open.is_none() => is(one).map_or(Truth::Unknown, Truth::of),
            all if list.open.is_none() && all.iter().all(|one| is(one) == Some(false)) && !all.is_empty() => Truth::No,
            _ => Truth::Unknown,
        }
    }

    /// The first group that it asks for, as text.
    pub fn group(&self) -> Option<&Node> {
        self.groups.as_ref()?.as_list()?.items.first()
    }
}

/// The connections in a list; nothing when it may have others, or one that leads nobody knows where to.
fn connections(
    resource: &Resource,
    body: &Node,
    list: &str,
    manual: bool,
    resolver: &Resolver<'_>,
) -> Option<Vec<Connection>> {
    let Some(node) = written(resolver, body, &["properties", list]) else { return Some(Vec::new()) };
    let found = node.as_list().filter(|list| list.open.is_none())?;
    let one = |item: &Node| {
        let item = resolver.node(item);
        let to = inner(&item, "privateLinkServiceId").filter(|to| !to.is_null())?.clone();
        let groups = inner(&item, "groupIds").filter(|groups| !groups.is_null()).cloned();
        let approved = approved(resource, &item, manual);
        let pending =
            resource.is_read_back() && state(&item).is_some_and(|state| state.eq_ignore_ascii_case("Pending"));
        Some(Connection { to, span: item.span, groups, manual, approved, pending })
    };
    found.items.iter().map(one).collect()
}

fn state(connection: &Node) -> Option<&str> {
    inner(connection, "privateLinkServiceConnectionState")?.get("status")?.as_str()
}

/// What was read back says so; what is declared without asking is approved when it is made.
fn approved(resource: &Resource, connection: &Node, manual: bool) -> Truth {
    match state(connection).map(str::to_ascii_lowercase).as_deref() {
        Some("approved") if resource.is_read_back() => Truth::Yes,
        Some("rejected" | "disconnected") if resource.is_read_back() => Truth::No,
        _ if resource.is_read_back() || manual => Truth::Unknown,
        _ => Truth::Yes,
    }
}
