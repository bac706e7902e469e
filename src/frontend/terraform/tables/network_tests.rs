//! Networks in Resource Manager's shape.

use serde_json::{Value as Json, json};

use super::table_tests::{body, deployment, found, shown, text};
use crate::ir::Origin;

#[test]
fn what_is_associated_is_a_change() {
    let deployment = deployment(&[(
        "main.tf",
        r#"
resource "azurerm_virtual_network" "vnet" {
  name                = "vnet"
  resource_group_name = "rg"
  subnet {
    name             = "nodes"
    address_prefixes = ["10.0.0.0/24"]
    security_group   = "nsg"
    service_endpoints = ["Microsoft.ContainerRegistry"]
  }
}
resource "azurerm_subnet" "pe" {
  name                 = "pe"
  resource_group_name  = "rg"
  virtual_network_name = azurerm_virtual_network.vnet.name
  service_endpoint {
    service = "Microsoft.Storage"
  }
}
resource "azurerm_subnet_nat_gateway_association" "nat" {
  subnet_id      = azurerm_subnet.pe.id
  nat_gateway_id = azurerm_nat_gateway.nat.id
}
resource "azurerm_nat_gateway" "nat" {
}
resource "azurerm_nat_gateway_public_ip_association" "ip" {
  nat_gateway_id       = azurerm_nat_gateway.nat.id
  public_ip_address_id = "ip"
}
resource "azurerm_virtual_network_dns_servers" "dns" {
  virtual_network_id = azurerm_virtual_network.vnet.id
  dns_servers        = ["10.0.0.4"]
}
"#,
    )]);
    let vnet = shown(&found(&deployment, "azurerm_virtual_network.vnet").body);
    assert_eq!(
        vnet["properties"]["subnets"],
        json!([{ "name": "nodes", "properties": {
            "networkSecurityGroup": { "id": "nsg" },
            "addressPrefixes": ["10.0.0.0/24"],
            "serviceEndpoints": [{ "service": "Microsoft.ContainerRegistry" }],
        } }])
    );
    let subnet = found(&deployment, "azurerm_subnet.pe");
    assert_eq!(shown(&subnet.body)["properties"]["serviceEndpoints"], json!([{ "service": "Microsoft.Storage" }]));
    assert_eq!(text(&subnet.id), "id: Microsoft.Network/virtualNetworks/subnets/vnet/pe");
    let change = |address: &str| {
        let change = found(&deployment, address);
        assert_eq!(change.origin, Origin::Update);
        (change.kind.to_string(), text(&change.id), shown(&change.body))
    };
    assert_eq!(
        change("azurerm_subnet_nat_gateway_association.nat"),
        (
            "Microsoft.Network/virtualNetworks/subnets".to_owned(),
            "=> azurerm_subnet.pe#id".to_owned(),
            json!({ "properties": { "natGateway": { "id": "=> azurerm_nat_gateway.nat#id" } } })
        )
    );
    assert_eq!(
        change("azurerm_nat_gateway_public_ip_association.ip").2,
        // It is added to what is there.
        json!({ "properties": { "publicIpAddresses": [{ "id": "ip" }, "…"] } })
    );
    assert_eq!(
        change("azurerm_virtual_network_dns_servers.dns").2,
        json!({ "properties": { "dhcpOptions": { "dnsServers": ["10.0.0.4"] } } })
    );
}

#[test]
fn connections_that_wait_for_approval_stand_apart() {
    let endpoint = |flag: &str| {
        let text = format!(
            r#"
variable "manual" {{}}
resource "azurerm_private_endpoint" "pe" {{
  subnet_id = "subnet"
  private_service_connection {{
    name                           = "acr"
    private_connection_resource_id = "registry"
    subresource_names              = ["registry"]
    is_manual_connection           = {flag}
  }}
  ip_configuration {{
    name               = "login"
    private_ip_address = "10.0.0.5"
    subresource_name   = "registry"
    member_name        = "registry"
  }}
  private_dns_zone_group {{
    name                 = "acr"
    private_dns_zone_ids = ["zone"]
  }}
}}
"#
        );
        body(&text, "azurerm_private_endpoint.pe")["properties"].take()
    };
    let connection =
        json!([{ "name": "acr", "properties": { "privateLinkServiceId": "registry", "groupIds": ["registry"] } }]);
    let plain = endpoint("false");
    assert_eq!(plain["privateLinkServiceConnections"], connection);
    assert_eq!(plain["manualPrivateLinkServiceConnections"], Json::Null);
    assert_eq!(
        plain["privateDnsZoneGroups"],
        json!([{ "name": "acr", "properties": {
            "privateDnsZoneConfigs": [{ "properties": { "privateDnsZoneId": "zone" } }],
        } }])
    );
    assert_eq!(plain["ipConfigurations"][0]["properties"]["privateIPAddress"], json!("10.0.0.5"));
    let manual = endpoint("true");
    assert_eq!(manual["manualPrivateLinkServiceConnections"], connection);
    assert_eq!(manual["privateLinkServiceConnections"], Json::Null);
    let unclear = endpoint("var.manual");
    assert_eq!(unclear["manualPrivateLinkServiceConnections"], json!("?"));
    assert_eq!(unclear["privateLinkServiceConnections"], json!("?"));
}

#[test]
fn rules_of_firewalls_and_security_groups() {
    let terraform = r#"
resource "azurerm_firewall_policy_rule_collection_group" "group" {
  name               = "aks"
  firewall_policy_id = azurerm_firewall_policy.policy.id
  priority           = 100
  application_rule_collection {
    name     = "acr"
    priority = 110
    action   = "Allow"
    rule {
      name              = "login"
      source_addresses  = ["*"]
      destination_fqdns = ["*.azurecr.io"]
      protocols {
        type = "Https"
        port = 443
      }
    }
  }
  network_rule_collection {
    name     = "ntp"
    priority = 120
    action   = "Allow"
    rule {
      name              = "time"
      protocols         = ["UDP"]
      destination_ports = ["123"]
    }
  }
}
resource "azurerm_firewall_policy" "policy" {
}
resource "azurerm_firewall_application_rule_collection" "classic" {
  name                = "acr"
  azure_firewall_name = "fw"
  resource_group_name = "rg"
  priority            = 100
  action              = "Allow"
  rule {
    name         = "login"
    target_fqdns = ["*.azurecr.io"]
  }
}
resource "azurerm_network_security_group" "nsg" {
  security_rule {
    name                       = "registry"
    direction                  = "Outbound"
    priority                   = 100
    destination_address_prefix = "AzureContainerRegistry"
  }
}
resource "azurerm_network_security_rule" "deny" {
  name                        = "deny"
  network_security_group_name = "nsg"
  resource_group_name         = "rg"
  access                      = "Deny"
}
"#;
    let group = body(terraform, "azurerm_firewall_policy_rule_collection_group.group");
    assert_eq!(
        group["properties"]["ruleCollections"],
        json!([
            {
                "ruleCollectionType": "FirewallPolicyFilterRuleCollection",
                "name": "acr", "priority": 110, "action": { "type": "Allow" },
                "rules": [{
                    "ruleType": "ApplicationRule", "name": "login", "sourceAddresses": ["*"],
                    "targetFqdns": ["*.azurecr.io"], "protocols": [{ "protocolType": "Https", "port": 443 }],
                }],
            },
            {
                "ruleCollectionType": "FirewallPolicyFilterRuleCollection",
                "name": "ntp", "priority": 120, "action": { "type": "Allow" },
                "rules": [{
                    "ruleType": "NetworkRule", "name": "time", "destinationPorts": ["123"], "ipProtocols": ["UDP"],
                }],
            },
        ])
    );
    let classic = body(terraform, "azurerm_firewall_application_rule_collection.classic");
    assert_eq!(
        classic["properties"]["applicationRuleCollections"],
        json!([{ "name": "acr", "properties": {
            "priority": 100, "action": { "type": "Allow" },
            "rules": [{ "name": "login", "targetFqdns": ["*.azurecr.io"] }],
        } }, "…"])
    );
    let deployment = deployment(&[("main.tf", terraform)]);
    let classic = found(&deployment, "azurerm_firewall_application_rule_collection.classic");
    assert_eq!(
        (classic.origin, text(&classic.id)),
        (Origin::Update, "id: Microsoft.Network/azureFirewalls/fw".to_owned())
    );
    assert_eq!(
        body(terraform, "azurerm_network_security_group.nsg")["properties"]["securityRules"],
        json!([{ "name": "registry", "properties": {
            "direction": "Outbound", "priority": 100, "destinationAddressPrefix": "AzureContainerRegistry",
        } }])
    );
    let rule = found(&deployment, "azurerm_network_security_rule.deny");
    assert_eq!(text(&rule.id), "id: Microsoft.Network/networkSecurityGroups/securityRules/nsg/deny");
    assert_eq!(shown(&rule.body)["properties"], json!({ "access": "Deny" }));
}
