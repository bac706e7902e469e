resource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'millimages'
  location: resourceGroup().location
  sku: { name: 'Standard' }
}

resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {
  name: 'aks-mill'
  location: resourceGroup().location
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'mill'
    agentPoolProfiles: [
      { name: 'system', mode: 'System', count: 2, vmSize: 'Standard_D4s_v5' }
    ]
  }
}

resource pull 'Microsoft.ContainerRegistry/registries/providers/roleAssignments@2018-01-01-preview' = {
  name: '${acr.name}/Microsoft.Authorization/${guid(acr.id, aks.id, 'AcrPull')}'
  properties: {
    principalId: aks.properties.identityProfile.kubeletidentity.objectId
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')
    principalType: 'ServicePrincipal'
  }
}
