resource "azurerm_resource_group" "this" {
  name     = "rg-shop"
  location = "westeurope"
}

module "registry" {
  source              = "Azure/avm-res-containerregistry-registry/azurerm"
  version             = "~> 0.5"
  name                = "contosoacr"
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  role_assignments = {
    pull = {
      role_definition_id_or_name = "AcrPull"
      principal_id               = module.cluster.identity_principal_id
    }
  }
}

module "cluster" {
  source    = "Azure/avm-res-containerservice-managedcluster/azurerm"
  version   = "0.5.3"
  name      = "aks-shop"
  location  = azurerm_resource_group.this.location
  parent_id = azurerm_resource_group.this.id
}
