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

resource "azapi_resource" "loom" {
  type      = "Microsoft.ContainerService/managedClusters@2025-05-01"
  name      = "aks-loom"
  location  = azurerm_resource_group.loom.location
  parent_id = azurerm_resource_group.loom.id

  identity {
    type = "SystemAssigned"
  }

  body = {
    properties = {
      dnsPrefix = "loom"
      agentPoolProfiles = [
        { name = "system", mode = "System", count = 2, vmSize = "Standard_D2s_v5" },
      ]
    }
  }

  response_export_values = { principal = "identity.principalId" }
}

resource "azurerm_role_assignment" "pull" {
  scope                = azurerm_container_registry.loom.id
  role_definition_name = "AcrPull"
  principal_id         = azapi_resource.loom.output.principal
}
