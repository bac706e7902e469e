terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.0"
    }
  }
}
provider "azurerm" {
  features {}
  subscription_id = "00000000-0000-0000-0000-000000000000"
}
resource "azurerm_resource_group" "rg" {
  name     = "rg-x"
  location = "westeurope"
}
resource "azurerm_user_assigned_identity" "cp" {
  
  name                = "id-cp"
  resource_group_name = azurerm_resource_group.rg.name
  location            = azurerm_resource_group.rg.location
}
resource "azurerm_user_assigned_identity" "k" {
  
  name                = "id-k"
  resource_group_name = azurerm_resource_group.rg.name
  location            = azurerm_resource_group.rg.location
}
resource "azurerm_container_registry" "acr" {
  
  name                = "xregimages"
  resource_group_name = azurerm_resource_group.rg.name
  location            = azurerm_resource_group.rg.location
  sku                 = "Premium"
  
}
resource "azurerm_kubernetes_cluster" "aks" {
  
  name                = "aks-x"
  resource_group_name = azurerm_resource_group.rg.name
  location            = azurerm_resource_group.rg.location
  dns_prefix          = "x"
  default_node_pool {
    name       = "system"
    vm_size    = "Standard_D2s_v5"
    node_count = 2
  }
  identity {
 type="UserAssigned"
 identity_ids=[azurerm_user_assigned_identity.cp.id]
}
dynamic "kubelet_identity" {
 for_each = [azurerm_user_assigned_identity.k]
 content {
 client_id=kubelet_identity.value.client_id
 object_id=kubelet_identity.value.principal_id
 user_assigned_identity_id=kubelet_identity.value.id
 }
}

  
}
resource "azurerm_role_assignment" "pull" {
  
  scope                = azurerm_container_registry.acr.id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_user_assigned_identity.k.principal_id
  
}

resource "azurerm_role_assignment" "operator" {
  scope                = azurerm_user_assigned_identity.k.id
  role_definition_name = "Managed Identity Operator"
  principal_id         = azurerm_user_assigned_identity.cp.principal_id
}
