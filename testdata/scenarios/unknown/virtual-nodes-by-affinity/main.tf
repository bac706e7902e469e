resource "azurerm_resource_group" "loom" {
  name     = "rg-loom"
  location = "westeurope"
}

resource "azurerm_container_registry" "loom" {
  name                = "loomimages"
  resource_group_name = azurerm_resource_group.loom.name
  location            = azurerm_resource_group.loom.location
  sku                 = "Standard"
}

resource "azurerm_kubernetes_cluster" "loom" {
  name                = "aks-loom"
  resource_group_name = azurerm_resource_group.loom.name
  location            = azurerm_resource_group.loom.location
  dns_prefix          = "loom"

  default_node_pool {
    name       = "system"
    vm_size    = "Standard_D4s_v5"
    node_count = 2
  }

  identity {
    type = "SystemAssigned"
  }
}
