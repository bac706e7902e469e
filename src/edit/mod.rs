//! What to change, worded in the language of the file that needs the change.

use crate::ir::{Language, Resource};
use crate::world::cluster::Cluster;
use crate::world::registry::Registry;
use crate::world::workload::shown;

/// The name that a declaration has in its own language: `aks`, `azurerm_kubernetes_cluster.this`.
fn symbol(resource: &Resource) -> String {
    resource.address.path.last().map_or_else(String::new, |step| {
        step.key.as_ref().map_or_else(|| step.name.to_string(), |key| format!("{}{key}", step.name))
    })
}

/// Make a grant's principal the kubelet identity of a cluster.
pub fn principal_of_kubelet(language: Language, cluster: &Cluster<'_>) -> String {
    let symbol = symbol(cluster.resource);
    match language {
        Language::Bicep => format!("principalId: {symbol}.properties.identityProfile.kubeletidentity.objectId"),
        Language::Arm => format!(
            "\"principalId\": \"[reference(resourceId('Microsoft.ContainerService/managedClusters', '{}')).identityProfile.kubeletidentity.objectId]\"",
            shown(&cluster.name)
        ),
        Language::Terraform | Language::Plan => format!("principal_id = {symbol}.kubelet_identity[0].object_id"),
        Language::Kubernetes | Language::AzureCli => {
            "--assignee-object-id \"$(az aks show … --query identityProfile.kubeletidentity.objectId -o tsv)\""
                .to_owned()
        }
    }
}

/// Grant the kubelet identity of a cluster the right to pull from a registry.
pub fn grant_pull(cluster: &Cluster<'_>, registry: &Registry<'_>) -> String {
    let (aks, acr) = (symbol(cluster.resource), symbol(registry.resource));
    match cluster.resource.language {
        Language::Bicep => format!(
            "add\nresource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{\n  name: guid({acr}.id, {aks}.id, 'AcrPull')\n  scope: {acr}\n  properties: {{\n    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')\n    {}\n    principalType: 'ServicePrincipal'\n  }}\n}}",
            principal_of_kubelet(Language::Bicep, cluster)
        ),
        Language::Terraform | Language::Plan => format!(
            "add\nresource \"azurerm_role_assignment\" \"pull\" {{\n  scope                = {acr}.id\n  role_definition_name = \"AcrPull\"\n  {}\n}}",
            principal_of_kubelet(Language::Terraform, cluster).replacen("principal_id =", "principal_id         =", 1)
        ),
        _ => format!(
            "grant AcrPull on `{}` to the kubelet identity, or run `az aks update --name {} --attach-acr {}`",
            shown(&registry.name),
            shown(&cluster.name),
            shown(&registry.name)
        ),
    }
}

/// Make the role of a grant one that the registry's mode honours.
pub fn repository_role(language: Language) -> String {
    const READER: &str = "b93aa761-3e63-49ed-ac28-beffa264f7ac";
    match language {
        Language::Terraform | Language::Plan => {
            "role_definition_name = \"Container Registry Repository Reader\"".to_owned()
        }
        _ => format!("use the role Container Registry Repository Reader (`{READER}`)"),
    }
}
