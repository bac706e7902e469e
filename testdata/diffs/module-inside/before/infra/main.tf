resource "azurerm_resource_group" "harbor" {
  name     = "rg-harbor"
  location = "westeurope"
}

resource "azurerm_container_registry" "images" {
  name                          = "harborimages"
  resource_group_name           = azurerm_resource_group.harbor.name
  location                      = azurerm_resource_group.harbor.location
  sku                           = "Premium"
  admin_enabled                 = true
  public_network_access_enabled = true
}

module "aks" {
  source              = "./modules/aks"
  resource_group_name = azurerm_resource_group.harbor.name
  location            = azurerm_resource_group.harbor.location
}

resource "azurerm_role_assignment" "pull" {
  scope                = azurerm_container_registry.images.id
  role_definition_name = "AcrPull"
  principal_id         = module.aks.pull_principal_id
}
