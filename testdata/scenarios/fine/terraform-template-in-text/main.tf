resource "azurerm_resource_group" "rg" {
  name     = "rg"
  location = "westeurope"
}
resource "azurerm_resource_group_template_deployment" "acr" {
  name                = "acr"
  resource_group_name = azurerm_resource_group.rg.name
  deployment_mode     = "Incremental"
  template_content    = <<EOT
{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {
    "name": { "type": "string" },
    "principal": { "type": "string", "defaultValue": "" }
  },
  "resources": [
    { "type": "Microsoft.ContainerRegistry/registries", "apiVersion": "2023-07-01", "name": "${local.n}", "location": "[resourceGroup().location]", "sku": { "name": "Basic" } },
    { "type": "Microsoft.Authorization/roleAssignments", "apiVersion": "2022-04-01", "condition": "[not(empty(parameters('principal')))]",
      "scope": "[resourceId('Microsoft.ContainerRegistry/registries', '${local.n}')]",
      "name": "[guid(parameters('name'))]", "properties": { "principalId": "[parameters('principal')]", "roleDefinitionId": "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')]" } }
  ],
  "outputs": { "acrId": { "type": "string", "value": "[resourceId('Microsoft.ContainerRegistry/registries', '${local.n}')]" } }
}
EOT

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

locals { n = "contosoacr" }
