resource acr 'Microsoft.ContainerRegistry/registries@2025-11-01' = {
  name: 'meadowimages'
  location: resourceGroup().location
  sku: { name: 'Standard' }
  properties: { roleAssignmentMode: 'LegacyRegistryPermissions' }
}

resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {
  name: 'aks-meadow'
  location: resourceGroup().location
  identity: { type: 'SystemAssigned' }
  properties: { dnsPrefix: 'meadow' }
}

resource reader 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(acr.id, aks.id, 'reader')
  scope: acr
  properties: {
    principalId: aks.properties.identityProfile.kubeletidentity.objectId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'b93aa761-3e63-49ed-ac28-beffa264f7ac')
  }
}
