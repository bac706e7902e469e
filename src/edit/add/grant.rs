//! A role assignment that lets a cluster pull.

use super::{Form, fit, group, name};
use crate::edit::{PULL, kubelet, modules, pull_role, symbol};
use crate::ir::Resource;
use crate::world::cluster::{Cluster, Pulling};
use crate::world::registry::Registry;
use crate::world::workload::shown;

/// Grant the kubelet identity of a cluster the right to pull from a registry.
pub fn grant_pull(cluster: &Cluster<'_>, registry: &Registry<'_>) -> String {
    let (at, on) = (cluster.resource, registry.resource);
    let (role, id) = pull_role(registry);
    let managed = !matches!(cluster.pulling, Pulling::ServicePrincipal(_));
    let command = command(cluster, registry, role, managed);
    let one_tree = at.address.root == on.address.root && Form::of(at.language) == Form::of(on.language);
    let together = modules(at) == modules(on);
    let piece = match Form::of(at.language) {
        _ if !managed || !one_tree => None,
        Form::Bicep if together => {
            Some(bicep(&symbol(on, false), &symbol(at, false), &kubelet(cluster, false), role, id))
        }
        Form::Terraform if together => {
            Some(terraform(&format!("{}.id", symbol(on, false)), &kubelet(cluster, false), role))
        }
        Form::Arm if together => Some(arm(cluster, registry, role, id)),
        Form::Bicep => Some(bicep_apart(cluster, on, role, id)),
        Form::Terraform => Some(terraform_apart(cluster, on, role)),
        Form::Arm | Form::Command => None,
    };
    match piece {
        Some(piece) => format!("add\n{piece}\nor run `{command}`"),
        None => format!(
            "grant {role} on `{}` to {} of `{}`: `{command}`",
            shown(&registry.name),
            if managed { "the kubelet identity" } else { "the service principal" },
            shown(&cluster.name)
        ),
    }
}

fn command(cluster: &Cluster<'_>, registry: &Registry<'_>, role: &str, managed: bool) -> String {
    let (aks, acr) = (fit(&shown(&cluster.name)), fit(&shown(&registry.name)));
    let of = format!("--resource-group {} --name {aks}", group(cluster.resource));
    // What `--attach-acr` grants is AcrPull.
    if pull_role(registry).1 == PULL {
        return format!("az aks update {of} --attach-acr {acr}");
    }
    let who = match managed {
        true => format!(
            "--assignee-object-id $(az aks show {of} --query identityProfile.kubeletidentity.objectId --output tsv) \
             --assignee-principal-type ServicePrincipal"
        ),
        false => format!("--assignee $(az aks show {of} --query servicePrincipalProfile.clientId --output tsv)"),
    };
    format!(
        "az role assignment create --role \"{role}\" --scope $(az acr show --name {acr} --query id --output tsv) {who}"
    )
}

fn bicep(acr: &str, aks: &str, principal: &str, role: &str, id: &str) -> String {
    format!(
        "resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{\n  name: guid({acr}.id, {aks}.id, '{role}')\n  \
         scope: {acr}\n  properties: {{\n    roleDefinitionId: \
         subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{id}')\n    principalId: {principal}\n    \
         principalType: 'ServicePrincipal'\n  }}\n}}"
    )
}

/// The ends are in two modules: one hands the identity over, the other one takes it.
fn bicep_apart(cluster: &Cluster<'_>, registry: &Resource, role: &str, id: &str) -> String {
    let (module, inner) = (call(cluster.resource), call(registry));
    let acr = symbol(registry, false);
    format!(
        "output kubeletPrincipalId string = {}\nto the file of `{}`, hand it to the file of `{}` as `kubeletPrincipalId: \
         {module}`{inner}, and add there\nparam kubeletPrincipalId string\nresource pull \
         'Microsoft.Authorization/roleAssignments@2022-04-01' = {{\n  name: guid({acr}.id, 'kubelet', '{role}')\n  scope: \
         {acr}\n  properties: {{\n    roleDefinitionId: \
         subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{id}')\n    principalId: kubeletPrincipalId\n    \
         principalType: 'ServicePrincipal'\n  }}\n}}",
        kubelet(cluster, false),
        symbol(cluster.resource, false),
        acr,
    )
}

/// How the output of the module around a resource is read.
fn call(resource: &Resource) -> String {
    match modules(resource).last() {
        Some(step) => format!("{}.outputs.kubeletPrincipalId", step.name),
        None => String::new(),
    }
}

fn terraform(scope: &str, principal: &str, role: &str) -> String {
    format!(
        "resource \"azurerm_role_assignment\" \"pull\" {{\n  scope                = {scope}\n  role_definition_name = \
         \"{role}\"\n  principal_id         = {principal}\n}}"
    )
}

/// What an end is read by where the modules are called, with the output that its module needs for that.
fn terraform_apart(cluster: &Cluster<'_>, registry: &Resource, role: &str) -> String {
    let seen = |resource: &Resource, own: String, output: &str| match modules(resource) {
        [] => (own, String::new()),
        [module] => (
            format!("{}.{output}", module.name),
            format!("output \"{output}\" {{\n  value = {own}\n}}\nto `{}`, and add\n", module.name),
        ),
        _ => (format!("<{own}, handed up by its modules>"), String::new()),
    };
    let (principal, first) = seen(cluster.resource, kubelet(cluster, false), "kubelet_object_id");
    let (scope, second) = seen(registry, format!("{}.id", symbol(registry, false)), "registry_id");
    format!("{first}{second}{}", terraform(&scope, &principal, role))
}

fn arm(cluster: &Cluster<'_>, registry: &Registry<'_>, role: &str, id: &str) -> String {
    let (acr, aks) = (name(registry.resource), name(cluster.resource));
    let registry = format!("resourceId('Microsoft.ContainerRegistry/registries', '{acr}')");
    let cluster_id = format!("resourceId('Microsoft.ContainerService/managedClusters', '{aks}')");
    format!(
        "{{\n  \"type\": \"Microsoft.Authorization/roleAssignments\",\n  \"apiVersion\": \"2022-04-01\",\n  \"name\": \
         \"[guid({registry}, {cluster_id}, '{role}')]\",\n  \"scope\": \"[{registry}]\",\n  \"dependsOn\": [ \"[{registry}]\", \
         \"[{cluster_id}]\" ],\n  \"properties\": {{\n    \"roleDefinitionId\": \
         \"[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '{id}')]\",\n    \"principalId\": \"{}\",\n    \
         \"principalType\": \"ServicePrincipal\"\n  }}\n}}",
        kubelet(cluster, false)
    )
}
