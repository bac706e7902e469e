resource "azurerm_container_registry" "reed" {
  name                = "reedimages"
  resource_group_name = "rg-reed"
  location            = "westeurope"
  sku                 = "Standard"
}

resource "azurerm_kubernetes_cluster" "reed" {
  name                = "aks-reed"
  resource_group_name = "rg-reed"
  location            = "westeurope"
  dns_prefix          = "reed"

  default_node_pool {
    name       = "system"
    vm_size    = "Standard_D4s_v5"
    node_count = 2
  }

  identity {
    type = "SystemAssigned"
  }
}
