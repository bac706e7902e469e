//! Private DNS: zones, links, records, resolvers.

use super::table::As::{Each, Enabled, Objects, Same};
use super::table::{BASE, Field, GROUP, NAME, Parent, Type, plain};

/// Since version 5 what is in a zone says the zone's id.
const RECORD: Parent = Parent::Child(&["private_dns_zone_id"], &["zone_name"]);
const LINK: Parent = Parent::Child(&["private_dns_zone_id"], &["private_dns_zone_name"]);
const IN_RESOLVER: Parent = Parent::Child(&["private_dns_resolver_id"], &[]);
const IN_RULESET: Parent = Parent::Child(&["dns_forwarding_ruleset_id"], &[]);

const TTL: &[Field] = &[("ttl", "properties.ttl", Same)];

pub(super) const TYPES: &[Type] = &[
    plain("azurerm_private_dns_zone", "Microsoft.Network/privateDnsZones", GROUP, &[NAME, &[("tags", "tags", Same)]]),
    plain(
        "azurerm_private_dns_zone_virtual_network_link",
        "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
        LINK,
        &[
            NAME,
            &[
                ("tags", "tags", Same),
                ("virtual_network_id", "properties.virtualNetwork.id", Same),
                ("registration_enabled", "properties.registrationEnabled", Same),
                ("resolution_policy", "properties.resolutionPolicy", Same),
            ],
        ],
    ),
    Type {
        terraform: "azurerm_private_dns_a_record",
        kind: "Microsoft.Network/privateDnsZones/A",
        parent: RECORD,
        fields: &[NAME, TTL, &[("records", "properties.aRecords", Objects("ipv4Address"))]],
        computed: &[&[("fqdn", "properties.fqdn")]],
    },
    Type {
        terraform: "azurerm_private_dns_cname_record",
        kind: "Microsoft.Network/privateDnsZones/CNAME",
        parent: RECORD,
        fields: &[NAME, TTL, &[("record", "properties.cnameRecord.cname", Same)]],
        computed: &[&[("fqdn", "properties.fqdn")]],
    },
    plain(
        "azurerm_private_dns_resolver",
        "Microsoft.Network/dnsResolvers",
        GROUP,
        &[BASE, &[("virtual_network_id", "properties.virtualNetwork.id", Same)]],
    ),
    plain(
        "azurerm_private_dns_resolver_inbound_endpoint",
        "Microsoft.Network/dnsResolvers/inboundEndpoints",
        IN_RESOLVER,
        &[
            BASE,
            &[(
                "ip_configurations",
                "properties.ipConfigurations",
                Each(&[("subnet_id", "subnet.id", Same), ("private_ip_address", "privateIpAddress", Same)]),
            )],
        ],
    ),
    plain(
        "azurerm_private_dns_resolver_outbound_endpoint",
        "Microsoft.Network/dnsResolvers/outboundEndpoints",
        IN_RESOLVER,
        &[BASE, &[("subnet_id", "properties.subnet.id", Same)]],
    ),
    plain(
        "azurerm_private_dns_resolver_dns_forwarding_ruleset",
        "Microsoft.Network/dnsForwardingRulesets",
        GROUP,
        &[
            BASE,
            &[("private_dns_resolver_outbound_endpoint_ids", "properties.dnsResolverOutboundEndpoints", Objects("id"))],
        ],
    ),
    plain(
        "azurerm_private_dns_resolver_forwarding_rule",
        "Microsoft.Network/dnsForwardingRulesets/forwardingRules",
        IN_RULESET,
        &[
            NAME,
            &[
                ("domain_name", "properties.domainName", Same),
                ("enabled", "properties.forwardingRuleState", Enabled),
                (
                    "target_dns_servers",
                    "properties.targetDnsServers",
                    Each(&[("ip_address", "ipAddress", Same), ("port", "port", Same)]),
                ),
            ],
        ],
    ),
    plain(
        "azurerm_private_dns_resolver_virtual_network_link",
        "Microsoft.Network/dnsForwardingRulesets/virtualNetworkLinks",
        IN_RULESET,
        &[NAME, &[("virtual_network_id", "properties.virtualNetwork.id", Same)]],
    ),
];
