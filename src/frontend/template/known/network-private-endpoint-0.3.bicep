// `avm/res/network/private-endpoint`, 0.3.0 and later, before 0.7.0: what decides pulls.
param name string
param location string = resourceGroup().location
param subnetResourceId string
param ipConfigurations array?
param customDnsConfigs array?
param manualPrivateLinkServiceConnections array?
param privateLinkServiceConnections array?
param privateDnsZoneGroupName string?
param privateDnsZoneResourceIds array?

var manual = manualPrivateLinkServiceConnections[?0].?properties.?groupIds
var automatic = privateLinkServiceConnections[?0].?properties.?groupIds

resource endpoint 'Microsoft.Network/privateEndpoints@2023-04-01' = {
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

resource zones 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2023-04-01' = if (!empty(privateDnsZoneResourceIds)) {
  parent: endpoint
  name: privateDnsZoneGroupName ?? 'default'
  properties: {
    privateDnsZoneConfigs: map(privateDnsZoneResourceIds ?? [], zone => {
      name: last(split(zone, '/'))
      properties: { privateDnsZoneId: zone }
    })
  }
}

output name string = endpoint.name
output resourceId string = endpoint.id
output resourceGroupName string = resourceGroup().name
output location string = endpoint.location
output groupId string? = manual[?0] ?? automatic[?0]
output customDnsConfig array = endpoint.properties.customDnsConfigs
