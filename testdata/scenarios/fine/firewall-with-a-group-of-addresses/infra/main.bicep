resource nodes 'Microsoft.Network/ipGroups@2023-11-01' = {
  name: 'ipg-nodes'
  location: 'westeurope'
  properties: { ipAddresses: ['10.20.0.0-10.20.255.255'] }
}

resource policy 'Microsoft.Network/firewallPolicies@2023-11-01' = {
  name: 'policy-orchard'
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
            sourceIpGroups: [nodes.id]
            fqdnTags: ['AzureKubernetesService']
            protocols: [{ protocolType: 'Https', port: 443 }]
          }
          {
            ruleType: 'ApplicationRule'
            name: 'images'
            sourceIpGroups: [nodes.id]
            targetFqdns: [acr.properties.loginServer, '*.windows.net']
            protocols: [{ protocolType: 'Https', port: 443 }]
          }
        ]
      }
    ]
  }
}

resource firewall 'Microsoft.Network/azureFirewalls@2023-11-01' = {
  name: 'fw-orchard'
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
  name: 'vnet-orchard'
  location: 'westeurope'
  properties: {
    addressSpace: { addressPrefixes: ['10.20.0.0/16'] }
    subnets: [
      { name: 'nodes', properties: { addressPrefix: '10.20.0.0/22', routeTable: { id: routes.id } } }
    ]
  }
}

resource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'orchardimages'
  location: 'westeurope'
  sku: { name: 'Premium' }
}

resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {
  name: 'aks-orchard'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'orchard'
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

resource vnetPeering 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2023-11-01' = {
  parent: vnet
  name: 'to-the-other'
  properties: { remoteVirtualNetwork: { id: hub.id }, allowForwardedTraffic: true }
}

resource hubPeering 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2023-11-01' = {
  parent: hub
  name: 'to-the-other'
  properties: { remoteVirtualNetwork: { id: vnet.id }, allowForwardedTraffic: true }
}
