//! What to change: as exact edits where it can be written in place ([`Repair`]), and in words, in the language of the
//! file that needs the change, where something has to be added.
//!
//! A fix is *safe* when what stands there can be read in one way only and nothing that works depends on it; every other
//! one decides something for the user. Plans, saved output, scripts, pages and rendered text are never edited.

mod add;
mod apply;
mod entry;
mod member;
mod page;
mod principal;
mod readers;
mod repair;
mod role;
#[cfg(test)]
mod tests;
mod word;

pub use add::{
    admit_address, allow_in, allow_out, allow_through_firewall, cache_rule, grant_pull, lead_to, link_zone, make_zone,
    own_data_endpoints, peer_back, peer_both, private_endpoint, tokens_for_azure, zone_group,
};
pub use apply::{applied, faults, is_sound};
pub use repair::Repair;

use crate::ir::{Key, Language, Resource, Step};
use crate::world::cluster::{Cluster, Pulling};
use crate::world::registry::{Registry, RoleMode};
use crate::world::workload::shown;

/// The name that a declaration has in its own language: `aks`, `azurerm_kubernetes_cluster.this`. An instance of a loop is
/// named as the loop names it where `looped` says that the text stands in such a loop too.
fn symbol(resource: &Resource, looped: bool) -> String {
    let Some(step) = resource.address.path.last() else { return String::new() };
    let key = match &step.key {
        None => String::new(),
        Some(key) if !looped => key.to_string(),
        Some(Key::Int(_)) if resource.language.is_terraform() => "[count.index]".to_owned(),
        Some(_) if resource.language.is_terraform() => "[each.key]".to_owned(),
        Some(_) => "[i]".to_owned(),
    };
    format!("{}{key}", step.name)
}

/// The modules around a declaration.
fn modules(resource: &Resource) -> &[Step] {
    resource.address.path.split_last().map_or(&[], |(_, modules)| modules)
}

/// Where a cluster keeps the object id of its kubelet identity.
fn kubelet(cluster: &Cluster<'_>, looped: bool) -> String {
    let symbol = symbol(cluster.resource, looped);
    match cluster.resource.language {
        Language::Bicep => format!("{symbol}.properties.identityProfile.kubeletidentity.objectId"),
        Language::Arm => format!(
            "[reference(resourceId('Microsoft.ContainerService/managedClusters', '{}')).identityProfile.kubeletidentity.objectId]",
            shown(&cluster.name)
        ),
        Language::Terraform | Language::Plan if symbol.starts_with("azapi_") => {
            format!("{symbol}.output.properties.identityProfile.kubeletidentity.objectId")
        }
        Language::Terraform | Language::Plan => format!("{symbol}.kubelet_identity[0].object_id"),
        Language::Kubernetes | Language::AzureCli | Language::Script => {
            "$(az aks show … --query identityProfile.kubeletidentity.objectId -o tsv)".to_owned()
        }
    }
}

/// Make a grant's principal the identity with which a cluster pulls.
pub fn principal_of_puller(grant: &Resource, cluster: &Cluster<'_>) -> String {
    if let Pulling::ServicePrincipal(_) = cluster.pulling {
        return format!("use the object id of the service principal of `{}`, not its client id", shown(&cluster.name));
    }
    let looped = grant.address.path.last().is_some_and(|step| step.key.is_some());
    let id = kubelet(cluster, looped);
    let together = grant.address.root == cluster.resource.address.root && modules(grant) == modules(cluster.resource);
    match grant.language {
        Language::AzureCli => format!(
            "grant it to the kubelet identity instead: `az role assignment create --role AcrPull --scope <id of the registry> \
             --assignee-object-id {id} --assignee-principal-type ServicePrincipal`"
        ),
        _ if !together => {
            format!("use the kubelet identity: hand `{id}` over as an output of the module with the cluster")
        }
        Language::Bicep => format!("principalId: {id}"),
        Language::Arm => format!("\"principalId\": \"{id}\""),
        Language::Terraform | Language::Plan => format!("principal_id = {id}"),
        Language::Kubernetes | Language::Script => format!("--assignee-object-id \"{id}\""),
    }
}

/// AcrPull.
const PULL: &str = "7f951dda-4ed3-4680-a7ca-43fe172d538d";
/// Container Registry Repository Reader.
const READER: &str = "b93aa761-3e63-49ed-ac28-beffa264f7ac";

/// The role that lets pull from a registry, by name and id: which one it is depends on the registry's mode.
fn pull_role(registry: &Registry<'_>) -> (&'static str, &'static str) {
    match registry.mode.value() {
        Some(RoleMode::Abac) => ("Container Registry Repository Reader", READER),
        _ => ("AcrPull", PULL),
    }
}

/// Make the role of a grant one that the registry's mode honours.
pub fn repository_role(language: Language) -> String {
    match language {
        Language::Terraform | Language::Plan => {
            "role_definition_name = \"Container Registry Repository Reader\"".to_owned()
        }
        _ => format!("use the role Container Registry Repository Reader (`{READER}`)"),
    }
}

/// Make the role of a grant one that a registry in legacy mode honours.
pub fn legacy_role(language: Language) -> String {
    match language {
        Language::Terraform | Language::Plan => "role_definition_name = \"AcrPull\"".to_owned(),
        _ => format!("use the role AcrPull (`{PULL}`)"),
    }
}

/// Give a role assignment a name that is its own.
pub fn own_name(grant: &Resource) -> String {
    match grant.language {
        Language::Bicep => "name: guid(<registry>.id, <identity>.id, <role>)".to_owned(),
        Language::Arm => "name it after what it grants: `[guid(<registry id>, <identity id>, <role>)]`".to_owned(),
        Language::Terraform | Language::Plan => "leave `name` out: the provider makes one up".to_owned(),
        Language::Kubernetes | Language::AzureCli | Language::Script => {
            "leave `--name` out: Azure makes one up".to_owned()
        }
    }
}

/// Say that the principal of a role assignment is a service principal, as every managed identity is.
pub fn principal_type(language: Language) -> String {
    match language {
        Language::Arm => "\"principalType\": \"ServicePrincipal\"".to_owned(),
        _ => "principalType: 'ServicePrincipal'".to_owned(),
    }
}

/// Let a condition on repositories admit one more.
pub fn admit(repository: &str) -> String {
    format!(
        "add to the names in the condition: OR @Request[Microsoft.ContainerRegistry/registries/repositories:name] StringEqualsIgnoreCase '{repository}'"
    )
}

/// Do without the admin user of a registry, or enable it.
pub fn admin_user(registry: &Registry<'_>) -> String {
    let enable = match registry.resource.language {
        Language::Terraform | Language::Plan => "admin_enabled = true",
        Language::Arm => "\"adminUserEnabled\": true",
        _ => "adminUserEnabled: true",
    };
    format!("grant AcrPull to the identity that pulls and drop the credential, or set `{enable}`")
}

/// Give the control plane of a cluster one user-assigned identity.
pub fn user_assigned(language: Language) -> String {
    match language {
        Language::Bicep => {
            "identity: {\n  type: 'UserAssigned'\n  userAssignedIdentities: { '${controlPlaneIdentity.id}': {} }\n}"
        }
        Language::Arm => {
            "\"identity\": { \"type\": \"UserAssigned\", \"userAssignedIdentities\": { \"[<id of the identity>]\": {} } }"
        }
        Language::Terraform | Language::Plan => {
            "identity {\n  type         = \"UserAssigned\"\n  identity_ids = [azurerm_user_assigned_identity.control_plane.id]\n}"
        }
        Language::Kubernetes | Language::AzureCli | Language::Script => "az aks update --enable-managed-identity --assign-identity <id>",
    }
    .to_owned()
}

/// Let the control plane of a cluster assign the kubelet identity.
pub fn identity_operator(language: Language, control: &Resource, kubelet: &Resource) -> String {
    const ROLE: &str = "f1a07417-d97a-45cb-824c-7a7467783830";
    let (from, to) = (symbol(control, false), symbol(kubelet, false));
    let together = control.address.root == kubelet.address.root && modules(control) == modules(kubelet);
    match language {
        Language::Bicep if together => format!(
            "add, and let the cluster depend on it\nresource operator 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{\n  name: guid({to}.id, {from}.id, '{ROLE}')\n  scope: {to}\n  properties: {{\n    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{ROLE}')\n    principalId: {from}.properties.principalId\n    principalType: 'ServicePrincipal'\n  }}\n}}"
        ),
        Language::Terraform | Language::Plan if together => format!(
            "add, and let the cluster depend on it\nresource \"azurerm_role_assignment\" \"operator\" {{\n  scope                = {to}.id\n  role_definition_name = \"Managed Identity Operator\"\n  principal_id         = {from}.principal_id\n}}"
        ),
        _ => format!(
            "grant `{}` Managed Identity Operator (`{ROLE}`) on `{}`",
            shown(&control.name),
            shown(&kubelet.name)
        ),
    }
}

/// Another way to sign in for a cluster whose service principal has a secret that is of no use.
pub fn principal_without_end(language: Language, cluster: &str) -> String {
    match language {
        Language::Terraform | Language::Plan => {
            "give the cluster an `identity` block in the place of `service_principal`: nothing ends there; or renew the password"
                .to_owned()
        }
        Language::AzureCli => format!(
            "`az aks update --name {cluster} --enable-managed-identity`, or a new secret with `az aks update-credentials \
             --name {cluster} --reset-service-principal`"
        ),
        _ => "give the cluster an `identity` in the place of `servicePrincipalProfile`: nothing ends there; or read the \
              secret from a key vault"
            .to_owned(),
    }
}
