resource "azurerm_container_registry" "mill" {
  name                = "millimages"
  resource_group_name = "rg-mill"
  location            = "northeurope"
  sku                 = "Standard"
}

resource "azurerm_kubernetes_cluster" "mill" {
  name                = "aks-mill"
  resource_group_name = "rg-mill"
  location            = "northeurope"
  dns_prefix          = "mill"

  default_node_pool {
    name       = "system"
    node_count = 2
    vm_size    = "Standard_D2s_v5"
  }

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_role_assignment" "mill" {
  scope                = azurerm_container_registry.mill.id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_kubernetes_cluster.mill.kubelet_identity[0].object_id
}

resource "azurerm_container_registry" "bakery" {
  name                = "bakeryimages"
  resource_group_name = "rg-bakery"
  location            = "northeurope"
  sku                 = "Standard"
}

resource "azurerm_kubernetes_cluster" "bakery" {
  name                = "aks-bakery"
  resource_group_name = "rg-bakery"
  location            = "northeurope"
  dns_prefix          = "bakery"

  default_node_pool {
    name       = "system"
    node_count = 2
    vm_size    = "Standard_D2s_v5"
  }

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_role_assignment" "bakery" {
  scope                = azurerm_container_registry.bakery.id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_kubernetes_cluster.bakery.kubelet_identity[0].object_id
}
