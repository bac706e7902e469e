resource c 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = { name: 'id-cp', location: 'westeurope' }
resource k 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = { name: 'id-kb', location: 'westeurope' }
resource k2 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = { name: 'id-kb', scope: resourceGroup('rg-other') }
resource acr 'Microsoft.ContainerRegistry/registries@2025-11-01' = {
  name: 'ovenimages'
  location: resourceGroup().location
  sku: { name: 'Standard' }
  
}
resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {
  name: 'aks-oven'
  location: resourceGroup().location
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${c.id}': {} } }
  properties: {
    dnsPrefix: 'oven'
 identityProfile: { kubeletidentity: { resourceId: k.id } }
    agentPoolProfiles: [ { name: 'system', mode: 'System', count: 2, vmSize: 'Standard_D4s_v5' } ]
  }
}

resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, 'pull')
  scope: acr
  properties: {
    principalId: k2.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')
    
  }
}

resource operator 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(k.id, c.id, 'operator')
  scope: k
  properties: {
    principalId: c.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'f1a07417-d97a-45cb-824c-7a7467783830')
  }
}
