resource acr 'Microsoft.ContainerRegistry/registries@2025-04-01' = {
  name: 'loomimages'
  location: 'westeurope'
  sku: { name: 'Standard' }
  properties: { anonymousPullEnabled: true }
}
