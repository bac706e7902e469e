resource acr 'Microsoft.ContainerRegistry/registries@2023-07-01' existing = {
  name: 'orchardimages'
}

resource rule 'Microsoft.ContainerRegistry/registries/cacheRules@2023-07-01' = {
  parent: acr
  name: 'cider'
  properties: {
    sourceRepository: 'ghcr.io/orchard/cider'
    targetRepository: 'cider'
  }
}
