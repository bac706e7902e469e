# Azure/avm-ptn-aks-production/azurerm 0.2 to 0.5: a private cluster and, when `acr` is given, a registry behind a private
# endpoint that its kubelet identity may pull from. All node pools stand in the same subnet as the default one.

variable "name" {}
variable "resource_group_name" {}
variable "location" {}
variable "network" {}
variable "acr" { default = null }
variable "managed_identities" {
  type = object({
    system_assigned            = optional(bool, false)
    user_assigned_resource_ids = optional(set(string), [])
  })
  default  = {}
  nullable = false
}
variable "private_dns_zone_id" { default = null }
variable "outbound_type" { default = "loadBalancer" }

locals {
  own = length(var.managed_identities.user_assigned_resource_ids) > 0
}

resource "azurerm_container_registry" "this" {
  for_each                      = toset(var.acr == null ? [] : ["acr"])
  name                          = var.acr.name
  resource_group_name           = var.resource_group_name
  location                      = var.location
  sku                           = "Premium"
  public_network_access_enabled = false
  network_rule_bypass_option    = "None"
  admin_enabled                 = false
}

resource "azurerm_private_endpoint" "primary" {
  for_each            = toset(var.acr == null ? [] : ["acr"])
  name                = "pe-${var.acr.name}"
  resource_group_name = var.resource_group_name
  location            = var.location
  subnet_id           = var.acr.subnet_resource_id

  private_service_connection {
    name                           = "pse-${var.acr.name}"
    private_connection_resource_id = azurerm_container_registry.this["acr"].id
    subresource_names              = ["registry"]
    is_manual_connection           = false
  }

  dynamic "private_dns_zone_group" {
    for_each = length(var.acr.private_dns_zone_resource_ids) > 0 ? ["it"] : []
    content {
      name                 = "default"
      private_dns_zone_ids = var.acr.private_dns_zone_resource_ids
    }
  }
}

resource "azurerm_role_assignment" "acr" {
  for_each             = toset(var.acr == null ? [] : ["acr"])
  scope                = azurerm_container_registry.this["acr"].id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_kubernetes_cluster.this.kubelet_identity[0].object_id
}

resource "azurerm_user_assigned_identity" "aks" {
  count               = local.own ? 0 : 1
  name                = "uami-aks"
  resource_group_name = var.resource_group_name
  location            = var.location
}

resource "azurerm_kubernetes_cluster" "this" {
  name                    = "aks-${var.name}"
  resource_group_name     = var.resource_group_name
  location                = var.location
  private_cluster_enabled = true
  private_dns_zone_id     = var.private_dns_zone_id

  default_node_pool {
    name           = "agentpool"
    vnet_subnet_id = var.network.node_subnet_id
  }

  identity {
    type         = "UserAssigned"
    identity_ids = local.own ? var.managed_identities.user_assigned_resource_ids : azurerm_user_assigned_identity.aks[*].id
  }

  network_profile {
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
    outbound_type       = var.outbound_type
  }
}

output "resource" { value = azurerm_kubernetes_cluster.this }
output "resource_id" { value = azurerm_kubernetes_cluster.this.id }
output "current_kubernetes_version" { value = azurerm_kubernetes_cluster.this.current_kubernetes_version }
output "fqdn" { value = azurerm_kubernetes_cluster.this.fqdn }
output "private_fqdn" { value = azurerm_kubernetes_cluster.this.private_fqdn }
output "portal_fqdn" { value = azurerm_kubernetes_cluster.this.portal_fqdn }
output "identity_principal_id" { value = azurerm_kubernetes_cluster.this.identity[0].principal_id }
output "identity_tenant_id" { value = azurerm_kubernetes_cluster.this.identity[0].tenant_id }
output "kubelet_identity_client_id" { value = azurerm_kubernetes_cluster.this.kubelet_identity[0].client_id }
output "kubelet_identity_object_id" { value = azurerm_kubernetes_cluster.this.kubelet_identity[0].object_id }
output "kubelet_identity_user_assigned_identity_id" {
  value = azurerm_kubernetes_cluster.this.kubelet_identity[0].user_assigned_identity_id
}
output "network_profile" { value = azurerm_kubernetes_cluster.this.network_profile }
output "node_resource_group" { value = azurerm_kubernetes_cluster.this.node_resource_group }
output "node_resource_group_id" { value = azurerm_kubernetes_cluster.this.node_resource_group_id }
output "oidc_issuer_url" { value = azurerm_kubernetes_cluster.this.oidc_issuer_url }
output "kube_config" { value = azurerm_kubernetes_cluster.this.kube_config }
output "kube_config_raw" { value = azurerm_kubernetes_cluster.this.kube_config_raw }
output "kube_admin_config" { value = azurerm_kubernetes_cluster.this.kube_admin_config }
output "kube_admin_config_raw" { value = azurerm_kubernetes_cluster.this.kube_admin_config_raw }
output "http_application_routing_zone_name" {
  value = azurerm_kubernetes_cluster.this.http_application_routing_zone_name
}
