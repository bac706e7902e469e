resource acr 'Microsoft.ContainerRegistry/registries@2025-04-01' = {
  name: 'quarryimages'
  location: resourceGroup().location
  sku: { name: 'Standard' }
}

resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-quarry'
  location: resourceGroup().location
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'quarry'
    agentPoolProfiles: [
      { name: 'system', mode: 'System', count: 2, vmSize: 'Standard_D4s_v5' }
    ]
  }
}
