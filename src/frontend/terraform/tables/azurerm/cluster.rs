//! Clusters, their node pools, extensions and what GitOps they are given.

use super::table::As::{self, Block, Each, Key, Named, Not, Objects, Present, Same, Secret, Text};
use super::table::{BASE, Computed, Field, GROUP, IDENTITY, IDENTITY_COMPUTED, NAME, Parent, Type, plain};
use crate::frontend::terraform::tables::attributes::{LEFT_OUT, put, take};
use crate::ir::{Entry, Node, Why};

const PLACE: &[Field] = &[
    ("sku_tier", "sku.tier", Same),
    ("dns_prefix", "properties.dnsPrefix", Same),
    ("kubernetes_version", "properties.kubernetesVersion", Same),
    ("current_kubernetes_version", "properties.currentKubernetesVersion", Same),
    ("node_resource_group", "properties.nodeResourceGroup", Same),
    ("automatic_upgrade_channel", "properties.autoUpgradeProfile.upgradeChannel", Same),
    ("automatic_channel_upgrade", "properties.autoUpgradeProfile.upgradeChannel", Same),
    ("node_os_upgrade_channel", "properties.autoUpgradeProfile.nodeOSUpgradeChannel", Same),
    ("node_os_channel_upgrade", "properties.autoUpgradeProfile.nodeOSUpgradeChannel", Same),
    ("node_provisioning_profile.mode", "properties.nodeProvisioningProfile.mode", Same),
    ("bootstrap_profile.artifact_source", "properties.bootstrapProfile.artifactSource", Same),
    ("bootstrap_profile.container_registry_id", "properties.bootstrapProfile.containerRegistryId", Same),
    ("oidc_issuer_enabled", "properties.oidcIssuerProfile.enabled", Same),
    ("workload_identity_enabled", "properties.securityProfile.workloadIdentity.enabled", Same),
];

/// Who the cluster is: versions 2 of the provider had one identity in an argument of its own.
const IDENTITIES: &[Field] = &[
    ("identity.user_assigned_identity_id", "identity.userAssignedIdentities", Key),
    ("kubelet_identity.user_assigned_identity_id", "properties.identityProfile.kubeletidentity.resourceId", Same),
    ("kubelet_identity.client_id", "properties.identityProfile.kubeletidentity.clientId", Same),
    ("kubelet_identity.object_id", "properties.identityProfile.kubeletidentity.objectId", Same),
    ("service_principal.client_id", "properties.servicePrincipalProfile.clientId", Same),
    ("service_principal.client_secret", "properties.servicePrincipalProfile.secret", Secret),
];

const NETWORK: &[Field] = &[
    ("network_profile.network_plugin", "properties.networkProfile.networkPlugin", Same),
    ("network_profile.network_plugin_mode", "properties.networkProfile.networkPluginMode", Same),
    ("network_profile.network_mode", "properties.networkProfile.networkMode", Same),
    ("network_profile.network_policy", "properties.networkProfile.networkPolicy", Same),
    ("network_profile.network_data_plane", "properties.networkProfile.networkDataplane", Same),
    ("network_profile.ebpf_data_plane", "properties.networkProfile.networkDataplane", Same),
    ("network_profile.outbound_type", "properties.networkProfile.outboundType", Same),
    ("network_profile.load_balancer_sku", "properties.networkProfile.loadBalancerSku", Same),
    ("network_profile.pod_cidr", "properties.networkProfile.podCidr", Same),
    ("network_profile.pod_cidrs", "properties.networkProfile.podCidrs", Same),
    ("network_profile.service_cidr", "properties.networkProfile.serviceCidr", Same),
    ("network_profile.service_cidrs", "properties.networkProfile.serviceCidrs", Same),
    ("network_profile.dns_service_ip", "properties.networkProfile.dnsServiceIP", Same),
    ("network_profile.docker_bridge_cidr", "properties.networkProfile.dockerBridgeCidr", Same),
    ("network_profile.ip_versions", "properties.networkProfile.ipFamilies", Same),
    ("network_profile.load_balancer_profile", "properties.networkProfile.loadBalancerProfile", LOAD_BALANCER),
    ("network_profile.nat_gateway_profile", "properties.networkProfile.natGatewayProfile", NAT_GATEWAY),
];

const LOAD_BALANCER: As = Block(&[
    ("managed_outbound_ip_count", "managedOutboundIPs.count", Same),
    ("managed_outbound_ipv6_count", "managedOutboundIPs.countIPv6", Same),
    ("outbound_ip_address_ids", "outboundIPs.publicIPs", Objects("id")),
    ("outbound_ip_prefix_ids", "outboundIPPrefixes.publicIPPrefixes", Objects("id")),
    ("effective_outbound_ips", "effectiveOutboundIPs", Objects("id")),
    ("backend_pool_type", "backendPoolType", Same),
    ("outbound_ports_allocated", "allocatedOutboundPorts", Same),
    ("idle_timeout_in_minutes", "idleTimeoutInMinutes", Same),
]);

const NAT_GATEWAY: As = Block(&[
    ("managed_outbound_ip_count", "managedOutboundIPProfile.count", Same),
    ("effective_outbound_ips", "effectiveOutboundIPs", Objects("id")),
    ("idle_timeout_in_minutes", "idleTimeoutInMinutes", Same),
]);

const API_SERVER: &[Field] = &[
    ("private_cluster_enabled", "properties.apiServerAccessProfile.enablePrivateCluster", Same),
    ("private_link_enabled", "properties.apiServerAccessProfile.enablePrivateCluster", Same),
    ("private_cluster_public_fqdn_enabled", "properties.apiServerAccessProfile.enablePrivateClusterPublicFQDN", Same),
    ("private_dns_zone_id", "properties.apiServerAccessProfile.privateDNSZone", Same),
    ("api_server_access_profile.authorized_ip_ranges", "properties.apiServerAccessProfile.authorizedIPRanges", Same),
    ("api_server_authorized_ip_ranges", "properties.apiServerAccessProfile.authorizedIPRanges", Same),
    ("api_server_access_profile.subnet_id", "properties.apiServerAccessProfile.subnetId", Same),
    (
        "api_server_access_profile.virtual_network_integration_enabled",
        "properties.apiServerAccessProfile.enableVnetIntegration",
        Same,
    ),
    (
        "api_server_access_profile.vnet_integration_enabled",
        "properties.apiServerAccessProfile.enableVnetIntegration",
        Same,
    ),
    ("http_proxy_config.http_proxy", "properties.httpProxyConfig.httpProxy", Same),
    ("http_proxy_config.https_proxy", "properties.httpProxyConfig.httpsProxy", Same),
    ("http_proxy_config.no_proxy", "properties.httpProxyConfig.noProxy", Same),
    ("local_account_disabled", "properties.disableLocalAccounts", Same),
    ("role_based_access_control_enabled", "properties.enableRBAC", Same),
    ("role_based_access_control.enabled", "properties.enableRBAC", Same),
    (
        "azure_active_directory_role_based_access_control.azure_rbac_enabled",
        "properties.aadProfile.enableAzureRBAC",
        Same,
    ),
    (
        "azure_active_directory_role_based_access_control.admin_group_object_ids",
        "properties.aadProfile.adminGroupObjectIDs",
        Same,
    ),
    ("azure_active_directory_role_based_access_control.tenant_id", "properties.aadProfile.tenantID", Same),
];

/// Add-ons are there when their block is, and before version 3 when the block in `addon_profile` says so.
const ADDONS: &[Field] = &[
    ("addon_profile.aci_connector_linux.enabled", "properties.addonProfiles.aciConnectorLinux.enabled", Same),
    (
        "addon_profile.aci_connector_linux.subnet_name",
        "properties.addonProfiles.aciConnectorLinux.config.SubnetName",
        Same,
    ),
    ("aci_connector_linux", "properties.addonProfiles.aciConnectorLinux.enabled", Present),
    ("aci_connector_linux.subnet_name", "properties.addonProfiles.aciConnectorLinux.config.SubnetName", Same),
    ("addon_profile.oms_agent.enabled", "properties.addonProfiles.omsagent.enabled", Same),
    ("oms_agent", "properties.addonProfiles.omsagent.enabled", Present),
    ("addon_profile.azure_policy.enabled", "properties.addonProfiles.azurepolicy.enabled", Same),
    ("azure_policy_enabled", "properties.addonProfiles.azurepolicy.enabled", Same),
    (
        "addon_profile.ingress_application_gateway.enabled",
        "properties.addonProfiles.ingressApplicationGateway.enabled",
        Same,
    ),
    ("ingress_application_gateway", "properties.addonProfiles.ingressApplicationGateway.enabled", Present),
    (
        "addon_profile.azure_keyvault_secrets_provider.enabled",
        "properties.addonProfiles.azureKeyvaultSecretsProvider.enabled",
        Same,
    ),
    ("key_vault_secrets_provider", "properties.addonProfiles.azureKeyvaultSecretsProvider.enabled", Present),
    ("addon_profile.http_application_routing.enabled", "properties.addonProfiles.httpApplicationRouting.enabled", Same),
    ("http_application_routing_enabled", "properties.addonProfiles.httpApplicationRouting.enabled", Same),
    ("addon_profile.open_service_mesh.enabled", "properties.addonProfiles.openServiceMesh.enabled", Same),
    ("open_service_mesh_enabled", "properties.addonProfiles.openServiceMesh.enabled", Same),
    ("web_app_routing", "properties.ingressProfile.webAppRouting.enabled", Present),
];

/// The three names of an add-on's identity.
macro_rules! identity {
    ($from:literal, $to:literal) => {
        &[
            (concat!($from, ".object_id"), concat!($to, ".objectId")),
            (concat!($from, ".client_id"), concat!($to, ".clientId")),
            (concat!($from, ".user_assigned_identity_id"), concat!($to, ".resourceId")),
        ]
    };
}

const CLUSTER_COMPUTED: &[&[Computed]] = &[
    IDENTITY_COMPUTED,
    &[
        ("fqdn", "properties.fqdn"),
        ("private_fqdn", "properties.privateFQDN"),
        ("node_resource_group_id", "properties.nodeResourceGroupId"),
        ("oidc_issuer_url", "properties.oidcIssuerProfile.issuerURL"),
    ],
    identity!(
        "key_vault_secrets_provider.secret_identity",
        "properties.addonProfiles.azureKeyvaultSecretsProvider.identity"
    ),
    identity!(
        "ingress_application_gateway.ingress_application_gateway_identity",
        "properties.addonProfiles.ingressApplicationGateway.identity"
    ),
    identity!("oms_agent.oms_agent_identity", "properties.addonProfiles.omsagent.identity"),
    identity!("aci_connector_linux.connector_identity", "properties.addonProfiles.aciConnectorLinux.identity"),
    identity!("web_app_routing.web_app_routing_identity", "properties.ingressProfile.webAppRouting.identity"),
    identity!(
        "addon_profile.azure_keyvault_secrets_provider.secret_identity",
        "properties.addonProfiles.azureKeyvaultSecretsProvider.identity"
    ),
    identity!(
        "addon_profile.ingress_application_gateway.ingress_application_gateway_identity",
        "properties.addonProfiles.ingressApplicationGateway.identity"
    ),
    identity!("addon_profile.oms_agent.oms_agent_identity", "properties.addonProfiles.omsagent.identity"),
];

/// What node pools have in common, wherever they are written.
const POOL: &[Field] = &[
    ("vm_size", "vmSize", Same),
    ("node_count", "count", Same),
    ("min_count", "minCount", Same),
    ("max_count", "maxCount", Same),
    ("auto_scaling_enabled", "enableAutoScaling", Same),
    ("enable_auto_scaling", "enableAutoScaling", Same),
    ("vnet_subnet_id", "vnetSubnetID", Same),
    ("pod_subnet_id", "podSubnetID", Same),
    ("os_sku", "osSKU", Same),
    ("node_labels", "nodeLabels", Same),
    ("node_taints", "nodeTaints", Same),
    ("node_public_ip_enabled", "enableNodePublicIP", Same),
    ("enable_node_public_ip", "enableNodePublicIP", Same),
    ("node_public_ip_prefix_id", "nodePublicIPPrefixID", Same),
    ("orchestrator_version", "orchestratorVersion", Same),
];

/// What only pools of their own say.
const OWN_POOL: &[Field] = &[
    ("mode", "mode", Same),
    ("os_type", "osType", Same),
    ("priority", "scaleSetPriority", Same),
    ("windows_profile.outbound_nat_enabled", "windowsProfile.disableOutboundNat", Not),
    ("", "", Block(POOL)),
];

const DEFAULT_POOL: &[Field] = &[
    ("", "mode", Text("System")),
    ("name", "name", Same),
    ("type", "type", Same),
    ("only_critical_addons_enabled", "onlyCriticalAddons", Same),
    ("", "", Block(POOL)),
];

/// What a data source says of each pool.
const READ_POOL: &[Field] = &[
    ("name", "name", Same),
    ("type", "type", Same),
    ("count", "count", Same),
    ("vm_size", "vmSize", Same),
    ("os_type", "osType", Same),
    ("vnet_subnet_id", "vnetSubnetID", Same),
    ("node_labels", "nodeLabels", Same),
    ("node_taints", "nodeTaints", Same),
    ("node_public_ip_enabled", "enableNodePublicIP", Same),
    ("enable_node_public_ip", "enableNodePublicIP", Same),
    ("node_public_ip_prefix_id", "nodePublicIPPrefixID", Same),
];

/// A data source lists all pools under another name.
const POOLS: &[Field] = &[
    ("default_node_pool", "properties.agentPoolProfiles", Each(DEFAULT_POOL)),
    ("agent_pool_profile", "properties.agentPoolProfiles", Each(READ_POOL)),
];

const AUTOMATIC: &[Field] = &[
    ("", "sku.name", Text("Automatic")),
    ("api_server_access.authorized_ip_ranges", "properties.apiServerAccessProfile.authorizedIPRanges", Same),
    ("api_server_access.subnet_id", "properties.apiServerAccessProfile.subnetId", Same),
    ("private_cluster", "properties.apiServerAccessProfile.enablePrivateCluster", Present),
    ("private_cluster.private_dns_zone_id", "properties.apiServerAccessProfile.privateDNSZone", Same),
    ("kubelet_identity.user_assigned_identity_id", "properties.identityProfile.kubeletidentity.resourceId", Same),
    ("kubelet_identity.client_id", "properties.identityProfile.kubeletidentity.clientId", Same),
    ("kubelet_identity.object_id", "properties.identityProfile.kubeletidentity.objectId", Same),
    ("kubernetes_version", "properties.kubernetesVersion", Same),
    ("node_resource_group", "properties.nodeResourceGroup", Same),
    ("hosted_system.node_subnet_id", "properties.hostedSystemProfile.nodeSubnetID", Same),
    ("hosted_system.system_node_subnet_id", "properties.hostedSystemProfile.systemNodeSubnetID", Same),
];

const AUTOMATIC_COMPUTED: &[Computed] = &[
    ("current_kubernetes_version", "properties.currentKubernetesVersion"),
    ("fully_qualified_domain_name", "properties.fqdn"),
    ("private_fully_qualified_domain_name", "properties.privateFQDN"),
    ("node_resource_group_id", "properties.nodeResourceGroupId"),
    ("oidc_issuer_url", "properties.oidcIssuerProfile.issuerURL"),
];

pub(super) const TYPES: &[Type] = &[
    Type {
        terraform: "azurerm_kubernetes_cluster",
        kind: "Microsoft.ContainerService/managedClusters",
        parent: GROUP,
        fields: &[BASE, PLACE, IDENTITY, IDENTITIES, NETWORK, API_SERVER, ADDONS, POOLS],
        computed: CLUSTER_COMPUTED,
    },
    Type {
        terraform: "azurerm_kubernetes_automatic_cluster",
        kind: "Microsoft.ContainerService/managedClusters",
        parent: GROUP,
        fields: &[BASE, AUTOMATIC, IDENTITY],
        computed: &[IDENTITY_COMPUTED, AUTOMATIC_COMPUTED],
    },
    plain(
        "azurerm_kubernetes_cluster_node_pool",
        "Microsoft.ContainerService/managedClusters/agentPools",
        Parent::Child(&["kubernetes_cluster_id"], &["kubernetes_cluster_name"]),
        &[NAME, &[("tags", "tags", Same), ("", "properties", Block(OWN_POOL))]],
    ),
    Type {
        terraform: "azurerm_kubernetes_cluster_extension",
        kind: "Microsoft.KubernetesConfiguration/extensions",
        parent: Parent::Scope("cluster_id"),
        fields: &[
            NAME,
            &[
                ("extension_type", "properties.extensionType", Same),
                ("release_train", "properties.releaseTrain", Same),
                ("version", "properties.version", Same),
                ("release_namespace", "properties.scope.cluster.releaseNamespace", Same),
                ("target_namespace", "properties.scope.namespace.targetNamespace", Same),
                ("configuration_settings", "properties.configurationSettings", Same),
                ("configuration_protected_settings", "properties.configurationProtectedSettings", Secret),
            ],
        ],
        computed: &[&[("aks_assigned_identity.principal_id", "properties.aksAssignedIdentity.principalId")]],
    },
    plain(
        "azurerm_kubernetes_flux_configuration",
        "Microsoft.KubernetesConfiguration/fluxConfigurations",
        Parent::Scope("cluster_id"),
        &[
            NAME,
            &[
                ("scope", "properties.scope", Same),
                ("namespace", "properties.namespace", Same),
                ("git_repository.url", "properties.gitRepository.url", Same),
                ("bucket.url", "properties.bucket.url", Same),
                ("kustomizations", "properties.kustomizations", Named(&[("path", "path", Same)])),
            ],
        ],
    ),
];

/// The provider takes one block of identities and refuses more. Whichever is dropped, what is left is a managed identity,
/// and a control plane that has one of these.
fn one_identity(body: &mut Node, written: &Node) {
    let blocks = written.get("identity").and_then(Node::as_list).filter(|list| list.open.is_none());
    let Some(blocks) = blocks.map(|list| list.items.as_slice()).filter(|blocks| blocks.len() > 1) else { return };
    let kinds: Vec<&Node> = blocks.iter().filter_map(|block| block.get("type")).collect();
    let Some(kind) = kinds.first().filter(|_| kinds.iter().all(|kind| kind.as_str().is_some())) else { return };
    let mut ids = Vec::new();
    for block in blocks {
        ids.extend(block.get("identity_ids").and_then(Node::as_list).iter().flat_map(|list| list.items.clone()));
        ids.extend(block.get("user_assigned_identity_id").filter(|id| !id.is_null()).cloned());
    }
    take(body, &["identity"]);
    put(body, "identity.type", (*kind).clone());
    let entries = ids.into_iter().map(|id| Entry { value: Node::map(Vec::new(), id.span), key: id }).collect();
    put(body, "identity.userAssignedIdentities", Node::map(entries, written.span));
}

/// A block that a condition leaves out may be the one that says who the cluster is.
pub(super) fn complete(body: &mut Node, written: &Node) {
    one_identity(body, written);
    let left_out = written.get(LEFT_OUT).and_then(Node::as_list).map_or(&[][..], |list| &list.items);
    let states = |name: &Node| matches!(name.as_str(), Some("identity" | "service_principal"));
    if let Some(name) = left_out.iter().find(|name| states(name)) {
        let why = Why::UnsupportedSyntax("a block that a condition leaves out".into());
        put(body, "identity", Node::unknown(why, name.span));
    }
}
