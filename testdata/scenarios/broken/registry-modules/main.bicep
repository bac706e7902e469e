module cluster 'br/public:avm/res/container-service/managed-cluster:0.10.1' = {
  name: 'cluster'
  params: {
    name: 'aks-mill'
    managedIdentities: { systemAssigned: true }
    primaryAgentPoolProfiles: [
      { name: 'system', mode: 'System', count: 2, vmSize: 'Standard_D4s_v5' }
    ]
  }
}

module registry 'br/public:avm/res/container-registry/registry:0.9.1' = {
  name: 'registry'
  params: {
    name: 'millimages'
    acrSku: 'Standard'
    roleAssignments: [
      {
        principalId: cluster.outputs.systemAssignedMIPrincipalId!
        principalType: 'ServicePrincipal'
        roleDefinitionIdOrName: 'AcrPull'
      }
    ]
  }
}
