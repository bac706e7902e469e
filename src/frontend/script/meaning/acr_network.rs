//! Network rules and replicas of registries.

use super::acr::{child, is_firm};
use super::aks::registry_end;
use super::arguments::Arguments;
use super::body::{Body, object, switched};
use super::network::{SUBNET, added, end};
use super::query;
use crate::azure::kinds::REGISTRY;
use crate::frontend::script::run::{Named, Run};
use crate::ir::{Makes, Node, Value, Why};
use crate::source::Span;

/// `az acr network-rule add --ip-address`, `--subnet`; `remove` may take away what another one put in.
pub(super) fn rule(run: &mut Run<'_>, verb: &str, arguments: &Arguments, span: Span) {
    run.understood.push(span);
    if verb == "list" {
        return;
    }
    let name = arguments.option(&["--name", "-n", "--registry", "-r"]);
    let rules = (verb == "add" && !arguments.may_add()).then(|| rules(run, arguments, span)).flatten();
    match (name, rules) {
        (Some(name), Some(rules)) if is_firm(run, &name) => {
            let made = run.made(span, span);
            let group = arguments.option(&["--resource-group", "-g"]);
            let body = object(vec![("properties", object(vec![("networkRuleSet", rules)], span))], span);
            run.book.change(REGISTRY, &name, group.as_ref(), body, &made);
        }
        (name, _) => {
            let named = Named { registry: name.as_ref(), ..Named::default() };
            run.open(Makes::PublicAccess, "az acr network-rule", span, named);
        }
    }
}

fn rules(run: &mut Run<'_>, arguments: &Arguments, span: Span) -> Option<Node> {
    let allow = || ("action", Node::text("Allow", span));
    let (addresses, bare) = arguments.values(&["--ip-address"]);
    if bare {
        return None;
    }
    let mut members = Vec::new();
    if !addresses.is_empty() {
        let rules = addresses.into_iter().map(|address| object(vec![allow(), ("value", address)], span));
        members.push(("ipRules", added(rules.collect(), span)));
    }
    if let Some(subnet) = arguments.option(&["--subnet"]) {
        let group = arguments.option(&["--resource-group", "-g"]);
        let id = end(run, SUBNET, arguments.option(&["--vnet-name"]), &subnet, group.as_ref(), span);
        members.push(("virtualNetworkRules", added(vec![object(vec![allow(), ("id", id)], span)], span)));
    }
    (!members.is_empty()).then(|| object(members, span))
}

/// `az acr replication create -r REGISTRY -l LOCATION`.
pub(super) fn replication(run: &mut Run<'_>, arguments: &Arguments, span: Span) -> Option<Node> {
    let registry = arguments.option(&["--registry", "-r"])?;
    let location = arguments.option(&["--location", "-l"])?;
    let address = registry_end(run, &registry, span)?;
    run.understood.push(span);
    let name = arguments.option(&["--name", "-n"]).unwrap_or_else(|| location.clone());
    let routed = arguments.switch("--region-endpoint-enabled");
    let mut body = Body::default();
    body.put(&["location"], Some(location));
    let routed = switched(routed, &Value::Bool(true), &Value::Bool(false));
    body.put(&["properties", "regionEndpointEnabled"], routed);
    let address = child(run, "replications", name, &address, body.close(span, None), span);
    query::shown(&address, arguments.option(&["--query"]).as_ref(), span)
}

/// `az acr cache create -r REGISTRY -n NAME --source-repo FROM --target-repo TO`; `update` gives it other credentials.
pub(super) fn cache(run: &mut Run<'_>, verb: &str, arguments: &Arguments, span: Span) {
    let (registry, name) = (arguments.option(&["--registry", "-r"]), arguments.option(&["--name", "-n"]));
    let (Some(registry), Some(name)) = (registry, name) else { return };
    let address = if ["create", "update"].contains(&verb) { registry_end(run, &registry, span) } else { None };
    let Some(address) = address else { return };
    run.understood.push(span);
    let open = arguments.may_add().then(|| Why::External("options in a variable".into()));
    let set = arguments.option(&["--cred-set", "-c"]).map(|set| {
        let sets = |id: Node| Node::concat(vec![id, Node::text("/credentialSets/", span), set.clone()], span);
        sets(Node::reference(address.clone(), &["id"], span))
    });
    let mut body = Body::default();
    body.put(&["properties", "sourceRepository"], arguments.option(&["--source-repo", "-s"]));
    body.put(&["properties", "targetRepository"], arguments.option(&["--target-repo", "-t"]));
    body.put(&["properties", "credentialSetResourceId"], set);
    match verb {
        "create" => drop(child(run, "cacheRules", name, &address, body.close(span, open), span)),
        _ => {
            let made = run.made(span, span);
            let id = run.book.at(&address).map(|it| it.id.clone());
            let why = || Node::unknown(Why::Overridden("az acr cache update".into()), span);
            let body = object(vec![("properties", object(vec![("credentialSetResourceId", why())], span))], span);
            if let Some(id) = id {
                run.book.change_child(&format!("{REGISTRY}/cacheRules"), name, &id, body, &made);
            }
        }
    }
}

/// `az acr config authentication-as-arm update -r REGISTRY --status disabled`.
pub(super) fn arm_tokens(run: &mut Run<'_>, arguments: &Arguments, span: Span) {
    let Some(registry) = arguments.option(&["--registry", "-r"]).filter(|name| is_firm(run, name)) else { return };
    let text = |text: &str| Value::Str(text.into());
    let Some(status) = switched(arguments.option(&["--status"]), &text("enabled"), &text("disabled")) else { return };
    let policy = object(vec![("azureADAuthenticationAsArmPolicy", object(vec![("status", status)], span))], span);
    let body = object(vec![("properties", object(vec![("policies", policy)], span))], span);
    let made = run.made(span, span);
    run.book.change(REGISTRY, &registry, arguments.option(&["--resource-group", "-g"]).as_ref(), body, &made);
}
