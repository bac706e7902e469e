resource group 'Microsoft.Network/networkSecurityGroups@2023-11-01' = {
  name: 'nsg-nodes'
  location: 'westeurope'
  properties: {
    securityRules: [
      {
        name: 'deny-all'
        properties: {
          priority: 4000
          direction: 'Outbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource vnet 'Microsoft.Network/virtualNetworks@2023-11-01' = {
  name: 'vnet-apps'
  location: 'westeurope'
  properties: {
    addressSpace: { addressPrefixes: ['10.7.0.0/16'] }
    subnets: [
      { name: 'nodes', properties: { addressPrefix: '10.7.0.0/20', networkSecurityGroup: { id: group.id } } }
    ]
  }

  resource nodes 'subnets' existing = {
    name: 'nodes'
  }
}

resource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'reefimages'
  location: 'westeurope'
  sku: { name: 'Premium' }
}

resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {
  name: 'aks-reef'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'reef'
    agentPoolProfiles: [
      { name: 'system', mode: 'System', count: 2, vmSize: 'Standard_D4s_v5', vnetSubnetID: vnet::nodes.id }
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
