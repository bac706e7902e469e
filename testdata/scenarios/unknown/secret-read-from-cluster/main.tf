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

  identity {
    type = "SystemAssigned"
  }
}

data "kubernetes_secret" "pull" {
  metadata {
    name      = "pull"
    namespace = "shop"
  }
}

resource "kubectl_manifest" "web" {
  yaml_body = <<-YAML
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
      namespace: shop
    spec:
      imagePullSecrets:
        - name: pull
      containers:
        - name: web
          image: ${azurerm_container_registry.acr.login_server}/web:1.4
  YAML
}
