//! Public ways to a registry: addresses that it admits, and rules on the way out of the cluster's network.

use super::{Form, fit, group, name, told};
use crate::edit::symbol;
use crate::ir::Resource;
use crate::world::registry::Registry;

/// Let a registry admit an address or a range, such as that of a cluster's outbound traffic.
pub fn admit_address(registry: &Registry<'_>, address: &str) -> String {
    let (at, address) = (registry.resource, fit(address));
    let piece = match Form::of(at.language) {
        Form::Bicep => Some(format!(
            "to `networkRuleSet` of `{}`\nipRules: [\n  {{ action: 'Allow', value: '{address}' }}\n]",
            symbol(at, false)
        )),
        Form::Arm => Some(format!(
            "to `networkRuleSet` of `{}`\n\"ipRules\": [ {{ \"action\": \"Allow\", \"value\": \"{address}\" }} ]",
            name(at)
        )),
        Form::Terraform => Some(format!(
            "to `network_rule_set` of `{}`\nip_rule {{\n  action   = \"Allow\"\n  ip_range = \"{address}\"\n}}",
            symbol(at, false)
        )),
        Form::Command => None,
    };
    told(piece, &format!("az acr network-rule add --name {} --ip-address {address}", name(at)))
}

/// Let a network security group pass what pulls need: a rule of this priority, before the one that denies it.
pub fn allow_outbound(security_group: &Resource, tag: &str, priority: u32) -> String {
    let tag = fit(tag);
    let members = |sign: &str, quote: &str| {
        let text = |key: &str, value: &str| format!("    {key}{sign}{quote}{value}{quote}\n");
        [
            text("direction", "Outbound"),
            text("access", "Allow"),
            text("protocol", "Tcp"),
            text("sourceAddressPrefix", "VirtualNetwork"),
            text("sourcePortRange", "*"),
            text("destinationAddressPrefix", &tag),
            text("destinationPortRange", "443"),
        ]
        .concat()
    };
    let piece = match Form::of(security_group.language) {
        Form::Bicep => Some(format!(
            "resource allowRegistry 'Microsoft.Network/networkSecurityGroups/securityRules@2023-11-01' = {{\n  parent: {}\n  \
             name: 'allow-{tag}'\n  properties: {{\n    priority: {priority}\n{}  }}\n}}",
            symbol(security_group, false),
            members(": ", "'")
        )),
        Form::Terraform => Some(format!(
            "resource \"azurerm_network_security_rule\" \"allow_registry\" {{\n  name                        = \
             \"allow-{tag}\"\n  resource_group_name         = {0}.resource_group_name\n  network_security_group_name = \
             {0}.name\n  priority                    = {priority}\n  direction                   = \"Outbound\"\n  \
             access                      = \"Allow\"\n  protocol                    = \"Tcp\"\n  source_address_prefix       \
             = \"VirtualNetwork\"\n  source_port_range           = \"*\"\n  destination_address_prefix  = \"{tag}\"\n  \
             destination_port_range      = \"443\"\n}}",
            symbol(security_group, false)
        )),
        Form::Arm | Form::Command => None,
    };
    let command = format!(
        "az network nsg rule create --resource-group {} --nsg-name {} --name allow-{tag} --priority {priority} --direction \
         Outbound --access Allow --protocol Tcp --source-address-prefixes VirtualNetwork --destination-address-prefixes {tag} \
         --destination-port-ranges 443",
        group(security_group),
        name(security_group)
    );
    told(piece, &command)
}

/// Let a firewall, or the policy that it has, pass HTTPS to hosts.
pub fn allow_through_firewall(firewall: &Resource, hosts: &[String]) -> String {
    let hosts: Vec<String> = hosts.iter().map(|host| fit(host)).collect();
    let listed = |quote: &str| hosts.iter().map(|host| format!("{quote}{host}{quote}")).collect::<Vec<_>>().join(", ");
    let piece = match Form::of(firewall.language) {
        Form::Bicep => Some(format!(
            "to an application rule collection that allows\n{{\n  ruleType: 'ApplicationRule'\n  name: 'registry'\n  \
             sourceAddresses: [ '<range of the nodes>' ]\n  protocols: [ {{ protocolType: 'Https', port: 443 }} ]\n  \
             targetFqdns: [ {} ]\n}}",
            listed("'")
        )),
        Form::Arm => Some(format!(
            "to an application rule collection that allows\n{{\n  \"ruleType\": \"ApplicationRule\",\n  \"name\": \
             \"registry\",\n  \"sourceAddresses\": [ \"<range of the nodes>\" ],\n  \"protocols\": [ {{ \"protocolType\": \
             \"Https\", \"port\": 443 }} ],\n  \"targetFqdns\": [ {} ]\n}}",
            listed("\"")
        )),
        Form::Terraform => Some(format!(
            "to an `application_rule_collection` that allows\nrule {{\n  name              = \"registry\"\n  source_addresses  \
             = [\"<range of the nodes>\"]\n  destination_fqdns = [{}]\n  protocols {{\n    type = \"Https\"\n    port = \
             443\n  }}\n}}",
            listed("\"")
        )),
        Form::Command => None,
    };
    let command = format!(
        "az network firewall application-rule create --resource-group {} --firewall-name {} --collection-name registry --name \
         registry --priority 200 --action Allow --protocols Https=443 --source-addresses <range of the nodes> --target-fqdns {}",
        group(firewall),
        name(firewall),
        hosts.join(" ")
    );
    told(piece, &command)
}
