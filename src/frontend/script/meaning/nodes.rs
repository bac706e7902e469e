//! What `az aks` says of the network of nodes: how they get out, where they stand, what lies between.

use super::arguments::Arguments;
use super::body::{Body, object, switched};
use super::network::{PREFIX, PUBLIC_IP, SUBNET, end};
use crate::azure::kinds::CLUSTER;
use crate::frontend::script::run::{Printed, Run};
use crate::ir::{Node, Value, Why};
use crate::source::Span;

/// Options of a cluster that are put down as they are written.
const WRITTEN: [(&str, &[&str]); 6] = [
    ("--outbound-type", &["properties", "networkProfile", "outboundType"]),
    ("--network-plugin", &["properties", "networkProfile", "networkPlugin"]),
    ("--node-resource-group", &["properties", "nodeResourceGroup"]),
    ("--bootstrap-artifact-source", &["properties", "bootstrapProfile", "artifactSource"]),
    ("--bootstrap-container-registry-resource-id", &["properties", "bootstrapProfile", "containerRegistryId"]),
    ("--kubernetes-version", &["properties", "kubernetesVersion"]),
];

/// Counts, and what they count.
const COUNTED: [(&str, &[&str]); 2] = [
    (
        "--load-balancer-managed-outbound-ip-count",
        &["properties", "networkProfile", "loadBalancerProfile", "managedOutboundIPs", "count"],
    ),
    (
        "--nat-gateway-managed-outbound-ip-count",
        &["properties", "networkProfile", "natGatewayProfile", "managedOutboundIPProfile", "count"],
    ),
];

/// The network of a cluster, as its options say it.
pub(super) fn cluster(run: &mut Run<'_>, arguments: &Arguments, body: &mut Body, span: Span) {
    for (option, path) in WRITTEN {
        body.put(path, arguments.option(&[option]));
    }
    for (option, path) in COUNTED {
        let count = arguments.option(&[option]).map(|node| match node.as_str().and_then(|text| text.parse().ok()) {
            Some(count) => Node { value: Value::Int(count), ..node },
            None => node,
        });
        body.put(path, count);
    }
    const PROFILE: [&str; 3] = ["properties", "networkProfile", "loadBalancerProfile"];
    let [properties, network, balancer] = PROFILE;
    let addresses = ids(run, arguments, "--load-balancer-outbound-ips", PUBLIC_IP, span);
    body.put(&[properties, network, balancer, "outboundIPs", "publicIPs"], addresses);
    let prefixes = ids(run, arguments, "--load-balancer-outbound-ip-prefixes", PREFIX, span);
    body.put(&[properties, network, balancer, "outboundIPPrefixes", "publicIPPrefixes"], prefixes);
    let proxy = arguments.option(&["--http-proxy-config"]);
    let proxy = proxy.map(|file| Node::unknown(Why::External("the settings of a proxy".into()), file.span));
    body.put(&["properties", "httpProxyConfig"], proxy);
    addons(arguments, body, span);
}

/// `--enable-addons virtual-node --aci-subnet-name NAME`.
fn addons(arguments: &Arguments, body: &mut Body, span: Span) {
    const ADDON: [&str; 3] = ["properties", "addonProfiles", "aciConnectorLinux"];
    let [properties, addons, connector] = ADDON;
    let Some(named) = arguments.option(&["--enable-addons", "--addons", "-a"]) else { return };
    let enabled = match named.as_str() {
        Some(text) if text.split(',').any(|name| name.trim() == "virtual-node") => Value::Bool(true),
        Some(_) => return,
        None => Value::Unknown { why: Why::External("add-ons in a variable".into()), sym: None },
    };
    body.put(&[properties, addons, connector, "enabled"], Some(Node::new(enabled, span)));
    let subnet = arguments.option(&["--aci-subnet-name", "--subnet-name", "-s"]);
    body.put(&[properties, addons, connector, "config", "SubnetName"], subnet);
}

/// Ids behind commas, each an object with an id.
fn ids(run: &mut Run<'_>, arguments: &Arguments, option: &str, kind: &str, span: Span) -> Option<Node> {
    let written = arguments.option(&[option])?;
    let parts: Vec<Node> = match &written.value {
        Value::Str(text) => {
            let parts = text.split(',').filter(|part| !part.trim().is_empty());
            parts.map(|part| Node::text(part.trim(), written.span)).collect()
        }
        // A variable may be several of them, where no command gave it.
        Value::Ref(_) => vec![written.clone()],
        _ => return Some(Node { value: Value::Unknown { why: several(), sym: None }, ..written }),
    };
    let group = arguments.option(&["--resource-group", "-g"]);
    let ends = parts.iter().map(|part| object(vec![("id", end(run, kind, None, part, group.as_ref(), span))], span));
    Some(Node::list(ends.collect(), span))
}

fn several() -> Why {
    Why::External("several ids in a variable".into())
}

/// What options say of a pool, of the one that a cluster begins with or of another one.
pub(super) fn pool(run: &mut Run<'_>, arguments: &Arguments, span: Span) -> Vec<(&'static str, Node)> {
    let mut found = Vec::new();
    for (option, place) in [("--vnet-subnet-id", "vnetSubnetID"), ("--pod-subnet-id", "podSubnetID")] {
        let subnet = arguments.option(&[option]);
        found.extend(subnet.map(|node| (place, end(run, SUBNET, None, &node, None, span))));
    }
    let public = arguments.switch("--enable-node-public-ip");
    let public = switched(public, &Value::Bool(true), &Value::Bool(false));
    found.extend(public.map(|public| ("enableNodePublicIP", public)));
    let prefix = arguments.option(&["--node-public-ip-prefix-id"]);
    found.extend(prefix.map(|node| ("nodePublicIPPrefixID", end(run, PREFIX, None, &node, None, span))));
    found
}

/// `az aks nodepool add`: a child of the cluster.
pub(super) fn add_pool(run: &mut Run<'_>, arguments: &Arguments, span: Span) -> Printed {
    run.understood.push(span);
    let cluster = arguments.option(&["--cluster-name"]);
    let (Some(cluster), Some(name)) = (cluster, arguments.option(&["--name", "-n", "--nodepool-name"])) else {
        return Printed::default();
    };
    let cluster = super::role::name_of(run, &cluster);
    let mut body = Body::default();
    for (place, value) in pool(run, arguments, span) {
        body.put(&["properties", place], Some(value));
    }
    let mode = arguments.option(&["--mode"]).unwrap_or_else(|| Node::text("User", span));
    body.put(&["properties", "mode"], Some(mode));
    body.put(&["properties", "osType"], arguments.option(&["--os-type"]));
    let (taints, bare) = arguments.values(&["--node-taints"]);
    let split = |node: Node| match node.as_str() {
        Some(text) => text.split(',').map(|part| Node::text(part, node.span)).collect::<Vec<Node>>(),
        None => vec![node],
    };
    if !taints.is_empty() && !bare {
        body.put(&["properties", "nodeTaints"], Some(Node::list(taints.into_iter().flat_map(split).collect(), span)));
    }
    let open = arguments.may_add().then(|| Why::External("options in a variable".into()));
    let group = arguments.option(&["--resource-group", "-g"]);
    let id = run.book.id_in(&format!("{CLUSTER}/agentPools"), vec![cluster, name], group.as_ref(), span);
    let made = run.made(span, span);
    run.book.declare_at(id, body.close(span, open), &made);
    Printed::default()
}

/// What `az aks update` and `az aks enable-addons` write into a cluster.
pub(super) fn change(run: &mut Run<'_>, arguments: &Arguments, span: Span) {
    let Some(name) = arguments.option(&["--name", "-n"]) else { return };
    let mut body = Body::default();
    cluster(run, arguments, &mut body, span);
    if arguments.may_add() {
        let why = || Some(Node::unknown(Why::External("options in a variable".into()), span));
        body = Body::default();
        for part in ["networkProfile", "httpProxyConfig", "bootstrapProfile", "addonProfiles"] {
            body.put(&["properties", part], why());
        }
    }
    if body.is_empty() {
        return;
    }
    let name = super::role::name_of(run, &name);
    let group = arguments.option(&["--resource-group", "-g"]);
    let id = run.book.id_in(CLUSTER, vec![name], group.as_ref(), span);
    let made = run.made(span, span);
    run.book.change_at(id, body.close(span, None), &made);
}
