//! Built-in roles and whether they let pull, per registry mode (Azure built-in roles for Containers; the ACR article on
//! roles per mode). A role that is not in the table is unknown, never "no": it may be custom, and several built-in roles
//! hold `*/read`.

use crate::ir::Truth;

/// A built-in role.
#[derive(Debug, PartialEq, Eq)]
pub struct Role {
    /// The name as shown.
    pub name: &'static str,
    /// The GUID of its definition, the same in every tenant.
    pub guid: &'static str,
    /// Lets pull from a registry in the mode of RBAC registry permissions.
    pub legacy: Truth,
    /// Lets pull from a registry in the mode of ABAC repository permissions.
    pub abac: Truth,
}

const fn role(name: &'static str, guid: &'static str, legacy: Truth, abac: Truth) -> Role {
    Role { name, guid, legacy, abac }
}

use Truth::{No, Unknown, Yes};

/// All roles whose answer is known.
pub static ROLES: &[Role] = &[
    role("AcrPull", "7f951dda-4ed3-4680-a7ca-43fe172d538d", Yes, No),
    role("AcrPush", "8311e382-0749-4cb8-b61a-304f252e45ec", Yes, No),
    role("AcrDelete", "c2f4ef07-c644-48eb-af81-4b1b4947fb11", No, No),
    role("AcrImageSigner", "6cef56e8-d556-48e5-a04f-b8e64114680f", No, No),
    role("AcrQuarantineReader", "cdda3590-29a3-44f6-95f2-9f980659eb04", No, No),
    role("AcrQuarantineWriter", "c8d4ff99-41c3-41a8-9f60-21dfdad59608", No, No),
    role("Container Registry Repository Reader", "b93aa761-3e63-49ed-ac28-beffa264f7ac", No, Yes),
    role("Container Registry Repository Writer", "2a1e307c-b015-4ebd-883e-5b7698a07328", No, Yes),
    role("Container Registry Repository Contributor", "2efddaa5-3f1f-4df3-97df-af3f13818f4c", No, Yes),
    role("Container Registry Repository Catalog Lister", "bfdb9389-c9a5-478a-bb2f-ba9ca092c3c7", No, No),
    role("Container Registry Data Importer and Data Reader", "577a9874-89fd-4f24-9dbd-b5034d0ad23a", Yes, Unknown),
    role(
        "Container Registry Configuration Reader and Data Access Configuration Reader",
        "69b07be0-09bf-439a-b9a6-e73de851bd59",
        No,
        No,
    ),
    role(
        "Container Registry Contributor and Data Access Configuration Administrator",
        "3bc748fc-213d-45c1-8d91-9da5725539b9",
        No,
        No,
    ),
    role("Container Registry Tasks Contributor", "fb382eab-e894-4461-af04-94435c366c3f", No, No),
    role("Container Registry Transfer Pipeline Contributor", "bf94e731-3a51-4a7c-8c54-a1ab9971dfc1", No, No),
    role("Reader", "acdd72a7-3385-48ef-bd42-f606fba81ae7", Yes, No),
    role("Contributor", "b24988ac-6180-42a0-ab88-20f7382dd24c", Yes, No),
    role("Owner", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", Yes, No),
    role("User Access Administrator", "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", Unknown, No),
    role("Role Based Access Control Administrator", "f58310d9-a9f6-439a-9e8d-f62e7b41a168", Unknown, No),
    role("Managed Identity Operator", "f1a07417-d97a-45cb-824c-7a7467783830", No, No),
];

/// Built-in roles whose actions hold nothing of a registry's, in either mode: what they are for has nothing to do with
/// images (the built-in roles' own definitions).
const UNRELATED: &[(&str, &str)] = &[
    ("Network Contributor", "4d97b98b-1d4f-4787-a291-c67834d212e7"),
    ("DNS Zone Contributor", "befefa01-2a29-4197-83a8-272ff33ce314"),
    ("Private DNS Zone Contributor", "b12aa53e-6015-4669-85d0-8515ebb3ae7f"),
    ("Virtual Machine Contributor", "9980e02c-c2be-4d73-94e8-173b1dc7cf3c"),
    ("Managed Identity Contributor", "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59"),
    ("Monitoring Metrics Publisher", "3913510d-42f4-4e42-8a64-420c390055eb"),
    ("Key Vault Administrator", "00482a5a-887f-4fb3-b363-3b7fe8e74483"),
    ("Key Vault Certificates Officer", "a4417e6f-fecd-4de8-b567-7b0420556985"),
    ("Key Vault Certificate User", "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba"),
    ("Key Vault Crypto Officer", "14b46e9e-c2b7-41b4-b07b-48a6ebf60603"),
    ("Key Vault Crypto User", "12338af0-0e69-4776-bea7-57ae8d297424"),
    ("Key Vault Crypto Service Encryption User", "e147488a-f6f5-4113-8e2d-b22465e65bf6"),
    ("Key Vault Reader", "21090545-7ca7-4776-b22c-e363652d74d2"),
    ("Key Vault Secrets Officer", "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"),
    ("Key Vault Secrets User", "4633458b-17de-408a-b874-0445c86b69e6"),
    ("Storage Account Contributor", "17d1049b-9a84-46fb-8f53-869881c3d3ab"),
    ("Storage Blob Data Contributor", "ba92f5b4-2d11-453d-a403-e96b0029c9fe"),
    ("Storage Blob Data Owner", "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"),
    ("Storage Blob Data Reader", "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"),
    ("Storage File Data SMB Share Contributor", "0c867c2a-1d8c-454a-a3db-ab2ea1bdc8bb"),
    ("Storage Queue Data Contributor", "974c5e8b-45b9-4653-ba55-5f855dd0fb88"),
    ("Storage Table Data Contributor", "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"),
    ("Azure Kubernetes Service Cluster User Role", "4abbcc35-e782-43d8-92c5-2d3f1bd2253f"),
    ("Azure Kubernetes Service Cluster Admin Role", "0ab0b1a8-8aac-4efd-b8c2-3ee1fb270be8"),
    ("Azure Kubernetes Service RBAC Admin", "3498e952-d568-435e-9b2c-8d77e338d7f7"),
    ("Azure Kubernetes Service RBAC Cluster Admin", "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b"),
    ("Azure Kubernetes Service RBAC Reader", "7f6c6a51-bcf8-42ba-9220-52d62157d7db"),
    ("Azure Kubernetes Service RBAC Writer", "a7ffa36f-339b-4b5c-8bdf-e2c188b2c0eb"),
    ("Azure Service Bus Data Owner", "090c5cfd-751d-490a-894a-3ce6f1109419"),
    ("Azure Event Hubs Data Owner", "f526a384-b230-433a-b45c-95f59c4a2dec"),
    ("App Configuration Data Reader", "516239f1-63e1-4d78-a4de-a74fb236a071"),
    ("AppGw for Containers Configuration Manager", "fbc52c3f-28ad-4303-a892-8a056630b8f1"),
    ("Cognitive Services OpenAI User", "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd"),
    ("Cognitive Services User", "a97b65f3-24c7-4388-baec-2e87135dc908"),
];

/// Whether a role, by name or GUID, is a built-in one that lets nobody pull in any mode.
pub fn lets_nobody_pull(text: &str) -> bool {
    let last = text.rsplit('/').next().unwrap_or(text);
    UNRELATED.iter().any(|(name, guid)| text.eq_ignore_ascii_case(name) || last.eq_ignore_ascii_case(guid))
}

/// Whether a role, by name or GUID, may be one that lets assign identities to what runs.
pub fn may_assign_identities(text: &str) -> bool {
    let text = text.trim_matches(['"', '\'']);
    match by_name(text).or_else(|| by_guid(text)) {
        Some(role) => matches!(role.name, "Owner" | "Contributor" | "Managed Identity Operator"),
        None => !lets_nobody_pull(text),
    }
}

/// The role that a definition's GUID, or the last segment of its id, names.
pub fn by_guid(text: &str) -> Option<&'static Role> {
    let guid = text.rsplit('/').next().unwrap_or(text);
    ROLES.iter().find(|role| role.guid.eq_ignore_ascii_case(guid))
}

/// The role with this name; role names compare without regard to case.
pub fn by_name(name: &str) -> Option<&'static Role> {
    ROLES.iter().find(|role| role.name.eq_ignore_ascii_case(name))
}
