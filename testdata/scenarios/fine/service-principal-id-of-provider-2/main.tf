terraform {
  required_providers {
    azuread = {
      source  = "hashicorp/azuread"
      version = "~> 2.47"
    }
  }
}

resource "azurerm_container_registry" "acr" {
  name                = "plaza"
  resource_group_name = "rg"
  location            = "westeurope"
  sku                 = "Basic"
}

resource "azurerm_kubernetes_cluster" "aks" {
  name                = "aks"
  resource_group_name = "rg"
  location            = "westeurope"
  dns_prefix          = "aks"

  default_node_pool {
    name       = "system"
    vm_size    = "Standard_D4s_v5"
    node_count = 3
  }

  service_principal {
    client_id     = azuread_application.aks.client_id
    client_secret = azuread_service_principal_password.aks.value
  }
}

resource "azuread_application" "aks" {
  display_name = "aks"
}

resource "azuread_service_principal" "aks" {
  client_id = azuread_application.aks.client_id
}

resource "azuread_service_principal_password" "aks" {
  service_principal_id = azuread_service_principal.aks.id
}

resource "azurerm_role_assignment" "pull" {
  scope                = azurerm_container_registry.acr.id
  role_definition_name = "AcrPull"
  principal_id         = azuread_service_principal.aks.id
}


resource "kubernetes_pod_v1" "web" {
  metadata {
    name      = "web"
    namespace = "shop"
  }

  spec {
    container {
      name  = "web"
      image = "${azurerm_container_registry.acr.login_server}/web:1.4"
    }
  }
}
