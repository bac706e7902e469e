resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'saltimages'
  location: 'westeurope'
  sku: { name: 'Basic' }
  properties: { adminUserEnabled: false }
}
