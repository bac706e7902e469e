// `avm/res/network/private-endpoint`, 0.10.0 and later, before 0.11.0: what decides pulls.
param name string
param location string = resourceGroup().location
param subnetResourceId string
param ipConfigurations array?
param customDnsConfigs array?
param manualPrivateLinkServiceConnections array?
param privateLinkServiceConnections array?
param privateDnsZoneGroup object?

var manual = manualPrivateLinkServiceConnections[?0].?properties.?groupIds
var automatic = privateLinkServiceConnections[?0].?properties.?groupIds

resource endpoint 'Microsoft.Network/privateEndpoints@2023-11-01' = {
  name: name
  location: location
  properties: {
    privateLinkServiceConnections: privateLinkServiceConnections ?? []
    manualPrivateLinkServiceConnections: manualPrivateLinkServiceConnections ?? []
    ipConfigurations: ipConfigurations ?? []
    customDnsConfigs: customDnsConfigs ?? []
    subnet: { id: subnetResourceId }
  }
}

resource zones 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2023-11-01' = if (!empty(privateDnsZoneGroup)) {
  parent: endpoint
  name: privateDnsZoneGroup.?name ?? 'default'
  properties: {
    privateDnsZoneConfigs: map(privateDnsZoneGroup.?privateDnsZoneGroupConfigs ?? [], zone => {
      name: zone.?name ?? last(split(zone.privateDnsZoneResourceId, '/'))
      properties: { privateDnsZoneId: zone.privateDnsZoneResourceId }
    })
  }
}

output name string = endpoint.name
output resourceId string = endpoint.id
output resourceGroupName string = resourceGroup().name
output location string = endpoint.location
output groupId string? = manual[?0] ?? automatic[?0]
output networkInterfaceResourceIds array = map(endpoint.properties.networkInterfaces, card => card.id)
output customDnsConfigs array = endpoint.properties.customDnsConfigs
