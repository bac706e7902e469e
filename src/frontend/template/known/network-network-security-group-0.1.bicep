// `avm/res/network/network-security-group`, 0.1.0 and later: what decides pulls.
param name string
param location string = resourceGroup().location
param securityRules array?

func ids(list array) array => map(list, id => { id: id })

resource group 'Microsoft.Network/networkSecurityGroups@2025-05-01' = {
  name: name
  location: location
  properties: {
    securityRules: [
      for rule in (securityRules ?? []): {
        name: rule.name
        properties: {
          access: rule.properties.access
          direction: rule.properties.direction
          priority: rule.properties.priority
          protocol: rule.properties.protocol
          sourceAddressPrefix: rule.properties.?sourceAddressPrefix ?? ''
          sourceAddressPrefixes: rule.properties.?sourceAddressPrefixes ?? []
          sourcePortRange: rule.properties.?sourcePortRange ?? ''
          sourcePortRanges: rule.properties.?sourcePortRanges ?? []
          // Since 0.3.0 ids are given, before that objects.
          sourceApplicationSecurityGroups: rule.properties.?sourceApplicationSecurityGroups ?? ids(
            rule.properties.?sourceApplicationSecurityGroupResourceIds ?? []
          )
          destinationAddressPrefix: rule.properties.?destinationAddressPrefix ?? ''
          destinationAddressPrefixes: rule.properties.?destinationAddressPrefixes ?? []
          destinationPortRange: rule.properties.?destinationPortRange ?? ''
          destinationPortRanges: rule.properties.?destinationPortRanges ?? []
          destinationApplicationSecurityGroups: rule.properties.?destinationApplicationSecurityGroups ?? ids(
            rule.properties.?destinationApplicationSecurityGroupResourceIds ?? []
          )
        }
      }
    ]
  }
}

output name string = group.name
output resourceId string = group.id
output resourceGroupName string = resourceGroup().name
output location string = group.location
