//! What carries traffic from network to network beside peerings: hubs, gateways, circuits, network managers. That they are
//! there, and what they join, is all that is asked of them.

use super::table::As::Same;
use super::table::{BASE, Field, GROUP, NAME, Parent, Type, plain};

const NETWORK: &[Field] = &[("remote_virtual_network_id", "properties.remoteVirtualNetwork.id", Same)];
const HUB: &[Field] =
    &[("virtual_wan_id", "properties.virtualWan.id", Same), ("address_prefix", "properties.addressPrefix", Same)];
const GATEWAY: &[Field] = &[
    ("type", "properties.gatewayType", Same),
    ("vpn_type", "properties.vpnType", Same),
    ("sku", "properties.sku.name", Same),
];
const IN_HUB: &[Field] = &[("virtual_hub_id", "properties.virtualHub.id", Same)];
const CONNECTION: &[Field] = &[
    ("type", "properties.connectionType", Same),
    ("virtual_network_gateway_id", "properties.virtualNetworkGateway1.id", Same),
    ("peer_virtual_network_gateway_id", "properties.virtualNetworkGateway2.id", Same),
];
const CONNECTIVITY: &[Field] = &[("connectivity_topology", "properties.connectivityTopology", Same)];

pub(super) const TYPES: &[Type] = &[
    plain("azurerm_virtual_wan", "Microsoft.Network/virtualWans", GROUP, &[BASE]),
    plain("azurerm_virtual_hub", "Microsoft.Network/virtualHubs", GROUP, &[BASE, HUB]),
    plain(
        "azurerm_virtual_hub_connection",
        "Microsoft.Network/virtualHubs/hubVirtualNetworkConnections",
        Parent::Child(&["virtual_hub_id"], &[]),
        &[NAME, NETWORK],
    ),
    plain("azurerm_virtual_network_gateway", "Microsoft.Network/virtualNetworkGateways", GROUP, &[BASE, GATEWAY]),
    plain("azurerm_virtual_network_gateway_connection", "Microsoft.Network/connections", GROUP, &[BASE, CONNECTION]),
    plain("azurerm_vpn_gateway", "Microsoft.Network/vpnGateways", GROUP, &[BASE, IN_HUB]),
    plain("azurerm_express_route_gateway", "Microsoft.Network/expressRouteGateways", GROUP, &[BASE, IN_HUB]),
    plain("azurerm_express_route_circuit", "Microsoft.Network/expressRouteCircuits", GROUP, &[BASE]),
    plain("azurerm_network_manager", "Microsoft.Network/networkManagers", GROUP, &[BASE]),
    plain(
        "azurerm_network_manager_connectivity_configuration",
        "Microsoft.Network/networkManagers/connectivityConfigurations",
        Parent::Child(&["network_manager_id"], &[]),
        &[NAME, CONNECTIVITY],
    ),
];
