resource "azurerm_resource_group" "this" {
  name     = "rg-shop"
  location = "westeurope"
}

module "registry" {
  source              = "Azure/avm-res-containerregistry-registry/azurerm"
  name                = "contosoacr"
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
}

module "kubelet" {
  source              = "Azure/avm-res-managedidentity-userassignedidentity/azurerm"
  name                = "id-kubelet"
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
  role_assignments = {
    pull = {
      role_definition_id_or_name = "AcrPull"
      scope                      = module.registry.resource_id
    }
  }
}

module "control_plane" {
  source              = "Azure/avm-res-managedidentity-userassignedidentity/azurerm"
  name                = "id-control-plane"
  resource_group_name = azurerm_resource_group.this.name
  location            = azurerm_resource_group.this.location
}

resource "azurerm_role_assignment" "operator" {
  scope                = module.kubelet.resource_id
  role_definition_name = "Managed Identity Operator"
  principal_id         = module.control_plane.principal_id
}

module "cluster" {
  source              = "Azure/avm-res-containerservice-managedcluster/azurerm"
  version             = "~> 0.3.0"
  name                = "aks-shop"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  managed_identities  = { user_assigned_resource_ids = [module.control_plane.resource_id] }
  kubelet_identity = {
    client_id                 = module.kubelet.client_id
    object_id                 = module.kubelet.principal_id
    user_assigned_identity_id = module.kubelet.resource_id
  }
  default_node_pool = {
    name    = "system"
    vm_size = "Standard_D2s_v5"
  }
}
