param registryName string
param principal string

resource acr 'Microsoft.ContainerRegistry/registries@2025-11-01' existing = {
  name: registryName
}

resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(acr.id, principal, 'AcrPull')
  scope: acr
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')
    principalId: principal
    principalType: 'ServicePrincipal'
  }
}
