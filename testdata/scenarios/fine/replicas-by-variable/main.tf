resource "azurerm_resource_group" "shared" {
  name     = "rg-shared"
  location = "West Europe"
}

resource "azurerm_resource_group" "harbour" {
  name     = "rg-harbour"
  location = "East US"
}

resource "azurerm_container_registry" "harbour" {
  name                = "harbourimages"
  resource_group_name = azurerm_resource_group.shared.name
  location            = azurerm_resource_group.shared.location
  sku                 = "Premium"

  dynamic "georeplications" {
    for_each = var.replicas
    content {
      location = georeplications.value
    }
  }
}

resource "azurerm_kubernetes_cluster" "harbour" {
  name                = "aks-harbour"
  resource_group_name = azurerm_resource_group.harbour.name
  location            = azurerm_resource_group.harbour.location
  dns_prefix          = "harbour"

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
  scope                = azurerm_container_registry.harbour.id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_kubernetes_cluster.harbour.kubelet_identity[0].object_id
}

variable "replicas" {
  type = set(string)
}
