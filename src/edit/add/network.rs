//! Private ways to a registry: endpoints, and peerings of the networks between.

use super::zone::{bicep_group, terraform_group};
use super::{Form, are_together, fit, group, id_in_command, id_of, name, told};
use crate::edit::symbol;
use crate::ir::Resource;
use crate::world::network::SUBNET;
use crate::world::network::subnet::Subnet;
use crate::world::registry::Registry;
use crate::world::workload::shown;

/// Peer two networks: traffic needs both sides.
pub fn peer_both(one: &Resource, other: &Resource) -> String {
    let pieces: Option<Vec<String>> =
        [(one, other), (other, one)].map(|(from, to)| side(from, to)).into_iter().collect();
    let commands = [side_command(one, other), side_command(other, one)];
    told(pieces.map(|pieces| pieces.join("\n")), &commands.join("` and `"))
}

/// Peer a network with another one that is peered with it already.
pub fn peer_back(network: &Resource, remote: &Resource) -> String {
    told(side(network, remote), &side_command(network, remote))
}

/// One side of a peering.
fn side(network: &Resource, remote: &Resource) -> Option<String> {
    let (vnet, other, id) = (name(network), name(remote), id_of(remote, network));
    // Both sides may stand in one file.
    let own: String = symbol(remote, false)
        .split('.')
        .next_back()
        .unwrap_or_default()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    match Form::of(network.language) {
        Form::Bicep => Some(format!(
            "resource peeringTo_{own} 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2023-11-01' = {{\n  parent: {}\n  name: \
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
            "resource \"azurerm_virtual_network_peering\" \"to_{own}\" {{\n  name                      = \
             \"to-{other}\"\n  resource_group_name       = {0}.resource_group_name\n  virtual_network_name      = {0}.name\n  \
             remote_virtual_network_id = {id}\n}}",
            symbol(network, false)
        )),
        Form::Command => None,
    }
}

fn side_command(network: &Resource, remote: &Resource) -> String {
    format!(
        "az network vnet peering create --resource-group {} --vnet-name {} --name to-{} --remote-vnet {} --allow-vnet-access",
        group(network),
        name(network),
        name(remote),
        id_in_command(remote)
    )
}

/// Give a registry a private endpoint in a subnet, registered in a zone; what is not known is named in angle brackets.
pub fn private_endpoint(registry: &Registry<'_>, subnet: Option<&Subnet<'_>>, zone: Option<&Resource>) -> String {
    let at = registry.resource;
    let acr = name(at);
    let subnet =
        subnet.map_or_else(|| "<id of a subnet that the nodes reach>".to_owned(), |subnet| subnet_id(subnet, at));
    let zone_id = zone.map_or_else(|| "<id of the zone privatelink.azurecr.io>".to_owned(), |zone| id_of(zone, at));
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

/// An expression for the id of a subnet, for a declaration beside it: of one that its network lists, by its name.
fn subnet_id(subnet: &Subnet<'_>, beside: &Resource) -> String {
    let (own, called) = (subnet.resource, fit(&shown(&subnet.name)));
    match Form::of(beside.language) {
        _ if own.is_kind(SUBNET) => id_of(own, beside),
        Form::Bicep if are_together(own, beside) => format!("'${{{}.id}}/subnets/{called}'", symbol(own, false)),
        Form::Terraform if are_together(own, beside) => format!("\"${{{}.id}}/subnets/{called}\"", symbol(own, false)),
        _ => format!("<id of subnet {called}>"),
    }
}

/// Let a private endpoint lead to another registry than it does.
pub fn lead_to(endpoint: &Resource, registry: &Resource) -> String {
    let id = id_of(registry, endpoint);
    match Form::of(endpoint.language) {
        Form::Bicep => format!("privateLinkServiceId: {id}"),
        Form::Arm => format!("\"privateLinkServiceId\": \"{id}\""),
        Form::Terraform => format!("private_connection_resource_id = {id}"),
        Form::Command => format!("make it anew with `--private-connection-resource-id {}`", id_in_command(registry)),
    }
}
