resource "azurerm_kubernetes_cluster" "this" {
  name                = var.name
  location            = "westeurope"
  resource_group_name = var.resource_group_name
  dns_prefix          = var.name
  default_node_pool {
    name    = "system"
    vm_size = "Standard_D2s_v5"
  }
  identity {
    type = "SystemAssigned"
  }
}
variable "name" {}
variable "resource_group_name" {}
variable "registry" {
  default = null
}

module "grant" {
  source    = "git::https://example.com/grant.git?ref=v1"
  count     = var.grants ? 1 : 0
  scope     = var.registry
  principal = azurerm_kubernetes_cluster.this.kubelet_identity[0].object_id
}

variable "grants" {
  default = false
}
