variable "env" {
  type = string
}

resource "azurerm_resource_group" "shop" {
  name     = "rg-shop-${var.env}"
  location = "westeurope"
}

resource "azurerm_container_registry" "shop" {
  name                = "shopimages${var.env}"
  resource_group_name = azurerm_resource_group.shop.name
  location            = azurerm_resource_group.shop.location
  sku                 = "Standard"
}

resource "azurerm_kubernetes_cluster" "shop" {
  name                = "aks-shop-${var.env}"
  resource_group_name = azurerm_resource_group.shop.name
  location            = azurerm_resource_group.shop.location
  dns_prefix          = "shop"

  default_node_pool {
    name       = "system"
    node_count = 2
    vm_size    = "Standard_D4s_v5"
  }

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_role_assignment" "pull" {
  scope                = azurerm_container_registry.shop.id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_kubernetes_cluster.shop.identity[0].principal_id
}
