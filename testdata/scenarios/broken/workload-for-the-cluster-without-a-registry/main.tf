resource "azurerm_kubernetes_cluster" "warp" {
  name                = "aks-warp"
  location            = "northeurope"
  resource_group_name = "rg-loom"
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

resource "azurerm_kubernetes_cluster" "weft" {
  name                = "aks-weft"
  location            = "northeurope"
  resource_group_name = "rg-loom"
  dns_prefix          = "weft"

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
  resource_group_name = "rg-loom"
  location            = "northeurope"
  sku                 = "Standard"
}

resource "azurerm_container_registry" "weft" {
  name                = "weftimages"
  resource_group_name = "rg-loom"
  location            = "northeurope"
  sku                 = "Standard"
}

resource "azurerm_role_assignment" "warp" {
  scope                = azurerm_container_registry.warp.id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_kubernetes_cluster.warp.kubelet_identity[0].object_id
}
