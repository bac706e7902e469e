//! The Azure command line.

use super::arguments::Arguments;
use super::{acr, acr_network, aks, context, deployment, network, nodes, query, role};
use crate::azure::kinds::{CLUSTER, IDENTITY, REGISTRY, SERVICE_PRINCIPAL};
use crate::frontend::script::run::{Named, Printed, Run};
use crate::ir::{Makes, Node, ResourceId, Why};
use crate::source::Span;

/// Options that decide about pulls and that are told apart by their first letters.
const LONG: [&str; 14] = [
    "--attach-acr",
    "--detach-acr",
    "--assign-identity",
    "--assign-kubelet-identity",
    "--service-principal",
    "--enable-managed-identity",
    "--admin-enabled",
    "--anonymous-pull-enabled",
    "--public-network-enabled",
    "--default-action",
    "--vnet-subnet-id",
    "--outbound-type",
    "--private-connection-resource-id",
    "--data-endpoint-enabled",
];

/// A command of `az`.
pub(super) fn of(run: &mut Run<'_>, arguments: Arguments, span: Span) -> Printed {
    let arguments = arguments.read_by_az(&LONG);
    let verbs: Vec<String> = arguments.verbs().iter().skip(1).map(|&verb| verb.to_owned()).collect();
    let verbs: Vec<&str> = verbs.iter().map(String::as_str).collect();
    let printed = |value: Option<Node>| Printed { value, ..Printed::default() };
    if let Some(printed) = network::of(run, &verbs, &arguments, span) {
        return printed;
    }
    match verbs.as_slice() {
        ["aks", "create"] => printed(aks::create(run, &arguments, span)),
        ["aks", "update"] => printed(aks::update(run, &arguments, span)),
        ["aks", "command", "invoke"] => {
            let command = arguments.option(&["--command", "-c"]);
            let text = command.as_ref().and_then(Node::as_str).map(str::to_owned);
            // It runs beside the cluster, whatever the context here is.
            let kept = run.shell.context.clone();
            context::inside(run, &arguments);
            text.zip(command).map(|(text, node)| run.text(&text, node.span)).unwrap_or_default();
            run.shell.context = kept;
            Printed::default()
        }
        ["aks", "get-credentials"] => {
            context::credentials(run, &arguments);
            Printed::default()
        }
        ["acr", "create"] => printed(acr::create(run, &arguments, span)),
        ["acr", "update"] => printed(acr::update(run, &arguments, span)),
        ["acr", "network-rule", verb] => {
            acr_network::rule(run, verb, &arguments, span);
            Printed::default()
        }
        ["acr", "cache", verb] => {
            acr_network::cache(run, verb, &arguments, span);
            Printed::default()
        }
        ["acr", "config", "authentication-as-arm", "update"] => {
            acr_network::arm_tokens(run, &arguments, span);
            Printed::default()
        }
        ["deployment" | "stack", "group" | "sub" | "mg" | "tenant", "create"]
        | ["group", "deployment", "create"]
        | ["deployment", "create"] => {
            deployment::of(run, &arguments, span);
            Printed::default()
        }
        ["resource", "create"] => {
            create_any(run, &arguments, span);
            Printed::default()
        }
        ["acr", "replication", "create"] => printed(acr_network::replication(run, &arguments, span)),
        ["acr", "private-endpoint-connection", verb] => {
            run.understood.push(span);
            let name = arguments.option(&["--registry-name", "-r"]);
            if !["show", "list"].contains(verb) {
                let named = Named { registry: name.as_ref(), ..Named::default() };
                run.open(Makes::Network, "az acr private-endpoint-connection", span, named);
            }
            Printed::default()
        }
        ["policy", "assignment", "create"] => {
            const IDENTITY: [&str; 4] =
                ["--mi-system-assigned", "--mi-user-assigned", "--assign-identity", "--identity-scope"];
            if arguments.has(&IDENTITY) || arguments.may_add() {
                for makes in [Makes::Grant, Makes::Endpoint, Makes::Network] {
                    run.open(makes, "az policy assignment create", span, Named::default());
                }
            }
            Printed::default()
        }
        ["aks", "nodepool", "add"] => nodes::add_pool(run, &arguments, span),
        ["aks", "enable-addons"] => {
            nodes::change(run, &arguments, span);
            Printed::default()
        }
        ["acr", "scope-map", "create"] => acr::scope_map(run, &arguments, span),
        ["resource", "update" | "patch"] => {
            acr::update_resource(run, &arguments, span);
            Printed::default()
        }
        ["acr", "token", "delete"] => acr::change_token(run, &arguments, span),
        ["acr", "token", "create"] => acr::token(run, &arguments, span),
        ["acr", "token", "update"] | ["acr", "token", "credential", "generate"] | ["acr", "scope-map", "update"] => {
            let name = arguments.option(&["--registry", "-r"]);
            run.open(Makes::Token, "az acr token", span, Named { registry: name.as_ref(), ..Named::default() });
            Printed::default()
        }
        ["acr", "credential", "show"] => printed(acr::credential(run, &arguments, span)),
        ["role", "assignment", "create"] => role::create(run, &arguments, span),
        ["role", "assignment", "delete"] => role::delete(run, &arguments, span),
        ["identity", "create"] => {
            let Some(name) = arguments.option(&["--name", "-n"]) else { return Printed::default() };
            let made = run.made(span, span);
            let group = arguments.option(&["--resource-group", "-g"]);
            let body = Node::map(Vec::new(), span);
            let address = run.book.declare(IDENTITY, &name, group.as_ref(), body, &made);
            printed(query::shown(&address, arguments.option(&["--query"]).as_ref(), span))
        }
        ["ad", "sp", "create-for-rbac"] => role::create_for_rbac(run, &arguments, span),
        [.., "show"] | ["ad", _, "list"] => printed(show(run, &verbs, &arguments, span)),
        _ => Printed::default(),
    }
}

/// `az resource create`: of a type that is not known it may be anything. Known types are told by their words.
fn create_any(run: &mut Run<'_>, arguments: &Arguments, span: Span) {
    let kind = arguments.option(&["--resource-type", "--id", "--namespace"]);
    if kind.is_some_and(|kind| kind.as_str().is_none()) || arguments.may_add() {
        for makes in [Makes::Grant, Makes::Endpoint, Makes::Network] {
            run.open(makes, "az resource create", span, Named::default());
        }
    }
}

/// What a command shows.
fn show(run: &mut Run<'_>, verbs: &[&str], arguments: &Arguments, span: Span) -> Option<Node> {
    let query = arguments.option(&["--query"]);
    let name = arguments.option(&["--name", "-n"]);
    let group = arguments.option(&["--resource-group", "-g"]);
    let kind = match verbs {
        ["aks", "show"] => CLUSTER,
        ["acr", "show"] => REGISTRY,
        ["identity", "show"] => IDENTITY,
        ["ad", "sp", "show" | "list"] => return principal(run, arguments, span),
        ["ad", "signed-in-user", "show"] => {
            let name = Node::text("signed-in user", span);
            let user = run.book.refer(role::USER, &name, None, Node::map(Vec::new(), span), span);
            return query::shown(&user, query.as_ref(), span);
        }
        ["account", "show"] => {
            let asks = query.as_ref().and_then(Node::as_str).is_some_and(|query| query.trim_matches('"') == "id");
            return asks.then(|| run.book.subscription(span));
        }
        ["group", "show"] => {
            let name = name.or(group)?;
            let asks = query.as_ref().and_then(Node::as_str);
            return match asks {
                Some("id") => Some(Node::id(ResourceId::of_group(run.book.subscription(span), name), span)),
                Some("name") => Some(name),
                _ => None,
            };
        }
        ["deployment" | "resource" | "rest" | "graph" | "ad" | "stack" | "ts", ..] => return None,
        // Whatever else it is, its id is no registry's.
        [words @ .., "show"] => {
            let asks = query.as_ref().and_then(Node::as_str).is_some_and(|query| query.trim_matches('"') == "id");
            let id = ResourceId {
                subscription: Some(run.book.subscription(span)),
                group: Some(group.unwrap_or_else(|| Node::unknown(Why::External("a resource group".into()), span))),
                kind: format!("{}/{}", role::UNRELATED, words.join("-")).into(),
                names: vec![name.unwrap_or_else(|| Node::unknown(Why::External("a name".into()), span))],
                extends: None,
            };
            return asks.then(|| Node::id(id, span));
        }
        _ => return None,
    };
    let name = name.or_else(|| named_by_id(arguments))?;
    let body = Node::map(Vec::new(), span);
    let address = run.book.refer(kind, &name, group.as_ref(), body, span);
    query::shown(&address, query.as_ref(), span)
}

/// The name at the end of `--ids`.
fn named_by_id(arguments: &Arguments) -> Option<Node> {
    let id = arguments.option(&["--ids"])?;
    let name = id.as_str()?.rsplit('/').next()?.to_owned();
    Some(Node::text(name, id.span))
}

/// `az ad sp show --id APP`, `az ad sp list --display-name NAME --query "[0].appId"`.
fn principal(run: &mut Run<'_>, arguments: &Arguments, span: Span) -> Option<Node> {
    let query = arguments.option(&["--query"])?;
    let name = match arguments.option(&["--id"]) {
        Some(id) => match run.book.find_by(SERVICE_PRINCIPAL, "appId", &id) {
            Some(known) => return query::shown(&known.address.clone(), Some(&query), span),
            None => id,
        },
        None => arguments.option(&["--display-name"])?,
    };
    let bare = name.as_str().and_then(|text| text.strip_prefix("http://")).map(|text| Node::text(text, name.span));
    let name = bare.unwrap_or(name);
    let body = Node::map(Vec::new(), span);
    let address = run.book.refer(SERVICE_PRINCIPAL, &name, None, body, span);
    query::shown(&address, Some(&query), span)
}
