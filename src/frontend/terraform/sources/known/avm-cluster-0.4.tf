# Azure/avm-res-containerservice-managedcluster/azurerm 0.4 to 0.8, on azapi. Role assignments and private endpoints of
# this module are for the cluster itself and decide nothing about pulls. A cluster of the kind Automatic chooses its
# kubelet identity itself.

variable "name" {}
variable "parent_id" {}
variable "location" {}
variable "sku" { default = null }
variable "managed_identities" {
  type = object({
    system_assigned            = optional(bool, false)
    user_assigned_resource_ids = optional(set(string), [])
  })
  default  = { system_assigned = true }
  nullable = false
}
variable "identity_profile" { default = null }
variable "service_principal_profile" { default = null }
variable "default_agent_pool" { default = {} }
variable "agent_pools" {
  default  = {}
  nullable = false
}
variable "network_profile" { default = null }
variable "api_server_access_profile" { default = null }
variable "bootstrap_profile" { default = null }
variable "node_resource_group" { default = null }

locals {
  own          = length(var.managed_identities.user_assigned_resource_ids) > 0
  is_automatic = try(var.sku.name, null) == "Automatic"
}

resource "azapi_resource" "this" {
  type      = "Microsoft.ContainerService/managedClusters@2025-10-01"
  name      = var.name
  parent_id = var.parent_id
  location  = var.location

  identity {
    type = (
      var.managed_identities.system_assigned
      ? (local.own ? "SystemAssigned, UserAssigned" : "SystemAssigned")
      : (local.own ? "UserAssigned" : null)
    )
    identity_ids = local.own ? var.managed_identities.user_assigned_resource_ids : []
  }

  body = {
    sku = {
      name = try(var.sku.name, null)
      tier = try(var.sku.tier, null)
    }
    properties = {
      nodeResourceGroup = var.node_resource_group
      identityProfile = local.is_automatic || var.identity_profile == null ? null : {
        for key, identity in var.identity_profile : key => { resourceId = identity.resource_id }
      }
      servicePrincipalProfile = local.is_automatic || var.service_principal_profile == null ? null : {
        clientId = var.service_principal_profile.client_id
      }
      networkProfile = {
        networkPlugin     = try(var.network_profile.network_plugin, null)
        networkPluginMode = try(var.network_profile.network_plugin_mode, null)
        outboundType      = try(var.network_profile.outbound_type, null)
        natGatewayProfile = try(var.network_profile.nat_gateway_profile, null)
      }
      apiServerAccessProfile = {
        enablePrivateCluster = try(var.api_server_access_profile.enable_private_cluster, null)
        privateDNSZone       = try(var.api_server_access_profile.private_dns_zone, null)
        authorizedIPRanges   = try(var.api_server_access_profile.authorized_ip_ranges, null)
      }
      bootstrapProfile = local.is_automatic || var.bootstrap_profile == null ? null : {
        artifactSource      = try(var.bootstrap_profile.artifact_source, null)
        containerRegistryId = try(var.bootstrap_profile.container_registry_id, null)
      }
      agentPoolProfiles = [{
        name         = try(var.default_agent_pool.name, "systempool")
        mode         = "System"
        vnetSubnetID = try(var.default_agent_pool.vnet_subnet_id, null)
        podSubnetID  = try(var.default_agent_pool.pod_subnet_id, null)
      }]
    }
  }
}

resource "azapi_resource" "agent_pool" {
  for_each  = var.agent_pools
  type      = "Microsoft.ContainerService/managedClusters/agentPools@2025-10-01"
  name      = each.value.name
  parent_id = azapi_resource.this.id
  body = {
    properties = {
      mode         = try(each.value.mode, "User")
      osType       = try(each.value.os_type, null)
      vnetSubnetID = try(each.value.vnet_subnet_id, null)
    }
  }
}

output "resource_id" { value = azapi_resource.this.id }
output "name" { value = azapi_resource.this.name }
output "kubelet_identity" { value = azapi_resource.this.output.properties.identityProfile.kubeletidentity }
output "identity_principal_id" { value = azapi_resource.this.identity[0].principal_id }
output "identity_tenant_id" { value = azapi_resource.this.identity[0].tenant_id }
output "fqdn" { value = azapi_resource.this.output.properties.fqdn }
output "private_fqdn" { value = azapi_resource.this.output.properties.privateFQDN }
output "azure_portal_fqdn" { value = azapi_resource.this.output.properties.azurePortalFQDN }
output "current_kubernetes_version" { value = azapi_resource.this.output.properties.currentKubernetesVersion }
output "max_agent_pools" { value = azapi_resource.this.output.properties.maxAgentPools }
output "oidc_issuer_profile_issuer_url" { value = azapi_resource.this.output.properties.oidcIssuerProfile.issuerURL }
output "node_resource_group_name" { value = azapi_resource.this.output.properties.nodeResourceGroup }
output "node_resource_group_id" { value = azapi_resource.this.output.properties.nodeResourceGroupId }
output "kube_config" { value = azapi_resource.this.output.listClusterUserCredential }
output "kube_admin_config" { value = azapi_resource.this.output.listClusterAdminCredential }
output "cluster_ca_certificate" { value = azapi_resource.this.output.listClusterUserCredential.authority }
output "ingress_profile_web_app_routing_identity" {
  value = azapi_resource.this.output.properties.ingressProfile.webAppRouting.identity
}
output "ingress_app_object_id" {
  value = azapi_resource.this.output.properties.addonProfiles.ingressApplicationGateway.identity.objectId
}
output "key_vault_secrets_provider_identity" {
  value = azapi_resource.this.output.properties.addonProfiles.azureKeyvaultSecretsProvider.identity
}
output "network_profile_load_balancer_profile_effective_outbound_ips" {
  value = azapi_resource.this.output.properties.networkProfile.loadBalancerProfile.effectiveOutboundIPs
}
output "network_profile_nat_gateway_profile_effective_outbound_ips" {
  value = azapi_resource.this.output.properties.networkProfile.natGatewayProfile.effectiveOutboundIPs
}
