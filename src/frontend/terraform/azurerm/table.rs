//! The table itself: arguments and computed attributes with their places in Resource Manager's shape. A dotted path goes
//! through nested blocks; `[0]` is left out.

use std::sync::Arc;

use crate::ir::{Cond, List, Node, Value};
use crate::syntax::json;

/// How a value changes on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum As {
    /// Not at all.
    Same,
    /// `true` is `Enabled`, `false` is `Disabled`.
    Enabled,
    /// The opposite.
    Not,
    /// A JSON text becomes what it says.
    Json,
}

/// An argument, its place, and how it changes.
pub(in super::super) type Field = (&'static str, &'static str, As);

/// What the id is made of, besides the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Parent {
    /// A resource group, by name, and names of parents within it.
    Group(&'static [&'static str]),
    /// The subscription.
    Subscription,
    /// The resource whose id is in this argument.
    Id(&'static str),
    /// An extension of the scope in this argument.
    Scope(&'static str),
    /// Not in Resource Manager.
    Nowhere,
}

/// A resource type.
#[derive(Debug)]
pub(in super::super) struct Type {
    /// Terraform's name.
    pub(in super::super) terraform: &'static str,
    /// Resource Manager's name.
    pub(in super::super) kind: &'static str,
    /// Where it stands.
    pub(in super::super) parent: Parent,
    /// Arguments.
    pub(in super::super) fields: &'static [Field],
    /// Attributes that exist only after apply.
    pub(in super::super) computed: &'static [(&'static str, &'static str)],
}

use As::{Enabled, Json, Not, Same};

const GROUP: Parent = Parent::Group(&[]);
const NAME: Field = ("name", "name", Same);
const LOCATION: Field = ("location", "location", Same);
const TAGS: Field = ("tags", "tags", Same);

const REGISTRY: &[Field] = &[
    NAME,
    LOCATION,
    TAGS,
    ("sku", "sku.name", Same),
    ("admin_enabled", "properties.adminUserEnabled", Same),
    ("public_network_access_enabled", "properties.publicNetworkAccess", Enabled),
    ("anonymous_pull_enabled", "properties.anonymousPullEnabled", Same),
    ("data_endpoint_enabled", "properties.dataEndpointEnabled", Same),
    ("export_policy_enabled", "properties.policies.exportPolicy.status", Enabled),
    ("quarantine_policy_enabled", "properties.policies.quarantinePolicy.status", Enabled),
    ("role_assignment_mode", "properties.roleAssignmentMode", Same),
    ("network_rule_bypass_option", "properties.networkRuleBypassOptions", Same),
    ("network_rule_set.default_action", "properties.networkRuleSet.defaultAction", Same),
    ("retention_policy_in_days", "properties.policies.retentionPolicy.days", Same),
    ("zone_redundancy_enabled", "properties.zoneRedundancy", Enabled),
];

const CLUSTER: &[Field] = &[
    NAME,
    LOCATION,
    TAGS,
    ("sku_tier", "sku.tier", Same),
    ("dns_prefix", "properties.dnsPrefix", Same),
    ("kubernetes_version", "properties.kubernetesVersion", Same),
    ("node_resource_group", "properties.nodeResourceGroup", Same),
    ("identity.type", "identity.type", Same),
    ("kubelet_identity.user_assigned_identity_id", "properties.identityProfile.kubeletidentity.resourceId", Same),
    ("kubelet_identity.client_id", "properties.identityProfile.kubeletidentity.clientId", Same),
    ("kubelet_identity.object_id", "properties.identityProfile.kubeletidentity.objectId", Same),
    ("service_principal.client_id", "properties.servicePrincipalProfile.clientId", Same),
    ("network_profile.network_plugin", "properties.networkProfile.networkPlugin", Same),
    ("network_profile.network_plugin_mode", "properties.networkProfile.networkPluginMode", Same),
    ("network_profile.network_policy", "properties.networkProfile.networkPolicy", Same),
    ("network_profile.outbound_type", "properties.networkProfile.outboundType", Same),
    ("network_profile.load_balancer_sku", "properties.networkProfile.loadBalancerSku", Same),
    ("network_profile.pod_cidr", "properties.networkProfile.podCidr", Same),
    ("network_profile.service_cidr", "properties.networkProfile.serviceCidr", Same),
    ("network_profile.dns_service_ip", "properties.networkProfile.dnsServiceIP", Same),
    ("private_cluster_enabled", "properties.apiServerAccessProfile.enablePrivateCluster", Same),
    ("private_dns_zone_id", "properties.apiServerAccessProfile.privateDNSZone", Same),
    ("api_server_access_profile.authorized_ip_ranges", "properties.apiServerAccessProfile.authorizedIPRanges", Same),
    ("bootstrap_profile.artifact_source", "properties.bootstrapProfile.artifactSource", Same),
    ("bootstrap_profile.container_registry_id", "properties.bootstrapProfile.containerRegistryId", Same),
    ("local_account_disabled", "properties.disableLocalAccounts", Same),
    ("oidc_issuer_enabled", "properties.oidcIssuerProfile.enabled", Same),
    ("workload_identity_enabled", "properties.securityProfile.workloadIdentity.enabled", Same),
];

const CLUSTER_COMPUTED: &[(&str, &str)] = &[
    ("identity.principal_id", "identity.principalId"),
    ("identity.tenant_id", "identity.tenantId"),
    ("fqdn", "properties.fqdn"),
    ("private_fqdn", "properties.privateFQDN"),
    ("node_resource_group_id", "properties.nodeResourceGroupId"),
    ("oidc_issuer_url", "properties.oidcIssuerProfile.issuerURL"),
    (
        "key_vault_secrets_provider.secret_identity.object_id",
        "properties.addonProfiles.azureKeyvaultSecretsProvider.identity.objectId",
    ),
    (
        "key_vault_secrets_provider.secret_identity.client_id",
        "properties.addonProfiles.azureKeyvaultSecretsProvider.identity.clientId",
    ),
    (
        "key_vault_secrets_provider.secret_identity.user_assigned_identity_id",
        "properties.addonProfiles.azureKeyvaultSecretsProvider.identity.resourceId",
    ),
    (
        "ingress_application_gateway.ingress_application_gateway_identity.object_id",
        "properties.addonProfiles.ingressApplicationGateway.identity.objectId",
    ),
    ("oms_agent.oms_agent_identity.object_id", "properties.addonProfiles.omsagent.identity.objectId"),
    (
        "aci_connector_linux.connector_identity.object_id",
        "properties.addonProfiles.aciConnectorLinux.identity.objectId",
    ),
    ("web_app_routing.web_app_routing_identity.object_id", "properties.ingressProfile.webAppRouting.identity.objectId"),
];

const ASSIGNMENT: &[Field] = &[
    NAME,
    ("principal_id", "properties.principalId", Same),
    ("role_definition_id", "properties.roleDefinitionId", Same),
    ("role_definition_name", "properties.roleDefinitionName", Same),
    ("principal_type", "properties.principalType", Same),
    ("condition", "properties.condition", Same),
    ("condition_version", "properties.conditionVersion", Same),
    ("skip_service_principal_aad_check", "properties.skipServicePrincipalAadCheck", Same),
    ("delegated_managed_identity_resource_id", "properties.delegatedManagedIdentityResourceId", Same),
];

const IDENTITY_COMPUTED: &[(&str, &str)] = &[
    ("principal_id", "properties.principalId"),
    ("client_id", "properties.clientId"),
    ("tenant_id", "properties.tenantId"),
];

const POOL: &[Field] = &[
    NAME,
    TAGS,
    ("mode", "properties.mode", Same),
    ("os_type", "properties.osType", Same),
    ("vm_size", "properties.vmSize", Same),
    ("node_count", "properties.count", Same),
    ("vnet_subnet_id", "properties.vnetSubnetID", Same),
    ("node_labels", "properties.nodeLabels", Same),
    ("node_taints", "properties.nodeTaints", Same),
];

const GRAPH_COMPUTED: &[(&str, &str)] =
    &[("object_id", "id"), ("id", "id"), ("client_id", "appId"), ("application_id", "appId")];

const fn plain(terraform: &'static str, kind: &'static str, parent: Parent, fields: &'static [Field]) -> Type {
    Type { terraform, kind, parent, fields, computed: &[] }
}

/// All types that have an entry.
pub(in super::super) const TYPES: &[Type] = &[
    Type {
        terraform: "azurerm_container_registry",
        kind: "Microsoft.ContainerRegistry/registries",
        parent: GROUP,
        fields: REGISTRY,
        computed: &[
            ("login_server", "properties.loginServer"),
            ("admin_username", "listCredentials().username"),
            ("admin_password", "listCredentials().passwords.0.value"),
            ("identity.principal_id", "identity.principalId"),
        ],
    },
    Type {
        terraform: "azurerm_kubernetes_cluster",
        kind: "Microsoft.ContainerService/managedClusters",
        parent: GROUP,
        fields: CLUSTER,
        computed: CLUSTER_COMPUTED,
    },
    plain(
        "azurerm_kubernetes_cluster_node_pool",
        "Microsoft.ContainerService/managedClusters/agentPools",
        Parent::Id("kubernetes_cluster_id"),
        POOL,
    ),
    plain("azurerm_role_assignment", "Microsoft.Authorization/roleAssignments", Parent::Scope("scope"), ASSIGNMENT),
    plain(
        "azurerm_pim_active_role_assignment",
        "Microsoft.Authorization/roleAssignments",
        Parent::Scope("scope"),
        ASSIGNMENT,
    ),
    Type {
        terraform: "azurerm_role_definition",
        kind: "Microsoft.Authorization/roleDefinitions",
        parent: Parent::Scope("scope"),
        fields: &[("name", "properties.roleName", Same), ("assignable_scopes", "properties.assignableScopes", Same)],
        computed: &[("role_definition_resource_id", "id"), ("role_definition_id", "name")],
    },
    Type {
        terraform: "azurerm_user_assigned_identity",
        kind: "Microsoft.ManagedIdentity/userAssignedIdentities",
        parent: GROUP,
        fields: &[NAME, LOCATION, TAGS],
        computed: IDENTITY_COMPUTED,
    },
    plain(
        "azurerm_resource_group",
        "Microsoft.Resources/resourceGroups",
        Parent::Subscription,
        &[NAME, LOCATION, TAGS],
    ),
    plain(
        "azurerm_virtual_network",
        "Microsoft.Network/virtualNetworks",
        GROUP,
        &[
            NAME,
            LOCATION,
            TAGS,
            ("address_space", "properties.addressSpace.addressPrefixes", Same),
            ("dns_servers", "properties.dhcpOptions.dnsServers", Same),
        ],
    ),
    plain(
        "azurerm_subnet",
        "Microsoft.Network/virtualNetworks/subnets",
        Parent::Group(&["virtual_network_name"]),
        &[
            NAME,
            ("address_prefixes", "properties.addressPrefixes", Same),
            ("default_outbound_access_enabled", "properties.defaultOutboundAccess", Same),
        ],
    ),
    plain(
        "azurerm_private_endpoint",
        "Microsoft.Network/privateEndpoints",
        GROUP,
        &[NAME, LOCATION, TAGS, ("subnet_id", "properties.subnet.id", Same)],
    ),
    plain("azurerm_private_dns_zone", "Microsoft.Network/privateDnsZones", GROUP, &[NAME, TAGS]),
    plain(
        "azurerm_private_dns_zone_virtual_network_link",
        "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
        Parent::Group(&["private_dns_zone_name"]),
        &[
            NAME,
            TAGS,
            ("virtual_network_id", "properties.virtualNetwork.id", Same),
            ("registration_enabled", "properties.registrationEnabled", Same),
        ],
    ),
    Type {
        terraform: "azurerm_private_dns_a_record",
        kind: "Microsoft.Network/privateDnsZones/A",
        parent: Parent::Group(&["zone_name"]),
        fields: &[NAME, ("records", "properties.ipv4Addresses", Same), ("ttl", "properties.ttl", Same)],
        computed: &[("fqdn", "properties.fqdn")],
    },
    Type {
        terraform: "azurerm_public_ip",
        kind: "Microsoft.Network/publicIPAddresses",
        parent: GROUP,
        fields: &[
            NAME,
            LOCATION,
            TAGS,
            ("allocation_method", "properties.publicIPAllocationMethod", Same),
            ("sku", "sku.name", Same),
        ],
        computed: &[("ip_address", "properties.ipAddress"), ("fqdn", "properties.dnsSettings.fqdn")],
    },
    plain(
        "azurerm_nat_gateway",
        "Microsoft.Network/natGateways",
        GROUP,
        &[NAME, LOCATION, TAGS, ("sku_name", "sku.name", Same)],
    ),
    plain(
        "azurerm_container_registry_scope_map",
        "Microsoft.ContainerRegistry/registries/scopeMaps",
        Parent::Group(&["container_registry_name"]),
        &[NAME, ("actions", "properties.actions", Same)],
    ),
    plain(
        "azurerm_container_registry_token",
        "Microsoft.ContainerRegistry/registries/tokens",
        Parent::Group(&["container_registry_name"]),
        &[NAME, ("scope_map_id", "properties.scopeMapId", Same), ("enabled", "properties.status", Enabled)],
    ),
    Type {
        terraform: "azuread_service_principal",
        kind: "Microsoft.Graph/servicePrincipals",
        parent: Parent::Nowhere,
        fields: &[
            ("client_id", "appId", Same),
            ("application_id", "appId", Same),
            ("display_name", "displayName", Same),
            ("object_id", "id", Same),
        ],
        computed: GRAPH_COMPUTED,
    },
    Type {
        terraform: "azuread_application",
        kind: "Microsoft.Graph/applications",
        parent: Parent::Nowhere,
        fields: &[
            ("display_name", "displayName", Same),
            ("client_id", "appId", Same),
            ("application_id", "appId", Same),
        ],
        computed: GRAPH_COMPUTED,
    },
    Type {
        terraform: "azuread_application_registration",
        kind: "Microsoft.Graph/applications",
        parent: Parent::Nowhere,
        fields: &[("display_name", "displayName", Same)],
        computed: GRAPH_COMPUTED,
    },
    Type {
        terraform: "azuread_group",
        kind: "Microsoft.Graph/groups",
        parent: Parent::Nowhere,
        fields: &[("display_name", "displayName", Same), ("members", "members", Same), ("object_id", "id", Same)],
        computed: GRAPH_COMPUTED,
    },
    plain(
        "azuread_group_member",
        "Microsoft.Graph/groups/members",
        Parent::Nowhere,
        &[("group_object_id", "groupId", Same), ("member_object_id", "memberId", Same)],
    ),
    plain(
        "azurerm_resource_group_template_deployment",
        "Microsoft.Resources/deployments",
        GROUP,
        &[
            NAME,
            ("template_content", "properties.template", Json),
            ("parameters_content", "properties.parameters", Json),
        ],
    ),
    plain(
        "azurerm_kubernetes_cluster_extension",
        "Microsoft.KubernetesConfiguration/extensions",
        Parent::Scope("cluster_id"),
        &[
            NAME,
            ("extension_type", "properties.extensionType", Same),
            ("configuration_settings", "properties.configurationSettings", Same),
        ],
    ),
    plain("azurerm_network_security_group", "Microsoft.Network/networkSecurityGroups", GROUP, &[NAME, LOCATION, TAGS]),
    plain(
        "azurerm_key_vault",
        "Microsoft.KeyVault/vaults",
        GROUP,
        &[
            NAME,
            LOCATION,
            TAGS,
            ("purge_protection_enabled", "properties.enablePurgeProtection", Same),
            ("public_network_access_enabled", "properties.publicNetworkAccess", Enabled),
        ],
    ),
    plain(
        "azurerm_federated_identity_credential",
        "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
        Parent::Id("parent_id"),
        &[
            NAME,
            ("issuer", "properties.issuer", Same),
            ("subject", "properties.subject", Same),
            ("audience", "properties.audiences", Same),
        ],
    ),
    plain(
        "azurerm_container_registry_cache_rule",
        "Microsoft.ContainerRegistry/registries/cacheRules",
        Parent::Id("container_registry_id"),
        &[
            NAME,
            ("source_repo", "properties.sourceRepository", Same),
            ("target_repo", "properties.targetRepository", Same),
        ],
    ),
    plain(
        "azurerm_route_table",
        "Microsoft.Network/routeTables",
        GROUP,
        &[
            NAME,
            LOCATION,
            TAGS,
            ("disable_bgp_route_propagation", "properties.disableBgpRoutePropagation", Same),
            ("bgp_route_propagation_enabled", "properties.disableBgpRoutePropagation", Not),
        ],
    ),
];

impl As {
    /// The value as Resource Manager writes it.
    pub(in super::super) fn convert(self, value: Node) -> Node {
        let span = value.span;
        let word = |word: &str| Node { value: Value::Str(word.into()), ..value.clone() };
        match self {
            As::Same => value,
            As::Enabled => Node::choice(Cond::of(&value), word("Enabled"), word("Disabled"), span),
            As::Not => super::super::evaluate::negate(&value, span),
            As::Json => match value.as_str().map(|text| json::parse(span.source, text).0) {
                Some(Some(tree)) => crate::frontend::node_of(&tree),
                _ => value,
            },
        }
    }
}

/// The members of a block list, under new names of their own.
pub(in super::super) fn each_block(written: &Node, name: &str, make: impl Fn(&Node) -> Node) -> Option<Node> {
    let list = written.get(name)?;
    let blocks = list.as_list()?;
    if blocks.items.is_empty() && blocks.open.is_none() {
        return None;
    }
    let made = List { items: blocks.items.iter().map(make).collect(), open: blocks.open.clone() };
    Some(Node { value: Value::List(Arc::new(made)), ..list.clone() })
}
