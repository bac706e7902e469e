// `avm/res/container-service/managed-cluster`, 0.6.0 and later, before 0.7.0: what decides pulls.
param name string
param location string = resourceGroup().location
param dnsPrefix string = name
param managedIdentities object?
param identityProfile object?
param aksServicePrincipalProfile object?
param skuTier string = 'Standard'
param skuName string = 'Base'
param kubernetesVersion string?
param nodeResourceGroup string = '${resourceGroup().name}_aks_${name}_nodes'
param primaryAgentPoolProfiles array
param agentPools array?
param networkPlugin string?
param outboundType string = 'loadBalancer'
param loadBalancerSku string = 'standard'
param managedOutboundIPCount int = 0
param authorizedIPRanges array?
param enablePrivateCluster bool = false
param enablePrivateClusterPublicFQDN bool = false
param privateDNSZone string?
param httpProxyConfig object?
param enableOidcIssuerProfile bool = false
param webApplicationRoutingEnabled bool = false
param ingressApplicationGatewayEnabled bool = false
param appGatewayResourceId string?
param omsAgentEnabled bool = true
param monitoringWorkspaceResourceId string?
param aciConnectorLinuxEnabled bool = false
param azurePolicyEnabled bool = true
param enableKeyvaultSecretsProvider bool = false

var own = managedIdentities.?userAssignedResourceIds ?? []
var gateway = ingressApplicationGatewayEnabled && !empty(appGatewayResourceId)
var monitored = omsAgentEnabled && !empty(monitoringWorkspaceResourceId)

resource cluster 'Microsoft.ContainerService/managedClusters@2024-03-02-preview' = {
  name: name
  location: location
  identity: empty(managedIdentities)
    ? null
    : {
        type: (managedIdentities.?systemAssigned ?? false)
          ? 'SystemAssigned'
          : (empty(own) ? null : 'UserAssigned')
        userAssignedIdentities: empty(own) ? null : toObject(own, id => id, id => {})
      }
  sku: { name: skuName, tier: skuTier }
  properties: {
    dnsPrefix: dnsPrefix
    kubernetesVersion: kubernetesVersion
    nodeResourceGroup: nodeResourceGroup
    identityProfile: identityProfile
    servicePrincipalProfile: aksServicePrincipalProfile
    httpProxyConfig: httpProxyConfig
    agentPoolProfiles: map(primaryAgentPoolProfiles, pool => {
      name: pool.name
      mode: pool.?mode
      type: pool.?type
      osType: pool.?osType ?? 'Linux'
      orchestratorVersion: pool.?orchestratorVersion
      nodeLabels: pool.?nodeLabels
      nodeTaints: pool.?nodeTaints
      enableNodePublicIP: pool.?enableNodePublicIP ?? false
      nodePublicIPPrefixID: pool.?nodePublicIpPrefixResourceId
      vnetSubnetID: pool.?vnetSubnetResourceId
      podSubnetID: pool.?podSubnetResourceId
    })
    apiServerAccessProfile: {
      authorizedIPRanges: authorizedIPRanges
      enablePrivateCluster: enablePrivateCluster
      enablePrivateClusterPublicFQDN: enablePrivateClusterPublicFQDN
      privateDNSZone: privateDNSZone
    }
    addonProfiles: {
      omsagent: {
        enabled: monitored
        config: monitored ? { logAnalyticsWorkspaceResourceID: monitoringWorkspaceResourceId } : null
      }
      ingressApplicationGateway: {
        enabled: gateway
        config: gateway ? { applicationGatewayId: appGatewayResourceId } : null
      }
      aciConnectorLinux: { enabled: aciConnectorLinuxEnabled }
      azurepolicy: { enabled: azurePolicyEnabled }
      azureKeyvaultSecretsProvider: { enabled: enableKeyvaultSecretsProvider }
    }
    ingressProfile: { webAppRouting: { enabled: webApplicationRoutingEnabled } }
    oidcIssuerProfile: enableOidcIssuerProfile ? { enabled: true } : null
    networkProfile: {
      networkPlugin: networkPlugin
      outboundType: outboundType
      loadBalancerSku: loadBalancerSku
      loadBalancerProfile: { managedOutboundIPs: managedOutboundIPCount != 0 ? { count: managedOutboundIPCount } : null }
    }
  }
}

resource pools 'Microsoft.ContainerService/managedClusters/agentPools@2024-08-01' = [
  for pool in (agentPools ?? []): {
    parent: cluster
    name: pool.name
    properties: {
      mode: pool.?mode
      type: pool.?type
      osType: pool.?osType ?? 'Linux'
      orchestratorVersion: pool.?orchestratorVersion ?? kubernetesVersion
      nodeLabels: pool.?nodeLabels
      nodeTaints: pool.?nodeTaints
      enableNodePublicIP: pool.?enableNodePublicIP ?? false
      nodePublicIPPrefixID: pool.?nodePublicIpPrefixResourceId
      vnetSubnetID: pool.?vnetSubnetResourceId
      podSubnetID: pool.?podSubnetResourceId
    }
  }
]

var addons = cluster.properties.?addonProfiles

output resourceId string = cluster.id
output resourceGroupName string = resourceGroup().name
output name string = cluster.name
output location string = cluster.location
output controlPlaneFQDN string = enablePrivateCluster
  ? cluster.properties.privateFQDN
  : cluster.properties.fqdn
output systemAssignedMIPrincipalId string? = cluster.?identity.?principalId
output kubeletIdentityObjectId string? = cluster.properties.?identityProfile.?kubeletidentity.?objectId
output kubeletIdentityClientId string? = cluster.properties.?identityProfile.?kubeletidentity.?clientId
output kubeletIdentityResourceId string? = cluster.properties.?identityProfile.?kubeletidentity.?resourceId
output omsagentIdentityObjectId string? = addons.?omsagent.?identity.?objectId
output keyvaultIdentityObjectId string? = addons.?azureKeyvaultSecretsProvider.?identity.?objectId
output keyvaultIdentityClientId string? = addons.?azureKeyvaultSecretsProvider.?identity.?clientId
output ingressApplicationGatewayIdentityObjectId string? = addons.?ingressApplicationGateway.?identity.?objectId
output webAppRoutingIdentityObjectId string? = cluster.properties.?ingressProfile.?webAppRouting.?identity.?objectId
output oidcIssuerUrl string? = cluster.properties.?oidcIssuerProfile.?issuerURL
output addonProfiles object? = addons
