resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-salvage'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'salvage'
    agentPoolProfiles: [
      { name: 'system', mode: 'System', count: 2, vmSize: 'Standard_D4s_v5' }
    ]
  }
}
