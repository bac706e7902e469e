//! `az aks create` and `az aks update`.

use std::sync::Arc;

use super::arguments::Arguments;
use super::body::{Body, object};
use super::{nodes, query, role};
use crate::azure::kinds::{CLUSTER, REGISTRY, SERVICE_PRINCIPAL};
use crate::frontend::script::run::{Named, Run};
use crate::ir::{Address, Entry, Makes, Node, Value, Why};
use crate::source::Span;

/// The words with which the command is told.
const ATTACH: &str = "az aks --attach-acr";

/// `az aks create`.
pub(super) fn create(run: &mut Run<'_>, arguments: &Arguments, span: Span) -> Option<Node> {
    let name = arguments.option(&["--name", "-n"])?;
    let group = arguments.option(&["--resource-group", "-g"]);
    let made = run.made(span, span);
    let open = arguments.may_add().then(|| Why::External("options in a variable".into()));
    let cluster = Cluster {
        client: arguments.option(&["--service-principal"]),
        control: arguments.option(&["--assign-identity"]),
        kubelet: arguments.option(&["--assign-kubelet-identity"]),
        pool: nodes::pool(run, arguments, span),
        network: {
            let mut body = Body::default();
            nodes::cluster(run, arguments, &mut body, span);
            body
        },
        location: arguments.option(&["--location", "-l"]),
        private: arguments.has(&["--enable-private-cluster"]),
        identities: None,
    };
    let address = declare(run, &name, group.as_ref(), cluster, open.clone(), &made, span);
    match arguments.option(&["--attach-acr"]) {
        Some(registry) => attach(run, &name, group.as_ref(), &registry, ATTACH, span),
        None if open.is_some() => {
            run.open(Makes::Grant, ATTACH, span, Named { cluster: Some(&name), ..Named::default() });
        }
        None => {}
    }
    run.understood.push(span);
    query::shown(&address, arguments.option(&["--query"]).as_ref(), span)
}

/// What a cluster is made with.
#[derive(Default)]
pub(super) struct Cluster {
    pub client: Option<Node>,
    pub control: Option<Node>,
    pub kubelet: Option<Node>,
    /// What else is said of the nodes that it begins with, and of its network.
    pub pool: Vec<(&'static str, Node)>,
    pub network: Body,
    pub location: Option<Node>,
    pub private: bool,
    /// Which identities it gets is not said by the options alone.
    pub identities: Option<Why>,
}

/// Puts a cluster into the book.
pub(super) fn declare(
    run: &mut Run<'_>,
    name: &Node,
    group: Option<&Node>,
    cluster: Cluster,
    open: Option<Why>,
    made: &crate::frontend::script::book::Made,
    span: Span,
) -> Arc<Address> {
    let mut body = cluster.network;
    body.put(&["location"], cluster.location);
    match (cluster.client, cluster.control) {
        (Some(client), _) => {
            let app = object(vec![("appId", client.clone())], span);
            run.book.refer(SERVICE_PRINCIPAL, &client, None, app, span);
            body.put(&["properties", "servicePrincipalProfile", "clientId"], Some(client));
        }
        (None, Some(control)) => {
            body.put(&["identity", "type"], Some(Node::text("UserAssigned", control.span)));
            let own = Entry { value: Node::map(Vec::new(), control.span), key: control.clone() };
            body.put(&["identity", "userAssignedIdentities"], Some(Node::map(vec![own], control.span)));
        }
        (None, None) if cluster.identities.is_some() => {
            let why = cluster.identities.unwrap_or(Why::External("an identity".into()));
            let unknown = || Some(Node::unknown(why.clone(), span));
            body.put(&["identity"], unknown()).put(&["properties", "servicePrincipalProfile"], unknown());
        }
        // The command makes a managed identity where nobody says otherwise.
        (None, None) => drop(body.put(&["identity", "type"], Some(Node::text("SystemAssigned", name.span)))),
    }
    body.put(&["properties", "identityProfile", "kubeletidentity", "resourceId"], cluster.kubelet);
    if cluster.private {
        let yes = Node::new(Value::Bool(true), span);
        body.put(&["properties", "apiServerAccessProfile", "enablePrivateCluster"], Some(yes));
    }
    let mut pool = vec![("name", Node::text("nodepool1", span)), ("mode", Node::text("System", span))];
    pool.extend(cluster.pool);
    body.put(&["properties", "agentPoolProfiles"], Some(Node::list(vec![object(pool, span)], span)));
    run.book.declare(CLUSTER, name, group, body.close(span, open), made)
}

/// `az aks update`.
pub(super) fn update(run: &mut Run<'_>, arguments: &Arguments, span: Span) -> Option<Node> {
    let name = arguments.option(&["--name", "-n"]);
    let group = arguments.option(&["--resource-group", "-g"]);
    let named = Named { cluster: name.as_ref(), ..Named::default() };
    if arguments.has(&["--assign-kubelet-identity", "--enable-managed-identity", "--assign-identity"]) {
        run.open(Makes::PullingIdentity, "az aks update --assign-kubelet-identity", span, named);
    }
    match (&name, arguments.option(&["--attach-acr"])) {
        (Some(name), Some(registry)) => attach(run, name, group.as_ref(), &registry, ATTACH, span),
        (None, Some(registry)) => {
            run.open(Makes::Grant, ATTACH, span, Named { registry: Some(&registry), ..Named::default() });
        }
        (_, None) if arguments.may_add() => run.open(Makes::Grant, ATTACH, span, named),
        (_, None) => {}
    }
    if let Some(registry) = arguments.option(&["--detach-acr"]) {
        run.open(Makes::NoGrant, "az aks --detach-acr", span, Named { registry: Some(&registry), ..named });
    }
    nodes::change(run, arguments, span);
    run.understood.push(span);
    let address = run.book.find(CLUSTER, &name?)?.address.clone();
    query::shown(&address, arguments.option(&["--query"]).as_ref(), span)
}

/// A grant of the role for pulling to whoever pulls for the cluster.
pub(super) fn attach(
    run: &mut Run<'_>,
    cluster: &Node,
    group: Option<&Node>,
    registry: &Node,
    command: &'static str,
    span: Span,
) {
    let named = Named { registry: Some(registry), cluster: Some(cluster), ..Named::default() };
    let (Some(aks), Some(acr)) = (end(run, CLUSTER, cluster, group, span), registry_end(run, registry, span)) else {
        return run.open(Makes::Grant, command, span, named);
    };
    let principal = Node::reference(aks, &[role::PULLER], registry.span);
    let scope = Node::reference(acr, &["id"], registry.span);
    role::grant(run, scope, principal, Node::text("AcrPull", registry.span), span);
}

/// The resource that a name means, when the script makes it or the name is literal.
fn end(run: &mut Run<'_>, kind: &str, name: &Node, group: Option<&Node>, span: Span) -> Option<Arc<Address>> {
    let name = role::name_of(run, name);
    let known = run.book.find(kind, &name).is_some_and(|known| known.origin == crate::ir::Origin::Declared);
    (known || name.as_str().is_some_and(super::is_literal))
        .then(|| run.book.refer(kind, &name, group, Node::map(Vec::new(), span), span))
}

/// The registry that a name or an id means, likewise.
pub(super) fn registry_end(run: &mut Run<'_>, registry: &Node, span: Span) -> Option<Arc<Address>> {
    if let Some(address) = role::resource_of(run, registry) {
        return run.book.at(&address).is_some_and(|it| it.is_kind(REGISTRY)).then_some(address);
    }
    let name = match crate::ir::ResourceId::parse(registry) {
        Some(id) if id.is_kind(REGISTRY) && role::is_astray(run, &id) => return None,
        Some(id) if id.is_kind(REGISTRY) => id.names.first().cloned()?,
        Some(_) => return None,
        None => registry.clone(),
    };
    end(run, REGISTRY, &name, None, span)
}
