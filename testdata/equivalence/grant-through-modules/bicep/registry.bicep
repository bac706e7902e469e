resource acr 'Microsoft.ContainerRegistry/registries@2025-11-01' = {
  name: 'shopimages'
  location: resourceGroup().location
  sku: {
    name: 'Standard'
  }
}

output name string = acr.name
