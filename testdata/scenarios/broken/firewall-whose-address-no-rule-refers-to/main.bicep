resource egress 'Microsoft.Network/publicIPAddresses@2024-05-01' = {
  name: 'pip-orchard'
  location: resourceGroup().location
  sku: { name: 'Standard' }
  properties: { publicIPAllocationMethod: 'Static' }
}

resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'vnet-orchard'
  location: resourceGroup().location
  properties: {
    addressSpace: { addressPrefixes: ['10.4.0.0/16'] }
    subnets: [
      { name: 'nodes', properties: { addressPrefix: '10.4.0.0/20', routeTable: { id: routes.id } } }
      { name: 'AzureFirewallSubnet', properties: { addressPrefix: '10.4.64.0/26' } }
    ]
  }
}

resource firewall 'Microsoft.Network/azureFirewalls@2024-05-01' = {
  name: 'fw-orchard'
  location: resourceGroup().location
  properties: {
    sku: { name: 'AZFW_VNet', tier: 'Standard' }
    ipConfigurations: [
      {
        name: 'out'
        properties: {
          subnet: { id: resourceId('Microsoft.Network/virtualNetworks/subnets', 'vnet-orchard', 'AzureFirewallSubnet') }
          publicIPAddress: { id: egress.id }
          privateIPAddress: '10.4.64.4'
        }
      }
    ]
  }
}

resource routes 'Microsoft.Network/routeTables@2024-05-01' = {
  name: 'routes-orchard'
  location: resourceGroup().location
  properties: {
    routes: [
      { name: 'out', properties: { addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.4.64.4' } }
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
        { action: 'Allow', value: '203.0.113.0/24' }
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
    networkProfile: { outboundType: 'userDefinedRouting' }
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
