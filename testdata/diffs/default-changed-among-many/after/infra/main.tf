resource "azurerm_resource_group" "harbor" {
  name     = "rg-harbor"
  location = "westeurope"
}

resource "azurerm_container_registry" "images" {
  name                          = "harborimages"
  resource_group_name           = azurerm_resource_group.harbor.name
  location                      = azurerm_resource_group.harbor.location
  sku                           = "Premium"
  admin_enabled                 = true
  public_network_access_enabled = true
}

resource "azurerm_kubernetes_cluster" "aks" {
  name                = "aks-harbor"
  resource_group_name = azurerm_resource_group.harbor.name
  location            = azurerm_resource_group.harbor.location
  dns_prefix          = "harbor"

  default_node_pool {
    name       = "system"
    node_count = 2
    vm_size    = "Standard_D2s_v5"
  }

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_role_assignment" "pull" {
  count                = var.grants ? 1 : 0
  scope                = azurerm_container_registry.images.id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_kubernetes_cluster.aks.kubelet_identity[0].object_id
}
