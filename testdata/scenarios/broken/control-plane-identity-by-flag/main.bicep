param ids array
resource acr 'Microsoft.ContainerRegistry/registries@2025-11-01' = {
  name: 'ovenimages'
  location: resourceGroup().location
  sku: { name: 'Standard' }
  
}
resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {
  name: 'aks-oven'
  location: resourceGroup().location
  identity: { type: empty(ids) ? 'SystemAssigned' : 'UserAssigned', userAssignedIdentities: toObject(ids, i => i, i => {}) }
  properties: {
    dnsPrefix: 'oven'
 
    agentPoolProfiles: [ { name: 'system', mode: 'System', count: 2, vmSize: 'Standard_D4s_v5' } ]
  }
}
