resource policy 'Microsoft.Network/firewallPolicies@2023-11-01' = {
  name: 'policy-vineyard'
  location: 'westeurope'
  properties: { sku: { tier: 'Standard' } }
}

resource rules 'Microsoft.Network/firewallPolicies/ruleCollectionGroups@2023-11-01' = {
  parent: policy
  name: 'egress'
  properties: {
    priority: 200
    ruleCollections: [
      {
        ruleCollectionType: 'FirewallPolicyFilterRuleCollection'
        name: 'aks'
        priority: 100
        action: { type: 'Allow' }
        rules: [
          {
            ruleType: 'ApplicationRule'
            name: 'platform'
            sourceAddresses: ['10.20.0.0/22']
            fqdnTags: ['AzureKubernetesService']
            protocols: [{ protocolType: 'Https', port: 443 }]
          }
          {
            ruleType: 'ApplicationRule'
            name: 'images'
            sourceAddresses: ['10.20.0.0/22']
            targetFqdns: ['vineyardimages.azurecr.io', 'mcr.microsoft.com']
            protocols: [{ protocolType: 'Https', port: 443 }]
          }
        ]
      }
    ]
  }
}

resource firewall 'Microsoft.Network/azureFirewalls@2023-11-01' = {
  name: 'fw-vineyard'
  location: 'westeurope'
  properties: {
    sku: { name: 'AZFW_VNet', tier: 'Standard' }
    firewallPolicy: { id: policy.id }
    ipConfigurations: [
      { name: 'main', properties: { subnet: { id: hub.properties.subnets[0].id } } }
    ]
  }
}

resource hub 'Microsoft.Network/virtualNetworks@2023-11-01' = {
  name: 'vnet-hub'
  location: 'westeurope'
  properties: {
    addressSpace: { addressPrefixes: ['10.0.0.0/16'] }
    subnets: [
      { name: 'AzureFirewallSubnet', properties: { addressPrefix: '10.0.0.0/26' } }
    ]
  }
}

resource routes 'Microsoft.Network/routeTables@2023-11-01' = {
  name: 'rt-nodes'
  location: 'westeurope'
  properties: {
    routes: [
      {
        name: 'out'
        properties: {
          addressPrefix: '0.0.0.0/0'
          nextHopType: 'VirtualAppliance'
          nextHopIpAddress: firewall.properties.ipConfigurations[0].properties.privateIPAddress
        }
      }
    ]
  }
}

resource vnet 'Microsoft.Network/virtualNetworks@2023-11-01' = {
  name: 'vnet-vineyard'
  location: 'westeurope'
  properties: {
    addressSpace: { addressPrefixes: ['10.20.0.0/16'] }
    subnets: [
      { name: 'nodes', properties: { addressPrefix: '10.20.0.0/22', routeTable: { id: routes.id } } }
    ]
  }
}

resource toHub 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2023-11-01' = {
  parent: vnet
  name: 'to-hub'
  properties: { remoteVirtualNetwork: { id: hub.id }, allowVirtualNetworkAccess: true, allowForwardedTraffic: true }
}

resource fromHub 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2023-11-01' = {
  parent: hub
  name: 'to-vineyard'
  properties: { remoteVirtualNetwork: { id: vnet.id }, allowVirtualNetworkAccess: true, allowForwardedTraffic: true }
}

resource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'vineyardimages'
  location: 'westeurope'
  sku: { name: 'Premium' }
}

resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {
  name: 'aks-vineyard'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'vineyard'
    networkProfile: { networkPlugin: 'azure', outboundType: 'userDefinedRouting' }
    agentPoolProfiles: [
      { name: 'system', mode: 'System', count: 2, vmSize: 'Standard_D4s_v5', vnetSubnetID: vnet.properties.subnets[0].id }
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
