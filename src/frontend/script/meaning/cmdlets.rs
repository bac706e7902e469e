//! Azure's modules for PowerShell.

use super::arguments::Arguments;
use super::body::{Body, switched};
use super::{aks, context, query, role};
use crate::azure::kinds::{CLUSTER, IDENTITY, REGISTRY};
use crate::frontend::script::run::{Named, Printed, Run};
use crate::ir::{Makes, Node, Value, Why};
use crate::source::Span;

const NAME: [&str; 4] = ["-Name", "-RegistryName", "-ClusterName", "-n"];
const GROUP: [&str; 1] = ["-ResourceGroupName"];

/// A cmdlet; anything else is none of ours.
pub(super) fn of(run: &mut Run<'_>, name: &str, arguments: &Arguments, span: Span) -> Printed {
    let printed = |value: Option<Node>| Printed { value, ..Printed::default() };
    if run.manual {
        return Printed::default();
    }
    match name.to_ascii_lowercase().as_str() {
        "new-azakscluster" => printed(new_cluster(run, arguments, span)),
        "set-azakscluster" => printed(set_cluster(run, arguments, span)),
        "new-azcontainerregistry" => printed(new_registry(run, arguments, span)),
        "update-azcontainerregistry" => printed(update_registry(run, arguments, span)),
        "new-azroleassignment" => role::create_by_cmdlet(run, arguments, span),
        "remove-azroleassignment" => Printed::default(),
        "new-azuserassignedidentity" => {
            let Some(name) = arguments.option(&NAME) else { return Printed::default() };
            let made = run.made(span, span);
            let group = arguments.option(&GROUP);
            let address = run.book.declare(IDENTITY, &name, group.as_ref(), Node::map(Vec::new(), span), &made);
            printed(query::shown(&address, None, span))
        }
        "import-azakscredential" => {
            context::imported(run, arguments);
            Printed::default()
        }
        "get-azakscluster" => printed(got(run, CLUSTER, arguments, span)),
        "get-azcontainerregistry" => printed(got(run, REGISTRY, arguments, span)),
        "get-azuserassignedidentity" => printed(got(run, IDENTITY, arguments, span)),
        _ => Printed::default(),
    }
}

fn got(run: &mut Run<'_>, kind: &str, arguments: &Arguments, span: Span) -> Option<Node> {
    let name = arguments.option(&NAME)?;
    let group = arguments.option(&GROUP);
    let address = run.book.refer(kind, &name, group.as_ref(), Node::map(Vec::new(), span), span);
    query::shown(&address, None, span)
}

/// `New-AzAksCluster`: without `-EnableManagedIdentity` versions differ in whether they make a service principal.
fn new_cluster(run: &mut Run<'_>, arguments: &Arguments, span: Span) -> Option<Node> {
    let name = arguments.option(&NAME)?;
    let group = arguments.option(&GROUP);
    let made = run.made(span, span);
    let open = arguments.may_add().then(|| Why::External("options in a variable".into()));
    let identities = || Why::External("the identity that the module gives a cluster".into());
    let cluster = aks::Cluster {
        control: arguments.option(&["-AssignIdentity"]),
        kubelet: arguments.option(&["-AssignKubeletIdentity"]),
        subnet: arguments.option(&["-NodeVnetSubnetID"]),
        outbound: arguments.option(&["-OutboundType"]),
        location: arguments.option(&["-Location"]),
        identities: (!arguments.has(&["-EnableManagedIdentity"])).then(identities),
        ..aks::Cluster::default()
    };
    let address = aks::declare(run, &name, group.as_ref(), cluster, open, &made, span);
    run.understood.push(span);
    match arguments.option(&["-AcrNameToAttach"]) {
        Some(registry) => aks::attach(run, &name, group.as_ref(), &registry, "New-AzAksCluster -AcrNameToAttach", span),
        None if arguments.may_add() => {
            run.open(Makes::Grant, "New-AzAksCluster", span, Named { cluster: Some(&name), ..Named::default() });
        }
        None => {}
    }
    query::shown(&address, None, span)
}

fn set_cluster(run: &mut Run<'_>, arguments: &Arguments, span: Span) -> Option<Node> {
    const COMMAND: &str = "Set-AzAksCluster -AcrNameToAttach";
    run.understood.push(span);
    let name = arguments.option(&NAME);
    let group = arguments.option(&GROUP);
    let named = Named { cluster: name.as_ref(), ..Named::default() };
    match (&name, arguments.option(&["-AcrNameToAttach"])) {
        (Some(name), Some(registry)) => aks::attach(run, name, group.as_ref(), &registry, COMMAND, span),
        (None, Some(registry)) => run.open(Makes::Grant, COMMAND, span, Named { registry: Some(&registry), ..named }),
        (_, None) if arguments.may_add() => run.open(Makes::Grant, COMMAND, span, named),
        (_, None) => {}
    }
    if arguments.has(&["-EnableManagedIdentity", "-AssignKubeletIdentity", "-AssignIdentity"]) {
        run.open(Makes::PullingIdentity, "Set-AzAksCluster -EnableManagedIdentity", span, named);
    }
    if let Some(registry) = arguments.option(&["-AcrNameToDetach"]) {
        run.open(
            Makes::NoGrant,
            "Set-AzAksCluster -AcrNameToDetach",
            span,
            Named { registry: Some(&registry), ..named },
        );
    }
    None
}

fn new_registry(run: &mut Run<'_>, arguments: &Arguments, span: Span) -> Option<Node> {
    let name = arguments.option(&NAME)?;
    let group = arguments.option(&GROUP);
    let made = run.made(span, span);
    let body = settings(arguments, span);
    let open = arguments.may_add().then(|| Why::External("options in a variable".into()));
    let address = run.book.declare(REGISTRY, &name, group.as_ref(), body.close(span, open), &made);
    run.understood.push(span);
    query::shown(&address, None, span)
}

fn settings(arguments: &Arguments, span: Span) -> Body {
    let text = |text: &str| Value::Str(text.into());
    let mut body = Body::default();
    body.put(&["sku", "name"], arguments.option(&["-Sku"]));
    body.put(&["location"], arguments.option(&["-Location"]));
    let set = |on: bool| Node::new(Value::Bool(on), span);
    if arguments.has(&["-DisableAdminUser"]) {
        body.put(&["properties", "adminUserEnabled"], Some(set(false)));
    } else if arguments.has(&["-EnableAdminUser", "-AdminUserEnabled"]) {
        body.put(&["properties", "adminUserEnabled"], Some(set(true)));
    }
    let public = switched(arguments.option(&["-PublicNetworkAccess"]), &text("Enabled"), &text("Disabled"));
    body.put(&["properties", "publicNetworkAccess"], public);
    body.put(&["properties", "networkRuleSet", "defaultAction"], arguments.option(&["-NetworkRuleSetDefaultAction"]));
    body.put(&["properties", "anonymousPullEnabled"], arguments.has(&["-AnonymousPullEnabled"]).then(|| set(true)));
    body
}

fn update_registry(run: &mut Run<'_>, arguments: &Arguments, span: Span) -> Option<Node> {
    run.understood.push(span);
    let name = arguments.option(&NAME);
    let body = settings(arguments, span);
    let firm = name
        .as_ref()
        .is_some_and(|name| name.as_str().is_some_and(super::is_literal) || run.book.find(REGISTRY, name).is_some());
    match name {
        Some(name) if firm && !arguments.may_add() => {
            let made = run.made(span, span);
            let group = arguments.option(&GROUP);
            run.book.change(REGISTRY, &name, group.as_ref(), body.close(span, None), &made);
        }
        name => {
            for makes in [Makes::AdminUser, Makes::AnonymousPull, Makes::PublicAccess] {
                let named = Named { registry: name.as_ref(), ..Named::default() };
                run.open(makes, "Update-AzContainerRegistry", span, named);
            }
        }
    }
    None
}
