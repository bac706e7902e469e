param addressName string

resource admitted 'Microsoft.Network/publicIPAddresses@2024-05-01' existing = {
  name: addressName
}

resource egress 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
  name: 'pip-orchard'
  location: resourceGroup().location
  sku: { name: 'Standard' }
  properties: { publicIPAllocationMethod: 'Static' }
}

resource nat 'Microsoft.Network/natGateways@2024-05-01' = {
  name: 'nat-orchard'
  location: resourceGroup().location
  sku: { name: 'Standard' }
  properties: { publicIpAddresses: [{ id: egress.id }] }
}

resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'vnet-orchard'
  location: resourceGroup().location
  properties: {
    addressSpace: { addressPrefixes: ['10.4.0.0/16'] }
    subnets: [
      { name: 'nodes', properties: { addressPrefix: '10.4.0.0/20', natGateway: { id: nat.id } } }
    ]
  }
}

resource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'orchardimages'
  location: resourceGroup().location
  sku: { name: 'Premium' }
  properties: {
    networkRuleSet: {
      defaultAction: 'Deny'
      ipRules: [
        { action: 'Allow', value: admitted.properties.ipAddress }
      ]
    }
  }
}

resource aks 'Microsoft.ContainerService/managedClusters@2025-01-01' = {
  name: 'aks-orchard'
  location: resourceGroup().location
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'orchard'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 2, vmSize: 'Standard_D4s_v5', vnetSubnetID: vnet.properties.subnets[0].id }]
    networkProfile: { outboundType: 'userAssignedNATGateway' }
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
