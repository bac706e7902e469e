resource "azurerm_container_registry" "acr" {
  name                = "coveimages"
  resource_group_name = "rg-cove"
  location            = "westeurope"
  sku                 = "Standard"
}

data "azurerm_kubernetes_cluster" "aks" {
  name                = "aks-cove"
  resource_group_name = "rg-cove"
}

resource "azurerm_role_assignment" "pull" {
  scope                = azurerm_container_registry.acr.id
  role_definition_name = "AcrPull"
  principal_id         = data.azurerm_kubernetes_cluster.aks.kubelet_identity[0].object_id
}
