resource "azurerm_container_registry" "loom" {
  name                = "loomimages"
  resource_group_name = "rg-loom"
  location            = "westeurope"
  sku                 = "Standard"
}

resource "azuread_application" "puller" {
  display_name = "loom-puller"
}

resource "azuread_service_principal" "puller" {
  client_id = azuread_application.puller.client_id
}

resource "azuread_service_principal_password" "puller" {
  service_principal_id = azuread_service_principal.puller.id
  end_date             = "2025-06-30T00:00:00Z"
}

resource "azurerm_role_assignment" "puller" {
  scope                = azurerm_container_registry.loom.id
  role_definition_name = "AcrPull"
  principal_id         = azuread_service_principal.puller.object_id
}

resource "kubernetes_secret_v1" "pull" {
  metadata {
    name      = "acr-pull"
    namespace = "weave"
  }

  type = "kubernetes.io/dockerconfigjson"

  data = {
    ".dockerconfigjson" = jsonencode({
      auths = {
        (azurerm_container_registry.loom.login_server) = {
          username = azuread_application.puller.client_id
          password = azuread_service_principal_password.puller.value
        }
      }
    })
  }
}
