param stage string = 'dev'

resource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'loomimages'
  location: 'westeurope'
  sku: { name: 'Standard' }
}

resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {
  name: 'aks-${stage}'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'loom'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 2, vmSize: 'Standard_D4s_v5' }]
  }
}

