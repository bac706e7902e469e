variable "tenant_id" {
  type = string
}

provider "azurerm" {
  features {}
  tenant_id = var.tenant_id
}

resource "azurerm_container_registry" "loom" {
  name                = "loomimages"
  resource_group_name = "rg-loom"
  location            = "westeurope"
  sku                 = "Standard"
}

resource "azurerm_kubernetes_cluster" "loom" {
  name                = "aks-loom"
  resource_group_name = "rg-loom"
  location            = "westeurope"
  dns_prefix          = "loom"

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
  scope                = azurerm_container_registry.loom.id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_kubernetes_cluster.loom.kubelet_identity[0].object_id
}
