param byo bool
resource c 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = { name: 'idc', location: 'westeurope' }
resource k 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = { name: 'idk', location: 'westeurope' }
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
 identityProfile: byo ? { kubeletidentity: { resourceId: k.id } } : null
    agentPoolProfiles: [ { name: 'system', mode: 'System', count: 2, vmSize: 'Standard_D4s_v5' } ]
  }
}
