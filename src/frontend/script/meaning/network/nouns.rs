//! What `az network` makes: a table of its nouns, their options and where Resource Manager has them.

/// How an option becomes a value.
#[derive(Clone, Copy)]
pub(super) enum As {
    /// As it is written.
    Text,
    /// A whole number.
    Number,
    /// `true` or `false`; nothing behind it is `true`.
    Flag,
    /// A flag that is one of two words.
    Words(&'static str, &'static str),
    /// Several words.
    Texts,
    /// Several words, each an object that has it at this place.
    Objects(&'static str),
    /// The id of a resource of this type, by its name or its id.
    End(&'static str),
    /// Several of them, each an object with an id.
    Ends(&'static str),
    /// One word stands at the first place, several at the second one.
    OneOr(&'static str),
}

/// An option by its names, its place, and how it becomes a value.
pub(super) type Field = (&'static [&'static str], &'static str, As);

/// A noun.
pub(super) struct Noun {
    /// The words of the command between `az` and its verb.
    pub words: &'static [&'static str],
    /// The type in Resource Manager.
    pub kind: &'static str,
    /// The options that name what it stands in, the outermost first.
    pub parents: &'static [&'static [&'static str]],
    /// The options that name it, where they aren't the usual ones.
    pub name: &'static [&'static str],
    pub fields: &'static [Field],
    /// Properties that the command decides by itself where nobody says otherwise, so that they aren't known.
    pub decided: &'static [&'static str],
}

pub(super) const VNET: &str = "Microsoft.Network/virtualNetworks";
pub(in crate::frontend::script::meaning) const SUBNET: &str = "Microsoft.Network/virtualNetworks/subnets";
pub(super) const ENDPOINT: &str = crate::azure::kinds::PRIVATE_ENDPOINT;
pub(super) const ZONE: &str = "Microsoft.Network/privateDnsZones";
pub(super) const RECORD: &str = "Microsoft.Network/privateDnsZones/A";
pub(super) const ZONE_GROUP: &str = "Microsoft.Network/privateEndpoints/privateDnsZoneGroups";
pub(super) const FIREWALL: &str = "Microsoft.Network/azureFirewalls";
pub(super) const POLICY: &str = "Microsoft.Network/firewallPolicies";
pub(super) const RULE_GROUP: &str = "Microsoft.Network/firewallPolicies/ruleCollectionGroups";
pub(in crate::frontend::script::meaning) const PUBLIC_IP: &str = "Microsoft.Network/publicIPAddresses";
pub(in crate::frontend::script::meaning) const PREFIX: &str = "Microsoft.Network/publicIPPrefixes";
const NAT: &str = "Microsoft.Network/natGateways";
const NSG: &str = "Microsoft.Network/networkSecurityGroups";
const TABLE: &str = "Microsoft.Network/routeTables";
const ENDPOINT_POLICY: &str = "Microsoft.Network/serviceEndpointPolicies";

pub(super) const NAME: &[&str] = &["--name", "-n"];
const IN_VNET: &[&str] = &["--vnet-name"];
const IN_ZONE: &[&str] = &["--zone-name", "-z"];
const IN_NSG: &[&str] = &["--nsg-name"];

const fn plain(words: &'static [&'static str], kind: &'static str, fields: &'static [Field]) -> Noun {
    Noun { words, kind, parents: &[], name: NAME, fields, decided: &[] }
}

const fn child(
    words: &'static [&'static str],
    kind: &'static str,
    parents: &'static [&'static [&'static str]],
    fields: &'static [Field],
) -> Noun {
    Noun { words, kind, parents, name: NAME, fields, decided: &[] }
}

const LOCATION: Field = (&["--location", "-l"], "location", As::Text);

const VNET_FIELDS: &[Field] = &[
    LOCATION,
    (&["--address-prefixes", "--address-prefix"], "properties.addressSpace.addressPrefixes", As::Texts),
    (&["--dns-servers"], "properties.dhcpOptions.dnsServers", As::Texts),
];

const SUBNET_FIELDS: &[Field] = &[
    (&["--address-prefixes", "--address-prefix"], "properties.addressPrefix", As::OneOr("properties.addressPrefixes")),
    (&["--network-security-group", "--nsg"], "properties.networkSecurityGroup.id", As::End(NSG)),
    (&["--route-table"], "properties.routeTable.id", As::End(TABLE)),
    (&["--nat-gateway"], "properties.natGateway.id", As::End(NAT)),
    (&["--service-endpoints"], "properties.serviceEndpoints", As::Objects("service")),
    (&["--service-endpoint-policy"], "properties.serviceEndpointPolicies", As::Ends(ENDPOINT_POLICY)),
    (&["--delegations"], "properties.delegations", As::Objects("properties.serviceName")),
    (&["--default-outbound", "--default-outbound-access"], "properties.defaultOutboundAccess", As::Flag),
    (
        &["--private-endpoint-network-policies", "--ple-network-policies"],
        "properties.privateEndpointNetworkPolicies",
        As::Text,
    ),
    (
        &["--disable-private-endpoint-network-policies"],
        "properties.privateEndpointNetworkPolicies",
        As::Words("Disabled", "Enabled"),
    ),
];

const PEERING_FIELDS: &[Field] = &[
    (&["--remote-vnet", "--remote-vnet-id"], "properties.remoteVirtualNetwork.id", As::End(VNET)),
    (&["--allow-vnet-access"], "properties.allowVirtualNetworkAccess", As::Flag),
    (&["--allow-forwarded-traffic"], "properties.allowForwardedTraffic", As::Flag),
    (&["--allow-gateway-transit"], "properties.allowGatewayTransit", As::Flag),
    (&["--use-remote-gateways"], "properties.useRemoteGateways", As::Flag),
];

const RULE_FIELDS: &[Field] = &[
    (&["--priority"], "properties.priority", As::Number),
    (&["--access"], "properties.access", As::Text),
    (&["--direction"], "properties.direction", As::Text),
    (&["--protocol"], "properties.protocol", As::Text),
    (
        &["--source-address-prefixes", "--source-address-prefix"],
        "properties.sourceAddressPrefix",
        As::OneOr("properties.sourceAddressPrefixes"),
    ),
    (
        &["--source-port-ranges", "--source-port-range"],
        "properties.sourcePortRange",
        As::OneOr("properties.sourcePortRanges"),
    ),
    (
        &["--destination-address-prefixes", "--destination-address-prefix"],
        "properties.destinationAddressPrefix",
        As::OneOr("properties.destinationAddressPrefixes"),
    ),
    (
        &["--destination-port-ranges", "--destination-port-range"],
        "properties.destinationPortRange",
        As::OneOr("properties.destinationPortRanges"),
    ),
    (&["--source-asgs"], "properties.sourceApplicationSecurityGroups", As::Ends(ASG)),
    (&["--destination-asgs"], "properties.destinationApplicationSecurityGroups", As::Ends(ASG)),
];
const ASG: &str = "Microsoft.Network/applicationSecurityGroups";

/// What a rule is where nobody says otherwise.
pub(super) const RULE_DEFAULTS: &[(&str, &str)] = &[
    ("access", "Allow"),
    ("direction", "Inbound"),
    ("protocol", "*"),
    ("sourceAddressPrefix", "*"),
    ("sourcePortRange", "*"),
    ("destinationAddressPrefix", "*"),
    ("destinationPortRange", "80"),
];
pub(super) const RULE: &str = "Microsoft.Network/networkSecurityGroups/securityRules";

const ROUTE_FIELDS: &[Field] = &[
    (&["--address-prefix"], "properties.addressPrefix", As::Text),
    (&["--next-hop-type"], "properties.nextHopType", As::Text),
    (&["--next-hop-ip-address"], "properties.nextHopIpAddress", As::Text),
];

const NAT_FIELDS: &[Field] = &[
    LOCATION,
    (&["--public-ip-addresses"], "properties.publicIpAddresses", As::Ends(PUBLIC_IP)),
    (&["--public-ip-prefixes"], "properties.publicIpPrefixes", As::Ends(PREFIX)),
    (&["--sku"], "sku.name", As::Text),
];

const PUBLIC_IP_FIELDS: &[Field] = &[
    LOCATION,
    (&["--sku"], "sku.name", As::Text),
    (&["--allocation-method"], "properties.publicIPAllocationMethod", As::Text),
    (&["--version"], "properties.publicIPAddressVersion", As::Text),
    (&["--public-ip-prefix"], "properties.publicIPPrefix.id", As::End(PREFIX)),
    (&["--dns-name"], "properties.dnsSettings.domainNameLabel", As::Text),
];

const FIREWALL_FIELDS: &[Field] = &[
    LOCATION,
    (&["--sku"], "properties.sku.name", As::Text),
    (&["--tier"], "properties.sku.tier", As::Text),
    (&["--firewall-policy", "--policy"], "properties.firewallPolicy.id", As::End(POLICY)),
    (&["--threat-intel-mode"], "properties.threatIntelMode", As::Text),
    (&["--virtual-hub", "--vhub"], "properties.virtualHub.id", As::End(HUB)),
    (&["--enable-dns-proxy"], "properties.additionalProperties.Network.DNS.EnableProxy", As::Flag),
    (&["--dns-servers"], "properties.additionalProperties.Network.DNS.Servers", As::Texts),
];
const HUB: &str = "Microsoft.Network/virtualHubs";

const POLICY_FIELDS: &[Field] = &[
    LOCATION,
    (&["--sku"], "properties.sku.tier", As::Text),
    (&["--base-policy"], "properties.basePolicy.id", As::End(POLICY)),
    (&["--threat-intel-mode"], "properties.threatIntelMode", As::Text),
    (&["--enable-dns-proxy"], "properties.dnsSettings.enableProxy", As::Flag),
    (&["--dns-servers"], "properties.dnsSettings.servers", As::Texts),
];

const LINK_FIELDS: &[Field] = &[
    (&["--virtual-network", "-v"], "properties.virtualNetwork.id", As::End(VNET)),
    (&["--registration-enabled", "-e"], "properties.registrationEnabled", As::Flag),
    (&["--resolution-policy"], "properties.resolutionPolicy", As::Text),
];

pub(super) const NOUNS: &[Noun] = &[
    plain(&["network", "vnet"], VNET, VNET_FIELDS),
    child(&["network", "vnet", "subnet"], SUBNET, &[IN_VNET], SUBNET_FIELDS),
    Noun {
        words: &["network", "vnet", "peering"],
        kind: "Microsoft.Network/virtualNetworks/virtualNetworkPeerings",
        parents: &[IN_VNET],
        name: NAME,
        fields: PEERING_FIELDS,
        // What it means to leave it out has changed between the versions of the command.
        decided: &["properties.allowVirtualNetworkAccess"],
    },
    plain(
        &["network", "private-endpoint"],
        ENDPOINT,
        &[LOCATION, (&["--nic-name"], "properties.customNetworkInterfaceName", As::Text)],
    ),
    child(&["network", "private-endpoint", "dns-zone-group"], ZONE_GROUP, &[&["--endpoint-name"]], &[]),
    plain(&["network", "private-dns", "zone"], ZONE, &[]),
    child(
        &["network", "private-dns", "link", "vnet"],
        "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
        &[IN_ZONE],
        LINK_FIELDS,
    ),
    child(&["network", "private-dns", "record-set", "a"], RECORD, &[IN_ZONE], &[]),
    child(
        &["network", "private-dns", "record-set", "cname"],
        "Microsoft.Network/privateDnsZones/CNAME",
        &[IN_ZONE],
        &[(&["--cname", "-c"], "properties.cnameRecord.cname", As::Text)],
    ),
    plain(&["network", "nsg"], NSG, &[LOCATION]),
    child(&["network", "nsg", "rule"], RULE, &[IN_NSG], RULE_FIELDS),
    plain(
        &["network", "route-table"],
        TABLE,
        &[LOCATION, (&["--disable-bgp-route-propagation"], "properties.disableBgpRoutePropagation", As::Flag)],
    ),
    child(
        &["network", "route-table", "route"],
        "Microsoft.Network/routeTables/routes",
        &[&["--route-table-name"]],
        ROUTE_FIELDS,
    ),
    plain(&["network", "public-ip"], PUBLIC_IP, PUBLIC_IP_FIELDS),
    plain(
        &["network", "public-ip", "prefix"],
        PREFIX,
        &[
            LOCATION,
            (&["--length"], "properties.prefixLength", As::Number),
            (&["--version"], "properties.publicIPAddressVersion", As::Text),
        ],
    ),
    plain(&["network", "nat", "gateway"], NAT, NAT_FIELDS),
    plain(&["network", "firewall"], FIREWALL, FIREWALL_FIELDS),
    plain(&["network", "firewall", "policy"], POLICY, POLICY_FIELDS),
    child(
        &["network", "firewall", "policy", "rule-collection-group"],
        RULE_GROUP,
        &[&["--policy-name"]],
        &[(&["--priority"], "properties.priority", As::Number)],
    ),
    plain(&["network", "service-endpoint", "policy"], ENDPOINT_POLICY, &[LOCATION]),
    child(
        &["network", "service-endpoint", "policy-definition"],
        "Microsoft.Network/serviceEndpointPolicies/serviceEndpointPolicyDefinitions",
        &[&["--policy-name"]],
        &[
            (&["--service"], "properties.service", As::Text),
            (&["--service-resources"], "properties.serviceResources", As::Texts),
        ],
    ),
    // What these lead through is not followed; that they are there counts.
    plain(&["network", "vnet-gateway"], "Microsoft.Network/virtualNetworkGateways", &[LOCATION]),
    plain(&["network", "vhub"], HUB, &[LOCATION]),
    plain(&["network", "vwan"], "Microsoft.Network/virtualWans", &[LOCATION]),
    child(
        &["network", "vhub", "connection"],
        "Microsoft.Network/virtualHubs/hubVirtualNetworkConnections",
        &[&["--vhub-name"]],
        &[(&["--remote-vnet"], "properties.remoteVirtualNetwork.id", As::End(VNET))],
    ),
    plain(&["network", "express-route"], "Microsoft.Network/expressRouteCircuits", &[LOCATION]),
    plain(&["network", "vpn-connection"], "Microsoft.Network/connections", &[LOCATION]),
    plain(&["network", "asg"], ASG, &[LOCATION]),
    plain(
        &["network", "ip-group"],
        "Microsoft.Network/ipGroups",
        &[LOCATION, (&["--ip-addresses"], "properties.ipAddresses", As::Texts)],
    ),
    plain(&["dns-resolver"], "Microsoft.Network/dnsResolvers", &[LOCATION]),
];

/// The noun of a command and the verbs behind it; the longest one that fits.
pub(super) fn find<'v, 's>(verbs: &'v [&'s str]) -> Option<(&'static Noun, &'v [&'s str])> {
    let fits = NOUNS.iter().filter(|noun| verbs.starts_with(noun.words) && verbs.len() > noun.words.len());
    let noun = fits.max_by_key(|noun| noun.words.len())?;
    Some((noun, verbs.get(noun.words.len()..)?))
}
