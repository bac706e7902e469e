# Azure/aks/azurerm 5.x to 11.x. What came later is left out by whoever calls an older version: `attached_acr_id_map`
# (6.7), `kubelet_identity` (8.0), `bootstrap_profile` (11.5). Subnets were ids before 10.0 and are objects since.

variable "resource_group_name" {}
variable "location" { default = null }
variable "prefix" { default = "" }
variable "cluster_name" { default = null }
variable "cluster_name_random_suffix" { default = false }
variable "client_id" {
  default  = ""
  nullable = false
}
variable "client_secret" {
  default  = ""
  nullable = false
}
variable "identity_type" { default = "SystemAssigned" }
variable "identity_ids" { default = null }
variable "kubelet_identity" { default = null }
variable "attached_acr_id_map" {
  default  = {}
  nullable = false
}
variable "agents_pool_name" { default = "nodepool" }
variable "node_pools" {
  default  = {}
  nullable = false
}
variable "vnet_subnet_id" { default = null }
variable "vnet_subnet" { default = null }
variable "pod_subnet_id" { default = null }
variable "pod_subnet" { default = null }
variable "network_plugin" {
  default  = "kubenet"
  nullable = false
}
variable "network_plugin_mode" { default = null }
variable "net_profile_outbound_type" { default = "loadBalancer" }
variable "nat_gateway_profile" { default = null }
variable "load_balancer_profile_outbound_ip_address_ids" { default = null }
variable "private_cluster_enabled" { default = false }
variable "private_dns_zone_id" { default = null }
variable "api_server_authorized_ip_ranges" { default = null }
variable "node_resource_group" { default = null }
variable "bootstrap_profile" { default = null }
variable "aci_connector_linux_enabled" { default = false }
variable "oidc_issuer_enabled" { default = false }
variable "workload_identity_enabled" { default = false }

locals {
  is_principal = var.client_id != "" && var.client_secret != ""
  name         = try(coalesce(var.cluster_name, trim("${var.prefix}-aks", "-")), "aks")
}

data "azurerm_resource_group" "main" {
  count = var.location == null ? 1 : 0
  name  = var.resource_group_name
}

resource "azurerm_kubernetes_cluster" "main" {
  name                      = var.cluster_name_random_suffix ? "${local.name}${uuid()}" : local.name
  location                  = try(data.azurerm_resource_group.main[0].location, var.location)
  resource_group_name       = var.resource_group_name
  node_resource_group       = var.node_resource_group
  private_cluster_enabled   = var.private_cluster_enabled
  private_dns_zone_id       = var.private_dns_zone_id
  oidc_issuer_enabled       = var.oidc_issuer_enabled
  workload_identity_enabled = var.workload_identity_enabled

  default_node_pool {
    name           = var.agents_pool_name
    vnet_subnet_id = try(var.vnet_subnet.id, var.vnet_subnet_id)
    pod_subnet_id  = try(var.pod_subnet.id, var.pod_subnet_id)
  }

  identity {
    type         = local.is_principal ? null : var.identity_type
    identity_ids = local.is_principal ? null : var.identity_ids
  }

  service_principal {
    client_id = local.is_principal ? var.client_id : null
  }

  kubelet_identity {
    client_id                 = try(var.kubelet_identity.client_id, null)
    object_id                 = try(var.kubelet_identity.object_id, null)
    user_assigned_identity_id = try(var.kubelet_identity.user_assigned_identity_id, null)
  }

  network_profile {
    network_plugin      = var.network_plugin
    network_plugin_mode = var.network_plugin_mode
    outbound_type       = var.net_profile_outbound_type

    dynamic "nat_gateway_profile" {
      for_each = var.nat_gateway_profile == null ? [] : ["it"]
      content {}
    }

    load_balancer_profile {
      outbound_ip_address_ids = var.load_balancer_profile_outbound_ip_address_ids
    }
  }

  api_server_access_profile {
    authorized_ip_ranges = var.api_server_authorized_ip_ranges
  }

  bootstrap_profile {
    artifact_source       = try(var.bootstrap_profile.artifact_source, null)
    container_registry_id = try(var.bootstrap_profile.container_registry_id, null)
  }

  dynamic "aci_connector_linux" {
    for_each = var.aci_connector_linux_enabled ? ["it"] : []
    content {}
  }
}

resource "azurerm_kubernetes_cluster_node_pool" "node_pool" {
  for_each              = var.node_pools
  name                  = each.value.name
  kubernetes_cluster_id = azurerm_kubernetes_cluster.main.id
  vnet_subnet_id        = try(each.value.vnet_subnet.id, each.value.vnet_subnet_id, null)
  mode                  = try(each.value.mode, "User")
  os_type               = try(each.value.os_type, null)
}

resource "azurerm_role_assignment" "acr" {
  for_each             = var.attached_acr_id_map
  scope                = each.value
  role_definition_name = "AcrPull"
  principal_id         = azurerm_kubernetes_cluster.main.kubelet_identity[0].object_id
}

output "aks_id" { value = azurerm_kubernetes_cluster.main.id }
output "aks_name" { value = azurerm_kubernetes_cluster.main.name }
output "location" { value = azurerm_kubernetes_cluster.main.location }
output "kubelet_identity" { value = azurerm_kubernetes_cluster.main.kubelet_identity }
output "cluster_identity" { value = azurerm_kubernetes_cluster.main.identity[0] }
output "network_profile" { value = azurerm_kubernetes_cluster.main.network_profile }
output "node_resource_group" { value = azurerm_kubernetes_cluster.main.node_resource_group }
output "node_resource_group_id" { value = azurerm_kubernetes_cluster.main.node_resource_group_id }
output "node_pool_name" { value = { for key, pool in azurerm_kubernetes_cluster_node_pool.node_pool : key => pool.name } }
output "oidc_issuer_url" { value = azurerm_kubernetes_cluster.main.oidc_issuer_url }
output "cluster_fqdn" { value = azurerm_kubernetes_cluster.main.fqdn }
output "cluster_private_fqdn" { value = azurerm_kubernetes_cluster.main.private_fqdn }
output "cluster_portal_fqdn" { value = azurerm_kubernetes_cluster.main.portal_fqdn }
output "host" { value = azurerm_kubernetes_cluster.main.kube_config[0].host }
output "username" { value = azurerm_kubernetes_cluster.main.kube_config[0].username }
output "password" { value = azurerm_kubernetes_cluster.main.kube_config[0].password }
output "client_key" { value = azurerm_kubernetes_cluster.main.kube_config[0].client_key }
output "client_certificate" { value = azurerm_kubernetes_cluster.main.kube_config[0].client_certificate }
output "cluster_ca_certificate" { value = azurerm_kubernetes_cluster.main.kube_config[0].cluster_ca_certificate }
output "kube_config_raw" { value = azurerm_kubernetes_cluster.main.kube_config_raw }
output "kube_admin_config_raw" { value = azurerm_kubernetes_cluster.main.kube_admin_config_raw }
output "admin_host" { value = azurerm_kubernetes_cluster.main.kube_admin_config[0].host }
output "admin_username" { value = azurerm_kubernetes_cluster.main.kube_admin_config[0].username }
output "admin_password" { value = azurerm_kubernetes_cluster.main.kube_admin_config[0].password }
output "admin_client_key" { value = azurerm_kubernetes_cluster.main.kube_admin_config[0].client_key }
output "admin_client_certificate" { value = azurerm_kubernetes_cluster.main.kube_admin_config[0].client_certificate }
output "admin_cluster_ca_certificate" {
  value = azurerm_kubernetes_cluster.main.kube_admin_config[0].cluster_ca_certificate
}
output "key_vault_secrets_provider" { value = azurerm_kubernetes_cluster.main.key_vault_secrets_provider[0] }
output "ingress_application_gateway" { value = azurerm_kubernetes_cluster.main.ingress_application_gateway[0] }
output "oms_agent" { value = azurerm_kubernetes_cluster.main.oms_agent[0] }
output "aci_connector_linux" { value = azurerm_kubernetes_cluster.main.aci_connector_linux[0] }
output "web_app_routing_identity" {
  value = azurerm_kubernetes_cluster.main.web_app_routing[0].web_app_routing_identity
}
output "http_application_routing_zone_name" {
  value = azurerm_kubernetes_cluster.main.http_application_routing_zone_name
}
