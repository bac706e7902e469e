resource a 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = { name: 'id-oven-cp', location: 'westeurope' }
resource acr 'Microsoft.ContainerRegistry/registries@2025-11-01' = {
  name: 'ovenimages'
  location: resourceGroup().location
  sku: { name: 'Standard' }
  
}
resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {
  name: 'aks-oven'
  location: resourceGroup().location
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${resourceId('rg-x','Microsoft.ManagedIdentity/userAssignedIdentities','id-oven-cpp')}': {} } }
  properties: {
    dnsPrefix: 'oven'
 
    agentPoolProfiles: [ { name: 'system', mode: 'System', count: 2, vmSize: 'Standard_D4s_v5' } ]
  }
}

resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, 'pull')
  scope: acr
  properties: {
    principalId: aks.properties.identityProfile.kubeletidentity.objectId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')
    
  }
}

