// `avm/res/network/public-ip-address`, 0.2.0 and later: what decides pulls.
param name string
param location string = resourceGroup().location
param publicIpPrefixResourceId string?
param publicIPAllocationMethod string = 'Static'
param publicIPAddressVersion string = 'IPv4'
param dnsSettings object?
param skuName string = 'Standard'
param skuTier string = 'Regional'

resource address 'Microsoft.Network/publicIPAddresses@2025-01-01' = {
  name: name
  location: location
  sku: { name: skuName, tier: skuTier }
  properties: {
    publicIPAllocationMethod: publicIPAllocationMethod
    publicIPAddressVersion: publicIPAddressVersion
    publicIPPrefix: empty(publicIpPrefixResourceId) ? null : { id: publicIpPrefixResourceId }
    dnsSettings: dnsSettings
  }
}

output name string = address.name
output resourceId string = address.id
output resourceGroupName string = resourceGroup().name
output ipAddress string = address.properties.ipAddress
output location string = address.location
