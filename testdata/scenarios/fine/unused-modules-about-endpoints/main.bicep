param location string = 'westeurope'

resource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'harborimages'
  location: location
  sku: { name: 'Standard' }
}

resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {
  name: 'aks-harbor'
  location: location
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'harbor'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 2, vmSize: 'Standard_D4s_v5' }]
  }
}

resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(acr.id, aks.id)
  scope: acr
  properties: {
    principalId: aks.properties.identityProfile.kubeletidentity.objectId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')
  }
}
