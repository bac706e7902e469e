// `avm/res/network/virtual-network/subnet`, 0.1.0 and later: what decides pulls.
param name string
param virtualNetworkName string
param addressPrefix string?
param addressPrefixes array?
param networkSecurityGroupResourceId string?
param routeTableResourceId string?
param natGatewayResourceId string?
param serviceEndpoints array = []
param serviceEndpointPolicies array?
param delegation string?
param privateEndpointNetworkPolicies string?
param defaultOutboundAccess bool?

resource network 'Microsoft.Network/virtualNetworks@2024-01-01' existing = {
  name: virtualNetworkName
}

resource subnet 'Microsoft.Network/virtualNetworks/subnets@2025-05-01' = {
  parent: network
  name: name
  properties: {
    addressPrefix: addressPrefix
    addressPrefixes: addressPrefixes
    networkSecurityGroup: empty(networkSecurityGroupResourceId) ? null : { id: networkSecurityGroupResourceId }
    routeTable: empty(routeTableResourceId) ? null : { id: routeTableResourceId }
    natGateway: empty(natGatewayResourceId) ? null : { id: natGatewayResourceId }
    serviceEndpoints: map(serviceEndpoints, service => { service: service })
    serviceEndpointPolicies: serviceEndpointPolicies ?? []
    delegations: empty(delegation) ? [] : [{ name: delegation, properties: { serviceName: delegation } }]
    privateEndpointNetworkPolicies: privateEndpointNetworkPolicies
    defaultOutboundAccess: defaultOutboundAccess
  }
}

output name string = subnet.name
output resourceId string = subnet.id
output resourceGroupName string = resourceGroup().name
output addressPrefix string = addressPrefix ?? ''
output addressPrefixes array = addressPrefixes ?? []
