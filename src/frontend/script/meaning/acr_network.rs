//! Network rules and replicas of registries.

use super::acr::{child, is_firm};
use super::aks::registry_end;
use super::arguments::Arguments;
use super::body::{Body, object, switched};
use super::network::{SUBNET, added, end};
use super::query;
use crate::azure::kinds::REGISTRY;
use crate::frontend::script::run::{Named, Run};
use crate::ir::{Makes, Node, Value};
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
