resource "azurerm_kubernetes_cluster" "test" {
  name                = "aks-loom"
  location            = "northeurope"
  resource_group_name = "rg-test"
  dns_prefix          = "test"

  default_node_pool {
    name       = "system"
    node_count = 2
    vm_size    = "Standard_D2s_v5"
  }

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_kubernetes_cluster" "live" {
  name                = "aks-loom"
  location            = "northeurope"
  resource_group_name = "rg-live"
  dns_prefix          = "live"

  default_node_pool {
    name       = "system"
    node_count = 2
    vm_size    = "Standard_D2s_v5"
  }

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_container_registry" "loom" {
  name                = "loomimages"
  resource_group_name = "rg-shared"
  location            = "northeurope"
  sku                 = "Standard"
}

resource "azurerm_role_assignment" "test" {
  scope                = azurerm_container_registry.loom.id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_kubernetes_cluster.test.kubelet_identity[0].object_id
}
