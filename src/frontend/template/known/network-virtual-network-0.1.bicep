// `avm/res/network/virtual-network`, 0.1.0 and later, before 0.3.0: what decides pulls.
param name string
param location string = resourceGroup().location
param addressPrefixes array
param subnets array?
param dnsServers array?
param peerings array?

resource network 'Microsoft.Network/virtualNetworks@2023-11-01' = {
  name: name
  location: location
  properties: {
    addressSpace: { addressPrefixes: addressPrefixes }
    dhcpOptions: empty(dnsServers) ? null : { dnsServers: dnsServers }
  }
}

resource parts 'Microsoft.Network/virtualNetworks/subnets@2023-11-01' = [
  for subnet in (subnets ?? []): {
    parent: network
    name: subnet.name
    properties: {
      addressPrefix: subnet.?addressPrefix
      addressPrefixes: subnet.?addressPrefixes
      networkSecurityGroup: empty(subnet.?networkSecurityGroupResourceId)
        ? null
        : { id: subnet.networkSecurityGroupResourceId }
      routeTable: empty(subnet.?routeTableResourceId) ? null : { id: subnet.routeTableResourceId }
      natGateway: empty(subnet.?natGatewayResourceId) ? null : { id: subnet.natGatewayResourceId }
      serviceEndpoints: subnet.?serviceEndpoints ?? []
      delegations: subnet.?delegations ?? []
      privateEndpointNetworkPolicies: empty(subnet.?privateEndpointNetworkPolicies)
        ? null
        : subnet.privateEndpointNetworkPolicies
      serviceEndpointPolicies: subnet.?serviceEndpointPolicies ?? []
    }
  }
]

resource there 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2023-11-01' = [
  for peering in (peerings ?? []): {
    parent: network
    name: peering.?name ?? '${name}-${last(split(peering.remoteVirtualNetworkId, '/'))}'
    properties: {
      allowForwardedTraffic: peering.?allowForwardedTraffic ?? true
      allowGatewayTransit: peering.?allowGatewayTransit ?? false
      allowVirtualNetworkAccess: peering.?allowVirtualNetworkAccess ?? true
      useRemoteGateways: peering.?useRemoteGateways ?? false
      remoteVirtualNetwork: { id: peering.remoteVirtualNetworkId }
    }
  }
]

resource others 'Microsoft.Network/virtualNetworks@2023-11-01' existing = [
  for peering in (peerings ?? []): {
    scope: resourceGroup(
      split(peering.remoteVirtualNetworkId, '/')[2],
      split(peering.remoteVirtualNetworkId, '/')[4]
    )
    name: last(split(peering.remoteVirtualNetworkId, '/'))
  }
]

resource back 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2023-11-01' = [
  for (peering, i) in (peerings ?? []): if (peering.?remotePeeringEnabled ?? false) {
    parent: others[i]
    name: peering.?remotePeeringName ?? '${last(split(peering.remoteVirtualNetworkId, '/'))}-${name}'
    properties: {
      allowForwardedTraffic: peering.?remotePeeringAllowForwardedTraffic ?? true
      allowGatewayTransit: peering.?remotePeeringAllowGatewayTransit ?? false
      allowVirtualNetworkAccess: peering.?remotePeeringAllowVirtualNetworkAccess ?? true
      useRemoteGateways: peering.?remotePeeringUseRemoteGateways ?? false
      remoteVirtualNetwork: { id: network.id }
    }
  }
]

output name string = network.name
output resourceId string = network.id
output resourceGroupName string = resourceGroup().name
output location string = network.location
output subnetNames array = [for subnet in (subnets ?? []): subnet.name]
output subnetResourceIds array = [
  for subnet in (subnets ?? []): resourceId('Microsoft.Network/virtualNetworks/subnets', name, subnet.name)
]
