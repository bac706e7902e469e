resource "azurerm_container_registry" "acr" {
  name                = "lanternimages"
  resource_group_name = "rg-lantern"
  location            = "westeurope"
  sku                 = "Basic"
}

resource "azurerm_user_assigned_identity" "aks" {
  name                = "id-lantern"
  resource_group_name = "rg-lantern"
  location            = "westeurope"
}

resource "azurerm_kubernetes_cluster" "aks" {
  name                = "aks-lantern"
  resource_group_name = "rg-lantern"
  location            = "westeurope"
  dns_prefix          = "lantern"

  default_node_pool {
    name       = "system"
    vm_size    = "Standard_D4s_v5"
    node_count = 2
  }

  identity {
    type = "SystemAssigned"
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.aks.id]
  }
}

resource "azurerm_role_assignment" "pull" {
  scope                = azurerm_container_registry.acr.id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_user_assigned_identity.aks.principal_id
}
