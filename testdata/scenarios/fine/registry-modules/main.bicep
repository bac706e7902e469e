param location string = resourceGroup().location

module cluster 'br/avm:res/container-service/managed-cluster:0.10.1' = {
  name: 'cluster'
  params: {
    name: 'aks-mill'
    location: location
    managedIdentities: { systemAssigned: true }
    primaryAgentPoolProfiles: [
      { name: 'system', mode: 'System', count: 2, vmSize: 'Standard_D4s_v5' }
    ]
  }
}

module registry 'br:mcr.microsoft.com/bicep/avm/res/container-registry/registry:0.9.1' = {
  name: 'registry'
  params: {
    name: 'millimages'
    location: location
    acrSku: 'Standard'
    roleAssignments: [
      {
        principalId: cluster.outputs.kubeletIdentityObjectId!
        principalType: 'ServicePrincipal'
        roleDefinitionIdOrName: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')
      }
    ]
  }
}
