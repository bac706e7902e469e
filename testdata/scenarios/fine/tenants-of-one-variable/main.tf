provider "azurerm" {
  features {}
  subscription_id = "0f7d2c1e-58b3-4a96-9d41-6e3b8a5c7f20"
  tenant_id       = var.tenant
}

provider "azurerm" {
  alias = "hub"
  features {}
  subscription_id = "b6a3d9e0-41c7-4e82-95f8-d20c7b1e6a35"
  tenant_id       = var.tenant
}

resource "azurerm_resource_group" "seed" {
  name     = "rg-seed"
  location = "westeurope"
}

resource "azurerm_resource_group" "hub" {
  provider = azurerm.hub
  name     = "rg-hub"
  location = "westeurope"
}

resource "azurerm_container_registry" "seed" {
  provider            = azurerm.hub
  name                = "seedimages"
  resource_group_name = azurerm_resource_group.hub.name
  location            = azurerm_resource_group.hub.location
  sku                 = "Standard"
}

resource "azurerm_kubernetes_cluster" "seed" {
  name                = "aks-seed"
  resource_group_name = azurerm_resource_group.seed.name
  location            = azurerm_resource_group.seed.location
  dns_prefix          = "seed"

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
  provider             = azurerm.hub
  scope                = azurerm_container_registry.seed.id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_kubernetes_cluster.seed.kubelet_identity[0].object_id
}
variable "tenant" {}
