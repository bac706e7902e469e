resource "azurerm_resource_group" "mill" {
  name     = "rg-mill"
  location = "northeurope"
}

resource "azurerm_container_registry" "mill" {
  name                = "millimages"
  resource_group_name = azurerm_resource_group.mill.name
  location            = azurerm_resource_group.mill.location
  sku                 = "Standard"
}

resource "azurerm_kubernetes_cluster" "mill" {
  name                = "aks-mill"
  resource_group_name = azurerm_resource_group.mill.name
  location            = azurerm_resource_group.mill.location
  dns_prefix          = "mill"

  default_node_pool {
    name       = "system"
    node_count = 2
    vm_size    = "Standard_D2s_v5"
  }

  identity {
    type = "SystemAssigned"
  }
}
