// `avm/res/network/virtual-network`, 0.3.0 and later, before 0.9.0: what decides pulls.
param name string
param location string = resourceGroup().location
param addressPrefixes array
param subnets array?
param dnsServers array?
param peerings array?
param ipamPoolNumberOfIpAddresses string?

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: name
  location: location
  properties: {
    addressSpace: contains(addressPrefixes[0], '/Microsoft.Network/networkManagers/')
      ? {
          ipamPoolPrefixAllocations: [
            { pool: { id: addressPrefixes[0] }, numberOfIpAddresses: ipamPoolNumberOfIpAddresses }
          ]
        }
      : { addressPrefixes: addressPrefixes }
    dhcpOptions: empty(dnsServers) ? null : { dnsServers: dnsServers }
  }
}

resource parts 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' = [
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
      serviceEndpoints: map(subnet.?serviceEndpoints ?? [], service => { service: service })
      delegations: empty(subnet.?delegation)
        ? []
        : [{ name: subnet.delegation, properties: { serviceName: subnet.delegation } }]
      privateEndpointNetworkPolicies: subnet.?privateEndpointNetworkPolicies
      defaultOutboundAccess: subnet.?defaultOutboundAccess
      serviceEndpointPolicies: subnet.?serviceEndpointPolicies ?? []
    }
  }
]

resource there 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2024-01-01' = [
  for peering in (peerings ?? []): {
    parent: network
    name: peering.?name ?? 'peer-${name}-${last(split(peering.remoteVirtualNetworkResourceId, '/'))}'
    properties: {
      allowForwardedTraffic: peering.?allowForwardedTraffic ?? true
      allowGatewayTransit: peering.?allowGatewayTransit ?? false
      allowVirtualNetworkAccess: peering.?allowVirtualNetworkAccess ?? true
      useRemoteGateways: peering.?useRemoteGateways ?? false
      remoteVirtualNetwork: { id: peering.remoteVirtualNetworkResourceId }
    }
  }
]

resource others 'Microsoft.Network/virtualNetworks@2024-05-01' existing = [
  for peering in (peerings ?? []): {
    scope: resourceGroup(
      split(peering.remoteVirtualNetworkResourceId, '/')[2],
      split(peering.remoteVirtualNetworkResourceId, '/')[4]
    )
    name: last(split(peering.remoteVirtualNetworkResourceId, '/'))
  }
]

resource back 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2024-01-01' = [
  for (peering, i) in (peerings ?? []): if (peering.?remotePeeringEnabled ?? false) {
    parent: others[i]
    name: peering.?remotePeeringName ?? 'peer-${last(split(peering.remoteVirtualNetworkResourceId, '/'))}-${name}'
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
output subnetResourceIds array = [for (subnet, i) in (subnets ?? []): parts[i].id]
