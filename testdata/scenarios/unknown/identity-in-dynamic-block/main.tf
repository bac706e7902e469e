variable "managed" {
  type = bool
}

resource "azurerm_resource_group" "rg" {
  name     = "rg-dyn"
  location = "westeurope"
}

resource "azurerm_container_registry" "acr" {
  name                = "dynimages"
  resource_group_name = azurerm_resource_group.rg.name
  location            = azurerm_resource_group.rg.location
  sku                 = "Standard"
}

resource "azurerm_kubernetes_cluster" "aks" {
  name                = "aks-dyn"
  resource_group_name = azurerm_resource_group.rg.name
  location            = azurerm_resource_group.rg.location
  dns_prefix          = "dyn"

  default_node_pool {
    name       = "system"
    vm_size    = "Standard_D4s_v5"
    node_count = 2
  }

  dynamic "identity" {
    for_each = var.managed ? [1] : []
    content {
      type = "SystemAssigned"
    }
  }

  dynamic "service_principal" {
    for_each = var.managed ? [] : [1]
    content {
      client_id     = "00000000-0000-0000-0000-000000000001"
      client_secret = "x"
    }
  }
}

resource "azurerm_role_assignment" "pull" {
  scope                = azurerm_container_registry.acr.id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_kubernetes_cluster.aks.kubelet_identity[0].object_id
}
