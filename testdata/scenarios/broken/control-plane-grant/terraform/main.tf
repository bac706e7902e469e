resource "azurerm_resource_group" "harbour" {
  name     = "rg-harbour"
  location = "northeurope"
}

resource "azurerm_container_registry" "harbour" {
  name                = "harbourimages"
  resource_group_name = azurerm_resource_group.harbour.name
  location            = azurerm_resource_group.harbour.location
  sku                 = "Standard"
}

resource "azurerm_kubernetes_cluster" "harbour" {
  name                = "aks-harbour"
  resource_group_name = azurerm_resource_group.harbour.name
  location            = azurerm_resource_group.harbour.location
  dns_prefix          = "harbour"

  default_node_pool {
    name       = "system"
    vm_size    = "Standard_D2s_v5"
    node_count = 2
  }

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_role_assignment" "pull" {
  scope                = azurerm_container_registry.harbour.id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_kubernetes_cluster.harbour.identity[0].principal_id
}
