//! Public ways to a registry: addresses that it admits, and rules on the way out of the cluster's network.

use super::{Form, are_together, fit, group, name, told};
use crate::edit::symbol;
use crate::ir::Resource;
use crate::world::network::address::PREFIX;
use crate::world::registry::Registry;

/// Let a registry admit an address or a range, such as that of a cluster's outbound traffic; or the address of a resource
/// of the tree, which is read from that.
pub fn admit_address(registry: &Registry<'_>, address: &str, of: Option<&Resource>) -> String {
    let at = registry.resource;
    if let Some(of) = of.filter(|of| are_together(of, at)) {
        return admit_resource(at, of);
    }
    let address = fit(address);
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

fn admit_resource(at: &Resource, of: &Resource) -> String {
    let is_range = of.is_kind(PREFIX);
    let (own, kind, property) = match is_range {
        true => (symbol(of, false), "public-ip prefix", "ipPrefix"),
        false => (symbol(of, false), "public-ip", "ipAddress"),
    };
    let piece = match Form::of(at.language) {
        Form::Bicep => Some(format!(
            "to `networkRuleSet` of `{}`\nipRules: [\n  {{ action: 'Allow', value: {own}.properties.{property} }}\n]",
            symbol(at, false)
        )),
        Form::Arm => Some(format!(
            "to `networkRuleSet` of `{}`\n\"ipRules\": [ {{ \"action\": \"Allow\", \"value\": \"[reference(resourceId('{}', \
             '{}')).{property}]\" }} ]",
            name(at),
            of.kind,
            name(of)
        )),
        Form::Terraform => Some(format!(
            "to `network_rule_set` of `{}`\nip_rule {{\n  action   = \"Allow\"\n  ip_range = {}\n}}",
            symbol(at, false),
            if is_range { format!("{own}.ip_prefix") } else { format!("\"${{{own}.ip_address}}/32\"") }
        )),
        Form::Command => None,
    };
    let command = format!(
        "az acr network-rule add --name {} --ip-address $(az network {kind} show --resource-group {} --name {} --query \
         {property} --output tsv)",
        name(at),
        group(of),
        name(of)
    );
    told(piece, &command)
}

/// Let a network security group pass what pulls need: rules before the one that denies it, each to a service tag with a
/// priority that is free.
pub fn allow_out(security_group: &Resource, rules: &[(&str, i64)]) -> String {
    let mut pieces = Vec::new();
    let mut commands = Vec::new();
    for (tag, priority) in rules {
        pieces.push(rule(security_group, &Passing { tag, priority: *priority, inbound: false }));
        commands.push(rule_command(security_group, tag, *priority, "Outbound"));
    }
    told(joined(security_group, pieces), &commands.join("` and `"))
}

/// Let a network security group pass what comes in from the network of the nodes.
pub fn allow_in(security_group: &Resource, priority: i64) -> String {
    let passing = Passing { tag: "VirtualNetwork", priority, inbound: true };
    let piece = joined(security_group, vec![rule(security_group, &passing)]);
    told(piece, &rule_command(security_group, passing.tag, priority, "Inbound"))
}

/// Traffic that a rule lets pass.
struct Passing<'t> {
    tag: &'t str,
    priority: i64,
    inbound: bool,
}

/// A group that lists its rules loses those that are declared beside it when it is deployed again.
fn lists_rules(group: &Resource) -> bool {
    group.body.at(&["properties", "securityRules"]).is_some_and(|list| !list.is_null())
}

/// The rules with what they are to be added to.
fn joined(group: &Resource, rules: Vec<Option<String>>) -> Option<String> {
    let rules: Option<Vec<String>> = rules.into_iter().collect();
    let between = if Form::of(group.language) == Form::Arm { ",\n" } else { "\n" };
    let rules = rules?.join(between);
    Some(match Form::of(group.language) {
        Form::Terraform if lists_rules(group) => format!("to `{}`\n{rules}", symbol(group, false)),
        Form::Bicep if lists_rules(group) => format!("to `securityRules` of `{}`\n{rules}", symbol(group, false)),
        Form::Arm => format!("to `securityRules` of `{}`\n{rules}", name(group)),
        _ => rules,
    })
}

fn rule(group: &Resource, passing: &Passing<'_>) -> Option<String> {
    let tag = fit(passing.tag);
    let own = format!("allow{}", tag.chars().filter(char::is_ascii_alphanumeric).collect::<String>());
    let (of, called) = (symbol(group, false), format!("allow-{tag}"));
    let lists = lists_rules(group);
    Some(match Form::of(group.language) {
        Form::Bicep if lists => format!("{{\n  name: '{called}'\n  properties: {{\n{}\n  }}\n}}", passing.bicep()),
        Form::Bicep => format!(
            "resource {own} 'Microsoft.Network/networkSecurityGroups/securityRules@2023-11-01' = {{\n  parent: {of}\n  name: \
             '{called}'\n  properties: {{\n{}\n  }}\n}}",
            passing.bicep()
        ),
        Form::Arm => format!("{{\n  \"name\": \"{called}\",\n  \"properties\": {{\n{}\n  }}\n}}", passing.arm()),
        Form::Terraform if lists => {
            format!("security_rule {{\n{}\n}}", passing.terraform(&[("name", format!("\"{called}\""))]))
        }
        Form::Terraform => {
            let head = [
                ("name", format!("\"{called}\"")),
                ("resource_group_name", format!("{of}.resource_group_name")),
                ("network_security_group_name", format!("{of}.name")),
            ];
            format!("resource \"azurerm_network_security_rule\" \"{own}\" {{\n{}\n}}", passing.terraform(&head))
        }
        Form::Command => return None,
    })
}

impl Passing<'_> {
    /// What the rule says beside its number, by the names of Azure and of Terraform.
    fn members(&self) -> [(&'static str, &'static str, String); 7] {
        let direction = if self.inbound { "Inbound" } else { "Outbound" };
        [
            ("direction", "direction", direction.to_owned()),
            ("access", "access", "Allow".to_owned()),
            ("protocol", "protocol", "Tcp".to_owned()),
            ("sourceAddressPrefix", "source_address_prefix", "VirtualNetwork".to_owned()),
            ("sourcePortRange", "source_port_range", "*".to_owned()),
            ("destinationAddressPrefix", "destination_address_prefix", fit(self.tag)),
            ("destinationPortRange", "destination_port_range", "443".to_owned()),
        ]
    }

    fn bicep(&self) -> String {
        let members = self.members().map(|(key, _, value)| format!("\n    {key}: '{value}'"));
        format!("    priority: {}{}", self.priority, members.concat())
    }

    fn arm(&self) -> String {
        let members = self.members().map(|(key, _, value)| format!(",\n    \"{key}\": \"{value}\""));
        format!("    \"priority\": {}{}", self.priority, members.concat())
    }

    /// The same after what names it, the signs of equality below each other.
    fn terraform(&self, head: &[(&str, String)]) -> String {
        let members = self.members().map(|(_, key, value)| (key, format!("\"{value}\"")));
        let all = head.iter().cloned().chain([("priority", self.priority.to_string())]).chain(members);
        let all: Vec<(&str, String)> = all.collect();
        let width = all.iter().map(|(key, _)| key.len()).max().unwrap_or_default();
        all.iter().map(|(key, value)| format!("  {key:width$} = {value}")).collect::<Vec<_>>().join("\n")
    }
}

fn rule_command(security_group: &Resource, tag: &str, priority: i64, direction: &str) -> String {
    format!(
        "az network nsg rule create --resource-group {} --nsg-name {} --name allow-{tag} --priority {priority} --direction \
         {direction} --access Allow --protocol Tcp --source-address-prefixes VirtualNetwork --destination-address-prefixes {tag} \
         --destination-port-ranges 443",
        group(security_group),
        name(security_group)
    )
}

/// Let a firewall, or the policy that it has, pass HTTPS from these ranges to hosts.
pub fn allow_through_firewall(firewall: &Resource, hosts: &[String], from: &[String]) -> String {
    let classic = firewall.is_kind("Microsoft.Network/azureFirewalls");
    let quoted =
        |all: &[String], quote: &str| all.iter().map(|it| format!("{quote}{it}{quote}")).collect::<Vec<_>>().join(", ");
    let hosts: Vec<String> = hosts.iter().map(|host| fit(host)).collect();
    let from = if from.is_empty() { vec!["<range of the nodes>".to_owned()] } else { from.to_vec() };
    let kind = if classic { "" } else { "ruleType: 'ApplicationRule'\n  " };
    let piece = match Form::of(firewall.language) {
        Form::Bicep => Some(format!(
            "to an application rule collection that allows\n{{\n  {kind}name: 'registry'\n  sourceAddresses: [ {} ]\n  \
             protocols: [ {{ protocolType: 'Https', port: 443 }} ]\n  targetFqdns: [ {} ]\n}}",
            quoted(&from, "'"),
            quoted(&hosts, "'")
        )),
        Form::Arm => Some(format!(
            "to an application rule collection that allows\n{{\n  {}\"name\": \"registry\",\n  \"sourceAddresses\": [ {} \
             ],\n  \"protocols\": [ {{ \"protocolType\": \"Https\", \"port\": 443 }} ],\n  \"targetFqdns\": [ {} ]\n}}",
            if classic { "" } else { "\"ruleType\": \"ApplicationRule\",\n  " },
            quoted(&from, "\""),
            quoted(&hosts, "\"")
        )),
        Form::Terraform => Some(format!(
            "to an application rule collection that allows\nrule {{\n  name              = \"registry\"\n  source_addresses  \
             = [{}]\n  {} = [{}]\n  {} {{\n    type = \"Https\"\n    port = 443\n  }}\n}}",
            quoted(&from, "\""),
            if classic { "target_fqdns     " } else { "destination_fqdns" },
            quoted(&hosts, "\""),
            if classic { "protocol" } else { "protocols" }
        )),
        Form::Command => None,
    };
    let (of, called) = (group(firewall), name(firewall));
    let ends = format!(
        "--protocols Https=443 --source-addresses {} --target-fqdns {}",
        from.join(" "),
        hosts.iter().map(|host| format!("\"{host}\"")).collect::<Vec<_>>().join(" ")
    );
    let command = match classic {
        true => format!(
            "az network firewall application-rule create --resource-group {of} --firewall-name {called} --collection-name \
             <collection> --name registry {ends}"
        ),
        false => format!(
            "az network firewall policy rule-collection-group collection rule add --resource-group {of} --policy-name {called} \
             --rule-collection-group-name <group> --collection-name <collection> --rule-type ApplicationRule --name registry {ends}"
        ),
    };
    told(piece, &command)
}
