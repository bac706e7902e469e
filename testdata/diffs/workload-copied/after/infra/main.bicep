param location string = resourceGroup().location

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'harborimages'
  location: location
  sku: { name: 'Standard' }
  properties: {
    adminUserEnabled: true
  }
}

resource cluster 'Microsoft.ContainerService/managedClusters@2024-02-01' = {
  name: 'aks-harbor'
  location: location
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'harbor'
    agentPoolProfiles: [
      {
        name: 'system'
        count: 2
        vmSize: 'Standard_D2s_v5'
        mode: 'System'
      }
    ]
  }
}

output clusterName string = cluster.name
