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

/// The role that a definition's GUID, or the last segment of its id, names.
pub fn by_guid(text: &str) -> Option<&'static Role> {
    let guid = text.rsplit('/').next().unwrap_or(text);
    ROLES.iter().find(|role| role.guid.eq_ignore_ascii_case(guid))
}

/// The role with this name; role names compare without regard to case.
pub fn by_name(name: &str) -> Option<&'static Role> {
    ROLES.iter().find(|role| role.name.eq_ignore_ascii_case(name))
}
