resource acr 'Microsoft.ContainerRegistry/registries@2025-11-01' = {
  name: 'shopimages'
  location: resourceGroup().location
  sku: {
    name: 'Standard'
  }
}

resource mirror 'Microsoft.ContainerRegistry/registries@2025-11-01' = {
  name: 'mirrorimages'
  location: resourceGroup().location
  sku: {
    name: 'Standard'
  }
}

resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {
  name: 'aks-shop'
  location: resourceGroup().location
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    dnsPrefix: 'shop'
    agentPoolProfiles: [
      {
        name: 'system'
        mode: 'System'
        count: 3
        vmSize: 'Standard_D4s_v5'
      }
    ]
  }
}

resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(mirror.id, aks.id, 'AcrPull')
  scope: mirror
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')
    principalId: aks.properties.identityProfile.kubeletidentity.objectId
    principalType: 'ServicePrincipal'
  }
}
