param deployAcr bool
module r 'r.bicep' = if (deployAcr) { name: 'r' }
resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {
  name: 'aks-oven'
  location: resourceGroup().location
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'oven'
    agentPoolProfiles: [ { name: 'system', mode: 'System', count: 2, vmSize: 'Standard_D4s_v5' } ]
  }
}
