variable "subscription_id" {}

resource "azurerm_user_assigned_identity" "loom" {
  name                = "id-loom"
  location            = "westeurope"
  resource_group_name = "rg-loom"
}

resource "azurerm_role_assignment" "pull" {
  scope                = "/subscriptions/${var.subscription_id}"
  role_definition_name = "AcrPull"
  principal_id         = azurerm_user_assigned_identity.loom.principal_id
}

resource "azurerm_kubernetes_cluster" "loom" {
  name                = "aks-loom"
  location            = "westeurope"
  resource_group_name = "rg-loom"
  dns_prefix          = "loom"
  default_node_pool {
    name       = "system"
    vm_size    = "Standard_D4s_v5"
    node_count = 2
  }
  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.loom.id]
  }
}
