resource "azurerm_container_registry" "foundry" {
  name                = "foundryimages"
  resource_group_name = "rg-foundry"
  location            = "westeurope"
  sku                 = "Standard"
}

resource "azurerm_user_assigned_identity" "control" {
  name                = "id-foundry"
  resource_group_name = "rg-foundry"
  location            = "westeurope"
}

resource "azurerm_kubernetes_cluster" "foundry" {
  name                = "aks-foundry"
  resource_group_name = "rg-foundry"
  location            = "westeurope"
  dns_prefix          = "foundry"

  default_node_pool {
    name       = "system"
    vm_size    = "Standard_D4s_v5"
    node_count = 2
  }

  identity {
    type                      = "UserAssigned"
    user_assigned_identity_id = azurerm_user_assigned_identity.control.id
  }
}

resource "azurerm_role_assignment" "pull" {
  scope                = azurerm_container_registry.foundry.id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_kubernetes_cluster.foundry.kubelet_identity[0].object_id
}
