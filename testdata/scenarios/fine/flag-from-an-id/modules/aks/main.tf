variable "name" {
  type = string
}
variable "rg" {
  type    = string
  default = "rg"
}
variable "acr_id" {
  type    = string
  default = null
}
resource "azurerm_kubernetes_cluster" "this" {
  name                = var.name
  resource_group_name = var.rg
  location            = "westeurope"
  dns_prefix          = var.name
  default_node_pool {
    name       = "default"
    node_count = 1
    vm_size    = "x"
  }
  identity { type = "SystemAssigned" }
}
resource "azurerm_role_assignment" "acr" {
  count                = var.acr_id != null ? 1 : 0
  scope                = var.acr_id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_kubernetes_cluster.this.kubelet_identity[0].object_id
}
output "kubelet" { value = azurerm_kubernetes_cluster.this.kubelet_identity }
output "cluster" { value = azurerm_kubernetes_cluster.this }
output "principal" { value = azurerm_kubernetes_cluster.this.identity[0].principal_id }

