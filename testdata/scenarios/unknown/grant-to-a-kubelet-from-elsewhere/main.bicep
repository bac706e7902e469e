param kubeletId string

resource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'loomimages'
  location: 'westeurope'
  sku: { name: 'Standard' }
}

resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: acr
  name: guid(acr.id, kubeletId)
  properties: {
    principalId: kubeletId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')
  }
}
