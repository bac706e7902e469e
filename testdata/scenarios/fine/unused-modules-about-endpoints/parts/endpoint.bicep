param targetId string
param subnetId string

resource pe 'Microsoft.Network/privateEndpoints@2024-01-01' = {
  name: 'pe-part'
  location: 'westeurope'
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [{ name: 'part', properties: { privateLinkServiceId: targetId, groupIds: ['registry'] } }]
  }
}
