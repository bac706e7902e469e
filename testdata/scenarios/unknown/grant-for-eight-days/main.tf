resource "azurerm_container_registry" "acr" {
  name                = "plaza"
  resource_group_name = "rg"
  location            = "westeurope"
  sku                 = "Basic"
}

resource "azurerm_kubernetes_cluster" "aks" {
  name                = "aks"
  resource_group_name = "rg"
  location            = "westeurope"
  dns_prefix          = "aks"

  default_node_pool {
    name       = "system"
    vm_size    = "Standard_D4s_v5"
    node_count = 3
  }

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_pim_active_role_assignment" "pull" {
  scope              = azurerm_container_registry.acr.id
  role_definition_id = "/providers/Microsoft.Authorization/roleDefinitions/7f951dda-4ed3-4680-a7ca-43fe172d538d"
  principal_id       = azurerm_kubernetes_cluster.aks.kubelet_identity[0].object_id

  schedule {
    expiration {
      duration_days = 8
    }
  }
}
