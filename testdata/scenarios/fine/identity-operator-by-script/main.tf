resource "azurerm_resource_group" "tannery" {
  name     = "rg-tannery"
  location = "westeurope"
}

resource "azurerm_user_assigned_identity" "control" {
  name                = "id-tannery-control"
  resource_group_name = azurerm_resource_group.tannery.name
  location            = azurerm_resource_group.tannery.location
}

resource "azurerm_user_assigned_identity" "kubelet" {
  name                = "id-tannery-kubelet"
  resource_group_name = azurerm_resource_group.tannery.name
  location            = azurerm_resource_group.tannery.location
}

resource "azurerm_kubernetes_cluster" "tannery" {
  name                = "aks-tannery"
  resource_group_name = azurerm_resource_group.tannery.name
  location            = azurerm_resource_group.tannery.location
  dns_prefix          = "tannery"

  default_node_pool {
    name       = "system"
    vm_size    = "Standard_D4s_v5"
    node_count = 2
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.control.id]
  }

  kubelet_identity {
    user_assigned_identity_id = azurerm_user_assigned_identity.kubelet.id
    client_id                 = azurerm_user_assigned_identity.kubelet.client_id
    object_id                 = azurerm_user_assigned_identity.kubelet.principal_id
  }
}

resource "azurerm_container_registry" "tannery" {
  name                = "hidesimages"
  resource_group_name = azurerm_resource_group.tannery.name
  location            = azurerm_resource_group.tannery.location
  sku                 = "Standard"
}

resource "azurerm_role_assignment" "pull" {
  scope                = azurerm_container_registry.tannery.id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_user_assigned_identity.kubelet.principal_id
}
