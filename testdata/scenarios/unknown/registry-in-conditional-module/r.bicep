resource acr 'Microsoft.ContainerRegistry/registries@2025-11-01' = {
  name: 'ovenimages'
  location: resourceGroup().location
  sku: { name: 'Standard' }
  
}
