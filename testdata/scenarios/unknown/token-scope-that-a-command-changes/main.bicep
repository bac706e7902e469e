resource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'loomimages'
  location: 'westeurope'
  sku: { name: 'Standard' }
}

resource scope 'Microsoft.ContainerRegistry/registries/scopeMaps@2023-07-01' = {
  parent: acr
  name: 'loom'
  properties: { actions: ['repositories/shuttle/content/read'] }
}

resource token 'Microsoft.ContainerRegistry/registries/tokens@2023-07-01' = {
  parent: acr
  name: 'loom-puller'
  properties: {
    scopeMapId: scope.id
    status: 'enabled'
  }
}
