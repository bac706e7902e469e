# Azure/avm-res-containerservice-managedcluster/azurerm 0.1 to 0.3, on azurerm. Role assignments and private endpoints
# of this module are for the cluster itself and decide nothing about pulls.

variable "name" {}
variable "cluster_suffix" { default = "" }
variable "resource_group_name" {}
variable "location" {}
variable "managed_identities" {
  type = object({
    system_assigned            = optional(bool, false)
    user_assigned_resource_ids = optional(set(string), [])
  })
  default  = {}
  nullable = false
}
variable "kubelet_identity" { default = null }
variable "service_principal" { default = null }
variable "default_node_pool" { default = null }
variable "node_pools" {
  default  = {}
  nullable = false
}
variable "network_profile" { default = null }
variable "private_cluster_enabled" { default = false }
variable "private_dns_zone_id" { default = null }
variable "api_server_access_profile" { default = null }
variable "node_resource_group_name" { default = null }
variable "aci_connector_linux_subnet_name" { default = null }
variable "oidc_issuer_enabled" { default = false }
variable "workload_identity_enabled" { default = false }

locals {
  own = length(var.managed_identities.user_assigned_resource_ids) > 0
}

resource "azurerm_kubernetes_cluster" "this" {
  name                      = "${var.name}${var.cluster_suffix}"
  resource_group_name       = var.resource_group_name
  location                  = var.location
  node_resource_group       = var.node_resource_group_name
  private_cluster_enabled   = var.private_cluster_enabled
  private_dns_zone_id       = var.private_cluster_enabled ? var.private_dns_zone_id : null
  oidc_issuer_enabled       = var.oidc_issuer_enabled
  workload_identity_enabled = var.workload_identity_enabled

  default_node_pool {
    name           = try(var.default_node_pool.name, null)
    vnet_subnet_id = try(var.default_node_pool.vnet_subnet_id, null)
    pod_subnet_id  = try(var.default_node_pool.pod_subnet_id, null)
  }

  identity {
    type = (
      var.managed_identities.system_assigned
      ? (local.own ? "SystemAssigned, UserAssigned" : "SystemAssigned")
      : (local.own ? "UserAssigned" : null)
    )
    identity_ids = local.own ? var.managed_identities.user_assigned_resource_ids : null
  }

  service_principal {
    client_id = try(var.service_principal.client_id, null)
  }

  kubelet_identity {
    client_id                 = try(var.kubelet_identity.client_id, null)
    object_id                 = try(var.kubelet_identity.object_id, null)
    user_assigned_identity_id = try(var.kubelet_identity.user_assigned_identity_id, null)
  }

  network_profile {
    network_plugin      = try(var.network_profile.network_plugin, null)
    network_plugin_mode = try(var.network_profile.network_plugin_mode, null)
    outbound_type       = try(var.network_profile.outbound_type, "loadBalancer")

    dynamic "nat_gateway_profile" {
      for_each = try(var.network_profile.nat_gateway_profile, null) == null ? [] : ["it"]
      content {}
    }

    load_balancer_profile {
      outbound_ip_address_ids = try(var.network_profile.load_balancer_profile.outbound_ip_address_ids, null)
    }
  }

  api_server_access_profile {
    authorized_ip_ranges = try(var.api_server_access_profile.authorized_ip_ranges, var.api_server_access_profile)
  }

  dynamic "aci_connector_linux" {
    for_each = var.aci_connector_linux_subnet_name == null ? [] : ["it"]
    content {}
  }
}

resource "azurerm_kubernetes_cluster_node_pool" "this" {
  for_each              = var.node_pools
  name                  = each.value.name
  kubernetes_cluster_id = azurerm_kubernetes_cluster.this.id
  vnet_subnet_id        = try(each.value.vnet_subnet_id, null)
  mode                  = try(each.value.mode, "User")
  os_type               = try(each.value.os_type, null)
}

output "resource_id" { value = azurerm_kubernetes_cluster.this.id }
output "name" { value = azurerm_kubernetes_cluster.this.name }
output "kubelet_identity_id" { value = azurerm_kubernetes_cluster.this.kubelet_identity[0].object_id }
output "oidc_issuer_url" { value = azurerm_kubernetes_cluster.this.oidc_issuer_url }
output "node_resource_group_id" { value = azurerm_kubernetes_cluster.this.node_resource_group_id }
output "nodepool_resource_ids" {
  value = { for key, pool in azurerm_kubernetes_cluster_node_pool.this : key => { resource_id = pool.id, name = pool.name } }
}
output "kube_config" { value = azurerm_kubernetes_cluster.this.kube_config }
output "kube_admin_config" { value = azurerm_kubernetes_cluster.this.kube_admin_config }
output "host" { value = azurerm_kubernetes_cluster.this.kube_config[0].host }
output "cluster_ca_certificate" { value = azurerm_kubernetes_cluster.this.kube_config[0].cluster_ca_certificate }
output "public_fqdn" { value = azurerm_kubernetes_cluster.this.fqdn }
output "aci_connector_object_id" {
  value = azurerm_kubernetes_cluster.this.aci_connector_linux[0].connector_identity[0].object_id
}
output "ingress_app_object_id" {
  value = azurerm_kubernetes_cluster.this.ingress_application_gateway[0].ingress_application_gateway_identity[0].object_id
}
output "key_vault_secrets_provider_object_id" {
  value = azurerm_kubernetes_cluster.this.key_vault_secrets_provider[0].secret_identity[0].object_id
}
output "web_app_routing_client_id" {
  value = azurerm_kubernetes_cluster.this.web_app_routing[0].web_app_routing_identity[0].client_id
}
output "web_app_routing_object_id" {
  value = azurerm_kubernetes_cluster.this.web_app_routing[0].web_app_routing_identity[0].object_id
}
output "private_endpoints" { value = azurerm_kubernetes_cluster.this.private_endpoints }
