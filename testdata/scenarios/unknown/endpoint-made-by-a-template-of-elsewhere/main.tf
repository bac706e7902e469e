terraform {
  required_version = ">= 1.5"
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

resource "azurerm_resource_group" "shop" {
  name     = "rg-shop"
  location = "westeurope"
}

resource "azurerm_container_registry" "shop" {
  name                = "vaultimages"
  resource_group_name = azurerm_resource_group.shop.name
  location            = azurerm_resource_group.shop.location
  sku                 = "Premium"

  public_network_access_enabled = false
}

resource "azurerm_kubernetes_cluster" "shop" {
  name                = "aks-shop"
  resource_group_name = azurerm_resource_group.shop.name
  location            = azurerm_resource_group.shop.location
  dns_prefix          = "shop"

  default_node_pool {
    name       = "system"
    vm_size    = "Standard_D4s_v5"
    node_count = 3
  }

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_role_assignment" "kubelet_pull" {
  scope                            = azurerm_container_registry.shop.id
  role_definition_name             = "AcrPull"
  principal_id                     = azurerm_kubernetes_cluster.shop.kubelet_identity[0].object_id
  skip_service_principal_aad_check = true
}

output "login_server" {
  value = azurerm_container_registry.shop.login_server
}
