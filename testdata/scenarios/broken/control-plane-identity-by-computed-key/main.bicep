resource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'millimages'
  location: resourceGroup().location
  sku: { name: 'Standard' }
}
resource c 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = { name: 'id-cp', location: 'westeurope' }
resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {
  name: 'aks-oven'
  location: resourceGroup().location
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${c.id}': {} } }
  properties: { dnsPrefix: 'oven', agentPoolProfiles: [ { name: 'system', mode: 'System', count: 2, vmSize: 'Standard_D4s_v5' } ] }
}
resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, 'pull')
  scope: acr
  properties: {
    principalId: aks.identity.userAssignedIdentities[c.id].principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')
  }
}
