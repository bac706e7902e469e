//! Registries and what stands in them.

use super::table::As::{Each, Enabled, Objects, Same, Secret};
use super::table::{BASE, Computed, Field, GROUP, IDENTITY, IDENTITY_COMPUTED, NAME, Parent, STATUS, Type, plain};
use crate::frontend::terraform::tables::attributes::{pick, put};
use crate::ir::Node;

const REGISTRY: &[Field] = &[
    ("sku", "sku.name", Same),
    ("admin_enabled", "properties.adminUserEnabled", Same),
    ("public_network_access_enabled", "properties.publicNetworkAccess", Enabled),
    ("anonymous_pull_enabled", "properties.anonymousPullEnabled", Same),
    ("data_endpoint_enabled", "properties.dataEndpointEnabled", Same),
    ("role_assignment_mode", "properties.roleAssignmentMode", Same),
    ("zone_redundancy_enabled", "properties.zoneRedundancy", Enabled),
    ("storage_account_id", "properties.storageAccount.id", Same),
    ("encryption.key_vault_key_id", "properties.encryption.keyVaultProperties.keyIdentifier", Same),
    ("encryption.identity_client_id", "properties.encryption.keyVaultProperties.identity", Same),
];

const POLICIES: &[Field] = &[
    ("export_policy_enabled", "properties.policies.exportPolicy.status", STATUS),
    ("quarantine_policy_enabled", "properties.policies.quarantinePolicy.status", STATUS),
    ("trust_policy_enabled", "properties.policies.trustPolicy.status", STATUS),
    ("trust_policy.enabled", "properties.policies.trustPolicy.status", STATUS),
    ("retention_policy_in_days", "properties.policies.retentionPolicy.days", Same),
    ("retention_policy.days", "properties.policies.retentionPolicy.days", Same),
    ("retention_policy.enabled", "properties.policies.retentionPolicy.status", STATUS),
    (
        "azuread_authentication_as_arm_policy_enabled",
        "properties.policies.azureADAuthenticationAsArmPolicy.status",
        STATUS,
    ),
];

const NETWORK: &[Field] = &[
    ("network_rule_bypass_option", "properties.networkRuleBypassOptions", Same),
    ("network_rule_bypass_for_tasks_enabled", "properties.networkRuleBypassAllowedForTasks", Same),
    ("network_rule_set.default_action", "properties.networkRuleSet.defaultAction", Same),
    (
        "network_rule_set.ip_rule",
        "properties.networkRuleSet.ipRules",
        Each(&[("action", "action", Same), ("ip_range", "value", Same)]),
    ),
    (
        "network_rule_set.virtual_network",
        "properties.networkRuleSet.virtualNetworkRules",
        Each(&[("action", "action", Same), ("subnet_id", "id", Same)]),
    ),
];

/// Resource Manager has replicas as children; the provider writes them inside of the registry, and so does this body.
const REPLICAS: &[Field] = &[
    (
        "georeplications",
        "properties.georeplications",
        Each(&[
            ("location", "location", Same),
            ("tags", "tags", Same),
            ("regional_endpoint_enabled", "regionEndpointEnabled", Same),
            ("global_endpoint_routing_enabled", "regionEndpointEnabled", Same),
            ("zone_redundancy_enabled", "zoneRedundancy", Enabled),
        ]),
    ),
    ("georeplication_locations", "properties.georeplications", Objects("location")),
];

const REGISTRY_COMPUTED: &[Computed] = &[
    ("login_server", "properties.loginServer"),
    ("admin_username", "listCredentials().username"),
    ("admin_password", "listCredentials().passwords.0.value"),
    ("data_endpoint_host_names", "properties.dataEndpointHostNames"),
];

const PASSWORDS_COMPUTED: &[Computed] = &[
    ("password1.value", "properties.credentials.passwords.0.value"),
    ("password2.value", "properties.credentials.passwords.1.value"),
];

/// Children name their registry, or say its id.
const CHILD: Parent = Parent::Child(&["container_registry_id"], &["container_registry_name"]);

pub(super) const TYPES: &[Type] = &[
    Type {
        terraform: "azurerm_container_registry",
        kind: "Microsoft.ContainerRegistry/registries",
        parent: GROUP,
        fields: &[BASE, REGISTRY, POLICIES, NETWORK, REPLICAS, IDENTITY],
        computed: &[REGISTRY_COMPUTED, IDENTITY_COMPUTED],
    },
    plain(
        "azurerm_container_registry_scope_map",
        "Microsoft.ContainerRegistry/registries/scopeMaps",
        CHILD,
        &[NAME, &[("actions", "properties.actions", Same), ("description", "properties.description", Same)]],
    ),
    plain(
        "azurerm_container_registry_token",
        "Microsoft.ContainerRegistry/registries/tokens",
        CHILD,
        &[NAME, &[("scope_map_id", "properties.scopeMapId", Same), ("enabled", "properties.status", STATUS)]],
    ),
    Type {
        terraform: "azurerm_container_registry_token_password",
        kind: "Microsoft.ContainerRegistry/registries/tokens",
        parent: Parent::Change("container_registry_token_id"),
        fields: &[],
        computed: &[PASSWORDS_COMPUTED],
    },
    plain(
        "azurerm_container_registry_cache_rule",
        "Microsoft.ContainerRegistry/registries/cacheRules",
        CHILD,
        &[
            NAME,
            &[
                ("source_repo", "properties.sourceRepository", Same),
                ("target_repo", "properties.targetRepository", Same),
                ("credential_set_id", "properties.credentialSetResourceId", Same),
            ],
        ],
    ),
    Type {
        terraform: "azurerm_container_registry_credential_set",
        kind: "Microsoft.ContainerRegistry/registries/credentialSets",
        parent: CHILD,
        fields: &[
            NAME,
            &[
                ("login_server", "properties.loginServer", Same),
                ("identity.type", "identity.type", Same),
                (
                    "authentication_credentials",
                    "properties.authCredentials",
                    Each(&[
                        ("username_secret_id", "usernameSecretIdentifier", Same),
                        ("password_secret_id", "passwordSecretIdentifier", Same),
                    ]),
                ),
            ],
        ],
        computed: &[IDENTITY_COMPUTED],
    },
    plain(
        "azurerm_container_registry_webhook",
        "Microsoft.ContainerRegistry/registries/webhooks",
        Parent::Group(&["registry_name"]),
        &[
            BASE,
            &[
                ("actions", "properties.actions", Same),
                ("scope", "properties.scope", Same),
                ("service_uri", "properties.serviceUri", Secret),
                ("status", "properties.status", Same),
            ],
        ],
    ),
    Type {
        terraform: "azurerm_container_registry_task",
        kind: "Microsoft.ContainerRegistry/registries/tasks",
        parent: CHILD,
        fields: &[NAME, &[("tags", "tags", Same), ("enabled", "properties.status", Enabled)], IDENTITY],
        computed: &[IDENTITY_COMPUTED],
    },
    plain(
        "azurerm_container_registry_agent_pool",
        "Microsoft.ContainerRegistry/registries/agentPools",
        CHILD,
        &[BASE, &[("virtual_network_subnet_id", "properties.virtualNetworkSubnetResourceId", Same)]],
    ),
    plain(
        "azurerm_container_connected_registry",
        "Microsoft.ContainerRegistry/registries/connectedRegistries",
        CHILD,
        &[
            NAME,
            &[
                ("mode", "properties.mode", Same),
                ("parent_registry_id", "properties.parent.id", Same),
                ("sync_token_id", "properties.parent.syncProperties.tokenId", Same),
                ("client_token_ids", "properties.clientTokenIds", Same),
            ],
        ],
    ),
];

/// The two passwords of a token, as the token has them.
pub(super) fn passwords(body: &mut Node, written: &Node) {
    let password = |name: &str| {
        let block = written.get(name).filter(|block| block.as_list().is_some_and(|list| !list.items.is_empty()))?;
        let mut made = Node::map(Vec::new(), block.span);
        put(&mut made, "name", Node::text(name, block.span));
        if let Some(expiry) = pick(written, &format!("{name}.expiry")).filter(|expiry| !expiry.is_null()) {
            put(&mut made, "expiry", expiry);
        }
        if let Some(value) = pick(written, &format!("{name}.value")).filter(|value| !value.is_null()) {
            put(&mut made, "value", value.secret());
        }
        Some(made)
    };
    let made: Vec<Node> = ["password1", "password2"].iter().filter_map(|name| password(name)).collect();
    let mut fresh = Node::map(Vec::new(), written.span);
    put(&mut fresh, "properties.credentials.passwords", Node::list(made, written.span));
    *body = fresh;
}
