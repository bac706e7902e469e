resource "azurerm_resource_group" "salvage" {
  name     = "rg-salvage"
  location = "chinanorth3"
}

resource "azurerm_container_registry" "salvage" {
  name                = "salvageimages"
  resource_group_name = azurerm_resource_group.salvage.name
  location            = azurerm_resource_group.salvage.location
  sku                 = "Standard"
}

resource "azurerm_kubernetes_cluster" "salvage" {
  name                = "aks-salvage"
  resource_group_name = azurerm_resource_group.salvage.name
  location            = azurerm_resource_group.salvage.location
  dns_prefix          = "salvage"

  default_node_pool {
    name       = "system"
    vm_size    = "Standard_D4s_v5"
    node_count = 2
  }

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_role_assignment" "pull" {
  scope                = azurerm_container_registry.salvage.id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_kubernetes_cluster.salvage.kubelet_identity[0].object_id
}
