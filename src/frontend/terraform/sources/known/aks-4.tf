# Azure/aks/azurerm 4.2 to 4.16: a cluster in a resource group that exists, with a service principal when both of its
# parts are given and a managed identity otherwise. Before 4.2 there was a service principal always.

variable "resource_group_name" {}
variable "prefix" {}
variable "cluster_name" { default = null }
variable "client_id" { default = "" }
variable "client_secret" { default = "" }
variable "identity_type" { default = "SystemAssigned" }
variable "user_assigned_identity_id" { default = null }
variable "agents_pool_name" { default = "nodepool" }
variable "vnet_subnet_id" { default = null }
variable "private_cluster_enabled" { default = false }
variable "network_plugin" { default = "kubenet" }
variable "net_profile_outbound_type" { default = "loadBalancer" }
variable "node_resource_group" { default = null }

locals {
  is_principal = var.client_id != "" && var.client_secret != ""
}

data "azurerm_resource_group" "main" {
  name = var.resource_group_name
}

resource "azurerm_kubernetes_cluster" "main" {
  name                    = var.cluster_name == null ? "${var.prefix}-aks" : var.cluster_name
  location                = data.azurerm_resource_group.main.location
  resource_group_name     = var.resource_group_name
  node_resource_group     = var.node_resource_group
  private_cluster_enabled = var.private_cluster_enabled

  default_node_pool {
    name           = var.agents_pool_name
    vnet_subnet_id = var.vnet_subnet_id
  }

  identity {
    type         = local.is_principal ? null : var.identity_type
    identity_ids = local.is_principal || var.identity_type != "UserAssigned" ? null : [var.user_assigned_identity_id]
  }

  service_principal {
    client_id = local.is_principal ? var.client_id : null
  }

  network_profile {
    network_plugin = var.network_plugin
    outbound_type  = var.net_profile_outbound_type
  }
}

output "aks_id" { value = azurerm_kubernetes_cluster.main.id }
output "location" { value = azurerm_kubernetes_cluster.main.location }
output "node_resource_group" { value = azurerm_kubernetes_cluster.main.node_resource_group }
output "kubelet_identity" { value = azurerm_kubernetes_cluster.main.kubelet_identity }
output "system_assigned_identity" { value = azurerm_kubernetes_cluster.main.identity }
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
output "http_application_routing_zone_name" {
  value = azurerm_kubernetes_cluster.main.http_application_routing_zone_name
}
output "addon_profile" { value = azurerm_kubernetes_cluster.main.addon_profile[0] }
