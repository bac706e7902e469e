//! Networks: subnets and what is tied to them, peerings, private endpoints, rules, routes, addresses.

use std::sync::Arc;

use super::table::As::{Block, Each, Not, Object, Objects, Same};
use super::table::{BASE, Computed, Field, GROUP, NAME, Parent, Type, plain};
use crate::frontend::terraform::tables::attributes::put;
use crate::ir::{List, Node, Value, Why};

const VNET: &str = "Microsoft.Network/virtualNetworks";
const SUBNETS: &str = "Microsoft.Network/virtualNetworks/subnets";

/// What a subnet says of itself, wherever it is written.
const SUBNET: &[Field] = &[
    ("address_prefix", "addressPrefix", Same),
    ("address_prefixes", "addressPrefixes", Same),
    ("default_outbound_access_enabled", "defaultOutboundAccess", Same),
    ("service_endpoints", "serviceEndpoints", Objects("service")),
    (
        "service_endpoint",
        "serviceEndpoints",
        Each(&[("service", "service", Same), ("network_identifier", "networkIdentifier.id", Same)]),
    ),
    ("service_endpoint_policy_ids", "serviceEndpointPolicies", Objects("id")),
    ("route_table_id", "routeTable.id", Same),
    ("private_endpoint_network_policies", "privateEndpointNetworkPolicies", Same),
    (
        "delegation",
        "delegations",
        Each(&[("name", "name", Same), ("service_delegation.name", "properties.serviceName", Same)]),
    ),
];

const INLINE_SUBNET: &[Field] = &[("security_group", "networkSecurityGroup.id", Same), ("", "", Block(SUBNET))];

/// A data source says so of a subnet; resources are associated, but for those of versions before 2.
const OWN_SUBNET: &[Field] = &[("network_security_group_id", "networkSecurityGroup.id", Same), ("", "", Block(SUBNET))];

const ENDPOINT: &[Field] = &[
    ("subnet_id", "properties.subnet.id", Same),
    ("custom_network_interface_name", "properties.customNetworkInterfaceName", Same),
    (
        "private_service_connection",
        "properties.privateLinkServiceConnections",
        Each(&[
            ("name", "name", Same),
            ("private_connection_resource_id", "properties.privateLinkServiceId", Same),
            ("private_connection_resource_alias", "properties.privateLinkServiceId", Same),
            ("subresource_names", "properties.groupIds", Same),
            ("request_message", "properties.requestMessage", Same),
            (MANUAL, MANUAL, Same),
        ]),
    ),
    (
        "ip_configuration",
        "properties.ipConfigurations",
        Each(&[
            ("name", "name", Same),
            ("private_ip_address", "properties.privateIPAddress", Same),
            ("subresource_name", "properties.groupId", Same),
            ("member_name", "properties.memberName", Same),
        ]),
    ),
    // Resource Manager has the group as a child; the provider writes it inside of the endpoint, and so does this body.
    (
        "private_dns_zone_group",
        "properties.privateDnsZoneGroups",
        Each(&[
            ("name", "name", Same),
            ("private_dns_zone_ids", "properties.privateDnsZoneConfigs", Objects("properties.privateDnsZoneId")),
        ]),
    ),
    (
        "custom_dns_configs",
        "properties.customDnsConfigs",
        Each(&[("fqdn", "fqdn", Same), ("ip_addresses", "ipAddresses", Same)]),
    ),
];

/// Says which of the two lists a connection belongs to.
const MANUAL: &str = "is_manual_connection";

const ENDPOINT_COMPUTED: &[Computed] =
    &[("private_service_connection.private_ip_address", "properties.customDnsConfigs.0.ipAddresses.0")];

const RULE: &[Field] = &[
    ("description", "description", Same),
    ("access", "access", Same),
    ("direction", "direction", Same),
    ("priority", "priority", Same),
    ("protocol", "protocol", Same),
    ("source_address_prefix", "sourceAddressPrefix", Same),
    ("source_address_prefixes", "sourceAddressPrefixes", Same),
    ("source_port_range", "sourcePortRange", Same),
    ("source_port_ranges", "sourcePortRanges", Same),
    ("source_application_security_group_ids", "sourceApplicationSecurityGroups", Objects("id")),
    ("destination_address_prefix", "destinationAddressPrefix", Same),
    ("destination_address_prefixes", "destinationAddressPrefixes", Same),
    ("destination_port_range", "destinationPortRange", Same),
    ("destination_port_ranges", "destinationPortRanges", Same),
    ("destination_application_security_group_ids", "destinationApplicationSecurityGroups", Objects("id")),
];

const ROUTE: &[Field] = &[
    ("address_prefix", "addressPrefix", Same),
    ("next_hop_type", "nextHopType", Same),
    ("next_hop_in_ip_address", "nextHopIpAddress", Same),
];

const PEERING: &[Field] = &[
    ("remote_virtual_network_id", "properties.remoteVirtualNetwork.id", Same),
    ("allow_virtual_network_access", "properties.allowVirtualNetworkAccess", Same),
    ("allow_forwarded_traffic", "properties.allowForwardedTraffic", Same),
    ("allow_gateway_transit", "properties.allowGatewayTransit", Same),
    ("use_remote_gateways", "properties.useRemoteGateways", Same),
    ("peer_complete_virtual_networks_enabled", "properties.peerCompleteVnets", Same),
];

const PUBLIC_IP: &[Field] = &[
    ("allocation_method", "properties.publicIPAllocationMethod", Same),
    ("ip_version", "properties.publicIPAddressVersion", Same),
    ("sku", "sku.name", Same),
    ("sku_tier", "sku.tier", Same),
    ("domain_name_label", "properties.dnsSettings.domainNameLabel", Same),
    ("public_ip_prefix_id", "properties.publicIPPrefix.id", Same),
];

const PREFIX: &[Field] = &[
    ("prefix_length", "properties.prefixLength", Same),
    ("ip_version", "properties.publicIPAddressVersion", Same),
    ("sku", "sku.name", Same),
];

pub(super) const TYPES: &[Type] = &[
    plain(
        "azurerm_virtual_network",
        VNET,
        GROUP,
        &[
            BASE,
            &[
                ("address_space", "properties.addressSpace.addressPrefixes", Same),
                ("dns_servers", "properties.dhcpOptions.dnsServers", Same),
                (
                    "subnet",
                    "properties.subnets",
                    Each(&[("id", "id", Same), ("name", "name", Same), ("", "properties", Block(INLINE_SUBNET))]),
                ),
            ],
        ],
    ),
    plain(
        "azurerm_virtual_network_dns_servers",
        VNET,
        Parent::Change("virtual_network_id"),
        &[&[("dns_servers", "properties.dhcpOptions.dnsServers", Same)]],
    ),
    plain(
        "azurerm_subnet",
        SUBNETS,
        Parent::Group(&["virtual_network_name"]),
        &[NAME, &[("", "properties", Block(OWN_SUBNET))]],
    ),
    plain(
        "azurerm_subnet_nat_gateway_association",
        SUBNETS,
        Parent::Change("subnet_id"),
        &[&[("nat_gateway_id", "properties.natGateway.id", Same)]],
    ),
    plain(
        "azurerm_subnet_route_table_association",
        SUBNETS,
        Parent::Change("subnet_id"),
        &[&[("route_table_id", "properties.routeTable.id", Same)]],
    ),
    plain(
        "azurerm_subnet_network_security_group_association",
        SUBNETS,
        Parent::Change("subnet_id"),
        &[&[("network_security_group_id", "properties.networkSecurityGroup.id", Same)]],
    ),
    plain(
        "azurerm_subnet_service_endpoint_storage_policy",
        "Microsoft.Network/serviceEndpointPolicies",
        GROUP,
        &[
            BASE,
            &[(
                "definition",
                "properties.serviceEndpointPolicyDefinitions",
                Each(&[
                    ("name", "name", Same),
                    ("service", "properties.service", Same),
                    ("service_resources", "properties.serviceResources", Same),
                ]),
            )],
        ],
    ),
    plain(
        "azurerm_virtual_network_peering",
        "Microsoft.Network/virtualNetworks/virtualNetworkPeerings",
        Parent::Child(&["virtual_network_id"], &["virtual_network_name"]),
        &[NAME, PEERING],
    ),
    Type {
        terraform: "azurerm_private_endpoint",
        kind: "Microsoft.Network/privateEndpoints",
        parent: GROUP,
        fields: &[BASE, ENDPOINT],
        computed: &[ENDPOINT_COMPUTED],
    },
    plain(
        "azurerm_network_security_group",
        "Microsoft.Network/networkSecurityGroups",
        GROUP,
        &[
            BASE,
            &[(
                "security_rule",
                "properties.securityRules",
                Each(&[("name", "name", Same), ("", "properties", Block(RULE))]),
            )],
        ],
    ),
    plain(
        "azurerm_network_security_rule",
        "Microsoft.Network/networkSecurityGroups/securityRules",
        Parent::Group(&["network_security_group_name"]),
        &[NAME, &[("", "properties", Block(RULE))]],
    ),
    plain(
        "azurerm_route_table",
        "Microsoft.Network/routeTables",
        GROUP,
        &[
            BASE,
            &[
                ("disable_bgp_route_propagation", "properties.disableBgpRoutePropagation", Same),
                ("bgp_route_propagation_enabled", "properties.disableBgpRoutePropagation", Not),
                ("route", "properties.routes", Each(&[("name", "name", Same), ("", "properties", Block(ROUTE))])),
            ],
        ],
    ),
    plain(
        "azurerm_route",
        "Microsoft.Network/routeTables/routes",
        Parent::Group(&["route_table_name"]),
        &[NAME, &[("", "properties", Block(ROUTE))]],
    ),
    plain(
        "azurerm_nat_gateway",
        "Microsoft.Network/natGateways",
        GROUP,
        &[
            BASE,
            &[
                ("sku_name", "sku.name", Same),
                ("public_ip_address_ids", "properties.publicIpAddresses", Objects("id")),
                ("public_ip_prefix_ids", "properties.publicIpPrefixes", Objects("id")),
            ],
        ],
    ),
    plain(
        "azurerm_nat_gateway_public_ip_association",
        "Microsoft.Network/natGateways",
        Parent::Change("nat_gateway_id"),
        &[&[("public_ip_address_id", "properties.publicIpAddresses", Object("id"))]],
    ),
    plain(
        "azurerm_nat_gateway_public_ip_prefix_association",
        "Microsoft.Network/natGateways",
        Parent::Change("nat_gateway_id"),
        &[&[("public_ip_prefix_id", "properties.publicIpPrefixes", Object("id"))]],
    ),
    Type {
        terraform: "azurerm_public_ip",
        kind: "Microsoft.Network/publicIPAddresses",
        parent: GROUP,
        fields: &[BASE, PUBLIC_IP],
        computed: &[&[("ip_address", "properties.ipAddress"), ("fqdn", "properties.dnsSettings.fqdn")]],
    },
    Type {
        terraform: "azurerm_public_ip_prefix",
        kind: "Microsoft.Network/publicIPPrefixes",
        parent: GROUP,
        fields: &[BASE, PREFIX],
        computed: &[&[("ip_prefix", "properties.ipPrefix")]],
    },
];

/// Connections that somebody has to approve stand in a list of their own. Where it can't be told, both lists are unknown.
pub(super) fn connections(body: &mut Node) {
    let path = ["properties", "privateLinkServiceConnections"];
    let Some(list) = body.at(&path).and_then(Node::as_list).cloned() else { return };
    let Some(span) = body.at(&path).map(|node| node.span) else { return };
    let manual = |item: &Node| match item.get(MANUAL) {
        None => Some(false),
        Some(flag) if flag.is_null() => Some(false),
        Some(flag) => flag.as_bool(),
    };
    let Value::Map(map) = &mut body.value else { return };
    let properties = Arc::make_mut(map).entries.iter_mut().find(|entry| entry.key.as_str() == Some("properties"));
    let Some(properties) = properties.map(|entry| &mut entry.value) else { return };
    remove(properties, "privateLinkServiceConnections");
    let unclear = list.items.iter().any(|item| manual(item).is_none());
    for (name, wanted) in [("privateLinkServiceConnections", false), ("manualPrivateLinkServiceConnections", true)] {
        if unclear {
            let why = Why::UnsupportedSyntax("a connection that may be manual".into());
            put(properties, name, Node::unknown(why, span));
            continue;
        }
        let mut items: Vec<Node> = list.items.iter().filter(|item| manual(item) == Some(wanted)).cloned().collect();
        items.iter_mut().for_each(|item| remove(item, MANUAL));
        if !items.is_empty() || list.open.is_some() {
            let list = List { items, open: list.open.clone() };
            put(properties, name, Node::new(Value::List(Arc::new(list)), span));
        }
    }
}

fn remove(object: &mut Node, name: &str) {
    if let Value::Map(map) = &mut object.value {
        Arc::make_mut(map).entries.retain(|entry| entry.key.as_str() != Some(name));
    }
}
