//! Private ways to a registry: endpoints, their zones, links and peerings.

use super::{Form, are_together, group, id_in_command, id_of, name, told};
use crate::edit::symbol;
use crate::ir::Resource;
use crate::world::registry::Registry;

/// Link a private DNS zone to a network.
pub fn link_zone(zone: &Resource, network: &Resource) -> String {
    let (zone_name, vnet, id) = (name(zone), name(network), id_of(network, zone));
    let piece = match Form::of(zone.language) {
        Form::Bicep => Some(format!(
            "resource registryZoneLink 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2020-06-01' = {{\n  parent: {}\n  \
             name: 'link-to-{vnet}'\n  location: 'global'\n  properties: {{\n    registrationEnabled: false\n    \
             virtualNetwork: {{ id: {id} }}\n  }}\n}}",
            symbol(zone, false)
        )),
        Form::Arm => Some(format!(
            "{{\n  \"type\": \"Microsoft.Network/privateDnsZones/virtualNetworkLinks\",\n  \"apiVersion\": \
             \"2020-06-01\",\n  \"name\": \"{zone_name}/link-to-{vnet}\",\n  \"location\": \"global\",\n  \"dependsOn\": [ \
             \"{}\" ],\n  \"properties\": {{\n    \"registrationEnabled\": false,\n    \"virtualNetwork\": {{ \"id\": \"{id}\" \
             }}\n  }}\n}}",
            id_of(zone, zone)
        )),
        Form::Terraform => Some(format!(
            "resource \"azurerm_private_dns_zone_virtual_network_link\" \"registry\" {{\n  name                  = \
             \"link-to-{vnet}\"\n  resource_group_name   = {0}.resource_group_name\n  private_dns_zone_name = {0}.name\n  \
             virtual_network_id    = {id}\n}}",
            symbol(zone, false)
        )),
        Form::Command => None,
    };
    let command = format!(
        "az network private-dns link vnet create --resource-group {} --zone-name {zone_name} --name link-to-{vnet} \
         --virtual-network {} --registration-enabled false",
        group(zone),
        id_in_command(network)
    );
    told(piece, &command)
}

/// Peer a network with another one: this side of it. Traffic needs both sides.
pub fn peer(network: &Resource, remote: &Resource) -> String {
    let (vnet, other, id) = (name(network), name(remote), id_of(remote, network));
    let piece = match Form::of(network.language) {
        Form::Bicep => Some(format!(
            "resource peering 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2023-11-01' = {{\n  parent: {}\n  name: \
             'to-{other}'\n  properties: {{\n    remoteVirtualNetwork: {{ id: {id} }}\n    allowVirtualNetworkAccess: \
             true\n  }}\n}}",
            symbol(network, false)
        )),
        Form::Arm => Some(format!(
            "{{\n  \"type\": \"Microsoft.Network/virtualNetworks/virtualNetworkPeerings\",\n  \"apiVersion\": \
             \"2023-11-01\",\n  \"name\": \"{vnet}/to-{other}\",\n  \"properties\": {{\n    \"remoteVirtualNetwork\": {{ \
             \"id\": \"{id}\" }},\n    \"allowVirtualNetworkAccess\": true\n  }}\n}}"
        )),
        Form::Terraform => Some(format!(
            "resource \"azurerm_virtual_network_peering\" \"to_registry\" {{\n  name                      = \
             \"to-{other}\"\n  resource_group_name       = {0}.resource_group_name\n  virtual_network_name      = {0}.name\n  \
             remote_virtual_network_id = {id}\n}}",
            symbol(network, false)
        )),
        Form::Command => None,
    };
    let command = format!(
        "az network vnet peering create --resource-group {} --vnet-name {vnet} --name to-{other} --remote-vnet {} \
         --allow-vnet-access",
        group(network),
        id_in_command(remote)
    );
    told(piece, &command)
}

/// Give a registry a private endpoint in a subnet, registered in a zone; what is not known is named in angle brackets.
pub fn private_endpoint(registry: &Registry<'_>, subnet: Option<&Resource>, zone: Option<&Resource>) -> String {
    let at = registry.resource;
    let acr = name(at);
    let known = |resource: Option<&Resource>, what: &str| match resource {
        Some(resource) => id_of(resource, at),
        None => format!("<id of {what}>"),
    };
    let subnet = known(subnet, "a subnet that the nodes reach");
    let zone_id = known(zone, "the zone privatelink.azurecr.io");
    let piece = match Form::of(at.language) {
        Form::Bicep => Some(format!(
            "resource registryEndpoint 'Microsoft.Network/privateEndpoints@2023-11-01' = {{\n  name: 'pe-{acr}'\n  location: \
             resourceGroup().location\n  properties: {{\n    subnet: {{ id: {subnet} }}\n    privateLinkServiceConnections: \
             [\n      {{ name: 'registry', properties: {{ privateLinkServiceId: {}.id, groupIds: [ 'registry' ] }} }}\n    \
             ]\n  }}\n}}\n{}",
            symbol(at, false),
            bicep_group("registryEndpoint", &zone_id)
        )),
        Form::Terraform => Some(format!(
            "resource \"azurerm_private_endpoint\" \"registry\" {{\n  name                = \"pe-{acr}\"\n  \
             resource_group_name = {0}.resource_group_name\n  location            = {0}.location\n  subnet_id           = \
             {subnet}\n\n  private_service_connection {{\n    name                           = \"registry\"\n    \
             private_connection_resource_id = {0}.id\n    subresource_names              = [\"registry\"]\n    \
             is_manual_connection           = false\n  }}\n\n{1}}}",
            symbol(at, false),
            terraform_group(&zone_id)
        )),
        Form::Arm | Form::Command => None,
    };
    let command = format!(
        "az network private-endpoint create --resource-group {} --name pe-{acr} --subnet <id of a subnet that the nodes reach> \
         --private-connection-resource-id {} --group-id registry --connection-name registry",
        group(at),
        id_in_command(at)
    );
    told(piece, &command)
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
        Form::Terraform => Some(format!("to `{own}`\n{}", terraform_group(&zone_id))),
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
    let command = format!(
        "az network private-endpoint dns-zone-group create --resource-group {} --endpoint-name {} --name registry --zone-name \
         registry --private-dns-zone {looked_up}",
        group(endpoint),
        name(endpoint)
    );
    told(piece, &command)
}

fn bicep_group(endpoint: &str, zone: &str) -> String {
    format!(
        "resource registryZoneGroup 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2023-11-01' = {{\n  parent: \
         {endpoint}\n  name: 'registry'\n  properties: {{\n    privateDnsZoneConfigs: [\n      {{ name: 'registry', properties: \
         {{ privateDnsZoneId: {zone} }} }}\n    ]\n  }}\n}}"
    )
}

fn terraform_group(zone: &str) -> String {
    format!(
        "  private_dns_zone_group {{\n    name                 = \"registry\"\n    private_dns_zone_ids = [{zone}]\n  }}\n"
    )
}
