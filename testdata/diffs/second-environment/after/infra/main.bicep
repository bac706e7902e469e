param publicAccess string = 'Enabled'
param location string = resourceGroup().location

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'harborimages'
  location: location
  sku: { name: 'Premium' }
  properties: {
    publicNetworkAccess: publicAccess
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

resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: registry
  name: guid(registry.id, cluster.id, 'acrpull')
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')
    principalId: cluster.properties.identityProfile.kubeletidentity.objectId
    principalType: 'ServicePrincipal'
  }
}

output clusterName string = cluster.name
