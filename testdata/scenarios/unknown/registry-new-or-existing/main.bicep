param createAcr bool
resource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = if (createAcr) {
 name: 'ovenimages'
 location: 'westeurope'
 sku: { name: 'Standard' }
}
resource acrx 'Microsoft.ContainerRegistry/registries@2023-07-01' existing = if (!createAcr) {
 name: 'ovenimages'
}
resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {
  name: 'aks-oven'
  location: resourceGroup().location
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'oven'
    agentPoolProfiles: [ { name: 'system', mode: 'System', count: 2, vmSize: 'Standard_D4s_v5' } ]
  }
}
