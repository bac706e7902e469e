//! Key vaults and their secrets: credentials often go through them.

use super::table::As::{Enabled, Same, Secret};
use super::table::{BASE, Field, GROUP, NAME, Parent, Type};

const VAULT: &[Field] = &[
    ("sku_name", "properties.sku.name", Same),
    ("tenant_id", "properties.tenantId", Same),
    ("purge_protection_enabled", "properties.enablePurgeProtection", Same),
    ("public_network_access_enabled", "properties.publicNetworkAccess", Enabled),
    ("rbac_authorization_enabled", "properties.enableRbacAuthorization", Same),
    ("enable_rbac_authorization", "properties.enableRbacAuthorization", Same),
    ("network_acls.default_action", "properties.networkAcls.defaultAction", Same),
];

const SECRET: &[Field] = &[
    ("value", "properties.value", Secret),
    ("value_wo", "properties.value", Secret),
    ("content_type", "properties.contentType", Same),
    ("expiration_date", "properties.attributes.exp", Same),
    ("not_before_date", "properties.attributes.nbf", Same),
];

pub(super) const TYPES: &[Type] = &[
    Type {
        terraform: "azurerm_key_vault",
        kind: "Microsoft.KeyVault/vaults",
        parent: GROUP,
        fields: &[BASE, VAULT],
        computed: &[&[("vault_uri", "properties.vaultUri")]],
    },
    // The provider's own `id` is an address on the web; the resource id has other names.
    Type {
        terraform: "azurerm_key_vault_secret",
        kind: "Microsoft.KeyVault/vaults/secrets",
        parent: Parent::Child(&["key_vault_id"], &[]),
        fields: &[NAME, SECRET],
        computed: &[&[
            ("id", "properties.secretUriWithVersion"),
            ("versionless_id", "properties.secretUri"),
            ("resource_id", "id"),
            ("resource_versionless_id", "id"),
        ]],
    },
];
