//! Azure Firewall: the rules that let images through.

use super::table::As::{self, Block, Each, Same, Single, Text};
use super::table::{BASE, Field, GROUP, NAME, Parent, Type, plain};

const FIREWALLS: &str = "Microsoft.Network/azureFirewalls";
/// Classic rules are written as resources of their own, but are parts of the firewall.
const OF_FIREWALL: Parent = Parent::ChangeNamed("azure_firewall_name");

const ADDRESS: As = Each(&[
    ("name", "name", Same),
    ("subnet_id", "properties.subnet.id", Same),
    ("public_ip_address_id", "properties.publicIPAddress.id", Same),
    ("private_ip_address", "properties.privateIPAddress", Same),
]);

const FIREWALL: &[Field] = &[
    ("sku_name", "properties.sku.name", Same),
    ("sku_tier", "properties.sku.tier", Same),
    ("firewall_policy_id", "properties.firewallPolicy.id", Same),
    ("threat_intel_mode", "properties.threatIntelMode", Same),
    ("virtual_hub.virtual_hub_id", "properties.virtualHub.id", Same),
    ("virtual_hub.private_ip_address", "properties.hubIPAddresses.privateIPAddress", Same),
    ("ip_configuration", "properties.ipConfigurations", ADDRESS),
    ("dns_proxy_enabled", "properties.additionalProperties.Network.DNS.EnableProxy", Same),
    ("dns_servers", "properties.additionalProperties.Network.DNS.Servers", Same),
];

const SOURCES: &[Field] = &[
    ("name", "name", Same),
    ("description", "description", Same),
    ("source_addresses", "sourceAddresses", Same),
    ("source_ip_groups", "sourceIpGroups", Same),
];

const DESTINATIONS: &[Field] = &[
    ("destination_addresses", "destinationAddresses", Same),
    ("destination_ip_groups", "destinationIpGroups", Same),
    ("destination_fqdns", "destinationFqdns", Same),
    ("destination_ports", "destinationPorts", Same),
];

const PROTOCOLS: As = Each(&[("type", "protocolType", Same), ("port", "port", Same)]);

const APPLICATION: &[Field] = &[
    ("", "", Block(SOURCES)),
    ("target_fqdns", "targetFqdns", Same),
    ("fqdn_tags", "fqdnTags", Same),
    ("protocol", "protocols", PROTOCOLS),
];

const NETWORK: &[Field] = &[("", "", Block(SOURCES)), ("", "", Block(DESTINATIONS)), ("protocols", "protocols", Same)];

const POLICY_APPLICATION: &[Field] = &[
    ("", "ruleType", Text("ApplicationRule")),
    ("", "", Block(SOURCES)),
    ("destination_fqdns", "targetFqdns", Same),
    ("destination_fqdn_tags", "fqdnTags", Same),
    ("destination_urls", "targetUrls", Same),
    ("destination_addresses", "destinationAddresses", Same),
    ("web_categories", "webCategories", Same),
    ("terminate_tls", "terminateTLS", Same),
    ("protocols", "protocols", PROTOCOLS),
];

const POLICY_NETWORK: &[Field] = &[
    ("", "ruleType", Text("NetworkRule")),
    ("", "", Block(SOURCES)),
    ("", "", Block(DESTINATIONS)),
    ("protocols", "ipProtocols", Same),
];

/// Both kinds of rules stand in one list of collections.
const COLLECTIONS: &[Field] = &[
    ("priority", "properties.priority", Same),
    (
        "application_rule_collection",
        "properties.ruleCollections",
        Each(&[
            ("", "ruleCollectionType", Text("FirewallPolicyFilterRuleCollection")),
            ("name", "name", Same),
            ("priority", "priority", Same),
            ("action", "action.type", Same),
            ("rule", "rules", Each(POLICY_APPLICATION)),
        ]),
    ),
    (
        "network_rule_collection",
        "properties.ruleCollections",
        Each(&[
            ("", "ruleCollectionType", Text("FirewallPolicyFilterRuleCollection")),
            ("name", "name", Same),
            ("priority", "priority", Same),
            ("action", "action.type", Same),
            ("rule", "rules", Each(POLICY_NETWORK)),
        ]),
    ),
];

pub(super) const TYPES: &[Type] = &[
    plain("azurerm_firewall", FIREWALLS, GROUP, &[BASE, FIREWALL]),
    plain(
        "azurerm_firewall_application_rule_collection",
        FIREWALLS,
        OF_FIREWALL,
        &[&[(
            "",
            "properties.applicationRuleCollections",
            Single(&[
                ("name", "name", Same),
                ("priority", "properties.priority", Same),
                ("action", "properties.action.type", Same),
                ("rule", "properties.rules", Each(APPLICATION)),
            ]),
        )]],
    ),
    plain(
        "azurerm_firewall_network_rule_collection",
        FIREWALLS,
        OF_FIREWALL,
        &[&[(
            "",
            "properties.networkRuleCollections",
            Single(&[
                ("name", "name", Same),
                ("priority", "properties.priority", Same),
                ("action", "properties.action.type", Same),
                ("rule", "properties.rules", Each(NETWORK)),
            ]),
        )]],
    ),
    plain(
        "azurerm_ip_group",
        "Microsoft.Network/ipGroups",
        GROUP,
        &[BASE, &[("cidrs", "properties.ipAddresses", Same)]],
    ),
    // Resource Manager has no such type: the provider adds to the list of the group.
    plain(
        "azurerm_ip_group_cidr",
        "Microsoft.Network/ipGroups/members",
        Parent::Child(&["ip_group_id"], &[]),
        &[&[("cidr", "properties.ipAddress", Same)]],
    ),
    plain(
        "azurerm_firewall_policy",
        "Microsoft.Network/firewallPolicies",
        GROUP,
        &[
            BASE,
            &[
                ("sku", "properties.sku.tier", Same),
                ("base_policy_id", "properties.basePolicy.id", Same),
                ("threat_intelligence_mode", "properties.threatIntelMode", Same),
                ("dns.proxy_enabled", "properties.dnsSettings.enableProxy", Same),
                ("dns.servers", "properties.dnsSettings.servers", Same),
            ],
        ],
    ),
    plain(
        "azurerm_firewall_policy_rule_collection_group",
        "Microsoft.Network/firewallPolicies/ruleCollectionGroups",
        Parent::Child(&["firewall_policy_id"], &[]),
        &[NAME, COLLECTIONS],
    ),
];
