//! Resource types that decide about pulls.

/// `Microsoft.ContainerRegistry/registries`.
pub const REGISTRY: &str = "Microsoft.ContainerRegistry/registries";
/// `Microsoft.ContainerService/managedClusters`.
pub const CLUSTER: &str = "Microsoft.ContainerService/managedClusters";
/// `Microsoft.ManagedIdentity/userAssignedIdentities`.
pub const IDENTITY: &str = "Microsoft.ManagedIdentity/userAssignedIdentities";
/// `Microsoft.Authorization/roleAssignments`.
pub const ROLE_ASSIGNMENT: &str = "Microsoft.Authorization/roleAssignments";
/// Role assignments that are made on request, for a time or for good (Privileged Identity Management).
pub const SCHEDULE_REQUEST: &str = "Microsoft.Authorization/roleAssignmentScheduleRequests";
/// `Microsoft.Authorization/roleDefinitions`.
pub const ROLE_DEFINITION: &str = "Microsoft.Authorization/roleDefinitions";
/// Entra service principals.
pub const SERVICE_PRINCIPAL: &str = "Microsoft.Graph/servicePrincipals";
/// Entra applications: not principals themselves.
pub const APPLICATION: &str = "Microsoft.Graph/applications";
/// Entra groups.
pub const ENTRA_GROUP: &str = "Microsoft.Graph/groups";
/// Private endpoints.
pub const PRIVATE_ENDPOINT: &str = "Microsoft.Network/privateEndpoints";
/// Scale sets of virtual machines: the nodes of clusters among them.
pub const SCALE_SET: &str = "Microsoft.Compute/virtualMachineScaleSets";
/// A repository of a registry, as a saved list of its tags tells of it. Resource Manager has no such type.
pub const REPOSITORY: &str = "Microsoft.ContainerRegistry/registries/repositories";
/// Policy assignments, which may change what is deployed.
pub const POLICY_ASSIGNMENT: &str = "Microsoft.Authorization/policyAssignments";

/// Namespaces whose resources say something about pulls, and those that are often handed the admin credentials of a
/// registry.
const DECIDING: [&str; 13] = [
    "microsoft.containerregistry",
    "microsoft.containerservice",
    "microsoft.managedidentity",
    "microsoft.authorization",
    "microsoft.network",
    "microsoft.resources",
    "microsoft.graph",
    "microsoft.kubernetes",
    "microsoft.kubernetesconfiguration",
    "microsoft.keyvault",
    "microsoft.app",
    "microsoft.web",
    "microsoft.containerinstance",
];

/// Locks keep resources from being changed; nothing asks for them.
const LOCK: &str = "Microsoft.Authorization/locks";

/// Whether what is written in a resource of this type can decide about pulls. Types outside of Azure always can.
pub fn decides(kind: &str) -> bool {
    let namespace = kind.split('/').next().unwrap_or_default().to_ascii_lowercase();
    if kind.eq_ignore_ascii_case(LOCK) {
        return false;
    }
    !namespace.starts_with("microsoft.") || DECIDING.contains(&&*namespace)
}

/// The path of a reference that means whichever identity pulls for a cluster: commands that attach a registry look it up.
pub const PULLER: &str = "pullingIdentity";
