use super::*;
use crate::frontend::terraform;
use crate::source::{MemoryFiles, Store};

const SUBNET: &str = "Microsoft.Network/virtualNetworks/subnets";
const VNET: &str = "Microsoft.Network/virtualNetworks";
const NAT: &str = "Microsoft.Network/natGateways";
const FIREWALL: &str = "Microsoft.Network/azureFirewalls";

const BASE: &str = r#"
variable "flag" { type = bool }
variable "prefix" {}
variable "id" {}
resource "azurerm_virtual_network" "v" {
  name                = "vnet"
  resource_group_name = "rg"
  dns_servers         = ["10.0.0.4"]
}
resource "azurerm_subnet" "a" {
  name                 = "a"
  resource_group_name  = "rg"
  virtual_network_name = azurerm_virtual_network.v.name
  service_endpoints    = ["Microsoft.Storage"]
}
resource "azurerm_subnet" "b" {
  name                 = "${var.prefix}-b"
  resource_group_name  = "rg"
  virtual_network_name = azurerm_virtual_network.v.name
}
resource "azurerm_nat_gateway" "n" {
  name                = "nat"
  resource_group_name = "rg"
}
resource "azurerm_firewall" "f" {
  name                = "fw"
  resource_group_name = "rg"
}
"#;

fn lowered(changes: &str) -> Vec<Deployment> {
    let text = format!("{BASE}{changes}");
    let store = Store::new(MemoryFiles([("main.tf".into(), text.into())].into_iter().collect()));
    let file = store.open_path("main.tf").unwrap();
    terraform::lower(&store, &[file], &Default::default()).deployments
}

/// A body as it is after these changes.
fn changed(changes: &str, kind: &str, name: &str) -> Node {
    let deployments = lowered(changes);
    let resolver = Resolver::new(&deployments, crate::azure::computed);
    let all = Changes::of(&deployments, &resolver);
    let of_name = |it: &&&Resource| it.address.without_keys().ends_with(name);
    let resource = resolver.of_kind(kind).iter().find(of_name).unwrap();
    all.body_of(resource, &resolver)
}

fn at<'n>(body: &'n Node, path: &str) -> &'n Node {
    let steps: Vec<&str> = path.split('.').collect();
    body.at(&steps).unwrap_or_else(|| panic!("{path} is not in {body:?}"))
}

fn is_doubted(node: &Node) -> bool {
    matches!(node.why(), Some(Why::Overridden(_)))
}

const NSG: &str = r#"
resource "azurerm_subnet_network_security_group_association" "x" {
  subnet_id                 = SUBNET
  network_security_group_id = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/networkSecurityGroups/own"
}
"#;

#[test]
fn an_association_writes_into_its_own_subnet_alone() {
    let change = NSG.replace("SUBNET", "azurerm_subnet.a.id");
    let a = changed(&change, SUBNET, "azurerm_subnet.a");
    assert!(at(&a, "properties.networkSecurityGroup.id").as_str().unwrap().ends_with("/own"));
    assert_eq!(at(&a, "properties.serviceEndpoints").as_list().unwrap().items.len(), 1);
    let b = changed(&change, SUBNET, "azurerm_subnet.b");
    assert_eq!(b.at(&["properties", "networkSecurityGroup"]), None);
}

#[test]
fn an_association_of_a_subnet_that_nobody_knows_may_be_of_any() {
    let change = NSG.replace("SUBNET", "var.id");
    for name in ["azurerm_subnet.a", "azurerm_subnet.b"] {
        let body = changed(&change, SUBNET, name);
        assert!(is_doubted(at(&body, "properties.networkSecurityGroup")), "{body:?}");
        assert!(!body.at(&["properties", "serviceEndpoints"]).is_some_and(is_doubted));
    }
}

#[test]
fn an_id_with_a_known_name_is_of_no_subnet_of_another_name() {
    let id = "\"/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet/subnets/NAME\"";
    let change = |name: &str| NSG.replace("SUBNET", &id.replace("NAME", name));
    let other = changed(&change("other"), SUBNET, "azurerm_subnet.a");
    assert_eq!(other.at(&["properties", "networkSecurityGroup"]), None);
    // The subscription of the provider may be this one or another one.
    let own = changed(&change("A"), SUBNET, "azurerm_subnet.a");
    assert!(is_doubted(at(&own, "properties.networkSecurityGroup")));
    let open = changed(&change("x-b"), SUBNET, "azurerm_subnet.b");
    assert!(is_doubted(at(&open, "properties.networkSecurityGroup")));
    let other = changed(&change("x-c"), SUBNET, "azurerm_subnet.b");
    assert_eq!(other.at(&["properties", "networkSecurityGroup"]), None);
}

#[test]
fn a_conditional_association_leaves_a_choice() {
    let change =
        NSG.replace("SUBNET", "azurerm_subnet.a.id").replace("subnet_id  ", "count = var.flag ? 1 : 0\n  subnet_id  ");
    let body = changed(&change, SUBNET, "azurerm_subnet.a");
    let Value::Choice(choice) = &at(&body, "properties.networkSecurityGroup").value else { panic!("{body:?}") };
    assert!(choice.yes.get("id").is_some() && choice.no.is_null());
}

#[test]
fn two_that_contradict_are_in_doubt_unless_one_of_them_runs() {
    let one = NSG.replace("SUBNET", "azurerm_subnet.a.id");
    let two = one.replace("\"x\"", "\"y\"").replace("/own", "/other");
    let body = changed(&format!("{one}{two}"), SUBNET, "azurerm_subnet.a");
    assert!(is_doubted(at(&body, "properties.networkSecurityGroup.id")), "{body:?}");
    let when = |text: &str, flag: &str| text.replace("subnet_id  ", &format!("count = {flag} ? 1 : 0\n  subnet_id  "));
    let both = format!("{}{}", when(&one, "var.flag"), when(&two, "!var.flag"));
    let body = changed(&both, SUBNET, "azurerm_subnet.a");
    let node = at(&body, "properties.networkSecurityGroup");
    let flags = node.flags();
    for (case, ending) in [(true, "/own"), (false, "/other")] {
        let under = node.under(&Assumption(vec![(flags[0].clone(), case)]));
        assert!(under.get("id").unwrap().as_str().unwrap().ends_with(ending), "{under:?}");
    }
}

#[test]
fn lists_are_replaced_or_added_to() {
    let dns = r#"
resource "azurerm_virtual_network_dns_servers" "d" {
  virtual_network_id = azurerm_virtual_network.v.id
  dns_servers        = ["168.63.129.16"]
}"#;
    let body = changed(dns, VNET, "azurerm_virtual_network.v");
    let servers = at(&body, "properties.dhcpOptions.dnsServers").as_list().unwrap();
    assert_eq!(servers.items.iter().map(|it| it.as_str().unwrap()).collect::<Vec<_>>(), ["168.63.129.16"]);
    let nat = |name: &str| {
        format!(
            "resource \"azurerm_nat_gateway_public_ip_association\" \"{name}\" {{\n  nat_gateway_id = azurerm_nat_gateway.n.id\n  \
             public_ip_address_id = \"/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/publicIPAddresses/{name}\"\n}}\n"
        )
    };
    let body = changed(&format!("{}{}", nat("one"), nat("two")), NAT, "azurerm_nat_gateway.n");
    let list = at(&body, "properties.publicIpAddresses").as_list().unwrap();
    assert_eq!((list.items.len(), &list.open), (2, &None));
}

#[test]
fn an_addition_that_may_be_meant_leaves_the_list_open() {
    let rules = r#"
resource "azurerm_firewall_network_rule_collection" "c" {
  name                = "c"
  azure_firewall_name = var.id
  resource_group_name = "rg"
  priority            = 100
  action              = "Allow"
  rule {
    name                  = "all"
    source_addresses      = ["*"]
    destination_addresses = ["*"]
    destination_ports     = ["443"]
    protocols             = ["TCP"]
  }
}"#;
    let body = changed(rules, FIREWALL, "azurerm_firewall.f");
    assert!(is_doubted(at(&body, "properties.networkRuleCollections")), "{body:?}");
    let sure = rules.replace("var.id", "azurerm_firewall.f.name");
    let body = changed(&sure, FIREWALL, "azurerm_firewall.f");
    let list = at(&body, "properties.networkRuleCollections").as_list().unwrap();
    assert_eq!((list.items.len(), &list.open), (1, &None));
}

#[test]
fn what_azapi_writes_into_lists_of_objects_is_in_doubt() {
    let change = r#"
resource "azapi_update_resource" "u" {
  type        = "Microsoft.Network/virtualNetworks/subnets@2024-05-01"
  resource_id = azurerm_subnet.a.id
  body = { properties = { serviceEndpoints = [{ service = "Microsoft.ContainerRegistry" }], routeTable = { id = "r" } } }
}"#;
    let body = changed(change, SUBNET, "azurerm_subnet.a");
    assert!(is_doubted(at(&body, "properties.serviceEndpoints")));
    assert_eq!(at(&body, "properties.routeTable.id").as_str(), Some("r"));
}

#[test]
fn a_parent_that_writes_its_children_anew_leaves_none_as_it_was() {
    let change = r#"
resource "azapi_update_resource" "u" {
  type        = "Microsoft.Network/virtualNetworks@2024-05-01"
  resource_id = azurerm_virtual_network.v.id
  body = { properties = { subnets = [] } }
}"#;
    let body = changed(change, SUBNET, "azurerm_subnet.a");
    assert!(is_doubted(at(&body, "properties")), "{body:?}");
}

#[test]
fn thousands_of_changes_are_looked_up() {
    let loops = r#"
resource "azurerm_subnet" "many" {
  count                = 2000
  name                 = "s-${count.index}"
  resource_group_name  = "rg"
  virtual_network_name = "vnet"
}
resource "azurerm_subnet_route_table_association" "many" {
  count          = 2000
  subnet_id      = azurerm_subnet.many[count.index].id
  route_table_id = "r-${count.index}"
}
"#;
    let deployments = lowered(loops);
    let resolver = Resolver::new(&deployments, crate::azure::computed);
    let changes = Changes::of(&deployments, &resolver);
    let begun = std::time::Instant::now();
    let mut found = 0;
    for subnet in resolver.of_kind(SUBNET) {
        let body = changes.body_of(subnet, &resolver);
        found += usize::from(body.at(&["properties", "routeTable", "id"]).is_some_and(|id| id.as_str().is_some()));
    }
    assert_eq!(found, 2000);
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
}

fn scripted(text: &str) -> Vec<Deployment> {
    let store = Store::new(MemoryFiles([("net.sh".into(), text.to_owned().into())].into_iter().collect()));
    let file = store.open_path("net.sh").unwrap();
    crate::frontend::script::read(&store, &[file]).lowered.deployments
}

#[test]
fn the_last_command_of_a_script_wins() {
    let deployments = scripted(
        "az network nsg create -g rg -n first\naz network nsg create -g rg -n second\n\
         az network vnet create -g rg -n v --subnet-name nodes --nsg first\n\
         az network vnet subnet update -g rg --vnet-name v -n nodes --nsg second --service-endpoints Microsoft.Storage\n\
         if [ -n \"$X\" ]; then az network vnet subnet update -g rg --vnet-name v -n nodes --nsg \"\"; fi\n\
         az network nsg rule create -g rg --nsg-name second -n r --priority 100 --access Deny\n\
         az network nsg rule update -g rg --nsg-name second -n r --access Allow\n\
         az network vnet subnet update -g rg --vnet-name other -n nodes --route-table rt\n",
    );
    let resolver = Resolver::new(&deployments, crate::azure::computed);
    let changes = Changes::of(&deployments, &resolver);
    let subnet = resolver.of_kind(SUBNET).iter().find(|it| it.origin == Origin::Declared).unwrap();
    let body = changes.body_of(subnet, &resolver);
    let Value::Choice(choice) = &at(&body, "properties.networkSecurityGroup.id").value else { panic!("{body:?}") };
    assert!(choice.yes.is_null());
    assert_eq!(resolver.resource_of(&choice.no).and_then(|it| it.name.as_str()), Some("second"));
    assert_eq!(at(&body, "properties.serviceEndpoints").as_list().unwrap().items.len(), 1);
    assert_eq!(body.at(&["properties", "routeTable"]), None);
    let rule = resolver.of_kind("Microsoft.Network/networkSecurityGroups/securityRules")[0];
    assert_eq!(at(&changes.body_of(rule, &resolver), "properties.access").as_str(), Some("Allow"));
}

#[test]
fn rules_that_commands_add_admit_somebody() {
    let shut = "az acr create -g rg -n shop --sku Premium --default-action Deny\n";
    let is_shut = |text: &str| {
        let deployments = scripted(text);
        let world = World::new(&deployments, Vec::new(), crate::world::Outlook::default());
        let registry = &world.registries[0];
        let rules = world.body_of(registry.resource);
        let rules = rules.at(&["properties", "networkRuleSet", "ipRules"]).and_then(Node::as_list);
        (registry.is_shut().is_some(), rules.map_or(0, |rules| rules.items.len()))
    };
    assert_eq!(is_shut(shut), (true, 0));
    let one = format!("{shut}az acr network-rule add -n shop --ip-address 203.0.113.7\n");
    assert_eq!(is_shut(&one), (false, 1));
    assert_eq!(is_shut(&format!("{one}az acr network-rule add -n shop --ip-address 203.0.113.8\n")), (false, 2));
    assert_eq!(is_shut(&format!("{shut}az acr network-rule add -n other --ip-address 203.0.113.7\n")), (true, 0));
}
