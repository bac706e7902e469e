resource "azurerm_resource_group" "ferry" {
  name     = "rg-ferry"
  location = "westeurope"
}

resource "azurerm_container_registry" "ferry" {
  name                = "ferryimages"
  resource_group_name = azurerm_resource_group.ferry.name
  location            = azurerm_resource_group.ferry.location
  sku                 = "Premium"

  georeplications {
    location = "eastus2"
  }
}

resource "azurerm_kubernetes_cluster" "ferry" {
  name                = "aks-ferry"
  resource_group_name = azurerm_resource_group.ferry.name
  location            = azurerm_resource_group.ferry.location
  dns_prefix          = "ferry"

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
  scope                = azurerm_container_registry.ferry.id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_kubernetes_cluster.ferry.kubelet_identity[0].object_id
}
