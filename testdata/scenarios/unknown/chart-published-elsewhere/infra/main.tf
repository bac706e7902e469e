resource "azurerm_container_registry" "acr" {
  name = "acmeimages"
  resource_group_name = "rg"
  location = "westeurope"
  sku = "Basic"
}
resource "azurerm_kubernetes_cluster" "aks" {
  name = "aks"
  resource_group_name = "rg"
  location = "westeurope"
  dns_prefix = "aks"
  default_node_pool {
    name = "system"
    vm_size = "Standard_D4s_v5"
  }
  identity { type = "SystemAssigned" }
}

