resource "azurerm_container_registry" "this" {
  name                = "contosoacr"
  resource_group_name = "rg"
  location            = "westeurope"
  sku                 = "Basic"
}

module "aks" {
  source              = "contoso/platform/azurerm//modules/cluster"
  version             = "~> 3.0"
  name                = "aks-shop"
  resource_group_name = "rg"
}
