resource "azurerm_resource_group" "rg" {
  name     = "rg"
  location = "westeurope"
}
resource "azurerm_resource_group_template_deployment" "acr" {
  name                = "acr"
  resource_group_name = azurerm_resource_group.rg.name
  deployment_mode     = "Incremental"
  template_content    = file("tpl/acr.json")
  parameters_content = jsonencode({
    name = { value = "contosoacr" }
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
resource "azurerm_role_assignment" "pull" {
  scope                = jsondecode(azurerm_resource_group_template_deployment.acr.output_content).acrId.value
  role_definition_name = "AcrPull"
  principal_id         = azurerm_kubernetes_cluster.aks.kubelet_identity[0].object_id
}
