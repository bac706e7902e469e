param deploy bool
resource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = if (deploy) {
 name: 'ovenimages'
 location: 'westeurope'
 sku: { name: 'Standard' }
}
resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = if (deploy) {
  name: 'aks-oven'
  location: resourceGroup().location
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'oven'
    agentPoolProfiles: [ { name: 'system', mode: 'System', count: 2, vmSize: 'Standard_D4s_v5' } ]
  }
}
