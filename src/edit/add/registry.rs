//! Settings of a registry, and what belongs to it.

use super::{Form, fit, group, name, told};
use crate::edit::symbol;
use crate::ir::Resource;
use crate::world::registry::Registry;

/// Let a registry hand out layers at endpoints of its own.
pub fn own_data_endpoints(registry: &Registry<'_>) -> String {
    let piece = set(
        registry.resource,
        "dataEndpointEnabled: true",
        "\"dataEndpointEnabled\": true",
        "data_endpoint_enabled = true",
    );
    told(piece, &format!("az acr update --name {} --data-endpoint-enabled true", name(registry.resource)))
}

/// Let a registry take tokens that are made for Resource Manager.
pub fn tokens_for_azure(registry: &Registry<'_>) -> String {
    let at = registry.resource;
    let piece = match Form::of(at.language) {
        Form::Bicep => Some(format!(
            "to `policies` of `{}`\nazureADAuthenticationAsArmPolicy: {{ status: 'enabled' }}",
            symbol(at, false)
        )),
        Form::Arm => Some(format!(
            "to `policies` of `{}`\n\"azureADAuthenticationAsArmPolicy\": {{ \"status\": \"enabled\" }}",
            name(at)
        )),
        Form::Terraform | Form::Command => None,
    };
    told(piece, &format!("az acr config authentication-as-arm update --registry {} --status enabled", name(at)))
}

/// The cache rule that an isolated cluster pulls the images of its nodes through.
pub fn cache_rule(registry: &Registry<'_>) -> String {
    let at = registry.resource;
    let (from, to) = ("mcr.microsoft.com/*", "aks-managed-repository/*");
    let piece = match Form::of(at.language) {
        Form::Bicep => Some(format!(
            "resource managedImages 'Microsoft.ContainerRegistry/registries/cacheRules@2023-07-01' = {{\n  parent: {}\n  name: \
             'aks-managed-mcr'\n  properties: {{\n    sourceRepository: '{from}'\n    targetRepository: '{to}'\n  }}\n}}",
            symbol(at, false)
        )),
        Form::Arm => Some(format!(
            "{{\n  \"type\": \"Microsoft.ContainerRegistry/registries/cacheRules\",\n  \"apiVersion\": \"2023-07-01\",\n  \
             \"name\": \"{0}/aks-managed-mcr\",\n  \"dependsOn\": [ \"[resourceId('Microsoft.ContainerRegistry/registries', \
             '{0}')]\" ],\n  \"properties\": {{\n    \"sourceRepository\": \"{from}\",\n    \"targetRepository\": \"{to}\"\n  \
             }}\n}}",
            name(at)
        )),
        Form::Terraform => Some(format!(
            "resource \"azurerm_container_registry_cache_rule\" \"managed_images\" {{\n  name                  = \
             \"aks-managed-mcr\"\n  container_registry_id = {}.id\n  source_repo           = \"{from}\"\n  target_repo           \
             = \"{to}\"\n}}",
            symbol(at, false)
        )),
        Form::Command => None,
    };
    let command = format!(
        "az acr cache create --resource-group {} --registry {} --name aks-managed-mcr --source-repo \"{from}\" --target-repo \
         \"{to}\"",
        group(at),
        name(at)
    );
    told(piece, &command)
}

/// A setting of a declaration, in its language.
fn set(at: &Resource, bicep: &str, arm: &str, terraform: &str) -> Option<String> {
    let to = |what: &str, written: &str| Some(format!("to {what}\n{written}"));
    match Form::of(at.language) {
        Form::Bicep => to(&format!("`properties` of `{}`", symbol(at, false)), bicep),
        Form::Arm => to(&format!("`properties` of `{}`", fit(&name(at))), arm),
        Form::Terraform => to(&format!("`{}`", symbol(at, false)), terraform),
        Form::Command => None,
    }
}
