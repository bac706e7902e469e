param suffix string

resource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'foundryimages'
  location: resourceGroup().location
  sku: { name: 'Standard' }
}

resource blue 'Microsoft.ContainerService/managedClusters@2024-05-01' = {
  name: 'aks-blue'
  location: resourceGroup().location
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'blue'
    agentPoolProfiles: [
      { name: 'system', mode: 'System', count: 2, vmSize: 'Standard_D4s_v5' }
    ]
  }
}

resource green 'Microsoft.ContainerService/managedClusters@2024-05-01' = {
  name: 'aks-green'
  location: resourceGroup().location
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'green'
    agentPoolProfiles: [
      { name: 'system', mode: 'System', count: 2, vmSize: 'Standard_D4s_v5' }
    ]
  }
}

resource pullBlue 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(acr.id, 'AcrPull')
  scope: acr
  properties: {
    principalId: blue.properties.identityProfile.kubeletidentity.objectId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')
  }
}

resource pullGreen 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(acr.id, suffix)
  scope: acr
  properties: {
    principalId: green.properties.identityProfile.kubeletidentity.objectId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')
  }
}
