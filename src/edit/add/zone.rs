//! The private DNS zone that names a registry's endpoint: the zone itself, its links, the groups that keep its records.

use super::{Form, are_together, group, id_in_command, id_of, name, told};
use crate::edit::symbol;
use crate::ir::Resource;

/// Link a private DNS zone to a network.
pub fn link_zone(zone: &Resource, network: &Resource) -> String {
    let (zone_name, vnet, id) = (name(zone), name(network), id_of(network, zone));
    let piece = match Form::of(zone.language) {
        Form::Bicep => Some(bicep_link(&symbol(zone, false), &vnet, &id)),
        Form::Arm => Some(format!(
            "{{\n  \"type\": \"Microsoft.Network/privateDnsZones/virtualNetworkLinks\",\n  \"apiVersion\": \
             \"2020-06-01\",\n  \"name\": \"{zone_name}/link-to-{vnet}\",\n  \"location\": \"global\",\n  \"dependsOn\": [ \
             \"{}\" ],\n  \"properties\": {{\n    \"registrationEnabled\": false,\n    \"virtualNetwork\": {{ \"id\": \"{id}\" \
             }}\n  }}\n}}",
            id_of(zone, zone)
        )),
        Form::Terraform => Some(terraform_link(&symbol(zone, false), &vnet, &id)),
        Form::Command => None,
    };
    told(piece, &link_command(&group(zone), &zone_name, network))
}

fn bicep_link(zone: &str, vnet: &str, id: &str) -> String {
    format!(
        "resource registryZoneLink 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2020-06-01' = {{\n  parent: {zone}\n  \
         name: 'link-to-{vnet}'\n  location: 'global'\n  properties: {{\n    registrationEnabled: false\n    \
         virtualNetwork: {{ id: {id} }}\n  }}\n}}"
    )
}

fn terraform_link(zone: &str, vnet: &str, id: &str) -> String {
    format!(
        "resource \"azurerm_private_dns_zone_virtual_network_link\" \"registry\" {{\n  name                  = \
         \"link-to-{vnet}\"\n  resource_group_name   = {zone}.resource_group_name\n  private_dns_zone_name = {zone}.name\n  \
         virtual_network_id    = {id}\n}}"
    )
}

fn link_command(group: &str, zone: &str, network: &Resource) -> String {
    format!(
        "az network private-dns link vnet create --resource-group {group} --zone-name {zone} --name link-to-{} \
         --virtual-network {} --registration-enabled false",
        name(network),
        id_in_command(network)
    )
}

/// Make the zone of this name, link it to the network of the nodes, and let a private endpoint keep its records there.
pub fn make_zone(zone: &str, network: &Resource, endpoint: &Resource) -> String {
    let (vnet, id) = (name(network), id_of(network, endpoint));
    let piece = match Form::of(endpoint.language) {
        Form::Bicep => Some(format!(
            "resource registryZone 'Microsoft.Network/privateDnsZones@2020-06-01' = {{\n  name: '{zone}'\n  location: \
             'global'\n}}\n{}\n{}",
            bicep_link("registryZone", &vnet, &id),
            bicep_group(&symbol(endpoint, false), "registryZone.id")
        )),
        Form::Terraform => Some(format!(
            "resource \"azurerm_private_dns_zone\" \"registry\" {{\n  name                = \"{zone}\"\n  resource_group_name = \
             {own}.resource_group_name\n}}\n{}\nand to `{own}`\n{}",
            terraform_link("azurerm_private_dns_zone.registry", &vnet, &id),
            terraform_group("azurerm_private_dns_zone.registry.id"),
            own = symbol(endpoint, false)
        )),
        Form::Arm | Form::Command => None,
    };
    let of = group(endpoint);
    let create = format!("az network private-dns zone create --resource-group {of} --name {zone}");
    let commands =
        [create, link_command(&of, zone, network), group_command(endpoint, &format!("<id of the zone {zone}>"))];
    told(piece, &commands.join("` and `"))
}

/// Register a private endpoint in a zone.
pub fn zone_group(endpoint: &Resource, zone: Option<&Resource>) -> String {
    let zone_id = match zone {
        Some(zone) => id_of(zone, endpoint),
        None => "<id of the zone privatelink.azurecr.io>".to_owned(),
    };
    let own = symbol(endpoint, false);
    let piece = match Form::of(endpoint.language) {
        Form::Bicep => Some(bicep_group(&own, &zone_id)),
        Form::Terraform => Some(format!("to `{own}`\n{}", terraform_group(&zone_id).trim_end())),
        Form::Arm => Some(format!(
            "{{\n  \"type\": \"Microsoft.Network/privateEndpoints/privateDnsZoneGroups\",\n  \"apiVersion\": \
             \"2023-11-01\",\n  \"name\": \"{0}/registry\",\n  \"dependsOn\": [ \"{1}\" ],\n  \"properties\": {{\n    \
             \"privateDnsZoneConfigs\": [ {{ \"name\": \"registry\", \"properties\": {{ \"privateDnsZoneId\": \"{zone_id}\" }} \
             }} ]\n  }}\n}}",
            name(endpoint),
            id_of(endpoint, endpoint)
        )),
        Form::Command => None,
    };
    let looked_up = match zone.filter(|zone| are_together(zone, endpoint)) {
        Some(zone) => id_in_command(zone),
        None => "<id of the zone privatelink.azurecr.io>".to_owned(),
    };
    told(piece, &group_command(endpoint, &looked_up))
}

fn group_command(endpoint: &Resource, zone: &str) -> String {
    format!(
        "az network private-endpoint dns-zone-group create --resource-group {} --endpoint-name {} --name registry --zone-name \
         registry --private-dns-zone {zone}",
        group(endpoint),
        name(endpoint)
    )
}

pub(super) fn bicep_group(endpoint: &str, zone: &str) -> String {
    format!(
        "resource registryZoneGroup 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2023-11-01' = {{\n  parent: \
         {endpoint}\n  name: 'registry'\n  properties: {{\n    privateDnsZoneConfigs: [\n      {{ name: 'registry', properties: \
         {{ privateDnsZoneId: {zone} }} }}\n    ]\n  }}\n}}"
    )
}

pub(super) fn terraform_group(zone: &str) -> String {
    format!(
        "  private_dns_zone_group {{\n    name                 = \"registry\"\n    private_dns_zone_ids = [{zone}]\n  }}\n"
    )
}
