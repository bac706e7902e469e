resource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'millimages'
  location: resourceGroup().location
  sku: { name: 'Standard' }
}

resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {
  name: 'aks-mill'
  location: resourceGroup().location
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'mill'
    agentPoolProfiles: [
      { name: 'system', mode: 'System', count: 2, vmSize: 'Standard_D4s_v5' }
    ]
  }
}

module pull 'br:contoso.azurecr.io/bicep/pull:1' = {
  name: 'pull'
  dependsOn: [acr, aks]
}
