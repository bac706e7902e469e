// `avm/res/network/private-dns-zone`, 0.2.0 and later, before 0.7.0: what decides pulls.
param name string
param location string = 'global'
param a array?
param aaaa array?
param cname array?
param virtualNetworkLinks array?

resource zone 'Microsoft.Network/privateDnsZones@2020-06-01' = {
  name: name
  location: location
}

resource aRecords 'Microsoft.Network/privateDnsZones/A@2020-06-01' = [
  for record in (a ?? []): {
    parent: zone
    name: record.name
    properties: { ttl: record.?ttl ?? 3600, aRecords: record.?aRecords }
  }
]

resource aaaaRecords 'Microsoft.Network/privateDnsZones/AAAA@2020-06-01' = [
  for record in (aaaa ?? []): {
    parent: zone
    name: record.name
    properties: { ttl: record.?ttl ?? 3600, aaaaRecords: record.?aaaaRecords }
  }
]

resource cnameRecords 'Microsoft.Network/privateDnsZones/CNAME@2020-06-01' = [
  for record in (cname ?? []): {
    parent: zone
    name: record.name
    properties: { ttl: record.?ttl ?? 3600, cnameRecord: record.?cnameRecord }
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2020-06-01' = [
  for link in (virtualNetworkLinks ?? []): {
    parent: zone
    name: link.?name ?? '${last(split(link.virtualNetworkResourceId, '/'))}-vnetlink'
    location: link.?location ?? 'global'
    properties: {
      registrationEnabled: link.?registrationEnabled ?? false
      virtualNetwork: { id: link.virtualNetworkResourceId }
    }
  }
]

output name string = zone.name
output resourceId string = zone.id
output resourceGroupName string = resourceGroup().name
output location string = zone.location
