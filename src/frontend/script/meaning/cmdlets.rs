//! Azure's modules for PowerShell.

use super::arguments::Arguments;
use super::body::{Body, switched};
use super::{aks, context, deployment, query, role};
use crate::azure::kinds::{CLUSTER, IDENTITY, REGISTRY};
use crate::frontend::script::run::{Named, Printed, Run};
use crate::ir::{Makes, Node, Value, Why};
use crate::source::Span;

const NAME: [&str; 6] = ["-Name", "-RegistryName", "-ClusterName", "-ContainerRegistryName", "-ResourceName", "-n"];
const GROUP: [&str; 1] = ["-ResourceGroupName"];

/// The name of what a cmdlet is about, which is written by its option or behind the group.
fn name_in(arguments: &Arguments) -> Option<Node> {
    arguments.option(&NAME).or_else(|| match arguments.has(&GROUP) {
        true => arguments.placed(0),
        false => arguments.placed(1),
    })
}

/// The group, likewise.
fn group_in(arguments: &Arguments) -> Option<Node> {
    arguments.option(&GROUP).or_else(|| arguments.placed(0).filter(|_| !arguments.has(&NAME)))
}

/// What a switch says: it is on where it only stands there.
fn flag(arguments: &Arguments, name: &str) -> Option<Node> {
    switched(arguments.switch(name), &Value::Bool(true), &Value::Bool(false))
}

/// A cmdlet; anything else is none of ours.
pub(super) fn of(run: &mut Run<'_>, name: &str, arguments: &Arguments, span: Span) -> Printed {
    let printed = |value: Option<Node>| Printed { value, ..Printed::default() };
    // `-WhatIf` only tells what would be done.
    if run.manual || arguments.has(&["-WhatIf"]) {
        return Printed::default();
    }
    match name.to_ascii_lowercase().as_str() {
        "new-azakscluster" => printed(new_cluster(run, arguments, span)),
        "set-azakscluster" => printed(set_cluster(run, arguments, span)),
        "new-azcontainerregistry" => printed(new_registry(run, arguments, span)),
        "update-azcontainerregistry" | "set-azcontainerregistry" => printed(update_registry(run, arguments, span)),
        "update-azcontainerregistrynetworkruleset" | "set-azcontainerregistrynetworkruleset" => {
            admit(run, arguments, span);
            Printed::default()
        }
        "new-azpolicyassignment" | "set-azpolicyassignment" | "update-azpolicyassignment" => {
            if arguments.has(&["-IdentityType", "-AssignIdentity", "-IdentityId"]) || arguments.may_add() {
                for makes in [Makes::Grant, Makes::Endpoint, Makes::Network] {
                    run.open(makes, "New-AzPolicyAssignment", span, Named::default());
                }
            }
            Printed::default()
        }
        "new-azresourcegroupdeployment"
        | "new-azsubscriptiondeployment"
        | "new-azdeployment"
        | "new-azmanagementgroupdeployment"
        | "new-azresourcegroupdeploymentstack"
        | "new-azsubscriptiondeploymentstack" => {
            deployment::of(run, arguments, span);
            Printed::default()
        }
        "add-azcontainerregistrynetworkrule" | "remove-azcontainerregistrynetworkrule" => {
            let registry = name_in(arguments);
            let named = Named { registry: registry.as_ref(), ..Named::default() };
            run.open(Makes::PublicAccess, "Add-AzContainerRegistryNetworkRule", span, named);
            run.understood.push(span);
            Printed::default()
        }
        // Nothing follows what these write on the screen.
        "write-host" | "write-information" | "write-verbose" | "write-warning" | "write-debug" => {
            run.shown.push(span);
            Printed::default()
        }
        "new-azroleassignment" => role::create_by_cmdlet(run, arguments, span),
        "remove-azroleassignment" => Printed::default(),
        "new-azuserassignedidentity" => {
            let Some(name) = name_in(arguments) else { return Printed::default() };
            let made = run.made(span, span);
            let group = group_in(arguments);
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
    let name = name_in(arguments)?;
    let group = group_in(arguments);
    let address = run.book.refer(kind, &name, group.as_ref(), Node::map(Vec::new(), span), span);
    query::shown(&address, None, span)
}

/// `New-AzAksCluster`: without `-EnableManagedIdentity` it takes the service principal that it has made before on the same
/// machine, or makes one that is Contributor of the subscription, and so may pull. Which one that is nobody can say.
fn new_cluster(run: &mut Run<'_>, arguments: &Arguments, span: Span) -> Option<Node> {
    let name = name_in(arguments)?;
    let group = group_in(arguments);
    let made = run.made(span, span);
    let open = arguments.may_add().then(|| Why::External("options in a variable".into()));
    let managed = flag(arguments, "-EnableManagedIdentity").is_some_and(|node| node.as_bool() == Some(true));
    let identities = || Why::External("the service principal of a cluster without -EnableManagedIdentity".into());
    let mut network = Body::default();
    network.put(&["properties", "networkProfile", "outboundType"], arguments.option(&["-OutboundType"]));
    let cluster = aks::Cluster {
        control: arguments.option(&["-AssignIdentity"]),
        kubelet: arguments.option(&["-AssignKubeletIdentity"]),
        pool: arguments.option(&["-NodeVnetSubnetID"]).map(|subnet| ("vnetSubnetID", subnet)).into_iter().collect(),
        network,
        location: arguments.option(&["-Location"]),
        identities: (!managed).then(identities),
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
    let name = name_in(arguments);
    let group = group_in(arguments);
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
    let name = name_in(arguments)?;
    let group = group_in(arguments);
    let made = run.made(span, span);
    let body = settings(arguments);
    let open = arguments.may_add().then(|| Why::External("options in a variable".into()));
    let address = run.book.declare(REGISTRY, &name, group.as_ref(), body.close(span, open), &made);
    run.understood.push(span);
    query::shown(&address, None, span)
}

fn settings(arguments: &Arguments) -> Body {
    let text = |text: &str| Value::Str(text.into());
    let mut body = Body::default();
    body.put(&["sku", "name"], arguments.option(&["-Sku"]));
    body.put(&["location"], arguments.option(&["-Location"]));
    let off = switched(arguments.switch("-DisableAdminUser"), &Value::Bool(false), &Value::Bool(true));
    let admin = off.or_else(|| flag(arguments, "-EnableAdminUser")).or_else(|| flag(arguments, "-AdminUserEnabled"));
    body.put(&["properties", "adminUserEnabled"], admin);
    let public = switched(arguments.option(&["-PublicNetworkAccess"]), &text("Enabled"), &text("Disabled"));
    body.put(&["properties", "publicNetworkAccess"], public);
    body.put(&["properties", "networkRuleSet", "defaultAction"], arguments.option(&["-NetworkRuleSetDefaultAction"]));
    body.put(&["properties", "anonymousPullEnabled"], flag(arguments, "-AnonymousPullEnabled"));
    body
}

fn update_registry(run: &mut Run<'_>, arguments: &Arguments, span: Span) -> Option<Node> {
    let all = [Makes::AdminUser, Makes::AnonymousPull, Makes::PublicAccess];
    change(run, arguments, settings(arguments), &all, "Update-AzContainerRegistry", span);
    None
}

/// `Update-AzContainerRegistryNetworkRuleSet`: with rules it may admit anybody.
fn admit(run: &mut Run<'_>, arguments: &Arguments, span: Span) {
    const COMMAND: &str = "Update-AzContainerRegistryNetworkRuleSet";
    let mut body = Body::default();
    let rules = ["-IPRule", "-NetworkRule", "-VirtualNetworkRule", "-NetworkRuleSet"];
    let action = arguments.option(&["-DefaultAction"]).filter(|_| !arguments.has(&rules));
    let action = action.unwrap_or_else(|| Node::unknown(Why::NotAnalysed(COMMAND.into()), span));
    body.put(&["properties", "networkRuleSet", "defaultAction"], Some(action));
    change(run, arguments, body, &[Makes::PublicAccess], COMMAND, span);
}

/// Writes settings into a registry; where it is not known which one, any registry may have them.
fn change(run: &mut Run<'_>, arguments: &Arguments, body: Body, may: &[Makes], command: &'static str, span: Span) {
    run.understood.push(span);
    let name = name_in(arguments);
    let firm = name
        .as_ref()
        .is_some_and(|name| name.as_str().is_some_and(super::is_literal) || run.book.find(REGISTRY, name).is_some());
    match name {
        Some(name) if firm && !arguments.may_add() => {
            let made = run.made(span, span);
            let group = group_in(arguments);
            run.book.change(REGISTRY, &name, group.as_ref(), body.close(span, None), &made);
        }
        name => {
            for &makes in may {
                run.open(makes, command, span, Named { registry: name.as_ref(), ..Named::default() });
            }
        }
    }
}
