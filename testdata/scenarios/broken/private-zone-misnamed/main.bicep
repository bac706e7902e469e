resource apps 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'vnet-apps'
  location: 'westeurope'
  properties: {
    addressSpace: { addressPrefixes: ['10.41.0.0/16'] }
    subnets: [
      { name: 'nodes', properties: { addressPrefix: '10.41.0.0/20' } }
    ]
  }
}

resource hub 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'vnet-hub'
  location: 'westeurope'
  properties: {
    addressSpace: { addressPrefixes: ['10.40.0.0/16'] }
    subnets: [
      { name: 'endpoints', properties: { addressPrefix: '10.40.32.0/24' } }
    ]
  }
}

resource appsToHub 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2024-05-01' = {
  parent: apps
  name: 'to-hub'
  properties: { remoteVirtualNetwork: { id: hub.id } }
}

resource hubToApps 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2024-05-01' = {
  parent: hub
  name: 'to-apps'
  properties: { remoteVirtualNetwork: { id: apps.id } }
}

resource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'quarryimages'
  location: 'westeurope'
  sku: { name: 'Premium' }
  properties: { publicNetworkAccess: 'Disabled' }
}

resource endpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = {
  name: 'pe-quarryimages'
  location: 'westeurope'
  properties: {
    subnet: { id: hub.properties.subnets[0].id }
    privateLinkServiceConnections: [
      {
        name: 'acr'
        properties: {
          privateLinkServiceId: acr.id
          groupIds: ['registry']
        }
      }
    ]
  }
}

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: 'privatelink.acr.io'
  location: 'global'
}

resource hubLink 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = {
  parent: zone
  name: 'hub'
  location: 'global'
  properties: { registrationEnabled: false, virtualNetwork: { id: hub.id } }
}

resource appsLink 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = {
  parent: zone
  name: 'apps'
  location: 'global'
  properties: { registrationEnabled: false, virtualNetwork: { id: apps.id } }
}

resource group 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = {
  parent: endpoint
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      { name: 'acr', properties: { privateDnsZoneId: zone.id } }
    ]
  }
}

resource aks 'Microsoft.ContainerService/managedClusters@2024-05-01' = {
  name: 'aks-quarry'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'quarry'
    agentPoolProfiles: [
      {
        name: 'system'
        mode: 'System'
        count: 2
        vmSize: 'Standard_D4s_v5'
        vnetSubnetID: apps.properties.subnets[0].id
      }
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
