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

resource "azurerm_kubernetes_cluster" "loom" {
  name                = "aks-loom"
  resource_group_name = azurerm_resource_group.loom.name
  location            = azurerm_resource_group.loom.location
  dns_prefix          = "loom"

  default_node_pool {
    name       = "system"
    vm_size    = "Standard_D4s_v5"
    node_count = 2
  }

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_container_registry_scope_map" "read" {
  name                    = "read"
  container_registry_name = azurerm_container_registry.loom.name
  resource_group_name     = azurerm_resource_group.loom.name
  actions                 = ["repositories/loom/content/read", "repositories/loom/metadata/read"]
}

resource "azurerm_container_registry_token" "puller" {
  name                    = "loom-puller"
  container_registry_name = azurerm_container_registry.loom.name
  resource_group_name     = azurerm_resource_group.loom.name
  scope_map_id            = azurerm_container_registry_scope_map.read.id
}

resource "azurerm_container_registry_token_password" "puller" {
  container_registry_token_id = azurerm_container_registry_token.puller.id

  password1 {
    expiry = "2025-11-01T00:00:00Z"
  }
}

resource "kubernetes_secret_v1" "pull" {
  metadata {
    name      = "pull"
    namespace = "cloth"
  }
  type = "kubernetes.io/dockerconfigjson"
  data = {
    ".dockerconfigjson" = jsonencode({
      auths = {
        (azurerm_container_registry.loom.login_server) = {
          username = azurerm_container_registry_token.puller.name
          password = azurerm_container_registry_token_password.puller.password1[0].value
        }
      }
    })
  }
}
