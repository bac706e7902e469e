resource "azurerm_resource_group" "rg" {
  name     = "rg-shop"
  location = "westeurope"
}
resource "azurerm_container_registry" "acr" {
  name                = "acrshop"
  resource_group_name = azurerm_resource_group.rg.name
  location            = azurerm_resource_group.rg.location
  sku                 = "Standard"
  admin_enabled       = false
}
resource "azurerm_kubernetes_cluster" "aks" {
  name                = "aks-shop"
  location            = azurerm_resource_group.rg.location
  resource_group_name = azurerm_resource_group.rg.name
  dns_prefix          = "shop"
  default_node_pool {
    name       = "default"
    node_count = 2
    vm_size    = "Standard_D2s_v5"
  }
  identity { type = "SystemAssigned" }
}
