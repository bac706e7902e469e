resource "azurerm_resource_group" "foundry" {
  name     = "rg-foundry"
  location = "westeurope"
}

resource "azurerm_container_registry" "foundry" {
  name                = "foundryimages"
  resource_group_name = azurerm_resource_group.foundry.name
  location            = azurerm_resource_group.foundry.location
  sku                 = "Standard"
}

resource "azurerm_kubernetes_cluster" "foundry" {
  name                = "aks-foundry"
  resource_group_name = azurerm_resource_group.foundry.name
  location            = azurerm_resource_group.foundry.location
  dns_prefix          = "foundry"

  default_node_pool {
    name       = "system"
    vm_size    = "Standard_D4s_v5"
    node_count = 2
  }

  identity {
    type = "SystemAssigned"
  }
}

resource "kubernetes_secret" "pull" {
  metadata {
    name      = "pull"
    namespace = "shop"
  }
  type = "kubernetes.io/dockerconfigjson"
  data = {
    ".dockerconfigjson" = jsonencode({
      auths = {
        "foundryimages.azurecr.io" = {
          username = azurerm_container_registry.foundry.admin_username
          password = azurerm_container_registry.foundry.admin_password
        }
      }
    })
  }
}
