use super::drawing::{MOST_ALIKE, MOST_EDGES, MOST_NODES};
use crate::report::Verdict;
use crate::report::graph::{Edge, Graph, Kind};
use crate::{Outlook, lint};

fn drawn(files: &[(&str, &str)]) -> Graph {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    lint(files, &Outlook { today: jiff::civil::date(2026, 1, 31), ..Outlook::default() }).report.graph
}

/// A registry and clusters of which those in `wired` may pull.
fn terraform(clusters: &[&str], wired: &[&str]) -> String {
    let mut text = "resource \"azurerm_container_registry\" \"acr\" {\n  name = \"contosoacr\"\n  \
                    resource_group_name = \"rg\"\n  location = \"westeurope\"\n  sku = \"Premium\"\n}\n"
        .to_owned();
    for name in clusters {
        text.push_str(&format!(
            "resource \"azurerm_kubernetes_cluster\" \"{name}\" {{\n  name = \"aks-{name}\"\n  location = \
             \"westeurope\"\n  resource_group_name = \"rg\"\n  dns_prefix = \"x\"\n  default_node_pool {{\n    name = \
             \"sys\"\n    vm_size = \"Standard_D4s_v5\"\n  }}\n  identity {{\n    type = \"SystemAssigned\"\n  }}\n}}\n"
        ));
    }
    for name in wired {
        text.push_str(&format!(
            "resource \"azurerm_role_assignment\" \"{name}\" {{\n  scope = azurerm_container_registry.acr.id\n  \
             role_definition_name = \"AcrPull\"\n  principal_id = \
             azurerm_kubernetes_cluster.{name}.kubelet_identity[0].object_id\n}}\n"
        ));
    }
    text
}

fn deployment(namespace: &str, name: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\n  namespace: {namespace}\nspec:\n  template:\n    \
         spec:\n      containers:\n        - name: main\n          image: contosoacr.azurecr.io/{name}:1\n---\n"
    )
}

fn text_of(graph: &Graph, at: usize) -> String {
    graph.nodes.get(at).map(|node| node.lines.join(" ")).unwrap_or_default()
}

fn broken(graph: &Graph) -> Vec<&Edge> {
    graph.edges.iter().filter(|edge| edge.verdict == Verdict::Broken).collect()
}

#[test]
fn a_missing_grant_is_a_missing_arrow_with_its_rule() {
    let graph = drawn(&[("main.tf", &terraform(&["shop"], &[])), ("web.yaml", &deployment("shop", "web"))]);
    let broken = broken(&graph);
    let [edge] = broken.as_slice() else { panic!("{graph:#?}") };
    assert_eq!(
        (edge.missing, edge.rules.as_slice(), edge.lines.as_slice()),
        (true, &["ACR101"][..], &["no role to pull".to_owned()][..])
    );
    assert_eq!(text_of(&graph, edge.from), "kubelet identity made by AKS");
    assert_eq!(text_of(&graph, edge.to), "registry contosoacr");
    assert_eq!(graph.pulls.broken, 1);
}

#[test]
fn a_grant_is_an_arrow_with_its_role() {
    let graph = drawn(&[("main.tf", &terraform(&["shop"], &["shop"])), ("web.yaml", &deployment("shop", "web"))]);
    assert!(broken(&graph).is_empty(), "{graph:#?}");
    let grant = graph.edges.iter().find(|edge| edge.lines == ["AcrPull"]).expect("the grant");
    assert!(!grant.missing && grant.rules.is_empty());
    assert_eq!(
        graph.groups.iter().map(|group| &*group.title).collect::<Vec<_>>(),
        ["cluster aks-shop", "namespace shop"]
    );
    let workload = graph.nodes.iter().find(|node| node.kind == Kind::Workload).expect("the workload");
    assert_eq!((workload.verdict, workload.group), (Some(Verdict::Fine), Some(1)));
}

/// The blame of one cluster is not that of another one.
#[test]
fn only_the_cluster_that_fails_carries_the_rule() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: creds\n  namespace: other\ntype: \
                  kubernetes.io/dockerconfigjson\nstringData:\n  .dockerconfigjson: \
                  '{\"auths\":{\"contosoacr.azurecr.io\":{\"username\":\"u\",\"password\":\"p\"}}}'\n---\n";
    let pods = deployment("shop", "web")
        .replace("spec:\n      containers", "spec:\n      imagePullSecrets:\n        - name: creds\n      containers");
    let graph = drawn(&[("main.tf", &terraform(&["shop"], &[])), ("web.yaml", &format!("{secret}{pods}"))]);
    let edge = graph.edges.iter().find(|edge| edge.rules == ["ACR201"]).expect("the secret's arrow");
    assert!(edge.missing);
    assert_eq!(text_of(&graph, edge.to), "pull secret creds");
    let group = graph.nodes.get(edge.to).and_then(|node| graph.groups.get(node.group?)).expect("its namespace");
    assert_eq!(group.title, "namespace other");
    assert!(!graph.edges.iter().any(|edge| edge.rules.contains(&"ACR501")));
}

#[test]
fn a_shut_registry_is_a_missing_way() {
    let shut = terraform(&["shop"], &["shop"])
        .replace("sku = \"Premium\"", "sku = \"Premium\"\n  public_network_access_enabled = false");
    let graph = drawn(&[("main.tf", &shut), ("web.yaml", &deployment("shop", "web"))]);
    let broken = broken(&graph);
    let [edge] = broken.as_slice() else { panic!("{graph:#?}") };
    assert!(edge.missing && edge.rules == ["ACR301"], "{edge:?}");
    assert_eq!(text_of(&graph, edge.from), "nodes");
    assert!(text_of(&graph, edge.to).contains("public access is disabled"));
}

/// A registry that only a private endpoint in `hub` leads to, and a cluster with a pool in each of two networks.
fn private(linked: &[&str]) -> String {
    let mut text = terraform(&["shop"], &["shop"])
        .replace("sku = \"Premium\"", "sku = \"Premium\"\n  public_network_access_enabled = false")
        .replace("vm_size", "vnet_subnet_id = azurerm_subnet.hub.id\n    vm_size");
    let rg = "resource_group_name = \"rg\"";
    for (at, name) in ["hub", "spoke"].iter().enumerate() {
        let other = if *name == "hub" { "spoke" } else { "hub" };
        text.push_str(&format!(
            "resource \"azurerm_virtual_network\" \"{name}\" {{\n  name = \"vnet-{name}\"\n  {rg}\n  location = \
             \"westeurope\"\n  address_space = [\"10.{at}.0.0/16\"]\n}}\nresource \"azurerm_subnet\" \"{name}\" {{\n  \
             name = \"nodes\"\n  {rg}\n  virtual_network_name = azurerm_virtual_network.{name}.name\n  \
             address_prefixes = [\"10.{at}.0.0/24\"]\n}}\nresource \"azurerm_virtual_network_peering\" \"{name}\" \
             {{\n  name = \"to-{other}\"\n  {rg}\n  virtual_network_name = azurerm_virtual_network.{name}.name\n  \
             remote_virtual_network_id = azurerm_virtual_network.{other}.id\n}}\n"
        ));
    }
    for name in linked {
        text.push_str(&format!(
            "resource \"azurerm_private_dns_zone_virtual_network_link\" \"{name}\" {{\n  name = \"{name}\"\n  {rg}\n  \
             private_dns_zone_name = azurerm_private_dns_zone.acr.name\n  virtual_network_id = \
             azurerm_virtual_network.{name}.id\n}}\n"
        ));
    }
    text.push_str(&format!(
        "resource \"azurerm_private_dns_zone\" \"acr\" {{\n  name = \"privatelink.azurecr.io\"\n  {rg}\n}}\nresource \
         \"azurerm_private_endpoint\" \"acr\" {{\n  name = \"pe-acr\"\n  {rg}\n  location = \"westeurope\"\n  subnet_id = \
         azurerm_subnet.hub.id\n  private_service_connection {{\n    name = \"acr\"\n    private_connection_resource_id = \
         azurerm_container_registry.acr.id\n    subresource_names = [\"registry\"]\n    is_manual_connection = \
         false\n  }}\n  private_dns_zone_group {{\n    name = \"default\"\n    private_dns_zone_ids = \
         [azurerm_private_dns_zone.acr.id]\n  }}\n}}\nresource \"azurerm_kubernetes_cluster_node_pool\" \"spoke\" {{\n  \
         name = \"spoke\"\n  kubernetes_cluster_id = azurerm_kubernetes_cluster.shop.id\n  vm_size = \
         \"Standard_D4s_v5\"\n  vnet_subnet_id = azurerm_subnet.spoke.id\n}}\n"
    ));
    text
}

#[test]
fn pools_with_two_fates_are_two_boxes() {
    let graph = drawn(&[("main.tf", &private(&["hub"])), ("web.yaml", &deployment("shop", "web"))]);
    let boxes: Vec<_> = graph.nodes.iter().filter(|node| node.kind == Kind::Nodes).collect();
    assert_eq!(boxes.len(), 2, "{graph:#?}");
    // A pod may land on either, so that nobody can say that it fails.
    let edge = graph.edges.iter().find(|edge| edge.rules == ["ACR303"]).expect("the link that is missing");
    assert_eq!(edge.verdict, Verdict::Unknown);
    assert_eq!(text_of(&graph, edge.from), "nodes pool spoke subnet vnet-spoke/nodes");
    assert_eq!(text_of(&graph, edge.to), "private zone privatelink.azurecr.io");
    let linked = graph.edges.iter().find(|edge| edge.lines == ["linked"]).expect("the link that is there");
    assert_eq!((linked.verdict, linked.to), (Verdict::Fine, edge.to));
}

#[test]
fn a_private_way_is_drawn_step_by_step() {
    let graph = drawn(&[("main.tf", &private(&["hub", "spoke"])), ("web.yaml", &deployment("shop", "web"))]);
    assert_eq!((graph.pulls.fine, broken(&graph).len()), (1, 0), "{graph:#?}");
    let told: Vec<&str> = graph.edges.iter().flat_map(|edge| &edge.lines).map(String::as_str).collect();
    for step in ["AcrPull", "linked", "record", "peered", "private link"] {
        assert!(told.contains(&step), "{step} is not among {told:?}");
    }
    let none = drawn(&[("main.tf", &private(&[])), ("web.yaml", &deployment("shop", "web"))]);
    let red = broken(&none);
    assert!(!red.is_empty() && red.iter().all(|edge| edge.missing && edge.rules == ["ACR303"]), "{red:?}");
}

#[test]
fn workloads_with_one_fate_are_one_box() {
    let some: String = (0..12).map(|at| deployment("shop", &format!("web{at}"))).collect();
    let graph = drawn(&[("main.tf", &terraform(&["shop"], &["shop"])), ("web.yaml", &some)]);
    let workloads: Vec<_> = graph.nodes.iter().filter(|node| node.kind == Kind::Workload).collect();
    let [one] = workloads.as_slice() else { panic!("{graph:#?}") };
    assert_eq!(one.lines.first().map(String::as_str), Some("12 workloads"));
    assert_eq!((graph.pulls.fine, graph.left_out.all()), (12, 0));
    let few: String = (0..MOST_ALIKE).map(|at| deployment("shop", &format!("web{at}"))).collect();
    let graph = drawn(&[("main.tf", &terraform(&["shop"], &["shop"])), ("web.yaml", &few)]);
    assert_eq!(graph.nodes.iter().filter(|node| node.kind == Kind::Workload).count(), MOST_ALIKE);
}

#[test]
fn a_picture_has_bounds_and_draws_what_is_broken_first() {
    // Each has a pull secret in its own namespace, so that no two have the same fate.
    let secret = "spec:\n      imagePullSecrets:\n        - name: creds\n      containers";
    let own = |at| deployment(&format!("team{at}"), "web").replace("spec:\n      containers", secret);
    let many: String = (0..2_000).map(own).collect();
    let bad = deployment("zz", "bad").replace("azurecr.io", "azurecr.com");
    let graph = drawn(&[("main.tf", &terraform(&["shop"], &["shop"])), ("a.yaml", &many), ("z.yaml", &bad)]);
    assert!(graph.nodes.len() <= MOST_NODES && graph.edges.len() <= MOST_EDGES);
    assert_eq!(graph.pulls.all(), 2_001);
    assert_eq!(graph.left_out.broken, 0);
    let drawn = graph.nodes.iter().filter(|node| node.kind == Kind::Workload).count();
    assert_eq!(graph.workloads_left_out, 2_001 - drawn);
    assert!(graph.nodes.iter().any(|node| node.verdict == Some(Verdict::Broken)), "{:#?}", graph.nodes.first());
}

#[test]
fn many_namespaces_with_one_fate_are_one_box() {
    let many: String = (0..30).map(|at| deployment(&format!("team{at}"), "web")).collect();
    let graph = drawn(&[("main.tf", &terraform(&["shop"], &["shop"])), ("web.yaml", &many)]);
    let workloads: Vec<_> = graph.nodes.iter().filter(|node| node.kind == Kind::Workload).collect();
    let [one] = workloads.as_slice() else { panic!("{graph:#?}") };
    assert_eq!(one.lines.first().map(String::as_str), Some("30 workloads"));
    assert_eq!(one.lines.get(1).map(String::as_str), Some("in 30 namespaces"));
    assert_eq!((graph.groups.len(), graph.pulls.fine, graph.left_out.all()), (1, 30, 0));
}

#[test]
fn namesakes_are_told_apart_by_their_files() {
    let graph =
        drawn(&[("a/main.tf", &terraform(&["shop"], &["shop"])), ("b/main.tf", &terraform(&["shop"], &["shop"]))]);
    let mut titles: Vec<_> = graph.groups.iter().map(|group| &*group.title).collect();
    titles.sort_unstable();
    assert_eq!(titles, ["cluster aks-shop · a/main.tf", "cluster aks-shop · b/main.tf"]);
    assert!(graph.nodes.iter().any(|node| node.lines == ["registry contosoacr", "b/main.tf"]), "{graph:#?}");
}

#[test]
fn a_tree_without_pulls_is_an_empty_picture() {
    assert_eq!(drawn(&[("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n")]), Graph::default());
}
