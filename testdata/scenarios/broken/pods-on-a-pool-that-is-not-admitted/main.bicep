resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'vnet-orchard'
  location: resourceGroup().location
  properties: { addressSpace: { addressPrefixes: ['10.4.0.0/16'] } }
}

resource near 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' = {
  parent: vnet
  name: 'near'
  properties: {
    addressPrefix: '10.4.0.0/20'
    serviceEndpoints: [{ service: 'Microsoft.ContainerRegistry' }]
  }
}

resource far 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' = {
  parent: vnet
  name: 'far'
  properties: { addressPrefix: '10.4.16.0/20' }
}

resource acr 'Microsoft.ContainerRegistry/registries@2021-08-01-preview' = {
  name: 'orchardimages'
  location: resourceGroup().location
  sku: { name: 'Premium' }
  properties: {
    networkRuleSet: {
      defaultAction: 'Deny'
      virtualNetworkRules: [{ action: 'Allow', id: near.id }]
    }
  }
}

resource aks 'Microsoft.ContainerService/managedClusters@2025-01-01' = {
  name: 'aks-orchard'
  location: resourceGroup().location
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'orchard'
    agentPoolProfiles: [
      { name: 'near', mode: 'System', count: 2, vmSize: 'Standard_D4s_v5', vnetSubnetID: near.id }
      { name: 'far', mode: 'User', count: 2, vmSize: 'Standard_D4s_v5', vnetSubnetID: far.id }
    ]
  }
}

resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(acr.id, aks.id, 'pull')
  scope: acr
  properties: {
    principalId: aks.properties.identityProfile.kubeletidentity.objectId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')
  }
}
