// `avm/res/container-registry/registry`, 0.3.0 and later, before 0.4.0: what decides pulls.
param name string
param location string = resourceGroup().location
param acrSku string = 'Basic'
param acrAdminUserEnabled bool = false
param anonymousPullEnabled bool = false
param exportPolicyStatus string = 'disabled'
param quarantinePolicyStatus string = 'disabled'
param trustPolicyStatus string = 'disabled'
param retentionPolicyStatus string = 'enabled'
param retentionPolicyDays int = 15
param azureADAuthenticationAsArmPolicyStatus string = 'enabled'
param softDeletePolicyStatus string = 'disabled'
param softDeletePolicyDays int = 7
param dataEndpointEnabled bool = false
param publicNetworkAccess string?
param networkRuleBypassOptions string = 'AzureServices'
param networkRuleSetDefaultAction string = 'Deny'
param networkRuleSetIpRules array?
param zoneRedundancy string = 'Disabled'
param managedIdentities object?
param roleAssignments array?
param privateEndpoints array?
param replications array?
param cacheRules array?
param scopeMaps array?
param credentialSets array?

func role(known object, text string) string => contains(text, '/providers/Microsoft.Authorization/roleDefinitions/')
  ? text
  : subscriptionResourceId('Microsoft.Authorization/roleDefinitions', known[?text] ?? text)

func link(name string, target string, group string) array => [
  { name: name, properties: { privateLinkServiceId: target, groupIds: [group] } }
]

var known = {
  AcrDelete: 'c2f4ef07-c644-48eb-af81-4b1b4947fb11'
  AcrImageSigner: '6cef56e8-d556-48e5-a04f-b8e64114680f'
  AcrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d'
  AcrPush: '8311e382-0749-4cb8-b61a-304f252e45ec'
  AcrQuarantineReader: 'cdda3590-29a3-44f6-95f2-9f980659eb04'
  AcrQuarantineWriter: 'c8d4ff99-41c3-41a8-9f60-21dfdad59608'
  Contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c'
  Owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
  Reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7'
  'User Access Administrator': '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9'
  'Role Based Access Control Administrator (Preview)': 'f58310d9-a9f6-439a-9e8d-f62e7b41a168'
}
var own = managedIdentities.?userAssignedResourceIds ?? []
var system = managedIdentities.?systemAssigned ?? false
var premium = acrSku == 'Premium'
var access = !empty(publicNetworkAccess)
  ? publicNetworkAccess
  : (!empty(privateEndpoints) && empty(networkRuleSetIpRules) ? 'Disabled' : null)

resource registry 'Microsoft.ContainerRegistry/registries@2023-06-01-preview' = {
  name: name
  location: location
  identity: empty(managedIdentities)
    ? null
    : {
        type: system
          ? (empty(own) ? 'SystemAssigned' : 'SystemAssigned, UserAssigned')
          : (empty(own) ? 'None' : 'UserAssigned')
        userAssignedIdentities: empty(own) ? null : toObject(own, id => id, id => {})
      }
  sku: { name: acrSku }
  properties: {
    adminUserEnabled: acrAdminUserEnabled
    anonymousPullEnabled: anonymousPullEnabled
    policies: {
      azureADAuthenticationAsArmPolicy: { status: azureADAuthenticationAsArmPolicyStatus }
      exportPolicy: premium ? { status: exportPolicyStatus } : null
      quarantinePolicy: premium ? { status: quarantinePolicyStatus } : null
      trustPolicy: premium ? { type: 'Notary', status: trustPolicyStatus } : null
      retentionPolicy: premium ? { days: retentionPolicyDays, status: retentionPolicyStatus } : null
      softDeletePolicy: { retentionDays: softDeletePolicyDays, status: softDeletePolicyStatus }
    }
    dataEndpointEnabled: dataEndpointEnabled
    publicNetworkAccess: access
    networkRuleBypassOptions: networkRuleBypassOptions
    networkRuleSet: !empty(networkRuleSetIpRules)
      ? { defaultAction: networkRuleSetDefaultAction, ipRules: networkRuleSetIpRules ?? [] }
      : null
    zoneRedundancy: premium ? zoneRedundancy : null
  }
}

resource copies 'Microsoft.ContainerRegistry/registries/replications@2023-06-01-preview' = [
  for copy in (replications ?? []): {
    parent: registry
    name: copy.name
    location: copy.?location ?? resourceGroup().location
    properties: {
      regionEndpointEnabled: copy.?regionEndpointEnabled ?? true
      zoneRedundancy: copy.?zoneRedundancy ?? 'Disabled'
    }
  }
]

resource maps 'Microsoft.ContainerRegistry/registries/scopeMaps@2023-06-01-preview' = [
  for item in (scopeMaps ?? []): {
    parent: registry
    name: item.?name ?? '${name}-scopemaps'
    properties: { actions: item.actions }
  }
]

resource sets 'Microsoft.ContainerRegistry/registries/credentialSets@2023-11-01-preview' = [
  for set in (credentialSets ?? []): {
    parent: registry
    name: set.name
    identity: empty(set.managedIdentities)
      ? null
      : { type: (set.managedIdentities.?systemAssigned ?? false) ? 'SystemAssigned' : null }
    properties: { authCredentials: set.authCredentials, loginServer: set.loginServer }
  }
]

resource rules 'Microsoft.ContainerRegistry/registries/cacheRules@2023-06-01-preview' = [
  for rule in (cacheRules ?? []): {
    parent: registry
    name: rule.?name ?? replace(replace(rule.sourceRepository, '/', '-'), '.', '-')
    properties: {
      sourceRepository: rule.sourceRepository
      targetRepository: rule.?targetRepository ?? rule.sourceRepository
      credentialSetResourceId: rule.?credentialSetResourceId
    }
  }
]

resource grants 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for grant in (roleAssignments ?? []): {
    scope: registry
    name: guid(registry.id, grant.principalId, grant.roleDefinitionIdOrName)
    properties: {
      roleDefinitionId: role(known, grant.roleDefinitionIdOrName)
      principalId: grant.principalId
      principalType: grant.?principalType
      condition: grant.?condition
      conditionVersion: empty(grant.?condition) ? null : grant.?conditionVersion ?? '2.0'
      delegatedManagedIdentityResourceId: grant.?delegatedManagedIdentityResourceId
    }
  }
]

resource endpoints 'Microsoft.Network/privateEndpoints@2023-04-01' = [
  for (p, i) in (privateEndpoints ?? []): {
    // Bicep itself would ask for a module here.
    scope: resourceGroup(empty(p.?resourceGroupName) ? resourceGroup().name : p.resourceGroupName)
    name: p.?name ?? 'pep-${name}-${p.?service ?? 'registry'}-${i}'
    location: p.?location ?? reference(split(p.subnetResourceId, '/subnets/')[0], '2020-06-01', 'Full').location
    properties: {
      privateLinkServiceConnections: p.?isManualConnection == true
        ? []
        : link(
            p.?privateLinkServiceConnectionName ?? '${name}-${p.?service ?? 'registry'}-${i}',
            registry.id,
            p.?service ?? 'registry'
          )
      manualPrivateLinkServiceConnections: p.?isManualConnection == true
        ? link(
            p.?privateLinkServiceConnectionName ?? '${name}-${p.?service ?? 'registry'}-${i}',
            registry.id,
            p.?service ?? 'registry'
          )
        : []
      ipConfigurations: p.?ipConfigurations ?? []
      customDnsConfigs: p.?customDnsConfigs ?? []
      subnet: { id: p.subnetResourceId }
    }
  }
]

resource zones 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2023-04-01' = [
  for (p, i) in (privateEndpoints ?? []): if (!empty(p.?privateDnsZoneResourceIds)) {
    parent: endpoints[i]
    name: p.?privateDnsZoneGroupName ?? 'default'
    properties: {
      privateDnsZoneConfigs: map(p.?privateDnsZoneResourceIds ?? [], zone => {
        name: last(split(zone, '/'))
        properties: { privateDnsZoneId: zone }
      })
    }
  }
]

output name string = registry.name
output loginServer string = registry.properties.loginServer
output resourceGroupName string = resourceGroup().name
output resourceId string = registry.id
output location string = registry.location
output systemAssignedMIPrincipalId string = registry.?identity.?principalId ?? ''
output credentialSetsResourceIds array = [for (set, i) in (credentialSets ?? []): sets[i].id]
output credentialSetsSystemAssignedMIPrincipalIds array = [
  for (set, i) in (credentialSets ?? []): sets[i].?identity.?principalId
]
