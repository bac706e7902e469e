resource "azurerm_resource_group" "loom" {
  name     = "rg-loom"
  location = "northeurope"
}

resource "azurerm_kubernetes_cluster" "warp" {
  name                = "aks-warp"
  location            = "northeurope"
  resource_group_name = azurerm_resource_group.loom.name
  dns_prefix          = "warp"

  default_node_pool {
    name       = "system"
    node_count = 2
    vm_size    = "Standard_D2s_v5"
  }

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_container_registry" "warp" {
  name                = "warpimages"
  resource_group_name = azurerm_resource_group.loom.name
  location            = "northeurope"
  sku                 = "Standard"
}
