provider "azurerm" {
  features {}
}
resource "azurerm_resource_group" "rg" {
  name     = "rg"
  location = "westeurope"
}
resource "azurerm_container_registry" "acr" {
  name                = "contosoacr"
  resource_group_name = azurerm_resource_group.rg.name
  location            = azurerm_resource_group.rg.location
  sku                 = "Premium"
}
module "aks" {
  source              = "Azure/aks/azurerm"
  version             = ">= 4.0"
  resource_group_name = azurerm_resource_group.rg.name
  location            = "westeurope"
  prefix              = "contoso"
}
