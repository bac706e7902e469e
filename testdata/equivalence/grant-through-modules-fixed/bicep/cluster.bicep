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

output puller string = aks.properties.identityProfile.kubeletidentity.objectId
