resource control 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: 'id-vault-control'
}

resource kubelet 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-vault-kubelet'
  location: resourceGroup().location
}

param subnetId string

resource acr 'Microsoft.ContainerRegistry/registries@2025-04-01' = {
  name: 'vaultmirror'
  location: resourceGroup().location
  sku: { name: 'Premium' }
  properties: {
    policies: {
      azureADAuthenticationAsArmPolicy: { status: 'enabled' }
    }
  }
}

resource endpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = {
  name: 'pe-vault'
  location: resourceGroup().location
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      {
        name: 'registry'
        properties: { privateLinkServiceId: acr.id, groupIds: [ 'registry' ] }
      }
    ]
  }
}

resource mirror 'Microsoft.ContainerRegistry/registries/cacheRules@2025-04-01' = {
  parent: acr
  name: 'microsoft'
  properties: {
    sourceRepository: 'mcr.microsoft.com/*'
    targetRepository: 'aks-managed-repository/*'
  }
}

resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-vault'
  location: resourceGroup().location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${control.id}': {} }
  }
  properties: {
    dnsPrefix: 'vault'
    bootstrapProfile: {
      artifactSource: 'Cache'
      containerRegistryId: acr.id
    }
    networkProfile: { outboundType: 'none' }
    identityProfile: {
      kubeletidentity: {
        resourceId: kubelet.id
        clientId: kubelet.properties.clientId
        objectId: kubelet.properties.principalId
      }
    }
    agentPoolProfiles: [
      { name: 'system', mode: 'System', count: 2, vmSize: 'Standard_D4s_v5' }
    ]
  }
}

resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(acr.id, kubelet.id, 'pull')
  scope: acr
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')
    principalId: kubelet.properties.principalId
    principalType: 'ServicePrincipal'
  }
}
