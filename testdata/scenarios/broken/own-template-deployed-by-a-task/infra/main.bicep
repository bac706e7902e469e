param location string = resourceGroup().location
param acrName string = 'acrshop'
param aksName string = 'aks-shop'
resource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: acrName
  location: location
  sku: { name: 'Standard' }
  properties: { adminUserEnabled: false }
}
resource aks 'Microsoft.ContainerService/managedClusters@2024-02-01' = {
  name: aksName
  location: location
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: aksName
    agentPoolProfiles: [ { name: 'sys', mode: 'System', count: 2, vmSize: 'Standard_D2s_v5' } ]
  }
}
