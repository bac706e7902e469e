param repository string

resource acr 'Microsoft.ContainerRegistry/registries@2025-11-01' = {
  name: 'libraryimages'
  location: resourceGroup().location
  sku: { name: 'Standard' }
  properties: {
    roleAssignmentMode: 'AbacRepositoryPermissions'
  }
}

resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {
  name: 'aks-library'
  location: resourceGroup().location
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'library'
    agentPoolProfiles: [
      { name: 'system', mode: 'System', count: 2, vmSize: 'Standard_D4s_v5' }
    ]
  }
}

resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(acr.id, aks.id, 'RepositoryReader')
  scope: acr
  properties: {
    principalId: aks.properties.identityProfile.kubeletidentity.objectId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'b93aa761-3e63-49ed-ac28-beffa264f7ac')
    conditionVersion: '2.0'
    condition: '((!(ActionMatches{\'Microsoft.ContainerRegistry/registries/repositories/content/read\'}) AND !(ActionMatches{\'Microsoft.ContainerRegistry/registries/repositories/metadata/read\'})) OR (@Request[Microsoft.ContainerRegistry/registries/repositories:name] StringEqualsIgnoreCase \'${repository}\'))'
  }
}
