//! Role assignments.

use std::sync::Arc;

use super::arguments::Arguments;
use super::body::object;
use super::query;
use crate::azure::guid::is_guid;
use crate::azure::kinds::{CLUSTER, IDENTITY, REGISTRY, ROLE_ASSIGNMENT, ROLE_DEFINITION, SERVICE_PRINCIPAL};
use crate::azure::roles;
use crate::frontend::script::run::{Named, Printed, Run};
use crate::ir::{Address, Makes, Node, Origin, Ref, ResourceId, Target, Truth, Value, Why};
use crate::source::Span;

/// The path that means whichever identity pulls for a cluster: `--attach-acr` looks it up itself.
pub(super) use crate::azure::kinds::PULLER;
/// People in Entra.
pub(super) const USER: &str = "Microsoft.Graph/users";
/// The namespace of ids that are no registry's, whatever they are.
pub(super) const UNRELATED: &str = "Microsoft.Unrelated";

const CREATE: &str = "az role assignment create";

/// The resource that a reference means.
pub(super) fn resource_of(run: &Run<'_>, node: &Node) -> Option<Arc<Address>> {
    let Value::Ref(reference) = &node.value else { return None };
    let Target::Resource(address) = &reference.target else { return None };
    run.book.at(address).map(|it| it.address.clone())
}

/// The name behind a reference to one.
pub(super) fn name_of(run: &Run<'_>, node: &Node) -> Node {
    let named = matches!(&node.value, Value::Ref(reference) if reference.is(&["name"]));
    let known = named.then(|| resource_of(run, node)).flatten();
    known.and_then(|address| Some(run.book.at(&address)?.name.clone())).unwrap_or_else(|| node.clone())
}

/// Whom an assignment is for.
enum Principal {
    Known(Node),
    /// Somebody who never pulls for a cluster.
    NoPuller,
    Unknown,
}

/// What an assignment is on.
enum Scope {
    Known(Node),
    /// Something that is neither a registry nor around one.
    NoRegistry,
    Unknown,
}

/// What a role lets do.
enum Role {
    Known(Node),
    /// It lets nobody pull.
    NoPull,
    Unknown,
}

/// `az role assignment create`.
pub(super) fn create(run: &mut Run<'_>, arguments: &Arguments, span: Span) -> Printed {
    run.understood.push(span);
    let by_lookup = arguments.option(&["--assignee"]);
    let assignee = arguments.option(&["--assignee-object-id"]);
    let principal = match (&assignee, &by_lookup) {
        (Some(id), _) => principal(run, id, false, span),
        (None, Some(id)) => principal(run, id, true, span),
        (None, None) => Principal::Unknown,
    };
    let written = arguments.option(&["--scope", "--scopes"]);
    let group = arguments.option(&["--resource-group", "-g"]);
    let scope = match (&written, group) {
        (Some(scope), _) => scope_of(run, scope, span),
        (None, Some(group)) => Scope::Known(Node::id(ResourceId::of_group(run.book.subscription(span), group), span)),
        (None, None) => Scope::Known(Node::id(ResourceId::of_subscription(run.book.subscription(span)), span)),
    };
    let role = role(run, arguments.option(&["--role"]), span);
    assign(run, principal, scope, role, (written.as_ref(), assignee.or(by_lookup).as_ref()), CREATE, span);
    Printed::default()
}

/// An assignment of these, told as far as it is known.
fn assign(
    run: &mut Run<'_>,
    principal: Principal,
    scope: Scope,
    role: Role,
    written: (Option<&Node>, Option<&Node>),
    command: &'static str,
    span: Span,
) {
    match (principal, scope, role) {
        (Principal::NoPuller, ..) | (_, Scope::NoRegistry, _) | (_, _, Role::NoPull) => {}
        (Principal::Known(principal), Scope::Known(scope), Role::Known(role)) => {
            grant(run, scope, principal, role, span)
        }
        _ => {
            let registry = written.0.and_then(|scope| end_name(run, scope, REGISTRY));
            let cluster = written.1.and_then(|principal| end_name(run, principal, CLUSTER));
            let named = Named { registry: registry.as_ref(), cluster: cluster.as_ref(), ..Named::default() };
            run.open(Makes::Grant, command, span, named);
        }
    }
}

/// The literal name of the registry or cluster that an argument means.
fn end_name(run: &Run<'_>, node: &Node, kind: &str) -> Option<Node> {
    if let Some(address) = resource_of(run, node) {
        return run.book.at(&address).filter(|it| it.is_kind(kind)).map(|it| it.name.clone());
    }
    let id = ResourceId::parse(node).filter(|id| id.is_kind(kind))?;
    id.names.first().cloned()
}

/// Puts a grant into the book.
pub(super) fn grant(run: &mut Run<'_>, scope: Node, principal: Node, role: Node, span: Span) {
    let made = run.made(span, span);
    let by_id = role.as_str().is_none();
    let properties =
        vec![(if by_id { "roleDefinitionId" } else { "roleDefinitionName" }, role), ("principalId", principal)];
    let body = object(vec![("properties", object(properties, span))], span);
    let name = Node::unknown(Why::Runtime("the name of a role assignment".into()), span);
    run.book.add(ROLE_ASSIGNMENT, "role assignment", name, scope, body, &made);
}

/// Whom an argument means. What is looked up may be a client id or a name as well; an object id is taken as it is.
fn principal(run: &mut Run<'_>, node: &Node, looked_up: bool, span: Span) -> Principal {
    if let Some(text) = node.as_str() {
        return match () {
            () if text.contains('@') && !text.starts_with('@') => Principal::NoPuller,
            () if looked_up || text.is_empty() => Principal::Unknown,
            () => Principal::Known(node.clone()),
        };
    }
    let Value::Ref(reference) = &node.value else {
        let known = run.book.find_by(SERVICE_PRINCIPAL, "appId", node).filter(|_| looked_up);
        return known.map_or(Principal::Unknown, |it| {
            Principal::Known(Node::reference(it.address.clone(), &["id"], node.span))
        });
    };
    let Some(resource) = resource_of(run, node).and_then(|address| run.book.at(&address)) else {
        return Principal::Unknown;
    };
    if resource.is_kind(USER) {
        return Principal::NoPuller;
    }
    if resource.is_kind(CLUSTER) && reference.path.iter().any(|step| is_addon(step)) {
        return Principal::NoPuller;
    }
    let address = resource.address.clone();
    let kind = resource.kind.clone();
    let client =
        reference.path.last().is_some_and(|last| ["clientId", "appId"].iter().any(|id| last.eq_ignore_ascii_case(id)));
    if !looked_up || !client {
        return Principal::Known(node.clone());
    }
    let path: &[&str] = match &*kind {
        CLUSTER if reference.is(&["properties", "servicePrincipalProfile", "clientId"]) => &[PULLER],
        CLUSTER => &["properties", "identityProfile", "kubeletidentity", "objectId"],
        IDENTITY => &["properties", "principalId"],
        SERVICE_PRINCIPAL => &["id"],
        _ => return Principal::Unknown,
    };
    let _ = span;
    let reference = Ref { target: Target::Resource(address), path: path.iter().map(|&step| step.into()).collect() };
    Principal::Known(Node { value: Value::Ref(Arc::new(reference)), ..node.clone() })
}

/// Identities of add-ons never pull.
fn is_addon(step: &str) -> bool {
    ["addonProfiles", "ingressProfile", "azureMonitorProfile", "workloadAutoScalerProfile"]
        .iter()
        .any(|own| step.eq_ignore_ascii_case(own))
}

fn scope_of(run: &mut Run<'_>, node: &Node, span: Span) -> Scope {
    if let Some(resource) = resource_of(run, node).and_then(|address| run.book.at(&address)) {
        let is_id = matches!(&node.value, Value::Ref(reference) if reference.is(&["id"]));
        return match (is_id, resource.is_kind(REGISTRY)) {
            (true, true) => Scope::Known(node.clone()),
            (true, false) => Scope::NoRegistry,
            _ => Scope::Unknown,
        };
    }
    // The subscription's bare GUID behind `/subscriptions/` is one as well.
    let Some(id) = ResourceId::parse(node) else { return Scope::Unknown };
    match () {
        // Names of registries are unique: one of this name in another group is none.
        () if id.is_kind(REGISTRY) && is_astray(run, &id) => Scope::Known(node.clone()),
        () if id.is_kind(REGISTRY) => {
            let name = id.names.first().cloned();
            let address = name.and_then(|name| super::aks::registry_end(run, &name, span));
            address.map_or(Scope::Unknown, |address| Scope::Known(Node::reference(address, &["id"], node.span)))
        }
        () if id.is_container() => Scope::Known(node.clone()),
        () => Scope::NoRegistry,
    }
}

/// Whether an id puts a registry that the script makes in one group into another one.
pub(super) fn is_astray(run: &Run<'_>, id: &ResourceId) -> bool {
    let made = id.names.first().and_then(|name| run.book.find(REGISTRY, name));
    let own = made.filter(|it| it.origin == Origin::Declared).and_then(|it| ResourceId::parse(&it.id));
    let groups = own.and_then(|own| own.group).zip(id.group.clone());
    groups.is_some_and(|(own, group)| match (own.as_str(), group.as_str()) {
        (Some(own), Some(group)) => !own.eq_ignore_ascii_case(group) && super::is_literal(group),
        _ => false,
    })
}

fn role(run: &mut Run<'_>, node: Option<Node>, span: Span) -> Role {
    if node.as_ref().and_then(Node::as_str).is_none_or(roles::may_assign_identities) {
        run.open(Makes::Operator, CREATE, span, Named::default());
    }
    let Some(node) = node else { return Role::Unknown };
    let id = ResourceId::parse(&node).filter(|id| id.is_kind(ROLE_DEFINITION));
    let last = id.as_ref().and_then(|id| id.names.last()).and_then(Node::as_str);
    let Some(text) = node.as_str().or(last).map(|text| text.trim_matches(['"', '\''])) else { return Role::Unknown };
    if roles::lets_nobody_pull(text) {
        return Role::NoPull;
    }
    let known = roles::by_name(text).or_else(|| roles::by_guid(text));
    match known {
        Some(role) if role.legacy == Truth::No && role.abac == Truth::No && !role.name.starts_with("Acr") => {
            Role::NoPull
        }
        Some(role) => Role::Known(Node::text(role.name, node.span)),
        // A role of the tree's own: by its name.
        None if id.is_none() && !is_guid(text) && !text.is_empty() => Role::Known(Node::text(text, node.span)),
        None => {
            let scope = Node::id(ResourceId::of_subscription(run.book.subscription(span)), span);
            let name = Node::text(text, node.span);
            Role::Known(Node::id(ResourceId::within(&scope, ROLE_DEFINITION, vec![name]), node.span))
        }
    }
}

/// `az role assignment delete`: what is proved to be meant may be gone.
pub(super) fn delete(run: &mut Run<'_>, arguments: &Arguments, span: Span) -> Printed {
    run.understood.push(span);
    let assignee = arguments.option(&["--assignee"]);
    let cluster = assignee.as_ref().and_then(|node| end_name(run, node, CLUSTER));
    let registry = arguments.option(&["--scope"]).as_ref().and_then(|node| end_name(run, node, REGISTRY));
    if let (Some(cluster), Some(registry)) = (cluster, registry) {
        let named = Named { registry: Some(&registry), cluster: Some(&cluster), ..Named::default() };
        run.open(Makes::NoGrant, "az role assignment delete", span, named);
    }
    Printed::default()
}

/// `az ad sp create-for-rbac --role acrpull --scopes …`: a service principal, and a grant to it.
pub(super) fn create_for_rbac(run: &mut Run<'_>, arguments: &Arguments, span: Span) -> Printed {
    let absent = Node::unknown(Why::Runtime("the name of a service principal".into()), span);
    let name = arguments.option(&["--name", "-n"]).unwrap_or(absent);
    let bare = name.as_str().and_then(|text| text.strip_prefix("http://")).map(|text| Node::text(text, name.span));
    let name = bare.unwrap_or(name);
    let made = run.made(span, span);
    let body = Node::map(Vec::new(), span);
    let address = run.book.declare(SERVICE_PRINCIPAL, &name, None, body, &made);
    let scopes = arguments.several("--scopes");
    if let Some(written) = arguments.option(&["--role"]) {
        for scope in scopes {
            let role = role(run, Some(written.clone()), span);
            let on = scope_of(run, &scope, span);
            let principal = Principal::Known(Node::reference(address.clone(), &["id"], span));
            assign(run, principal, on, role, (Some(&scope), None), "az ad sp create-for-rbac", span);
        }
    }
    let query = arguments.option(&["--query"]);
    let value = match query.as_ref().and_then(Node::as_str) {
        Some("password") => {
            Some(Node::unknown(Why::Runtime("the password of a service principal".into()), span).secret())
        }
        _ => query::shown(&address, query.as_ref(), span),
    };
    Printed { value, ..Printed::default() }
}

/// `New-AzRoleAssignment`.
pub(super) fn create_by_cmdlet(run: &mut Run<'_>, arguments: &Arguments, span: Span) -> Printed {
    run.understood.push(span);
    let by_object = arguments.option(&["-ObjectId", "-PrincipalId"]);
    let by_client = arguments.option(&["-ApplicationId", "-ServicePrincipalName"]);
    let principal = match (&by_object, &by_client) {
        (Some(id), _) => principal(run, id, false, span),
        (None, Some(id)) => principal(run, id, true, span),
        (None, None) if arguments.has(&["-SignInName"]) => Principal::NoPuller,
        (None, None) => Principal::Unknown,
    };
    let written = arguments.option(&["-Scope"]);
    let scope = match (&written, arguments.option(&["-ResourceName"]), arguments.option(&["-ResourceGroupName"])) {
        (Some(scope), ..) => scope_of(run, scope, span),
        (None, Some(name), _) => match arguments.option(&["-ResourceType"]).as_ref().and_then(Node::as_str) {
            Some(kind) if kind.eq_ignore_ascii_case(REGISTRY) => super::aks::registry_end(run, &name, span)
                .map_or(Scope::Unknown, |address| Scope::Known(Node::reference(address, &["id"], name.span))),
            Some(_) => Scope::NoRegistry,
            None => Scope::Unknown,
        },
        (None, None, Some(group)) => {
            Scope::Known(Node::id(ResourceId::of_group(run.book.subscription(span), group), span))
        }
        (None, None, None) => Scope::Known(Node::id(ResourceId::of_subscription(run.book.subscription(span)), span)),
    };
    let role = role(run, arguments.option(&["-RoleDefinitionName", "-RoleDefinitionId"]), span);
    let whom = by_object.or(by_client);
    // Options in a table that can't be read may say anything.
    let (principal, scope, role) = match arguments.may_add() {
        true => (Principal::Unknown, Scope::Unknown, Role::Unknown),
        false => (principal, scope, role),
    };
    assign(run, principal, scope, role, (written.as_ref(), whom.as_ref()), "New-AzRoleAssignment", span);
    Printed::default()
}
