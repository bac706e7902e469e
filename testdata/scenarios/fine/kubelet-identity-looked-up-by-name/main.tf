resource "azurerm_resource_group" "loom" {
  name     = "rg-loom"
  location = "westeurope"
}

resource "azurerm_container_registry" "loom" {
  name                = "loomimages"
  resource_group_name = azurerm_resource_group.loom.name
  location            = azurerm_resource_group.loom.location
  sku                 = "Standard"
}

resource "azurerm_kubernetes_cluster" "loom" {
  name                = "aks-loom"
  resource_group_name = azurerm_resource_group.loom.name
  location            = azurerm_resource_group.loom.location
  dns_prefix          = "loom"

  default_node_pool {
    name       = "system"
    node_count = 2
    vm_size    = "Standard_D2s_v5"
  }

  identity {
    type = "SystemAssigned"
  }
}

data "azurerm_user_assigned_identity" "agentpool" {
  name                = "${azurerm_kubernetes_cluster.loom.name}-agentpool"
  resource_group_name = azurerm_kubernetes_cluster.loom.node_resource_group
}

data "azurerm_role_definition" "pull" {
  name = "AcrPull"
}

resource "azurerm_role_assignment" "pull" {
  scope              = azurerm_container_registry.loom.id
  role_definition_id = data.azurerm_role_definition.pull.id
  principal_id       = data.azurerm_user_assigned_identity.agentpool.principal_id
}
