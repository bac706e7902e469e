param colours array = [
  'blue'
  'green'
]

resource acr 'Microsoft.ContainerRegistry/registries@2025-11-01' = {
  name: 'shopimages'
  location: resourceGroup().location
  sku: {
    name: 'Standard'
  }
}

resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = [for colour in colours: {
  name: 'aks-shop-${colour}'
  location: resourceGroup().location
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    dnsPrefix: 'shop-${colour}'
    agentPoolProfiles: [
      {
        name: 'system'
        mode: 'System'
        count: 3
        vmSize: 'Standard_D4s_v5'
      }
    ]
  }
}]

resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (colour, i) in colours: {
  name: guid(acr.id, aks[i].id, 'AcrPull')
  scope: acr
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')
    principalId: aks[i].properties.identityProfile.kubeletidentity.objectId
    principalType: 'ServicePrincipal'
  }
}]
