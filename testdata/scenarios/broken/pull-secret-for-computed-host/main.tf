resource "azurerm_resource_group" "host" {
  name     = "rg-host"
  location = "westeurope"
}

resource "azurerm_container_registry" "host" {
  name                = "hostimages"
  resource_group_name = azurerm_resource_group.host.name
  location            = azurerm_resource_group.host.location
  sku                 = "Standard"
  admin_enabled       = false
}

resource "azurerm_kubernetes_cluster" "host" {
  name                = "aks-host"
  resource_group_name = azurerm_resource_group.host.name
  location            = azurerm_resource_group.host.location
  dns_prefix          = "host"

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
        (azurerm_container_registry.host.login_server) = {
          username = azurerm_container_registry.host.admin_username
          password = azurerm_container_registry.host.admin_password
          auth     = base64encode("${azurerm_container_registry.host.admin_username}:${azurerm_container_registry.host.admin_password}")
        }
      }
    })
  }
}
