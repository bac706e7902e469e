resource "azurerm_resource_group" "rg" {
  name     = "rg"
  location = "westeurope"
}
resource "azurerm_resource_group_template_deployment" "pull" {
  name                = "acr"
  resource_group_name = azurerm_resource_group.rg.name
  deployment_mode     = "Incremental"
  template_content    = data.http.template.response_body
  parameters_content = jsonencode({
    name = { value = "aks" }
    registry  = { value = azurerm_container_registry.acr.id }
    principal = { value = azurerm_kubernetes_cluster.aks.kubelet_identity[0].object_id }
  })
}
resource "azurerm_kubernetes_cluster" "aks" {
  name                = "aks"
  location            = "westeurope"
  resource_group_name = azurerm_resource_group.rg.name
  dns_prefix          = "aks"
  default_node_pool {
    name    = "a"
    vm_size = "x"
  }
  identity {
    type = "SystemAssigned"
  }
}

data "http" "template" {
  url = "https://example.com/acr.json"
}

resource "azurerm_container_registry" "acr" {
  name                = "contosoacr"
  resource_group_name = azurerm_resource_group.rg.name
  location            = "westeurope"
  sku                 = "Basic"
}
